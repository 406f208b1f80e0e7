"""The conditions that searches of articles and of claims have in common.

A filter becomes tags, which stand in the index beside the words; what tags say only roughly is looked at again in the rows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression
from sqlmodel import Session, col, select

from app.folding import name_key
from app.models.articles import ArticleFilters, SharedFilters, SourceRow
from app.models.lists import Applied, AppliedEntities, AppliedRange
from app.models.times import UNDATED, day_range, stretch
from app.store import cells, entities, merges, tags, time_keys
from app.store.fulltext import MOST_RANKED, Wanted, engine
from app.store.fulltext.query import Asked, parse
from app.store.time_keys import Span

Column = SQLColumnExpression[Any]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LINKED_TO = frozenset([tags.COPY])  # what is left out for it has links
_RANKED = f"of more than {MOST_RANKED:,} matches the newest {MOST_RANKED:,} are ranked; the others follow, newest first"


@dataclass(slots=True)
class Question:
    """A query looked up. What is asked for has every one of `wanted` and `rows`, and stands in one of the spans.

    `parties`: (parameter, ids) for each condition on entities. `rows`: conditions on the noun's own table. `never`: nothing can
    match, for something named is not there.
    """

    asked: Asked | None
    sort: str = "-published"
    named: list[AppliedEntities] = field(default_factory=list)
    parties: list[tuple[str, list[int]]] = field(default_factory=list)
    tags: list[list[str]] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    spans: list[Span] = field(default_factory=lambda: [time_keys.EVERYTHING])
    rows: list[ColumnElement[bool]] = field(default_factory=list)
    widened: Asked = field(default_factory=lambda: Asked((), ()))
    notes: list[str] = field(default_factory=list)

    @property
    def never(self) -> bool:
        return (self.asked is not None and self.asked.is_empty) or not all(self.tags) or not self.spans

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.widened, tuple(map(tuple, self.tags)), tuple(self.without))

    @property
    def only_party(self) -> tuple[str, int] | None:
        """(parameter, entity) when nothing but one entity is asked for, so that its links answer."""
        if not _LINKED_TO.isdisjoint(self.without):
            return None
        if len(self.tags) == 1 and len(self.parties) == 1 and len(self.parties[0][1]) == 1 and self.asked is None:
            return self.parties[0][0], self.parties[0][1][0]
        return None

    def sort_by(self, wanted: str | None) -> None:
        """In the order that was asked for; without any word to be found, relevance means nothing and the newest come first."""
        has_words = self.asked is not None and bool(self.asked.required)
        chosen = wanted or ("relevance" if has_words else "-published")
        self.sort = "-published" if chosen == "relevance" and not has_words else chosen

    def one_of(self, tags_: Iterable[str]) -> None:
        self.tags.append(list(tags_))

    @property
    def is_cut(self) -> bool:
        """Whether there is a span in which rows must be looked at."""
        return not all(span.exact for span in self.spans)

    def applied(self, query: SharedFilters) -> Applied:
        return Applied(
            sort=self.sort,
            q=None if self.asked is None else str(self.asked),
            entities=self.named,
            ranges=[shown for name in query.RANGES if (shown := _shown(query, name))],
            notes=[*self.notes, *([_RANKED] if self.sort == "relevance" else [])],
        )


def understand(session: Session, query: ArticleFilters, parameters: Sequence[str]) -> Question:
    """Read the words, look up what the filters name, and ask for what articles and claims have in common."""
    asked = None if query.q is None else parse(query.q)
    question = Question(asked)
    if asked is not None:
        question.widened, question.notes = engine(session).widened(session, asked)
    for parameter in parameters:
        if values := getattr(query, parameter):
            _name(session, question, parameter, entities.named(session, parameter, values), every=query.entity_match == "all")
    if query.source:
        question.one_of(map(tags.source, _source_ids(session, query.source)))
    if query.language:
        question.one_of(map(tags.language, query.language))
    if query.author:
        question.one_of(tags.author(name_key(name)) for name in query.author)
    if query.copies == "first":
        question.without.append(tags.COPY)
    if query.recorded_from is not None or query.recorded_to is not None:
        question.one_of(cells.overlapping(tags.RECORDED, *day_range(query.recorded_from, query.recorded_to)))
    if query.about_from is not None or query.about_to is not None:
        question.tags += _about(query)
    if query.published_from is not None or query.published_to is not None:
        question.spans = _published(query)
    return question


def recorded_between(recorded_at: Column, query: ArticleFilters) -> list[ColumnElement[bool]]:
    """To the microsecond; the tags know only the day."""
    conditions: list[ColumnElement[bool]] = []
    if query.recorded_from is not None:
        conditions.append(recorded_at >= moment_of(stretch(query.recorded_from)[0]))
    if query.recorded_to is not None:
        conditions.append(recorded_at <= moment_of(stretch(query.recorded_to)[1]))
    return conditions


def published_between(earliest: Column, latest: Column, query: ArticleFilters) -> list[ColumnElement[bool]]:
    """What lies, at least in part, inside the range: to the microsecond, where the keys know only the second."""
    conditions: list[ColumnElement[bool]] = [earliest > UNDATED]
    if query.published_from is not None:
        conditions.append(latest >= stretch(query.published_from)[0])
    if query.published_to is not None:
        conditions.append(earliest <= stretch(query.published_to)[1])
    return conditions


def speaks_about(earliest: Column, latest: Column, query: ArticleFilters) -> list[ColumnElement[bool]]:
    """How a date that is spoken about lies to the range, where tags do not say it for one and the same date."""
    if (query.about_from is None and query.about_to is None) or query.about_match == "overlaps":
        return []
    first, last = day_range(query.about_from, query.about_to)
    if query.about_match == "within":
        return [earliest >= first, latest <= last]
    return [earliest <= first, latest >= last]


def _about(query: ArticleFilters) -> list[list[str]]:
    first, last = day_range(query.about_from, query.about_to)
    match query.about_match:
        case "within":
            return [cells.inside(tags.ABOUT, first, last)]
        case "covers":
            return [cells.holding(tags.ABOUT, first), cells.holding(tags.ABOUT, last)]
    return [cells.overlapping(tags.ABOUT, first, last)]


def _published(query: ArticleFilters) -> list[Span]:
    begin = None if query.published_from is None else stretch(query.published_from)[0]
    end = None if query.published_to is None else stretch(query.published_to)[1]
    return time_keys.spans_between(begin, end, [] if begin is None else _starts(begin))


def _name(session: Session, question: Question, parameter: str, named: list[AppliedEntities], *, every: bool) -> None:
    question.named += named
    alike = merges.alike(session, {entity.id for value in named for entity in value.matched})
    ids = [[i for entity in value.matched for i in alike[entity.id]] for value in named]
    for group in ids if every else [sorted({i for found in ids for i in found})]:
        question.parties.append((parameter, group))
        question.one_of(tags.party(parameter, entity_id) for entity_id in group)


def _source_ids(session: Session, names: Sequence[str]) -> list[int]:
    return list(session.scalars(select(SourceRow.id).where(col(SourceRow.key).in_([name_key(name) for name in names]))))


def _shown(query: SharedFilters, name: str) -> AppliedRange | None:
    begin, end = getattr(query, f"{name}_from"), getattr(query, f"{name}_to")
    if begin is None and end is None:
        return None
    if name in ("about", "said"):
        first, last = (date.fromordinal(day).isoformat() for day in day_range(begin, end))
        return AppliedRange(parameter=name, earliest=first if begin else None, latest=last if end else None)
    earliest, latest = (_written(stretch(begin)[0]) if begin else None, _written(stretch(end)[1]) if end else None)
    return AppliedRange(parameter=name, earliest=earliest, latest=latest)


def _written(moment: int) -> str | None:
    return moment_of(moment).isoformat().replace("+00:00", "Z") if UNDATED + 1 < moment < 2**62 else None


def moment_of(microseconds: int) -> datetime:
    try:
        return _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC) if microseconds > 0 else datetime.min.replace(tzinfo=UTC)


def _starts(microseconds: int) -> list[int]:
    """When the year, the month and the day began that hold this moment."""
    day = moment_of(microseconds).replace(hour=0, minute=0, second=0, microsecond=0)
    return [(start - _EPOCH) // timedelta(microseconds=1) for start in (day.replace(month=1, day=1), day.replace(day=1), day)]
