"""How many matches there are in each interval: by publication, by the day of saying, or by the time that is spoken about.

By publication each interval is a stretch of the order by key, which is counted; what is dated to a whole month or year, and so may
touch more intervals than the one it begins in, stands at the second in which a month begins, and is read. By the other dates those
of all matches are read, once, and put into the intervals; of many matches and few intervals each is counted as a search of its own.
Whichever way, a count is the total of that search: tests/test_timeline_laws.py.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import accumulate
from typing import Any

from sqlalchemy import Select, func, select

from app.models.articles import ArticleRow
from app.models.fields import Json
from app.models.timelines import ArticleTimelineQuery, ClaimTimelineQuery
from app.models.times import FIRST_DAY, LAST_DAY, UNDATED, day_number, day_range, stretch
from app.store import periods, time_keys
from app.store.fulltext import engine
from app.store.periods import Periods
from app.store.prepared import table
from app.store.searching import Search
from app.store.time_keys import Span

TimelineQuery = ArticleTimelineQuery | ClaimTimelineQuery
Stretches = Counter[tuple[tuple[int, int], ...]]  # how many matches have these days, and no others
FEW_PERIODS = 24  # for so many, counting each takes less time than reading the dates of
MANY_MATCHES = 50_000
MANY_PERIODS = 200  # more than these are counted in one pass
_DAY = 86_400_000_000  # microseconds
_article = table(ArticleRow).c


@dataclass(frozen=True)
class Timed:
    """A question that can be asked with other ranges, and where the dates of its matches are.

    `with_article` joins the article to rows of the noun. `dates`: for each date but publication what joins it to rows of the noun,
    and its first and last day.
    """

    ask: Callable[[Any], Search]
    query: TimelineQuery
    with_article: Callable[[Select[Any]], Select[Any]]
    dates: Mapping[str, tuple[Callable[[Select[Any]], Select[Any]], Any, Any]]

    @property
    def bounds(self) -> tuple[str | None, str | None]:
        return getattr(self.query, f"{self.query.date}_from"), getattr(self.query, f"{self.query.date}_to")

    def between(self, begin: str | None, end: str | None) -> Search:
        """The same search with another range."""
        return self.ask(self.query.model_copy(update={f"{self.query.date}_from": begin, f"{self.query.date}_to": end}))


def count(asked: Timed) -> Json:
    """Raises Unusable when the range asked for holds more than MOST_PERIODS."""
    query, search, counts = asked.query, asked.between(None, None), list[int]()
    has_range = asked.bounds != (None, None)
    if search.question.never:
        found, undated = _never(asked), 0
    elif query.date == "published":
        found, counts = _by_publication(asked, search)
        undated = 0 if has_range else search.count(time_keys.span_of(UNDATED))
    else:
        found, counts, dated = _by_days(asked, search)
        undated = 0 if has_range else search.total(is_exact=True).value - dated
    shown = [
        {"earliest": _iso(first), "latest": _iso(last), "count": n}
        for (first, last), n in zip(found.days, counts or [0] * len(found.days), strict=True)
    ]
    return {
        "interval": query.interval,
        "date": query.date,
        "items": shown[found.before : len(shown) - found.after],
        "undated": undated,
        "before": shown[0]["count"] if found.before else 0,
        "after": shown[-1]["count"] if found.after else 0,
        "applied": search.question.applied(query).model_dump(),
    }


def _never(asked: Timed) -> Periods:
    return Periods([]) if None in asked.bounds else periods.between(*day_range(*asked.bounds), asked.query.interval)


def _chosen(asked: Timed, days: Iterable[int], newest: int) -> Periods:
    """The intervals of the range, where it is open as far as these days go, with what lies outside as one more at either end."""
    query, (begin, end), (first, last) = asked.query, asked.bounds, day_range(*asked.bounds)
    if begin is None or end is None:
        asked_for = [day for day in days if first <= day <= last]
        low, high = periods.reach(newest, query.interval)
        near = [day for day in asked_for if low <= day <= high]
        if not near and asked_for:
            low, high = periods.reach(max(asked_for), query.interval)
            near = [day for day in asked_for if low <= day <= high]
        if not near and begin is None and end is None:
            return Periods([])
        whole = periods.widened(min(near, default=last), max(near, default=first), query.interval)
        first, last = whole[0] if begin is None else first, whole[1] if end is None else last
    found = periods.between(first, last, query.interval).days
    before = [(FIRST_DAY, first - 1)] if begin is None and first > FIRST_DAY else []
    after = [(last + 1, LAST_DAY)] if end is None and last < LAST_DAY else []
    return Periods([*before, *found, *after], bool(before), bool(after))


def _by_publication(asked: Timed, search: Search) -> tuple[Periods, list[int]]:
    newest, oldest = search.end(newest=True), search.end(newest=False)
    if newest is None or oldest is None:
        return _never(asked), []
    first, last = (day_number(time_keys.moment(key)) for key in (oldest, newest))
    long = list(_long(asked, search, *_looked_through(asked, first, last)))
    found = _chosen(asked, [first, last, *(day for _, day in long)], last)
    in_one = len(found.days) > (FEW_PERIODS if engine(search.session).reads_all_soonest else MANY_PERIODS)
    counts = _days_counted(search, found) if in_one else [search.count(_span(*days)) for days in found.days]
    for earliest, latest in long:
        for place in found.overlapping(earliest, latest):
            counts[place] += earliest < found.days[place][0]
    for place in {0, len(counts) - 1} if counts else ():
        if bounds := _cut(asked, *found.days[place]):
            counts[place] = asked.between(*bounds).total(is_exact=True).value
    return found, counts


def _looked_through(asked: Timed, first: int, last: int) -> tuple[int, int]:
    """Of these days, those that a timeline can hold: one match of the year 1 must not make ten thousand years of it."""
    (begin, end), (low, high) = asked.bounds, day_range(*asked.bounds)
    near = periods.reach(last, asked.query.interval)
    first = max(first, near[0] if begin is None else low)
    last = min(last, near[1] if end is None else high)
    periods.between(first, last, asked.query.interval)  # refuses too many before any is looked for
    return first, last


def _days_counted(search: Search, found: Periods) -> list[int]:
    """The same as counting each, in one pass through all that match."""
    matches = search.matches()
    key, counts = matches.c.time_key, [0] * len(found.days)
    day = time_keys.day(key).label("day")
    for number, times in search.read(select(day, func.count()).where(key > time_keys.span_of(UNDATED).last).group_by(day)):
        for place in found.overlapping(number, number):
            counts[place] += times
    return counts


def _span(first: int, last: int) -> Span:
    begin, end = None if first == FIRST_DAY else _moment(first), None if last >= LAST_DAY else _moment(last + 1) - 1
    return next(iter(time_keys.spans_between(begin, end, ())), Span(0, -1)) if first <= last else Span(0, -1)


def _cut(asked: Timed, first: int, last: int) -> tuple[str, str] | None:
    """The bounds of a period in which the range begins or ends within a day."""
    begin, end = asked.bounds
    cut_begin = begin if begin is not None and stretch(begin)[0] > _moment(first) else None
    cut_end = end if end is not None and last < LAST_DAY and stretch(end)[1] < _moment(last + 1) - 1 else None
    return (cut_begin or _iso(first), cut_end or _iso(last)) if cut_begin or cut_end else None


def _long(asked: Timed, search: Search, first: int, last: int) -> Iterator[tuple[int, int]]:
    """First and last day of each match that is dated to a month or year which begins in the years from first to last."""
    usual = {"day": range(1, 13), "week": range(1, 13), "month": (1,), "year": ()}[asked.query.interval]  # months that may matter
    statement = asked.with_article(search.looked_at([])).where(_article.latest - _article.earliest >= _DAY)
    statement = statement.with_only_columns(_article.earliest, _article.latest)
    begins = date.fromordinal(first)
    for year in range(begins.year, date.fromordinal(max(first, last)).year + 1):
        for month in {1, begins.month, *usual} if year == begins.year else usual:
            span = time_keys.span_of(_moment(date(year, month, 1).toordinal()))
            for earliest, latest in search.read(statement, span):
                yield day_number(earliest), day_number(latest)


def _by_days(asked: Timed, search: Search) -> tuple[Periods, list[int], int]:
    """The third is how many matches have such a date."""
    if None not in asked.bounds:
        found = _chosen(asked, (), 0)
        if len(found.days) <= FEW_PERIODS and search.total(is_exact=True).value > MANY_MATCHES:
            return found, [asked.between(_iso(a), _iso(z)).total(is_exact=True).value for a, z in found.days], 0
    stretches = _stretches(asked, search)
    ends = {day for days in stretches for stretch_ in days for day in stretch_} - {FIRST_DAY, LAST_DAY}
    newest = search.end(newest=True)
    today = datetime.now(UTC).toordinal()
    found = _chosen(asked, ends, today if newest is None else day_number(time_keys.moment(newest)))
    return found, _put_into(found, stretches, asked.query), stretches.total()


def _stretches(asked: Timed, search: Search) -> Stretches:
    """Read in the order of keys, so that the dates of one match come together."""
    joined, first, last = asked.dates[asked.query.date]
    matches = search.matches()
    rows = joined(search.rows_of(matches)).with_only_columns(matches.c.time_key, first, last).order_by(matches.c.time_key)
    found: Stretches = Counter()
    key: int | None = None
    days: list[tuple[int, int]] = []
    for next_key, earliest, latest in search.read(rows):
        if next_key != key and days:
            found[tuple(days)] += 1
            days = []
        key = next_key
        days.append((earliest, latest))
    if days:
        found[tuple(days)] += 1
    return found


def _put_into(found: Periods, stretches: Stretches, query: TimelineQuery) -> list[int]:
    """As `about_match` asks: in each period that a date overlaps, in the one that it lies within, in each that it covers."""
    match = query.about_match if query.date == "about" else "overlaps"
    touched = {"overlaps": found.overlapping, "within": found.holding, "covers": found.covered}[match]
    steps = [0] * (len(found.days) + 1)
    for days, times in stretches.items():
        end = 0
        for places in sorted((touched(*stretch_) for stretch_ in days), key=lambda places: places.start):
            start = max(places.start, end)
            if start < places.stop:
                steps[start] += times
                steps[places.stop] -= times
                end = places.stop
    return list(accumulate(steps[:-1]))


def _moment(day: int) -> int:
    return (day - date(1970, 1, 1).toordinal()) * _DAY


def _iso(day: int) -> str:
    return date.fromordinal(min(max(day, FIRST_DAY), LAST_DAY)).isoformat()
