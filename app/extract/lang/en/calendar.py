"""Reckoning with days: what a step, a season or a modifier makes of a stretch of time."""

from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

from app import edtf
from app.models.extraction import DateModifier

_MONTHS_IN = {"month": 1, "quarter": 3, "semester": 6, "year": 12, "decade": 120, "century": 1200}
_DAYS_IN = {"day": 1, "night": 1, "week": 7, "weekend": 7, "fortnight": 14}
_THIRD: dict[DateModifier, int] = {"early": 0, "mid": 1, "late": 2}
_SEASONS = {21: "SP", 22: "SU", 23: "FA", 24: "WI"}
_FIRST_MONTHS = {21: 3, 22: 6, 23: 9, 24: 12}  # meteorological, northern, as in `app.edtf`


class Stretch(NamedTuple):
    """Whole days in both notations; TIMEX3 has words for weeks and quarters where EDTF writes intervals."""

    edtf: str
    timex: str


def one_day(day: date) -> Stretch:
    return Stretch(day.isoformat(), day.isoformat())


def one_month(year: int, month: int) -> Stretch:
    written = f"{year:04d}-{month:02d}"
    return Stretch(written, written)


def one_year(year: int) -> Stretch:
    return Stretch(f"{year:04d}", f"{year:04d}")


def quarter(year: int, number: int) -> Stretch:
    return Stretch(f"{year:04d}-{3 * number - 2:02d}/{year:04d}-{3 * number:02d}", f"{year:04d}-Q{number}")


def half_year(year: int, number: int) -> Stretch:
    return Stretch(f"{year:04d}-{6 * number - 5:02d}/{year:04d}-{6 * number:02d}", f"{year:04d}-H{number}")


def season(year: int, number: int) -> Stretch:
    return Stretch(f"{year:04d}-{number}", f"{year:04d}-{_SEASONS[number]}")


def decade(year: int) -> Stretch:
    return Stretch(f"{year // 10:03d}X", f"{year // 10:03d}")


def century(year: int) -> Stretch:
    return Stretch(f"{year // 100:02d}XX", f"{year // 100:02d}")


def week(day: date) -> Stretch:
    """The ISO week, Monday to Sunday."""
    monday = day - timedelta(days=day.weekday())
    return Stretch(f"{monday.isoformat()}/{(monday + timedelta(days=6)).isoformat()}", f"{day:%G-W%V}")


def weekend(day: date) -> Stretch:
    saturday = day + timedelta(days=5 - day.weekday())
    return Stretch(f"{saturday.isoformat()}/{(saturday + timedelta(days=1)).isoformat()}", f"{day:%G-W%V}-WE")


def moved(day: date, unit: str, steps: int) -> date:
    """A day in the unit that lies `steps` away; the same day of the month where there is one.

    Raises:
        ValueError, OverflowError: when that is outside the years 1 to 9999.
    """
    if unit in _DAYS_IN:
        return day + timedelta(days=steps * _DAYS_IN[unit])
    months = day.year * 12 + day.month - 1 + steps * _MONTHS_IN[unit]
    year, month = months // 12, months % 12 + 1
    if not 1 <= year <= 9999:
        raise OverflowError(f"the year {year}")
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def unit_of(day: date, unit: str) -> Stretch:
    """The whole unit that a day lies in."""
    if unit in ("week", "fortnight"):
        return week(day)
    if unit == "weekend":
        return weekend(day)
    if unit in _DAYS_IN:
        return one_day(day)
    made = {
        "month": one_month(day.year, day.month),
        "quarter": quarter(day.year, (day.month + 2) // 3),
        "semester": half_year(day.year, (day.month + 5) // 6),
        "year": one_year(day.year),
        "decade": decade(day.year),
        "century": century(day.year),
    }
    return made[unit]


def stepped(day: date, unit: str, steps: int) -> Stretch:
    return unit_of(moved(day, unit, steps), unit)


def chosen_year(month: int, day_of_month: int | None, near: date, ahead: bool | None) -> int:
    """The year of a day or month without one: the last or next such, or the nearest where the sentence does not tell."""
    years = [y for y in (near.year, near.year - 1, near.year + 1) if 1 <= y <= 9999]

    def distance(year: int) -> int:
        return (date(year, month, 1) - near).days + (day_of_month or 15) - 1

    if ahead is not None:
        slack = 0 if day_of_month else 16  # the month of publication is not over, and has begun
        fitting = [y for y in years if (distance(y) >= -slack if ahead else distance(y) <= slack)]
        years = fitting or years
    return min(years, key=lambda y: abs(distance(y)))


def weekday_before(day: date, weekday: int) -> date:
    """The latest such weekday, the day itself included: news tells what has been."""
    return day - timedelta(days=(day.weekday() - weekday) % 7)


def weekday_after(day: date, weekday: int) -> date:
    """The coming one, the day itself included."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def nth_weekday(year: int, month: int, weekday: int, number: int) -> date:
    """The `number`th such weekday of a month; -1 is the last."""
    if number < 0:
        return weekday_before(date(year, month, monthrange(year, month)[1]), weekday)
    return weekday_after(date(year, month, 1), weekday) + timedelta(days=7 * (number - 1))


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, by the method of Meeus, Jones and Butcher."""
    century_of, rest = divmod(year, 100)
    moon = (19 * (year % 19) + century_of - century_of // 4 - (century_of - (century_of + 8) // 25 + 1) // 3 + 15) % 30
    sunday = (32 + 2 * (century_of % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    shift = moon + sunday - 7 * ((year % 19 + 11 * moon + 22 * sunday) // 451) + 114
    return date(year, shift // 31, shift % 31 + 1)


def season_before(day: date, number: int) -> int:
    """The year of the latest such season that is over."""
    year = day.year
    while (edtf.parse(season(year, number).edtf).latest or day) >= day and year > 1:
        year -= 1
    return year


def season_near(day: date, number: int, ahead: bool | None) -> int:
    """The year of the season that a sentence means which only says "summer"."""
    begins = _FIRST_MONTHS[number]
    if number == 24 and day.month <= 2 and not ahead:
        return day.year - 1
    if ahead is False and day.month < begins:
        return day.year - 1
    return day.year + (1 if ahead and day.month > begins + 2 else 0)


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
