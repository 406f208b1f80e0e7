"""The intervals of a timeline: calendar days, weeks, months or years without a gap, and which of them a stretch of time touches."""

from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import islice

from app.errors import Fault, Unusable
from app.models.timelines import Interval
from app.models.times import FIRST_DAY, LAST_DAY

MOST_PERIODS = 5000
_BACK, _AHEAD = 4400, 500  # intervals before and behind the newest publication, as far as a timeline reaches by itself
_SHORTEST = {"day": 1, "week": 7, "month": 28, "year": 365}  # days


@dataclass(frozen=True)
class Periods:
    """(first, last) day numbers of each, both inclusive, in order and without a gap.

    `before`, `after`: whether the first and the last are no intervals but all the time before and behind them.
    """

    days: list[tuple[int, int]]
    before: bool = False
    after: bool = False

    @cached_property
    def _firsts(self) -> list[int]:
        return [first for first, _ in self.days]

    @cached_property
    def _lasts(self) -> list[int]:
        return [last for _, last in self.days]

    def overlapping(self, earliest: int, latest: int) -> range:
        """Places of those that have a day in common with the stretch."""
        return range(bisect_left(self._lasts, earliest), bisect_right(self._firsts, latest))

    def holding(self, earliest: int, latest: int) -> range:
        """The place of the one that holds the whole stretch, if there is one."""
        place = bisect_right(self._firsts, earliest) - 1
        return range(place, place + 1) if place >= 0 and latest <= self._lasts[place] else range(0)

    def covered(self, earliest: int, latest: int) -> range:
        """Places of those that lie in the stretch with all their days."""
        return range(bisect_left(self._firsts, earliest), bisect_right(self._lasts, latest))


def between(first: int, last: int, interval: Interval) -> Periods:
    """Those from one day to another, the outer ones cut to these days.

    Raises:
        Unusable: when they are more than MOST_PERIODS.
    """
    if first > last:
        return Periods([])
    found = list(islice(_periods(date.fromordinal(first), last, interval), MOST_PERIODS + 1))
    if len(found) > MOST_PERIODS:
        begin, end = date.fromordinal(first), date.fromordinal(last)
        raise Unusable([Fault("/interval", f"from {begin} to {end} are more than {MOST_PERIODS:,}; take a longer interval")])
    return Periods([(max(first, a), min(last, z)) for a, z in found])


def widened(first: int, last: int, interval: Interval) -> tuple[int, int]:
    """The days of the whole intervals in which two days stand."""
    return _begin(date.fromordinal(first), interval).toordinal(), _end(date.fromordinal(last), interval).toordinal()


def reach(newest: int, interval: Interval) -> tuple[int, int]:
    """How far a timeline goes by itself, when the newest publication is on that day: day numbers; never MOST_PERIODS."""
    length = _SHORTEST[interval]
    return max(newest - _BACK * length, FIRST_DAY), min(newest + _AHEAD * length, LAST_DAY)


def _periods(first: date, last: int, interval: Interval) -> Iterator[tuple[int, int]]:
    begin = _begin(first, interval)
    while begin.toordinal() <= last:
        end = _end(begin, interval)
        yield begin.toordinal(), end.toordinal()
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
