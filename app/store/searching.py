"""How a page of articles or of claims is found, whatever is asked for: newest first, by another order, or by relevance.

Newest first is read from the links of an entity, where nothing but it is asked for, else from the index of words, and no more rows
than the page has, unless some must be looked at again. By another order at most CAP matches are sorted; where there are more, the
order's own index is walked, and each row is looked up in the index of words. See docs/decisions/0010-search.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlmodel import Session

from app.models.lists import ListQuery, Total
from app.models.times import UNDATED
from app.store import pages, time_keys
from app.store.filters import Question
from app.store.fulltext import MOST_RANKED, Searchable, engine
from app.store.pages import RANKED_CEILING, Found, Order
from app.store.prepared import Prepared
from app.store.time_keys import EVERYTHING, Span

_ALL = 2**62
_BY_PUBLICATION = {"-published": True, "published": False}


@dataclass(frozen=True, slots=True, eq=False)
class Noun:
    """What is searched: its table, its links and what their roles are called, its orders beside that by publication."""

    kind: Searchable
    row: Any
    link: Any
    orders: Mapping[str, Order]
    roles: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Search:
    """`doubtful`: conditions on the noun's row that must be looked at in a span which is not exact."""

    session: Session
    noun: Noun
    question: Question
    doubtful: Sequence[ColumnElement[bool]]

    def page(self, query: ListQuery) -> Found:
        """Ids of one page, the cursor of the next, the total."""
        if self.question.never:
            pages.refuse_foreign(query)
            return Found([], None, None if query.total == "none" else Total(value=0, relation="eq"))
        if self.question.sort == "relevance":
            ids, cursor = self._by_relevance(query)
        elif self.question.sort in _BY_PUBLICATION:
            after = pages.after_key(query)
            rows = self._by_time(query.limit + 1, after, descending=_BY_PUBLICATION[self.question.sort])
            ids, cursor = _cut(query, rows)
        else:
            ids, cursor = self._by_order(query, self.noun.orders[self.question.sort])
        return Found(ids, cursor, None if query.total == "none" else self.total(query.total == "exact"))

    def total(self, is_exact: bool) -> Total:
        """How many there are; up to CAP, unless it is to be exact."""
        value = 0
        for span in self.question.spans:
            value += self.count(span, None if is_exact else pages.CAP + 1 - value)
            if value > pages.CAP and not is_exact:
                return Total(value=pages.CAP, relation="gte")
        return Total(value=value, relation="eq")

    def end(self, *, newest: bool) -> int | None:
        """The key of the newest or the oldest match that has a date; None when none has."""
        found = self._by_time(1, None if newest else time_keys.span_of(UNDATED).last, descending=newest)
        return found[0][1] if found and found[0][1] > time_keys.span_of(UNDATED).last else None

    def count(self, span: Span, most: int | None = None) -> int:
        """How many of what matches stand in the span, up to `most`."""
        if link := self._only_link(span):
            return int(_links_counted(self.noun).rows(self.session, **link, most=_ALL if most is None else most)[0][0])
        counted = self._matches(span).limit(most)
        found: int = self.session.connection().execute(select(func.count()).select_from(counted.subquery())).scalar_one()
        return found

    def _only_link(self, span: Span) -> dict[str, Any] | None:
        """The parameters of a read that needs the links of one entity and nothing else: the most frequent, so it is prepared."""
        party = self.question.only_party
        if party is None or self.question.rows or (self.doubtful and not span.exact):
            return None
        role = {"role": self.noun.roles[party[0]]} if self.noun.roles else {}
        return {**role, "entity": party[1], "first": span.first, "last": span.last}

    def _source(self) -> tuple[Select[Any], Any]:
        """Keys of what matches, and the column that holds them."""
        party = self.question.only_party
        if party is None:
            words = engine(self.session)
            return words.matching(self.noun.kind, self.question.wanted), words.key(self.noun.kind)
        link = self.noun.link.__table__
        of_entity = select(link.c.time_key).where(link.c.entity_id == party[1])
        return (of_entity.where(link.c.role == self.noun.roles[party[0]]) if self.noun.roles else of_entity), link.c.time_key

    def _matches(self, span: Span) -> Select[Any]:
        """Keys in the span of what matches."""
        found, key = self._source()
        return self._narrowed(found, key, span)

    def _narrowed(self, found: Select[Any], key: Any, span: Span) -> Select[Any]:
        if span != EVERYTHING:
            found = found.where(key.between(span.first, span.last))
        conditions = [*self.question.rows, *([] if span.exact else self.doubtful)]
        return self._looked_at(found, key, conditions) if conditions else found

    def _looked_at(self, found: Select[Any], key: Any, conditions: Sequence[ColumnElement[bool]]) -> Select[Any]:
        # With + 0 the key can look up the row but not the row the key: what gives the order is read first.
        return found.join(self.noun.row, self.noun.row.time_key == key + 0).where(*conditions)

    def _by_time(self, most: int, after: int | None, *, descending: bool, seen: Sequence[int] = ()) -> list[tuple[int, int]]:
        """(id, key) of the first rows behind `after`, span after span."""
        rows: list[tuple[int, int]] = []
        for span in reversed(self.question.spans) if descending else self.question.spans:
            clipped = _behind(span, after, descending=descending)
            if clipped is not None and len(rows) < most:
                rows += self._in_span(clipped, most - len(rows), descending=descending, seen=seen)
        return rows

    def _in_span(self, span: Span, most: int, *, descending: bool, seen: Sequence[int]) -> list[tuple[int, int]]:
        if (link := self._only_link(span)) and not seen:
            rows: Sequence[Any] = _links_in_order(self.noun, descending).rows(self.session, **link, most=most)
        else:
            rows = self.session.connection().execute(self._page_of(span, most, seen, descending=descending)).all()
        return sorted(((row[0], row[1]) for row in rows), key=itemgetter(1), reverse=descending)

    def _page_of(self, span: Span, most: int, seen: Sequence[int], *, descending: bool) -> Select[Any]:
        found, key = self._source()
        found = self._narrowed(found, key, span)
        table = self.noun.row.__table__
        if seen:
            found = found.where(key.not_in(select(table.c.time_key).where(table.c.id.in_(seen))))
        page = found.order_by(key.desc() if descending else key.asc()).limit(most).subquery()
        return select(table.c.id, page.c.time_key).join(page, table.c.time_key == page.c.time_key)

    def _by_order(self, query: ListQuery, order: Order) -> tuple[list[int], str | None]:
        """At most CAP matches are sorted; of more, enough stand near the beginning of the order's own index."""
        table = self.noun.row.__table__
        rows = order.sorted(select(table.c.id), pages.after_pair(query, order))
        if self.total(is_exact=False).relation == "eq":
            matches = self._everywhere().subquery()
            rows = rows.join(matches, table.c.time_key == matches.c.time_key + 0)
        else:
            words = engine(self.session)
            found = words.matching(self.noun.kind, self.question.wanted).where(words.key(self.noun.kind) == table.c.time_key)
            # With + 0 for the same reason: the order's index is to be walked, not the one of keys.
            rows = rows.where(found.exists(), self._in_spans(table.c.time_key + 0), *self.question.rows)
        return pages.by_pair(query, self.session.connection().execute(rows.limit(query.limit + 1)).all())

    def _by_relevance(self, query: ListQuery) -> tuple[list[int], str | None]:
        seen, after = pages.after_ranked(query)
        if after is None and len(seen) < RANKED_CEILING:
            ids = [row_id for row_id in self._best(len(seen) + query.limit + 1) if row_id not in set(seen)]
            shown = ids[: query.limit]
            return shown, pages.cursor_of(query, pages.pack(seen + shown)) if len(ids) > query.limit else None
        rows = self._by_time(query.limit + 1, after, descending=True, seen=seen)
        ids, key = [row_id for row_id, _ in rows[: query.limit]], rows[-2][1] if len(rows) > query.limit else 0
        return ids, pages.cursor_of(query, pages.pack(seen), key) if len(rows) > query.limit else None

    def _best(self, most: int) -> list[int]:
        """Ids of the best among the newest MOST_RANKED matches, the best first, of equals the newest."""
        words, table = engine(self.session), self.noun.row.__table__
        key = words.key(self.noun.kind)
        found = self._in_any_span(words.ranked(self.noun.kind, self.question.wanted), key)
        newest = found.order_by(key.desc()).limit(MOST_RANKED).subquery()
        best = select(newest).order_by(newest.c.score, newest.c.time_key.desc()).limit(most).subquery()
        rows = select(best.c.score, best.c.time_key, table.c.id).join(best, table.c.time_key == best.c.time_key)
        in_order = sorted(self.session.connection().execute(rows), key=lambda row: (row[0], -row[1]))
        return [row[2] for row in in_order]

    def _everywhere(self) -> Select[Any]:
        found, key = self._source()
        return self._in_any_span(found, key).limit(pages.CAP)

    def _in_any_span(self, found: Select[Any], key: Any) -> Select[Any]:
        spans = self.question.spans
        if spans != [EVERYTHING]:
            found = found.where(key.between(spans[0].first, spans[-1].last))
        conditions = [] if len(spans) == 1 and spans[0].exact else [self._in_spans(key)]
        if (conditions and not all(span.exact for span in spans)) or self.question.rows:
            return self._looked_at(found, key, [*self.question.rows, *conditions])
        return found.where(*conditions)

    def _in_spans(self, key: Any) -> ColumnElement[bool]:
        return or_(
            *(and_(key.between(span.first, span.last), *([] if span.exact else self.doubtful)) for span in self.question.spans)
        )


def _behind(span: Span, after: int | None, *, descending: bool) -> Span | None:
    """The part of the span that comes behind a key; None when none does."""
    if after is None:
        return span
    first, last = (span.first, min(span.last, after - 1)) if descending else (max(span.first, after + 1), span.last)
    return Span(first, last, span.exact) if first <= last else None


def _cut(query: ListQuery, rows: Sequence[tuple[int, int]]) -> tuple[list[int], str | None]:
    page = rows[: query.limit]
    return [row_id for row_id, _ in page], pages.cursor_of(query, page[-1][1]) if len(rows) > query.limit else None


def _links_of_one(noun: Noun) -> Select[Any]:
    """Keys of the links of an entity in a span, at most so many; see Search._only_link."""
    link = noun.link.__table__.c
    of_entity = select(link.time_key).where(link.entity_id == bindparam("entity"))
    if noun.roles:
        of_entity = of_entity.where(link.role == bindparam("role"))
    return of_entity.where(link.time_key.between(bindparam("first"), bindparam("last"))).limit(bindparam("most"))


@cache
def _links_counted(noun: Noun) -> Prepared:
    return Prepared(select(func.count()).select_from(_links_of_one(noun).subquery()))


@cache
def _links_in_order(noun: Noun, descending: bool) -> Prepared:
    row, key = noun.row.__table__.c, noun.link.__table__.c.time_key
    links = _links_of_one(noun).order_by(key.desc() if descending else key.asc()).subquery()
    return Prepared(select(row.id, links.c.time_key).join_from(links, noun.row.__table__, row.time_key == links.c.time_key))
