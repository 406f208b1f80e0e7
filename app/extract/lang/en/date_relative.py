"""Times that are counted from the day of publication or from a time named before."""

from collections.abc import Callable
from datetime import date, timedelta

from app import edtf
from app.extract.lang.en import calendar, words
from app.extract.lang.en.date_absolute import day_number, month_number
from app.extract.lang.en.date_lengths import count, unit, written_length
from app.extract.lang.en.date_phrase import VAGUE, Context, Phrase, Placed, counted

_OF_THE_CLOCK = ("second", "minute", "hour")


def _from(step: str, context: Context) -> tuple[date | None, str | None]:
    """The day a step is counted from and its name: that, following and previous look back in the text, this, last and next at publication."""
    if step in words.table("dates")["from_text"]["words"]:
        return (context.last.earliest, context.last_text) if context.last else (None, None)
    return context.today, context.reference


def _step(phrase: Phrase) -> str:
    return phrase.word("last", "next") or phrase.word("that") or phrase.word("this") or "this"


def _relative(phrase: Phrase, context: Context) -> Placed:
    step, of = _step(phrase), unit(phrase)
    if step == "past" or (step == "last" and phrase.has("the") and phrase.before() in ("in", "over", "during", "within")):
        return _past(of, context)
    day, anchor = _from(step, context)
    if of in _OF_THE_CLOCK:
        return VAGUE
    if day is None:
        return VAGUE
    if step in ("that", "same") and of in ("day", "night") and context.last and context.last.precision != "day":
        return VAGUE
    return counted(calendar.stepped(day, of, words.numbers("steps")[step]), anchor)


def _past(of: str, context: Context) -> Placed:
    """ "the past year": the twelve months before publication."""
    if context.today is None or of in _OF_THE_CLOCK:
        return Placed(written_length(1, of), None, "duration")
    first = calendar.moved(context.today, of, -1)
    return Placed(written_length(1, of), None, "duration", context.reference, True, None, first, context.today)


def _relative_name(phrase: Phrase, context: Context) -> Placed:
    step = _step(phrase)
    day, anchor = _from(step, context)
    for kind, place in _NAMED.items():
        if (name := phrase.word(kind)) and day is not None:
            made = counted(place(name.rstrip("."), words.numbers("steps")[step], day, context), anchor)
            return _in_part(phrase, made)
    return VAGUE


def _weekday_stepped(name: str, steps: int, day: date, context: Context) -> calendar.Stretch:
    weekday = words.numbers("weekdays")[name]
    if steps < 0:
        return calendar.one_day(calendar.weekday_before(day - timedelta(days=1), weekday))
    if steps > 0:
        return calendar.one_day(calendar.weekday_after(day + timedelta(days=1), weekday))
    monday = day - timedelta(days=day.weekday())
    return calendar.one_day(monday + timedelta(days=weekday))


def _month_stepped(name: str, steps: int, day: date, _: Context) -> calendar.Stretch:
    month = month_number(name)
    passed = (steps > 0 and month <= day.month) - (steps < 0 and month >= day.month)
    return calendar.one_month(day.year + passed, month)


def _season_stepped(name: str, steps: int, day: date, context: Context) -> calendar.Stretch:
    season = words.numbers("seasons")[name]
    if steps < 0:
        return calendar.season(calendar.season_before(day, season), season)
    return calendar.season(calendar.season_near(day, season, None) + steps, season)


_NAMED: dict[str, Callable[[str, int, date, Context], calendar.Stretch]] = {
    "weekday": _weekday_stepped,
    "month": _month_stepped,
    "season": _season_stepped,
}


def _weekday_of_week(phrase: Phrase, context: Context) -> Placed:
    step = _step(phrase)
    day, anchor = _from(step, context)
    if day is None:
        return VAGUE
    weekday = words.numbers("weekdays")[(phrase.word("weekday") or "").rstrip(".")]
    monday = day - timedelta(days=day.weekday()) + timedelta(days=7 * words.numbers("steps")[step])
    return counted(calendar.one_day(monday + timedelta(days=weekday)), anchor)


def _in_part(phrase: Phrase, made: Placed) -> Placed:
    """The time of the day behind a day: `2024-02-13TMO`."""
    part = phrase.word("part_of_day", "night")
    if part is None or made.timex is None:
        return made
    return made._replace(timex=made.timex + _part(part))


def _part(written: str) -> str:
    code: str = words.table("dates")["parts_of_day"][written]
    return code if code.startswith("T") else f"T{code}"


def _day_word(phrase: Phrase, context: Context) -> Placed:
    word = phrase.word("day_word") or ""
    steps = words.numbers("days")[word]
    if phrase.has("before"):  # the day before yesterday
        steps *= 2
    if context.today is None:
        return Placed("PRESENT_REF" if word in ("today", "tonight") else None)
    made = counted(calendar.one_day(context.today + timedelta(days=steps)), context.reference)
    return made._replace(timex=f"{made.timex}TNI") if word == "tonight" else _in_part(phrase, made)


def _relative_part(phrase: Phrase, context: Context) -> Placed:
    """ "last night", "that evening", "the following morning"."""
    step = _step(phrase)
    day, anchor = _from(step, context)
    part = phrase.word("part_of_day", "night") or ""
    if day is None:
        return Placed(f"XXXX-XX-XX{_part(part)}")
    made = counted(calendar.one_day(day + timedelta(days=words.numbers("steps")[step])), anchor)
    return made._replace(timex=f"{made.timex}{_part(part)}")


def _part_of_day(phrase: Phrase, context: Context) -> Placed:
    return _at(_part(phrase.lexemes[0].low), context)


def _at(time: str, context: Context) -> Placed:
    """A time of the day on the day named last, or on that of publication."""
    last = context.last
    if last is not None and last.precision == "day" and last.earliest is not None:
        day, anchor = last.earliest, context.last_text
    elif context.today is not None:
        day, anchor = context.today, context.reference
    else:
        return Placed(f"XXXX-XX-XX{time}")
    made = counted(calendar.one_day(day), anchor)
    return made._replace(timex=f"{made.timex}{time}")


def clock_time(phrase: Phrase) -> str:
    """`T15:00` for "3 p.m."; "UTC" and "GMT" add a Z."""
    written = phrase.word("clock") or phrase.word("small") or phrase.word("number") or ""
    hour, _, minute = written.rstrip("apm").replace(".", ":").partition(":")
    hours = int(hour) if hour.isdigit() else words.numbers("numbers")[hour]
    half = (phrase.word("ampm") or written[-2:])[0]
    if half == "p" and hours < 12:
        hours += 12
    if half == "a" and hours == 12:
        hours = 0
    zone = "Z" if phrase.word("zone") in ("utc", "gmt") else ""
    return f"T{hours:02d}:{minute or '00'}{zone}"


def _ago(phrase: Phrase, context: Context) -> Placed:
    of = unit(phrase)
    how_many = count(phrase) if phrase.lexemes[0].low != phrase.all("units", "nights")[:1] else None
    if how_many is None or len(phrase.lexemes) == 2:
        return Placed("PAST_REF")
    return _counted_off(-how_many, of, context.today, context.reference)


def _counted_off(steps: float, of: str, day: date | None, anchor: str | None) -> Placed:
    if day is None or of in _OF_THE_CLOCK or steps != int(steps):
        return VAGUE
    return counted(calendar.stepped(day, of, int(steps)), anchor)


def _apart(phrase: Phrase, context: Context) -> Placed:
    """ "two days later", "a year earlier", "the day before": from the time named last."""
    word = phrase.word("hence", "before") or ""
    back = word in ("earlier", "before")
    how_many = 1.0 if phrase.has("the") else count(phrase)
    if how_many is None or (len(phrase.lexemes) == 2 and not phrase.has("the")):
        return Placed("PAST_REF")
    last = context.last.earliest if context.last else None
    if last is None and back:
        return _counted_off(-how_many, unit(phrase), context.today, context.reference)
    return _counted_off(-how_many if back else how_many, unit(phrase), last, context.last_text or None)


def _weekday(phrase: Phrase, context: Context) -> Placed:
    weekday = words.numbers("weekdays")[(phrase.word("weekday") or "").rstrip(".")]
    if context.today is None:
        return _in_part(phrase, Placed(f"XXXX-WXX-{weekday + 1}"))
    choose = calendar.weekday_after if context.ahead else calendar.weekday_before
    return _in_part(phrase, counted(calendar.one_day(choose(context.today, weekday)), context.reference))


def _weekend(_: Phrase, context: Context) -> Placed:
    """ "the weekend": the one that is on or over, or the coming one behind a verb that looks ahead."""
    if context.today is None:
        return VAGUE
    begun = context.today.weekday() >= 5 or bool(context.ahead)
    return counted(calendar.stepped(context.today, "weekend", 0 if begun else -1), context.reference)


def _the_unit(phrase: Phrase, context: Context) -> Placed:
    """ "the end of the year": of the year spoken of, else of this one."""
    of = unit(phrase)
    if of in _OF_THE_CLOCK or (of not in ("day", "year", "month", "week", "quarter", "decade", "century")):
        return VAGUE
    day, anchor = context.today, context.reference
    is_told = of == "day" and context.last is not None and context.last.precision == "day"
    if (context.tells_of_past or day is None or is_told) and context.last and context.last.earliest:
        day, anchor = context.last.earliest, context.last_text
    return VAGUE if day is None else counted(calendar.unit_of(day, of), anchor)


def _part_range(phrase: Phrase, context: Context) -> Placed:
    """ "the last week of March", "the first three months of 2013"."""
    whole = _whole(phrase, context)
    if whole is None or whole.edtf is None:
        return VAGUE
    bounds = edtf.parse(whole.edtf)
    place = -1 if any(l.low == "last" for l in phrase.lexemes[:2]) else day_number(phrase.word("ordinal", "nth", "second") or "")
    of = phrase.all("unit", "units", "day_unit", "week_unit", "weekend", "quarter_unit", "year_unit", "nights", "night")[0]
    of = words.table("dates")["plurals"].get(of, of)
    if bounds.earliest is None or bounds.latest is None or of in _OF_THE_CLOCK:
        return VAGUE
    if phrase.all("units", "nights"):
        return _stretch_of(phrase, whole, of, place, bounds.earliest, bounds.latest)
    if of == "week":
        return whole._replace(**_both(_nth_week(bounds.earliest, bounds.latest, place)))
    day = bounds.latest if place < 0 else calendar.moved(bounds.earliest, of, place - 1)
    return whole._replace(**_both(calendar.unit_of(day, of)))


def _both(stretch: calendar.Stretch) -> dict[str, str]:
    return {"edtf": stretch.edtf, "timex": stretch.timex}


def _nth_week(first: date, last: date, place: int) -> calendar.Stretch:
    """Weeks that lie wholly in the month, as a newspaper counts them from its end; from its start the one that holds the first."""
    if place < 0:
        return calendar.week(calendar.weekday_before(last, 6))
    return calendar.week(first + timedelta(days=7 * (place - 1)))


def _stretch_of(phrase: Phrase, whole: Placed, of: str, place: int, first: date, last: date) -> Placed:
    how_many = count(phrase)
    if how_many is None or how_many != int(how_many) or abs(place) != 1:
        return VAGUE
    if place > 0:
        last = calendar.moved(first, of, int(how_many)) - timedelta(days=1)
    else:
        first = calendar.moved(last + timedelta(days=1), of, -int(how_many))
    written = f"{first.isoformat()}/{last.isoformat()}"
    return whole._replace(edtf=written, timex=written_length(how_many, of))


def _whole(phrase: Phrase, context: Context) -> Placed | None:
    """What stands behind "of": a month, a year, "the year", "last year"."""
    from app.extract.lang.en.date_absolute import PLACES as ABSOLUTE

    behind = next(i for i in range(phrase.core, phrase.last) if phrase.line.lexemes[i].low == "of" and i > phrase.core + 1)
    part = Phrase("", phrase.line, behind + 1, behind + 1, phrase.last)
    if part.has("month"):
        return ABSOLUTE["month"](part, context)
    if part.has("year"):
        return ABSOLUTE["year"](part, context)
    if part.word("this", "last", "next", "that"):
        return _relative(part, context)
    return _the_unit(part, context)


def _reference(phrase: Phrase, _: Context) -> Placed:
    low = " ".join(l.low for l in phrase.lexemes)
    for value, names in words.table("dates")["references"].items():
        if any(name.rpartition("|")[2].strip() == low for name in names):
            return Placed(value)
    return VAGUE


PLACES: dict[str, Callable[[Phrase, Context], Placed]] = {
    "relative": _relative,
    "relative_name": _relative_name,
    "weekday_of_week": _weekday_of_week,
    "relative_part": _relative_part,
    "day_word": _day_word,
    "ago": _ago,
    "apart": _apart,
    "weekday": _weekday,
    "weekend": _weekend,
    "the_unit": _the_unit,
    "part_range": _part_range,
    "part_of_day": _part_of_day,
    "clock": lambda p, c: _at(clock_time(p), c),
    "reference": _reference,
}
