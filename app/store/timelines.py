"""How many matches were published in each interval: one count of a stretch of the order by publication for each."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from app.errors import Fault, Unusable
from app.models.fields import Json
from app.models.timelines import ArticleTimelineQuery, ClaimTimelineQuery, Interval
from app.models.times import UNDATED, day_number, day_range
from app.store import time_keys
from app.store.searching import Search
from app.store.time_keys import Span

MOST_PERIODS = 5000
_MICROSECONDS = 86_400_000_000  # a day


def count(search: Search, query: ArticleTimelineQuery | ClaimTimelineQuery) -> Json:
    """Raises Unusable when there would be more than MOST_PERIODS."""
    days = None if search.question.never else _days(search, query)
    periods = list(_periods(*days, query.interval)) if days else []
    counts = [sum(map(search.count, _parts(search, first, last))) for first, last in periods]
    if counts:
        counts[0] += sum(search.count(span) for span in search.question.spans if not span.exact)
    has_range = query.published_from is not None or query.published_to is not None
    return {
        "interval": query.interval,
        "items": [
            {"earliest": first.isoformat(), "latest": last.isoformat(), "count": n}
            for (first, last), n in zip(periods, counts, strict=True)
        ],
        "undated": 0 if has_range or search.question.never else search.count(time_keys.span_of(UNDATED)),
        "applied": search.question.applied(query).model_dump(),
    }


def _days(search: Search, query: ArticleTimelineQuery | ClaimTimelineQuery) -> tuple[date, date] | None:
    """The first and the last day: those of the range, where it is open those of what matches. None when that has no date."""
    first, last = day_range(query.published_from, query.published_to)
    if query.published_from is None or query.published_to is None:
        newest = search.end(newest=True)
        oldest = None if newest is None else search.end(newest=False)
        if newest is None or oldest is None:
            return None
        first = first if query.published_from is not None else day_number(time_keys.moment(oldest))
        last = last if query.published_to is not None else day_number(time_keys.moment(newest))
    return date.fromordinal(first), date.fromordinal(max(first, last))


def _periods(first: date, last: date, interval: Interval) -> Iterator[tuple[date, date]]:
    begin = _begin(first, interval)
    made = 0
    while begin <= last:
        end = _end(begin, interval)
        yield begin, end
        made += 1
        if made > MOST_PERIODS:
            raise Unusable([Fault("/interval", f"from {first} to {last} are more than {MOST_PERIODS:,}; take a longer interval")])
        if end == date.max:
            return
        begin = end + timedelta(days=1)


def _begin(day: date, interval: Interval) -> date:
    match interval:
        case "week":
            return date.fromordinal(max(day.toordinal() - day.weekday(), 1))
        case "month":
            return day.replace(day=1)
        case "year":
            return day.replace(month=1, day=1)
    return day


def _end(begin: date, interval: Interval) -> date:
    match interval:
        case "week":
            return date.fromordinal(min(begin.toordinal() + 6 - begin.weekday(), date.max.toordinal()))
        case "month":
            return date(begin.year, begin.month, monthrange(begin.year, begin.month)[1])
        case "year":
            return date(begin.year, 12, 31)
    return begin


def _parts(search: Search, first: date, last: date) -> Iterator[Span]:
    """Of each stretch that was asked for, what lies in the period."""
    (period,) = time_keys.spans_between(_moment(first), _moment(last) + _MICROSECONDS - 1, ())
    for span in search.question.spans:
        if span.exact and span.first <= period.last and period.first <= span.last:
            yield Span(max(span.first, period.first), min(span.last, period.last))


def _moment(day: date) -> int:
    return (day.toordinal() - date(1970, 1, 1).toordinal()) * _MICROSECONDS
