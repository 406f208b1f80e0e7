"""Stretches of time as calendar cells, so that an index of words can answer which of them overlap.

A cell is a millennium, century, decade, year, month or day, written by its digits: `2`, `20`, `201`, `2017`, `201712`, `20171203`.
What holds a cell begins as it does. A stretch is kept as the fewest cells that fill it exactly (`at`), and as all that hold one of
them (`in`). Then it overlaps a cell if it is kept at that cell, in it, or at one that holds it: a handful of words for any range.
"""

from calendar import monthrange
from datetime import date
from functools import lru_cache

from app.models.times import FIRST_DAY

_LEVELS = (1, 2, 3, 4, 6, 8)  # digits of a millennium, …, a day


@lru_cache(maxsize=65_536)  # the same days are spoken about again and again
def kept(axis: str, earliest: int, latest: int) -> frozenset[str]:
    """The words for a stretch of days, both ends inclusive, on an axis of its own."""
    cells = _filling(earliest, latest)
    return frozenset(
        {_at(axis, cell) for cell in cells} | {_in(axis, cell[:n]) for cell in cells for n in _LEVELS if n < len(cell)}
    )


def overlapping(axis: str, first: int, last: int) -> list[str]:
    """Any of these words: a stretch that has a day in common with the range."""
    cells = _filling(first, last)
    found = {_at(axis, cell[:n]) for cell in cells for n in _LEVELS if n <= len(cell)} | {_in(axis, cell) for cell in cells}
    return sorted(found)


def inside(axis: str, first: int, last: int) -> list[str]:
    """Any of these words: a stretch of which at least a cell lies within the range."""
    cells = _filling(first, last)
    return sorted({_at(axis, cell) for cell in cells} | {_in(axis, cell) for cell in cells})


def holding(axis: str, day: int) -> list[str]:
    """Any of these words: a stretch that holds the day."""
    (cell,) = _filling(day, day)
    return [_at(axis, cell[:n]) for n in _LEVELS]


def _at(axis: str, cell: str) -> str:
    return f"{axis}a{cell}"


def _in(axis: str, cell: str) -> str:
    return f"{axis}i{cell}"


def _filling(first: int, last: int) -> list[str]:
    """The fewest cells that fill the days from first to last. The first millennium begins with the first day there is."""
    cells: list[str] = []
    while first <= last:
        cell, end = next((cell, end) for cell, end in _beginning(first) if end <= last)
        cells.append(cell)
        first = end + 1
    return cells


def _beginning(first: int) -> list[tuple[str, int]]:
    """Cells that begin on this day, with their last day, the longest first."""
    day = date.fromordinal(first)
    found = []
    if (day.month, day.day) == (1, 1):
        for years, digits in ((1000, 1), (100, 2), (10, 3), (1, 4)):
            if day.year % years == 0 or first == FIRST_DAY:
                end = day.year // years * years + years - 1
                found.append((f"{day.year // years:0{digits}}", date(end, 12, 31).toordinal()))
    if day.day == 1:
        end = first + monthrange(day.year, day.month)[1] - 1
        found.append((f"{day.year:04}{day.month:02}", end))
    found.append((f"{day.year:04}{day.month:02}{day.day:02}", first))
    return found
