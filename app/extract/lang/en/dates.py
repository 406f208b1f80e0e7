"""The times a text speaks about, each placed as far as the text and its day of publication allow.

1. Find every shape (`date_patterns.py`), left to right.
2. Place those that name their own year; collect the text's years.
3. Place the others from the day of publication, the date named before them, or the text's latest year, and say which it was.
4. Take a modifier before it ("the end of") into the span and narrow the days by it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from app import edtf
from app.extract.lang.en import calendar, date_patterns, words
from app.models.extraction import DateModifier, DatePrecision, FoundDate

_MODIFIER_REACH = 24  # characters: "the very beginning of the" is the longest worth reading


@dataclass(frozen=True, slots=True)
class Placed:
    """What a shape means. `edtf` is None where it cannot be placed; then `precision` says why."""

    edtf: str | None
    precision: DatePrecision = "vague"
    anchor: str | None = None
    inferred: bool = False


@dataclass(slots=True)
class Context:
    published: date | None
    year: int | None  # the latest year the text names as past or present
    last: FoundDate | None = None  # the placed date that was named last
    last_text: str = ""
    found: list[FoundDate] = field(default_factory=list)


VAGUE = Placed(None)


def find(view: str, published: date | None) -> list[FoundDate]:
    matches = [m for m in date_patterns.shapes().finditer(view) if _is_time(view, m)]
    context = Context(published, _own_year(view, matches))
    for match in matches:
        made = _made(view, match, context)
        context.found.append(made)
        if made.edtf is not None:
            context.last, context.last_text = made, view[made.start : made.end]
    return context.found


def _is_time(view: str, match: re.Match[str]) -> bool:
    start, end = match.span()
    before, after = view[max(0, start - 12) : start], view[end : end + 14]
    if match.lastgroup in ("year", "years"):
        return not date_patterns.NOT_A_YEAR_BEFORE.search(before) and (
            match[0].lower().startswith("the year") or not date_patterns.NOT_A_YEAR_AFTER.match(after)
        )
    if match.lastgroup == "month":
        return len(match[0]) > 5 or match[0] in ("June", "July", "April") or bool(date_patterns.MONTH_IS_TIME_BEFORE.search(before))
    return True


def _own_year(view: str, matches: list[re.Match[str]]) -> int | None:
    """A year that is only a deadline ("by 2050") says nothing about when the text was written."""
    years = []
    for match in matches:
        written = next((v for k, v in match.groupdict().items() if v and k.endswith("_yyyy")), None) or match["year_number"]
        if written and not date_patterns.DEADLINE_BEFORE.search(view[max(0, match.start() - 24) : match.start()]):
            years.append(int(written))
    return max(years, default=None)


def _made(view: str, match: re.Match[str], context: Context) -> FoundDate:
    shape = match.lastgroup or ""
    start, end = match.span()
    if match[0].endswith("'s"):
        end -= 2
    try:
        placed = _PLACES[shape](match, context)
        parsed = edtf.parse(placed.edtf) if placed.edtf else None
    except (ValueError, OverflowError):  # February 30, or a step out of the calendar
        placed, parsed = VAGUE, None
    if parsed is None:
        return FoundDate(start, end, None, None, None, placed.precision)
    modifier, start = _modifier(view, start)
    earliest, latest = calendar.narrowed(parsed, modifier)
    return FoundDate(start, end, parsed.edtf, earliest, latest, parsed.precision, modifier, placed.anchor, placed.inferred)


def _modifier(view: str, start: int) -> tuple[DateModifier | None, int]:
    reach = max(0, start - _MODIFIER_REACH)
    match = date_patterns.modifier().search(view[reach:start])
    if match is None:
        return None, start
    found: DateModifier = words.table("dates")["modifiers"][match["word"].lower()]
    return found, reach + match.start()


def _number(written: str) -> int:
    return int(re.sub(r"\D", "", written))


def _count(written: str) -> int | None:
    written = written.strip().lower()
    return int(written) if written.isdecimal() else words.numbers("numbers").get(written)


def _month(written: str) -> int:
    return words.numbers("months")[written.rstrip(".").lower()]


def _unit(written: str) -> str:
    return "century" if written.startswith("centur") else written.rstrip("s")


def _in_year(
    written: str | None, context: Context, month: int, day_of_month: int | None = None
) -> tuple[int | None, str | None, bool]:
    """The year of a day or month: the one written there, else nearest to publication, else the text's own."""
    if written:
        return int(written), None, False
    if context.published:
        return calendar.nearest_year(month, day_of_month, context.published), "published", True
    return context.year, str(context.year), True


def _day(match: re.Match[str], context: Context, prefix: str) -> Placed:
    month, day_of_month = _month(match[f"{prefix}_month"]), _number(match[f"{prefix}_day"])
    year, anchor, inferred = _in_year(match[f"{prefix}_yyyy"], context, month, day_of_month)
    return Placed(f"{year:04d}-{month:02d}-{day_of_month:02d}", "day", anchor, inferred) if year else VAGUE


def _day_range(match: re.Match[str], context: Context) -> Placed:
    month, first, last = _month(match["r_month"]), _number(match["r_first"]), _number(match["r_last"])
    year, anchor, inferred = _in_year(match["r_yyyy"], context, month, first)
    if year is None:
        return VAGUE
    return Placed(f"{year:04d}-{month:02d}-{first:02d}/{year:04d}-{month:02d}-{last:02d}", "interval", anchor, inferred)


def _bare_month(match: re.Match[str], context: Context) -> Placed:
    month = _month(match["month_name"])
    year, anchor, inferred = _in_year(None, context, month)
    return Placed(calendar.month_edtf(year, month), "month", anchor, inferred) if year else VAGUE


def _quarter(match: re.Match[str], context: Context) -> Placed:
    number = words.numbers("numbers")[match["q_number"]]
    year, anchor, inferred = _in_year(match["q_yyyy"], context, 3 * number)
    return Placed(calendar.quarter_edtf(year, number), "interval", anchor, inferred) if year else VAGUE


def _years(match: re.Match[str], _: Context) -> Placed:
    first, last = match["ys_first"], match["ys_last"]
    return Placed(f"{first}/{last if len(last) == 4 else first[:2] + last}")


def _decade(match: re.Match[str], _: Context) -> Placed:
    written = match["decade_start"].removeprefix("'")
    if len(written) == 4:
        return Placed(f"{written[:3]}X")
    return Placed(f"{'20' if written < '30' else '19'}{written[0]}X", inferred=True)


def _named_day(match: re.Match[str], context: Context) -> Placed:
    if context.published is None:
        return VAGUE
    day = context.published + timedelta(days=words.numbers("days")[match["day_word"].lower()])
    return Placed(day.isoformat(), "day", "published", True)


def _weekday(match: re.Match[str], context: Context) -> Placed:
    if context.published is None or match[0].endswith("ays"):
        return VAGUE
    weekday = words.numbers("weekdays")[match["weekday_name"].lower()]
    return Placed(calendar.weekday_before(context.published, weekday).isoformat(), "day", "published", True)


def _counted_from(step: str, context: Context) -> tuple[date | None, str | None]:
    """The day a step is counted from and its name: that/following/previous look back in the text, this/last/next at publication."""
    if step in words.table("dates")["from_text"]["words"]:
        return (context.last.earliest, context.last_text) if context.last else (None, None)
    return context.published, "published"


def _relative_period(match: re.Match[str], context: Context) -> Placed:
    step, count, unit = match["rel_step"].lower(), match["rel_count"], _unit(match["rel_unit"])
    if count or unit in ("minute", "hour"):
        return Placed(None, "duration" if count else "vague")
    counted_from, anchor = _counted_from(step, context)
    if counted_from is None:
        return VAGUE
    return Placed(calendar.stepped(counted_from, unit, words.numbers("steps")[step]), "year", anchor, True)


def _relative_name(match: re.Match[str], context: Context) -> Placed:
    counted_from, anchor = _counted_from(match["rn_step"].lower(), context)
    if counted_from is None:
        return VAGUE
    step, name = words.numbers("steps")[match["rn_step"].lower()], match["rn_name"].rstrip(".").lower()
    if name in words.numbers("weekdays"):
        day = calendar.weekday_before(
            counted_from + timedelta(days=7 * step if step > 0 else min(step, 0)), words.numbers("weekdays")[name]
        )
        return Placed(day.isoformat(), "day", anchor, True)
    month = words.numbers("months").get(name)
    if month is None:
        return Placed(f"{counted_from.year + step:04d}-{words.numbers('seasons')[name]}", "season", anchor, True)
    passed = (step > 0 and month <= counted_from.month) - (step < 0 and month >= counted_from.month)
    return Placed(calendar.month_edtf(counted_from.year + passed, month), "month", anchor, True)


def _ago(match: re.Match[str], context: Context) -> Placed:
    count, unit, word = _count(match["ago_count"]), _unit(match["ago_unit"]), match["ago_word"]
    last = context.last.earliest if context.last else None
    counted_from, anchor = (context.published, "published") if word == "ago" else (last, context.last_text)
    if count is None or counted_from is None or unit in ("minute", "hour"):
        return VAGUE
    steps = count if word in ("later", "afterwards") else -count
    return Placed(calendar.stepped(counted_from, unit, steps), "year", anchor, True)


_PLACES: dict[str, Callable[[re.Match[str], Context], Placed]] = {
    "iso": lambda m, _: Placed(m["iso_date"]),
    "month_day_range": _day_range,
    "month_day": lambda m, c: _day(m, c, "md"),
    "day_month": lambda m, c: _day(m, c, "dm"),
    "quarter": _quarter,
    "month_year": lambda m, _: Placed(calendar.month_edtf(int(m["my_yyyy"]), _month(m["my_month"]))),
    "season_year": lambda m, _: Placed(f"{m['s_yyyy']}-{words.numbers('seasons')[m['s_season'].lower()]}"),
    "years": _years,
    "decade": _decade,
    "century": lambda m, _: Placed(f"{int(m['century_number']) - 1:02d}XX"),
    "relative_period": _relative_period,
    "relative_name": _relative_name,
    "named_day": _named_day,
    "ago": _ago,
    "set": lambda *_: Placed(None, "set"),
    "duration": lambda *_: Placed(None, "duration"),
    "weekday": _weekday,
    "year": lambda m, _: Placed(m["year_number"]),
    "month": _bare_month,
}
