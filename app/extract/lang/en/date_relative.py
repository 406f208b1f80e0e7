"""Times that are counted from the day of publication or from a time named before."""

from collections.abc import Callable
from datetime import date, timedelta

from app.extract.lang.en import calendar, words
from app.extract.lang.en.date_absolute import month_number
from app.extract.lang.en.date_lengths import OF_THE_CLOCK, count, unit, written_length
from app.extract.lang.en.date_phrase import VAGUE, Context, Phrase, Placed, counted


def _from(step: str, context: Context, of_day: bool = False) -> tuple[date | None, str | None]:
    """The day a step is counted from and its name: "that" looks back in the text, "last" at publication."""
    if step not in words.table("dates")["from_text"]["words"]:
        return context.today, context.reference
    if of_day:
        return (context.last_day.earliest, context.last_day_text) if context.last_day else (None, None)
    return (context.last.earliest, context.last_text) if context.last else (None, None)


def _step(phrase: Phrase, tells_of_past: bool = False) -> str:
    step = phrase.word("last", "next") or phrase.word("that") or phrase.word("this") or "this"
    is_told = phrase.has("day_unit") or phrase.has("part_of_day") or phrase.has("night") or tells_of_past
    return "following" if step == "next" and phrase.has("the") and is_told else step  # "next week" is ahead, "the next day" told of


def relative(phrase: Phrase, context: Context) -> Placed:
    step, of = _step(phrase, context.tells_of_past), unit(phrase)
    if step == "past" or (step == "last" and phrase.has("the") and phrase.led_by() in ("in", "over", "during", "within")):
        return _past(of, context)
    day, anchor = _from(step, context, of in ("day", "night"))
    if of in OF_THE_CLOCK or day is None:
        return VAGUE
    return counted(calendar.stepped(day, of, words.numbers("steps")[step]), anchor)


def _past(of: str, context: Context) -> Placed:
    """ "the past year": the twelve months before publication."""
    if context.today is None or of in OF_THE_CLOCK:
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


def _weekday_stepped(name: str, steps: int, day: date, _: Context) -> calendar.Stretch:
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


def _season_stepped(name: str, steps: int, day: date, _: Context) -> calendar.Stretch:
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
    day, anchor = _from(step, context, of_day=True)
    part = phrase.word("part_of_day", "night") or ""
    if day is None:
        return Placed(f"XXXX-XX-XX{_part(part)}")
    made = counted(calendar.one_day(day + timedelta(days=words.numbers("steps")[step])), anchor)
    return made._replace(timex=f"{made.timex}{_part(part)}")


def _part_of_day(phrase: Phrase, context: Context) -> Placed:
    return _at(_part(phrase.lexemes[0].low), context)


def _at(time: str, context: Context) -> Placed:
    """A time of the day on the day named last, or on that of publication."""
    if context.last_day is not None and context.last_day.earliest is not None:
        day, anchor = context.last_day.earliest, context.last_day_text
    elif context.today is not None:
        day, anchor = context.today, context.reference
    else:
        return Placed(f"XXXX-XX-XX{time}")
    made = counted(calendar.one_day(day), anchor)
    return made._replace(timex=f"{made.timex}{time}")


def clock_time(phrase: Phrase) -> str:
    """`T15:00` for "3 p.m."; "UTC" and "GMT" add a Z."""
    if phrase.shape == "part_of_day":
        return _part(phrase.lexemes[0].low)
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
    how_many = count(phrase)
    if how_many is None:
        return Placed("PAST_REF")
    return _counted_off(-how_many, of, context.today, context.reference)


def _counted_off(steps: float, of: str, day: date | None, anchor: str | None) -> Placed:
    if of in OF_THE_CLOCK:
        return Placed(written_length(abs(steps), of), None, "duration")
    if day is None or steps != int(steps):
        return VAGUE
    return counted(calendar.stepped(day, of, int(steps)), anchor)


def _apart(phrase: Phrase, context: Context) -> Placed:
    """ "two days later", "a year earlier", "the day before": from the time named last."""
    word = phrase.word("hence", "before") or ""
    back = word in ("earlier", "before")
    how_many = 1.0 if phrase.has("the") else count(phrase)
    if how_many is None or (len(phrase.lexemes) == 2 and not phrase.has("the")):
        return Placed(written_length(None, unit(phrase)), None, "duration")
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


def the_unit(phrase: Phrase, context: Context) -> Placed:
    """ "the end of the year": of the year spoken of, else of this one."""
    of = unit(phrase)
    if of in OF_THE_CLOCK or (of not in ("day", "year", "month", "week", "quarter", "decade", "century")):
        return VAGUE
    day, anchor = context.today, context.reference
    if of == "day" and context.last_day:
        day, anchor = context.last_day.earliest, context.last_day_text
    elif (context.tells_of_past or day is None) and context.last and context.last.earliest:
        day, anchor = context.last.earliest, context.last_text
    return VAGUE if day is None else counted(calendar.unit_of(day, of), anchor)


def _reference(phrase: Phrase, _: Context) -> Placed:
    low = " ".join(lexeme.low for lexeme in phrase.lexemes)
    for value, names in words.table("dates")["references"].items():
        if any(name.rpartition("|")[2].strip() == low for name in names):
            return Placed(value)
    return VAGUE


PLACES: dict[str, Callable[[Phrase, Context], Placed]] = {
    "relative": relative,
    "relative_name": _relative_name,
    "weekday_of_week": _weekday_of_week,
    "relative_part": _relative_part,
    "day_word": _day_word,
    "ago": _ago,
    "apart": _apart,
    "weekday": _weekday,
    "weekend": _weekend,
    "the_unit": the_unit,
    "part_of_day": _part_of_day,
    "clock": lambda p, c: _at(clock_time(p), c),
    "reference": _reference,
}
