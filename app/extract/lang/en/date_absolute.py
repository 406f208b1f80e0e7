"""Times that name their place in the calendar, with or without the year."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from app.extract.lang.en import calendar, words
from app.extract.lang.en.date_phrase import VAGUE, Context, Phrase, Placed, Year, number, placed

_CENTURIES_BELOW = 1900  # "the 1800s" is a century, "the 2000s" a decade


def year_of(phrase: Phrase, context: Context, month: int, day_of_month: int | None = None) -> Year:
    """Written there, told by a step ("of last year"), shared with the next time, or chosen."""
    if phrase.written_year:
        return Year(phrase.written_year)
    if stepping := _stepped_year(phrase, context):
        return stepping
    if context.borrowed:
        return Year(context.borrowed)
    if context.tells_of_past and context.named_year:
        return Year(context.named_year, str(context.named_year), True)
    if context.today:
        return Year(calendar.chosen_year(month, day_of_month, context.today, context.ahead), context.reference, True)
    return context.undated_year()


def _stepped_year(phrase: Phrase, context: Context) -> Year | None:
    if not phrase.has("year_unit"):
        return None
    step = phrase.word("this", "last", "next", "that")
    if step in words.table("dates")["from_text"]["words"] or (step is None and context.tells_of_past):
        last = context.last.earliest if context.last else None
        return Year(last.year + words.numbers("steps")[step or "that"], context.last_text, True) if last else None
    if context.today is None:
        return Year(None)
    return Year(context.today.year + words.numbers("steps")[step or "this"], context.reference, True)


def month_number(written: str) -> int:
    return words.numbers("months")[written.rstrip(".")]


def day_number(written: str) -> int:
    return number(written) or int(re.sub(r"\D", "", written))


def _day(phrase: Phrase, context: Context) -> Placed:
    month = month_number(phrase.word("month") or "")
    day = day_number(phrase.word("small", "nth", "ordinal", "second") or "")
    year = Year(2001) if _is_the_attack(phrase, month, day) else year_of(phrase, context, month, day)
    if year.number is None:
        date(2000, month, day)  # a day of no month is refused
        return Placed(f"XXXX-{month:02d}-{day:02d}")
    return placed(calendar.one_day(date(year.number, month, day)), year.anchor, year.inferred)


def _is_the_attack(phrase: Phrase, month: int, day: int) -> bool:
    """ "the Sept. 11 attacks" are those of 2001."""
    behind = {phrase.after(n).low for n in (0, 1)}
    return (month, day) == (9, 11) and phrase.written_year is None and bool(behind & {"attack", "attacks", "terrorist", "terror"})


def _day_range(phrase: Phrase, context: Context) -> Placed:
    month = month_number(phrase.word("month") or "")
    first, last = (day_number(written) for written in phrase.all("small", "nth")[:2])
    year = year_of(phrase, context, month, first)
    if year.number is None:
        return Placed(None)
    written = f"{date(year.number, month, first).isoformat()}/{date(year.number, month, last).isoformat()}"
    return placed(calendar.Stretch(written, written), year.anchor, year.inferred)


def _is_every_year(year: Year, context: Context) -> bool:
    """ "In July it rains": a timeless text without a verb of the past."""
    return year.inferred and context.is_timeless and context.ahead is not False and not context.tells_of_past


def _month(phrase: Phrase, context: Context) -> Placed:
    month = month_number(phrase.word("month") or "")
    year = year_of(phrase, context, month)
    if year.number is None or _is_every_year(year, context):
        return Placed(f"XXXX-{month:02d}")
    return placed(calendar.one_month(year.number, month), year.anchor, year.inferred)


def _season(phrase: Phrase, context: Context) -> Placed:
    season = words.numbers("seasons")[phrase.word("season") or ""]
    years = phrase.all("year")
    year = (
        Year(int(years[0])) if years else (_stepped_year(phrase, context) or (Year(context.borrowed) if context.borrowed else None))
    )
    if year is None and context.today and not context.tells_of_past:
        year = Year(calendar.season_near(context.today, season, context.ahead), context.reference, True)
    year = year or context.undated_year()
    if year.number is None:
        return VAGUE
    return placed(calendar.season(year.number, season), year.anchor, year.inferred)


def _part_number(phrase: Phrase) -> int:
    written = phrase.word("code") or phrase.word("ordinal", "nth", "second") or ""
    return int(written[1]) if written[1:].isdigit() else day_number(written)


def _quarter(phrase: Phrase, context: Context) -> Placed:
    part = _part_number(phrase)
    is_half = phrase.shape == "half_year" or (phrase.word("code") or "q")[0] == "h"
    if part > (2 if is_half else 4):
        return VAGUE
    year = year_of(phrase, context, 6 * part if is_half else 3 * part)
    if year.number is None:
        return VAGUE
    return placed((calendar.half_year if is_half else calendar.quarter)(year.number, part), year.anchor, year.inferred)


def _years(phrase: Phrase, _: Context) -> Placed:
    first, last = phrase.lexemes[0].low, phrase.lexemes[-1].low
    last = last if len(last) == 4 else first[:2] + last
    return placed(calendar.Stretch(f"{first}/{last}", f"{first}/{last}"))


def _short_year(phrase: Phrase, _: Context) -> Placed:
    """The 21 of "1920 – 21"."""
    return placed(calendar.one_year(int(phrase.before(2)[:2] + phrase.lexemes[0].low)), None, True)


def _decade(phrase: Phrase, _: Context) -> Placed:
    written = phrase.word("decade") or phrase.word("year")
    if written is None:
        tens = words.numbers("decades")[phrase.word("decade_word") or ""]
        return placed(calendar.decade(1900 + tens), None, True)
    digits = written.rstrip("s")
    if len(digits) < 4:
        return placed(calendar.decade(int(("20" if digits < "30" else "19") + digits)), None, True)
    is_century = digits.endswith("00") and int(digits) <= _CENTURIES_BELOW
    return placed((calendar.century if is_century else calendar.decade)(int(digits)))


def _century(phrase: Phrase, _: Context) -> Placed:
    return placed(calendar.century(100 * (day_number(phrase.word("ordinal", "nth", "second") or "") - 1)))


def _numeric(phrase: Phrase, _: Context) -> Placed:
    """Americans write the month first, with slashes; with full stops the day stands first."""
    written = [lexeme.low for lexeme in phrase.lexemes]
    if written == ["9", "/", "11"]:
        return placed(calendar.one_day(date(2001, 9, 11)))
    if len(written) == 1:
        day, month, year = (int(n) for n in written[0].split("."))
        return placed(calendar.one_day(date(year, month, day)))
    month, day, year = (int(n) for n in written[::2])
    if month > 12:
        month, day = day, month
    return placed(calendar.one_day(date(year, month, day)))


def _holiday(phrase: Phrase, context: Context) -> Placed:
    name = " ".join(lexeme.low for lexeme in phrase.lexemes if not lexeme.low.isdigit()).replace(" '", "'").rstrip(" ,")
    near = holiday(name, context.today.year if context.today else 2000)
    year = year_of(phrase, context, near.month, near.day)
    if year.number is None:
        is_fixed = name in words.table("dates")["holidays"]
        return Placed(f"XXXX-{near:%m-%d}") if is_fixed else VAGUE
    return placed(calendar.one_day(holiday(name, year.number)), year.anchor, year.inferred)


def holiday(name: str, year: int) -> date:
    dates = words.table("dates")
    if name in dates["holidays"]:
        return date(year, *dates["holidays"][name])
    if name in dates["weekday_holidays"]:
        return calendar.nth_weekday(year, *dates["weekday_holidays"][name])
    return calendar.easter(year) + timedelta(days=dates["easter_holidays"][name])


PLACES: dict[str, Callable[[Phrase, Context], Placed]] = {
    "iso": lambda p, _: placed(calendar.one_day(date.fromisoformat(p.lexemes[0].low[:10]))),
    "numeric": _numeric,
    "day_range": _day_range,
    "day": _day,
    "quarter": _quarter,
    "half_year": _quarter,
    "month_year": _month,
    "month": _month,
    "season_year": _season,
    "season": _season,
    "century": _century,
    "years": _years,
    "short_year": _short_year,
    "decade": _decade,
    "holiday": _holiday,
    "year": lambda p, _: placed(calendar.one_year(p.written_year or 0)),
}
