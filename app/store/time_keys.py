"""Places in the order of publication: one integer for each article and each claim, so that an index of words can be read in it.

A key is the second of publication times 2^24, plus a number within that second in the order of storing. What has no date stands
before everything that has one. An order by key is the order by publication to the second.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from sqlalchemy import BigInteger, ColumnElement, Integer, Table, bindparam, func, literal_column, select
from sqlmodel import Session

from app.errors import StorageFull
from app.models.times import UNDATED
from app.store.prepared import Prepared

_BITS = 24
_SECOND = 1_000_000  # microseconds
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_UNDATED_SECOND, _FIRST_SECOND = -(2**37), -(2**36)  # far before the year 1000; between them is room for 2^60 without a date
LOWEST, HIGHEST = _UNDATED_SECOND << _BITS, 2**63 - 1


@dataclass(frozen=True, slots=True)
class Span:
    """Keys from `first` to `last`, both inclusive. `exact`: all of them are in the range that was asked for."""

    first: int
    last: int
    exact: bool = True

    def behind(self, after: int | None, *, descending: bool) -> "Span | None":
        """The part that comes behind a key; None when none does."""
        if after is None:
            return self
        low, high = (self.first, min(self.last, after - 1)) if descending else (max(self.first, after + 1), self.last)
        return Span(low, high, self.exact) if low <= high else None


EVERYTHING = Span(LOWEST, HIGHEST)


def span_of(earliest: int) -> Span:
    """The keys of one second; `earliest` in microseconds, or UNDATED."""
    if earliest <= UNDATED:
        return Span(LOWEST, (_FIRST_SECOND << _BITS) - 1)
    first = earliest // _SECOND << _BITS
    return Span(first, first + (1 << _BITS) - 1)


def moment(key: int) -> int:
    """Microseconds: the second that a key stands for."""
    return (key >> _BITS) * _SECOND


def day(key: ColumnElement[int]) -> ColumnElement[int]:
    """The number of the day that a key stands for, in SQL; of one that has a date.

    No value is bound: to be grouped by, it must be word for word what is selected.
    """
    bits, epoch, seconds = (literal_column(str(number), Integer) for number in (_BITS, _EPOCH_DAY * 86_400, 86_400))
    return (key.op(">>", return_type=BigInteger())(bits) + epoch) // seconds


def spans_between(begin: int | None, end: int | None, starts: Iterable[int]) -> list[Span]:
    """What was published from begin to end, microseconds, both inclusive, oldest first.

    `starts` are the beginnings of the year, month and day that hold `begin`: what is dated to such a one may reach into the range.
    A second that the range cuts is not exact.
    """
    first = _FIRST_SECOND << _BITS if begin is None else -(-begin // _SECOND) << _BITS
    last = HIGHEST if end is None else ((end + 1) // _SECOND << _BITS) - 1
    spans = [Span(first, last)] if first <= last else []
    if begin is not None:
        cut = {start // _SECOND * _SECOND for start in starts if start < begin} | ({begin} if begin % _SECOND else set())
        spans += [_doubtful(second) for second in {moment // _SECOND for moment in cut}]
    if end is not None and (end + 1) % _SECOND and (begin is None or end // _SECOND != begin // _SECOND or not begin % _SECOND):
        spans.append(_doubtful(end // _SECOND))
    return sorted(spans, key=lambda span: span.first)


def _doubtful(second: int) -> Span:
    return Span(second << _BITS, (second + 1 << _BITS) - 1, exact=False)


def allot(session: Session, table: Table, wanted: Iterable[tuple[int, int, int | None]]) -> dict[int, int]:
    """A key of the table for each (id, earliest, key so far), in this order; one that still fits is kept.

    Raises:
        StorageFull: when 2^24 share one second.
    """
    following: dict[int, int] = {}
    keys: dict[int, int] = {}
    for row_id, earliest, so_far in wanted:
        span = span_of(earliest)
        if so_far is not None and span.first <= so_far <= span.last:
            keys[row_id] = so_far
            continue
        if span.first not in following:
            ((highest,),) = _highest(table).rows(session, first=span.first, last=span.last)
            following[span.first] = span.first if highest is None else highest + 1
        keys[row_id] = following[span.first]
        if keys[row_id] > span.last:
            raise StorageFull("more than 16,777,216 are published at one moment; give them more exact dates")
        following[span.first] += 1
    return keys


@cache
def _highest(table: Table) -> Prepared:
    key = table.c.time_key
    return Prepared(select(func.max(key)).where(key.between(bindparam("first"), bindparam("last"))))
