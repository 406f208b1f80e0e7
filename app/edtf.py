"""Partial dates: what people write when they know the year but not the day.

The grammar is EDTF (ISO 8601-2:2019) level 0, and of level 1 what news needs: seasons, qualifiers, unspecified digits and open
intervals. Everything else is refused with a sentence, because a date half understood is worse than none.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Precision = Literal["day", "month", "season", "year", "decade", "century", "interval"]

ACCEPTED = (
    "a partial date: 2014, 2017-12, 2024-02-13, a season 2021-21 (spring) to 2021-24 (winter), 201X, 2024-XX,"
    " an interval 2021-10/2021-12, an open one ../2021-12-31, each with ~ ? or % behind it when uncertain"
)

_SIMPLE = re.compile(r"(?P<year>\d{2}(?:\d\d|\dX|XX))(?:-(?P<month>\d\d|XX)(?:-(?P<day>\d\d|XX))?)?(?P<qualifier>[~?%]?)")
_FIRST_MONTH_OF_SEASON = {21: 3, 22: 6, 23: 9, 24: 12}  # meteorological, northern; winter runs into the next year


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A stretch of whole days. `earliest` and `latest` are both inside it; None is an open end."""

    edtf: str
    earliest: date | None
    latest: date | None
    precision: Precision


def parse(text: str) -> PartialDate:
    """Read one EDTF string.

    Years run from 0001 to 9999. Winter is December to February and begins in the year named.

    Raises:
        ValueError: with what was given and what is accepted.
    """
    if "/" in text:
        return _interval(text)
    return _simple(text)


def day(value: date) -> PartialDate:
    return PartialDate(value.isoformat(), value, value, "day")


def _refusal(text: str, why: str = "") -> ValueError:
    given = text if len(text) <= 40 else text[:40] + "…"
    return ValueError(f"{given!r} is not a date{why}; accepted is {ACCEPTED}")


def _interval(text: str) -> PartialDate:
    first, _, last = text.partition("/")
    if "/" in last or not (first.strip(".") or last.strip(".")):
        raise _refusal(text)
    earliest = None if first in ("..", "") else _simple(first).earliest
    latest = None if last in ("..", "") else _simple(last).latest
    if earliest and latest and earliest > latest:
        raise _refusal(text, ": it ends before it begins")
    return PartialDate(text, earliest, latest, "interval")


def _simple(text: str) -> PartialDate:
    match = _SIMPLE.fullmatch(text) if text.isascii() else None
    if match is None:
        raise _refusal(text)
    year, month, day_of_month = match["year"], match["month"], match["day"]
    try:
        earliest, latest, precision = _bounds(year, month, day_of_month)
    except (ValueError, OverflowError):
        raise _refusal(text, ": there is no such day") from None
    return PartialDate(text, earliest, latest, precision)


def _bounds(year: str, month: str | None, day_of_month: str | None) -> tuple[date, date, Precision]:
    if "X" in year:
        if month is not None:
            raise ValueError("a month of an unspecified year")
        first, last = int(year.replace("X", "0")), int(year.replace("X", "9"))
        return date(max(first, 1), 1, 1), date(last, 12, 31), "century" if year.endswith("XX") else "decade"
    y = int(year)
    if month is None or (month == "XX" and day_of_month in (None, "XX")):
        return date(y, 1, 1), date(y, 12, 31), "year"
    m = int(month)
    if m in _FIRST_MONTH_OF_SEASON and day_of_month is None:
        return _season(y, _FIRST_MONTH_OF_SEASON[m])
    if day_of_month in (None, "XX"):
        return date(y, m, 1), _last_day(y, m), "month"
    one = date(y, m, int(day_of_month or 0))
    return one, one, "day"


def _season(year: int, first_month: int) -> tuple[date, date, Precision]:
    months_on = year * 12 + first_month - 1 + 2
    return date(year, first_month, 1), _last_day(months_on // 12, months_on % 12 + 1), "season"


def _last_day(year: int, month: int) -> date:
    return date(year, month, 1) + timedelta(days=calendar.monthrange(year, month)[1] - 1)
