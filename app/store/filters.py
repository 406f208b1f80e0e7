"""The conditions that searches of articles and of claims have in common."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, false, literal, or_
from sqlmodel import Session, col, select

from app.folding import name_key
from app.models.articles import ArticleQuery, SourceRow
from app.models.lists import Applied, AppliedEntities, AppliedRange
from app.models.times import UNDATED, day_range, stretch
from app.store import entities
from app.store.fulltext import Searchable, engine
from app.store.fulltext.query import Asked, parse

Column = SQLColumnExpression[Any]
MOST_DRIVERS = 20  # each is a statement of its own
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class EntityFilter:
    """One entity parameter: every value with the entities that bear it. One set of ids for each that must be there."""

    parameter: str
    named: list[AppliedEntities]
    every: bool = False

    @property
    def groups(self) -> list[list[int]]:
        ids = [[entity.id for entity in value.matched] for value in self.named]
        return ids if self.every else [sorted({i for group in ids for i in group})]


@dataclass(slots=True)
class Understood:
    """A question looked up: which words, which entities."""

    asked: Asked | None
    entities: list[EntityFilter] = field(default_factory=list)

    @property
    def groups(self) -> list[tuple[str, list[int]]]:
        """(parameter, ids) for each condition on entities; the smallest first, because it narrows most."""
        every = [(given.parameter, ids) for given in self.entities for ids in given.groups]
        return sorted(every, key=lambda group: len(group[1]))

    @property
    def drivers(self) -> list[tuple[str, int]]:
        """(parameter, entity) whose links are walked, each on its own; none when the rows themselves are walked."""
        smallest = self.groups[0] if self.groups else ("", [])
        return [(smallest[0], entity_id) for entity_id in smallest[1]] if len(smallest[1]) <= MOST_DRIVERS else []

    def applied(self, query: ArticleQuery, sort: str, notes: Sequence[str] = ()) -> Applied:
        return Applied(
            sort=sort,
            q=None if self.asked is None else str(self.asked),
            entities=[named for given in self.entities for named in given.named],
            ranges=[shown for name in query.RANGES if (shown := _shown(query, name))],
            notes=list(notes),
        )


def understand(session: Session, query: ArticleQuery, parameters: Sequence[str]) -> Understood:
    """Read the words and look up the entities that the filters name."""
    understood = Understood(None if query.q is None else parse(query.q))
    for parameter in parameters:
        if values := getattr(query, parameter):
            named = entities.named(session, parameter, values)
            understood.entities.append(EntityFilter(parameter, named, query.entity_match == "all"))
    return understood


def sort_of(query: ArticleQuery, asked: Asked | None) -> str:
    """The order that was asked for; without any word to be found, relevance means nothing and the newest come first."""
    has_words = asked is not None and bool(asked.required)
    chosen = query.sort or ("relevance" if has_words else "-published")
    return "-published" if chosen == "relevance" and not has_words else chosen


def with_words(session: Session, rows: Select[Any], row_id: Column, kind: Searchable, asked: Asked) -> Select[Any]:
    """Rows that hold the words asked for. Without a single word in the question, none do."""
    if asked.is_empty:
        return rows.where(false())
    if asked.required:
        rows = rows.where(row_id.in_(engine(session).matching(kind, asked)))
    if asked.excluded:
        rows = rows.where(row_id.not_in(engine(session).excluded(kind, asked)))
    return rows


def published_between(earliest: Column, latest: Column, query: ArticleQuery) -> list[ColumnElement[bool]]:
    """What was published at a time that lies, at least in part, inside the range.

    A date known to the year begins on 1 January, so nothing that reaches into the range begins before that of its first year:
    a lower end for the index.
    """
    conditions: list[ColumnElement[bool]] = []
    if query.published_from is not None:
        begin = stretch(query.published_from)[0]
        conditions += [latest >= begin, earliest >= _first_of_year(begin)]
    if query.published_to is not None:
        conditions.append(earliest <= stretch(query.published_to)[1])
    if conditions:
        conditions.append(earliest > UNDATED)
    return conditions


def recorded_between(recorded_at: Column, query: ArticleQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if query.recorded_from is not None:
        conditions.append(recorded_at >= moment_of(stretch(query.recorded_from)[0]))
    if query.recorded_to is not None:
        conditions.append(recorded_at <= moment_of(stretch(query.recorded_to)[1]))
    return conditions


def speaks_about(earliest: Column, latest: Column, query: ArticleQuery) -> list[ColumnElement[bool]]:
    """How a date that is spoken about lies to the range asked for; nothing when none was asked for."""
    if query.about_from is None and query.about_to is None:
        return []
    first, last = (literal(day) for day in day_range(query.about_from, query.about_to))
    match query.about_match:
        case "within":
            return [earliest >= first, latest <= last]
        case "covers":
            return [earliest <= first, latest >= last]
    return [earliest <= last, latest >= first]


def from_sources(source_id: Column, query: ArticleQuery) -> list[ColumnElement[bool]]:
    if not query.source:
        return []
    return [source_id.in_(select(SourceRow.id).where(col(SourceRow.key).in_([name_key(name) for name in query.source])))]


def in_languages(language: Column, query: ArticleQuery) -> list[ColumnElement[bool]]:
    """`en` also means `en-GB`; `en-GB` means only itself."""
    if not query.language:
        return []
    return [or_(*(or_(language == tag, language.startswith(f"{tag}-", autoescape=True)) for tag in query.language))]


def _shown(query: ArticleQuery, name: str) -> AppliedRange | None:
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


def _first_of_year(microseconds: int) -> int:
    first = moment_of(microseconds).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first - _EPOCH) // timedelta(microseconds=1)
