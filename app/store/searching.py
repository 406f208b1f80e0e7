"""How a page of articles or of claims is found, whatever is asked for: newest first, by another order, or by relevance.

Newest first is read from the links of an entity, where nothing but it is asked for, else from the index of words, and no more rows
than the page has, unless some must be looked at again. By another order at most CAP matches are sorted; where there are more, the
order's own index is walked, and each row is looked up in the index of words. See docs/decisions/0010-search.md.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, bindparam, func, or_, select
from sqlmodel import Session

from app.models.lists import ListQuery, Total
from app.models.times import UNDATED
from app.store import pages, statements, time_keys
from app.store.filters import Question
from app.store.fulltext import MOST_RANKED, Engine, engine
from app.store.pages import RANKED_CEILING, Found, Order
from app.store.statements import Noun
from app.store.time_keys import EVERYTHING, Span

_ALL = 2**62
_AT_ONCE = 10_000  # rows
_BY_PUBLICATION = {"-published": True, "published": False}


@dataclass(frozen=True)
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
            ids, cursor = pages.by_key(query, rows)
        else:
            ids, cursor = self._by_order(query, self.noun.orders[self.question.sort])
        return Found(ids, cursor, None if query.total == "none" else self.total(query.total == "exact"))

    def total(self, is_exact: bool) -> Total:
        """How many there are; up to CAP, unless it is to be exact."""
        if self._total.relation == "eq" or not is_exact:
            return self._total
        kept = self._kept_count()
        return Total(value=self._counted(_ALL) if kept is None else kept, relation="eq")

    @cached_property
    def _total(self) -> Total:
        """Up to CAP."""
        kept = self._kept_count()
        value = self._counted(pages.CAP + 1) if kept is None else kept
        return Total(value=value, relation="eq") if value <= pages.CAP else Total(value=pages.CAP, relation="gte")

    def _counted(self, most: int) -> int:
        value = 0
        for span in self.question.spans:
            value += self.count(span, most - value)
        return value

    def _kept_count(self) -> int | None:
        """What the entity counts of its links, where they are all that is asked for."""
        party = self.question.only_party
        if party is None or self.question.rows or self.question.spans != [EVERYTHING]:
            return None
        return int(statements.kept(self.noun.counts[party[0]]).rows(self.session, id=party[1])[0][0])

    def end(self, *, newest: bool) -> int | None:
        """The key of the newest or the oldest match that has a date; None when none has."""
        found = self._by_time(1, None if newest else time_keys.span_of(UNDATED).last, descending=newest)
        return found[0][1] if found and found[0][1] > time_keys.span_of(UNDATED).last else None

    def count(self, span: Span, most: int = _ALL) -> int:
        """How many of what matches stand in the span, up to `most`."""
        if conditions := self._conditions(span):
            counted = self.looked_at(conditions).limit(bindparam("most"))
            return int(self._execute(select(func.count()).select_from(counted.subquery()), span, most=most)[0][0])
        counting = statements.counting(self.noun, self._words)
        return int(counting.rows(self.session, **self._given, first=span.first, last=span.last, most=most)[0][0])

    @cached_property
    def _words(self) -> Engine | None:
        """The index of words; None where one entity is all that is asked for, so that its links answer."""
        asked = self.question
        return None if asked.only_party else engine(self.session).for_first(self.session, self.noun.kind, asked.wanted)

    @cached_property
    def _given(self) -> dict[str, Any]:
        """The parameters of `_keys`."""
        if self._words is not None:
            return {"wanted": self._words.written(self.question.wanted)}
        assert self.question.only_party is not None  # else there are words
        parameter, entity_id = self.question.only_party
        return {"entity": entity_id, **({"role": self.noun.roles[parameter]} if self.noun.roles else {})}

    def _conditions(self, span: Span, seen: Sequence[int] = ()) -> list[ColumnElement[bool]]:
        """What must be looked at in the rows, which are to be none of `seen`."""
        unseen = [self.noun.row.id.not_in(seen)] if seen else []
        return [*self.question.rows, *([] if span.exact else self.doubtful), *unseen]

    def _execute(self, statement: Any, span: Span | None = None, **given: Any) -> Sequence[Any]:
        if span is not None:
            given |= {"first": span.first, "last": span.last}
        return self.session.connection().execute(statement, {**self._given, **given}).all()

    def matches(self, most: int | None = None) -> CTE:
        """`time_key` of all that match, or of so many of the newest: to be joined, and then put by `read`."""
        found, key = statements.keys(self.noun, self._words and self._words.for_all())
        found = self._in_any_span(found, key)
        return (found if most is None else self._newest(found, key, most)).cte("matches")

    def rows_of(self, matches: CTE) -> Select[Any]:
        """The matches with their rows."""
        row = self.noun.row.__table__
        return select(matches.c.time_key).join(row, row.c.time_key == matches.c.time_key + 0)

    def read(self, statement: Any, span: Span | None = None) -> Iterator[Any]:
        """Rows of a statement made of `matches`, or of `looked_at` with a span, as they come: there may be millions."""
        given = self._given if span is None else {**self._given, "first": span.first, "last": span.last}
        yield from self.session.connection().execute(statement, given, execution_options={"yield_per": _AT_ONCE})

    def looked_at(self, conditions: Sequence[ColumnElement[bool]]) -> Select[Any]:
        """Keys in a span whose rows meet the conditions."""
        found, key = statements.keys(self.noun, self._words)
        return self._with_rows(statements.in_a_span(found, key), key).where(*conditions)

    def _with_rows(self, found: Select[Any], key: Any) -> Select[Any]:
        # With + 0 the key can look up the row but not the row the key: what gives the order is read first.
        return found.join(self.noun.row, self.noun.row.time_key == key + 0)

    def _by_time(self, most: int, after: int | None, *, descending: bool, seen: Sequence[int] = ()) -> list[tuple[int, int]]:
        """(id, key) of the first rows behind `after`, span after span."""
        rows = list[tuple[int, int]]()
        for span in reversed(self.question.spans) if descending else self.question.spans:
            clipped = span.behind(after, descending=descending)
            if clipped is not None and len(rows) < most:
                rows += self._in_span(clipped, most - len(rows), descending=descending, seen=seen)
        return rows

    def _in_span(self, span: Span, most: int, *, descending: bool, seen: Sequence[int]) -> list[tuple[int, int]]:
        if not descending or not self._may_skip(span.last):
            return self._read(span, most, descending=descending, seen=seen)
        rows, lowest = list[tuple[int, int]](), span.last + 1
        while len(rows) < most and lowest > span.first:
            # What is found downwards only says from where on to read upwards. Some of it may match nothing: then the page goes on.
            below = Span(span.first, lowest - 1, span.exact)
            lowest = self._reach(below, most, seen)
            rows += self._read(Span(lowest, below.last, span.exact), _ALL, descending=False, seen=seen)[::-1]
        return rows[:most]

    def _may_skip(self, last: int) -> bool:
        """Whether what the index gives by falling keys, from here on, may lack matches, or hold what is none."""
        skips = self._words is not None and self._words.skips_downwards
        return skips and not (last == time_keys.HIGHEST and self.question.wanted.is_one_list)

    def _reach(self, span: Span, most: int, seen: Sequence[int]) -> int:
        """How far down about so many matches reach."""
        if conditions := self._conditions(span, seen):
            looked_at = statements.reach(self.looked_at(conditions), statements.keys(self.noun, self._words)[1])
            found = self._execute(looked_at, span, before=most - 1)
        else:
            found = statements.reaching(self.noun, self._words).rows(
                self.session, **self._given, first=span.first, last=span.last, before=most - 1
            )
        return int(found[0][0]) if found else span.first

    def _read(self, span: Span, most: int, *, descending: bool, seen: Sequence[int]) -> list[tuple[int, int]]:
        if conditions := self._conditions(span, seen):
            keys = statements.first(self.looked_at(conditions), statements.keys(self.noun, self._words)[1], descending=descending)
            rows = self._execute(statements.with_ids(self.noun, keys), span, most=most)
        else:
            paging = statements.paging(self.noun, self._words, descending)
            rows = paging.rows(self.session, **self._given, first=span.first, last=span.last, most=most)
        return sorted(((row[0], row[1]) for row in rows), key=itemgetter(1), reverse=descending)

    def _by_order(self, query: ListQuery, order: Order) -> tuple[list[int], str | None]:
        """At most CAP matches are sorted; of more, enough stand near the beginning of the order's own index."""
        row = self.noun.row.__table__
        rows = order.sorted(select(row.c.id), pages.after_pair(query, order))
        given = self._given
        if self.total(is_exact=False).relation == "eq":
            matches = self._everywhere().subquery()
            rows = rows.join(matches, row.c.time_key == matches.c.time_key + 0)
        else:
            words = engine(self.session)
            found = words.matching(self.noun.kind).where(words.key(self.noun.kind) == row.c.time_key)
            given = {"wanted": words.written(self.question.wanted)}
            # With + 0 for the same reason: the order's index is to be walked, not the one of keys.
            rows = rows.where(found.exists(), self._in_spans(row.c.time_key + 0), *self.question.rows)
        return pages.by_pair(query, self._execute(rows.limit(query.limit + 1), **given))

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
        words, row, kind = engine(self.session).for_all(), self.noun.row.__table__, self.noun.kind
        found = self._in_any_span(words.ranked(self.session, kind, self.question.wanted), key := words.key(kind))
        newest = self._newest(found, key, MOST_RANKED).subquery()
        best = select(newest).order_by(newest.c.score, newest.c.time_key.desc()).limit(most).subquery()
        rows = select(best.c.score, best.c.time_key, row.c.id).join(best, row.c.time_key == best.c.time_key)
        in_order = sorted(self._execute(rows), key=lambda found: (found[0], -found[1]))
        return [found[2] for found in in_order]

    def _newest(self, found: Select[Any], key: Any, most: int) -> Select[Any]:
        """Of all matches so many of the newest, in whatever order."""
        if not self._may_skip(self.question.spans[-1].last):
            return found.order_by(key.desc()).limit(most)
        is_all = self._total.value <= most and self._total.relation == "eq"
        rows = [] if is_all else self._by_time(most, None, descending=True)
        return found.where(key >= rows[-1][1]) if len(rows) == most else found

    def _everywhere(self) -> Select[Any]:
        found, key = statements.keys(self.noun, self._words)
        return self._in_any_span(found, key).limit(pages.CAP)

    def _in_any_span(self, found: Select[Any], key: Any) -> Select[Any]:
        spans = self.question.spans
        if spans != [EVERYTHING]:
            found = found.where(key.between(spans[0].first, spans[-1].last))
        conditions = [] if len(spans) == 1 and spans[0].exact else [self._in_spans(key)]
        if (conditions and not all(span.exact for span in spans)) or self.question.rows:
            found = self._with_rows(found, key)
        return found.where(*self.question.rows, *conditions)

    def _in_spans(self, key: Any) -> ColumnElement[bool]:
        return or_(
            *(and_(key.between(span.first, span.last), *([] if span.exact else self.doubtful)) for span in self.question.spans)
        )
