"""Reckoning with days: what a step, a season or a modifier makes of a stretch of time."""

from datetime import date, timedelta

from app import edtf
from app.models.extraction import DateModifier

_MONTHS_IN = {"month": 1, "quarter": 3, "year": 12, "decade": 120, "century": 1200}
_THIRD: dict[DateModifier, int] = {"early": 0, "mid": 1, "late": 2}


def month_edtf(year: int, month: int) -> str:
    return f"{year:04d}-{month:02d}"


def quarter_edtf(year: int, number: int) -> str:
    return f"{month_edtf(year, 3 * number - 2)}/{month_edtf(year, 3 * number)}"


def week_edtf(day: date) -> str:
    monday = day - timedelta(days=day.weekday())
    return f"{monday.isoformat()}/{(monday + timedelta(days=6)).isoformat()}"


def stepped(day: date, unit: str, steps: int) -> str:
    """The EDTF of the whole unit (`day`, `week`, `month`, …) that lies `steps` away from the one `day` is in.

    Raises:
        ValueError, OverflowError: when that is outside the years 1 to 9999.
    """
    if unit in ("day", "week", "weekend"):
        moved = day + timedelta(days=steps * (1 if unit == "day" else 7))
        if unit == "day":
            return moved.isoformat()
        if unit == "week":
            return week_edtf(moved)
        saturday = moved + timedelta(days=5 - moved.weekday())
        return f"{saturday.isoformat()}/{(saturday + timedelta(days=1)).isoformat()}"
    months = day.year * 12 + day.month - 1 + steps * _MONTHS_IN[unit]
    return _unit_edtf(date(months // 12, months % 12 + 1, 1), unit)


def _unit_edtf(day: date, unit: str) -> str:
    made = {
        "month": month_edtf(day.year, day.month),
        "quarter": quarter_edtf(day.year, (day.month + 2) // 3),
        "year": f"{day.year:04d}",
        "decade": f"{day.year // 10:03d}X",
        "century": f"{day.year // 100:02d}XX",
    }
    return made[unit]


def nearest_year(month: int, day_of_month: int | None, published: date) -> int:
    """The year that brings a day or month nearest to the day of publication."""

    def distance(year: int) -> int:
        return abs((date(year, month, 1) - published).days + (day_of_month or 15) - 1)

    years = [y for y in (published.year, published.year - 1, published.year + 1) if 1 <= y <= 9999]
    return min(years, key=distance)


def weekday_before(published: date, weekday: int) -> date:
    """The latest such weekday, the day of publication included: news tells what has been."""
    return published - timedelta(days=(published.weekday() - weekday) % 7)


def narrowed(parsed: edtf.PartialDate, modifier: DateModifier | None) -> tuple[date | None, date | None]:
    """`early`, `mid` and `late` are thirds; `start` and `end` the outermost month of a year, week of a month, third of the rest."""
    first, last = parsed.earliest, parsed.latest
    if first is None or last is None or modifier is None or parsed.precision == "day":
        return first, last
    if modifier in ("start", "end") and parsed.precision in ("year", "month"):
        days = 31 if parsed.precision == "year" else 7
        return (first, first + timedelta(days=days - 1)) if modifier == "start" else (last - timedelta(days=days - 1), last)
    third = _THIRD.get({"start": "early", "end": "late"}.get(modifier, modifier))  # type: ignore[call-overload]
    return (first, last) if third is None else _third(first, last, third)


def _third(first: date, last: date, third: int) -> tuple[date, date]:
    if first.day == 1 and (first.month, last.month) == (1, 12) and first.year == last.year:
        begins = date(first.year, 1 + 4 * third, 1)
        return begins, date(first.year + third // 2, (5 + 4 * third) % 12, 1) - timedelta(days=1)
    length = (last - first).days + 1
    return first + timedelta(days=length * third // 3), first + timedelta(days=length * (third + 1) // 3 - 1)
