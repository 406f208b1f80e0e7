"""How long and how often: `P3Y`, `PT2H`, `PXM`, `XXXX-WXX-2`, as TIMEX3 writes them."""

import re
from collections.abc import Callable

from app.extract.lang.en import calendar, words
from app.extract.lang.en.date_phrase import VAGUE, Context, Phrase, Placed, counted, number

OF_THE_CLOCK = ("second", "minute", "hour")
UNIT_KINDS = ("unit", "second", "day_unit", "night", "week_unit", "weekend", "quarter_unit", "year_unit", "units", "nights")


def unit(phrase: Phrase) -> str:
    """The singular of the (last) unit it names."""
    return singular(phrase.all(*UNIT_KINDS)[-1])


def singular(written: str) -> str:
    plurals: dict[str, str] = words.table("dates")["plurals"]
    return plurals.get(written, written)


def count(phrase: Phrase) -> float | None:
    """The number before the unit; None for "a few", "several", "dozens of". "A couple" is taken as vague too."""
    low = [lexeme.low for lexeme in phrase.lexemes]
    if any(phrase.has(kind) for kind in ("vague", "couple", "dozen", "some")):
        return 12.0 if low[:2] == ["a", "dozen"] else None
    if phrase.has("slash"):  # "2 1/2"
        *whole, part, parts = (float(n) for n in phrase.all("small"))
        return sum(whole) + part / parts
    written = phrase.all("a", "number", "hundred", "small", "large", "year")
    halves = 0.5 if phrase.has("half") else 0.0
    if halves and not phrase.has("and"):
        return halves  # "half a year"
    total = _total([word for word in written if not (word in ("a", "an") and len(written) > 1)])
    return None if total is None else total + halves  # none at all in "years ago", "minutes"


def _total(written: list[str]) -> float | None:
    """ "two hundred twenty" → 220."""
    total = 0.0
    for word in written:
        value = float(word.replace(",", "")) if word[0].isdigit() else float(number(word) or 0)
        total = total * value if value >= 100 and total else total + value
    return total or None


def written_length(how_many: float | None, of: str) -> str:
    """`P3Y`, `PT30M`, `P20Y` for two decades, `PXW` for an unknown number of weeks."""
    sized = re.fullmatch(r"(T?)(\d*)(\w+)", words.table("dates")["units"][of])
    assert sized is not None
    size = int(sized[2] or 1)
    if how_many is None:
        return f"P{sized[1]}{'X' * len(str(size))}{sized[3]}"
    return f"P{sized[1]}{how_many * size:.10g}{sized[3]}"


def _duration(phrase: Phrase, _: Context) -> Placed:
    how_many = count(phrase)
    if how_many is None and phrase.lexemes[0].low in words.table("dates")["units"]:  # "day-long"
        how_many = 1
    return Placed(written_length(how_many, unit(phrase)), None, "duration")


def _span(phrase: Phrase, context: Context) -> Placed:
    """ "the past three years" lasts three years and ends on the day of publication; "recent years" says nothing but past."""
    of = unit(phrase)
    if phrase.lexemes[0].low == "this" and len(phrase.kinds) == 2 and context.today and of != "night":  # "this years festival"
        return counted(calendar.unit_of(context.today, of), context.reference) if of in ("year", "week", "month") else VAGUE
    if phrase.has("recent"):
        return Placed("PAST_REF")
    has_count = len(phrase.kinds) > 2 and not (phrase.has("the") and len(phrase.kinds) == 3)
    if not has_count:
        return Placed("FUTURE_REF" if phrase.has("next") else "PAST_REF" if phrase.has("last") else written_length(None, of))
    how_many = count(phrase)
    value = written_length(how_many, of)
    if context.today is None or how_many is None or how_many != int(how_many) or phrase.has("this") or of in OF_THE_CLOCK:
        return Placed(value, None, "duration")
    ahead = phrase.has("next")
    other = calendar.moved(context.today, of, int(how_many) if ahead else -int(how_many))
    first, last = (context.today, other) if ahead else (other, context.today)
    return Placed(value, None, "duration", context.reference, True, None, first, last)


def _set(phrase: Phrase, _: Context) -> Placed:
    sets: dict[str, str] = words.table("dates")["sets"]
    if word := phrase.word("set_word"):
        return Placed(sets[word], None, "set")
    for kind, written in _SET_OF.items():
        if word := phrase.word(kind):
            return Placed(written(word), None, "set")
    how_many = count(phrase) if phrase.has("every") and not phrase.has("a") else None
    return Placed(written_length((how_many or 1) * (2 if phrase.has("other") else 1), unit(phrase)), None, "set")


_SET_OF: dict[str, Callable[[str], str]] = {
    "weekday": lambda w: f"XXXX-WXX-{words.numbers('weekdays')[w.rstrip('.')] + 1}",
    "weekdays": lambda w: f"XXXX-WXX-{words.numbers('weekdays')[w.removesuffix('s')] + 1}",
    "month": lambda w: f"XXXX-{words.numbers('months')[w.rstrip('.')]:02d}",
    "season": lambda w: "XXXX-" + calendar.season(2000, words.numbers("seasons")[w]).timex[5:],
    "part_of_day": lambda w: "XXXX-XX-XXT" + words.table("dates")["parts_of_day"][w].removeprefix("T"),
    "holiday": lambda _: "P1Y",
}


PLACES: dict[str, Callable[[Phrase, Context], Placed]] = {"duration": _duration, "span": _span, "set": _set}
