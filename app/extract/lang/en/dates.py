"""The times a text speaks about, each placed as far as the text and its day of publication allow.

1. Read the text as kinds of words (`date_words.py`) and find every shape in it (`date_patterns.py`), left to right.
2. Let go what only looks like a time (`date_guards.py`); collect the text's years and the day of its dateline.
3. Place the rest: from the calendar (`date_absolute.py`), the day of publication or the time named before (`date_relative.py`), or
   as a length (`date_lengths.py`).
4. Narrow by a modifier before it ("the end of"); join an hour to its day, and the two ends of a range.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise

from app import edtf
from app.extract.lang.en import (
    calendar,
    date_absolute,
    date_lengths,
    date_parts,
    date_patterns,
    date_relative,
    date_tense,
    date_words,
    words,
)
from app.extract.lang.en.date_guards import is_time
from app.extract.lang.en.date_phrase import VAGUE, Context, Phrase, Placed
from app.extract.lang.en.date_ranges import as_ranges, borrowed_year
from app.extract.lang.en.reading import Reading
from app.models.extraction import DateModifier, FoundDate, FoundDateline

_PLACES: dict[str, Callable[[Phrase, Context], Placed]] = {
    **date_absolute.PLACES,
    **date_relative.PLACES,
    **date_parts.PLACES,
    **date_lengths.PLACES,
}
_TURNED_BY_TENSE = {"day", "month", "weekday", "season", "weekend", "holiday", "quarter", "day_range"}
_FROM_A_DAY = {"weekday", "day_word", "relative", "relative_name", "relative_part", "weekend", "weekday_of_week"}
_DESCRIBING = {"reference", "duration", "set", "part_of_day"}
_SHORT, _PER_DAY_WORD = 250, 700  # tokens
_SIZES = ("less_than", "more_than")
_WHOLE_DAYS = ("day", "weekday", "day_word", "relative_name", "iso", "holiday", "weekday_of_week")


def find(reading: Reading, dateline: FoundDateline | None, published: date | None) -> list[FoundDate]:
    phrases = _phrases(date_words.line(reading))
    is_timeless = _is_timeless(phrases, len(reading.tokens))
    if is_timeless:
        phrases = [phrase for phrase in phrases if phrase.shape not in _DESCRIBING]
    context = _context(phrases, dateline, published)
    context.is_timeless = is_timeless
    placed: list[tuple[Phrase, FoundDate]] = []
    for i, phrase in enumerate(phrases):
        context.borrowed = borrowed_year(phrases, i)
        made = _made(phrase, context)
        placed.append((phrase, made))
        _remember(context, made, reading.view)
    return as_ranges(_with_hours(placed))


def _phrases(line: date_words.Line) -> list[Phrase]:
    return [phrase for run in date_patterns.runs().finditer(line.kinds) for phrase in _in_run(line, *run.span())]


def _in_run(line: date_words.Line, place: int, end: int) -> Iterator[Phrase]:
    while match := date_patterns.shapes().search(line.kinds, place, end):
        phrase = _phrase(line, match)
        if not is_time(phrase):
            again = date_patterns.shapes(phrase.shape).match(line.kinds, match.start(), end)  # it may be something else
            place = phrase.core + 1
            if again is None or not is_time(phrase := _phrase(line, again)):
                continue
        yield phrase
        place = phrase.last


def _is_timeless(phrases: list[Phrase], length: int) -> bool:
    """Whether a long text hardly ever speaks from a day of its own: a guide, an essay, a life. There "now", "two hours" and "daily"
    describe, and only what lies in the calendar is a time."""
    spoken_from = sum(p.shape in _FROM_A_DAY and p.lexemes[0].low != "today" for p in phrases)
    return length > _SHORT and spoken_from * _PER_DAY_WORD < length


def _phrase(line: date_words.Line, match: re.Match[str]) -> Phrase:
    core = match.end("lead") if match["lead"] else match.start()
    return Phrase((match.lastgroup or "").lower(), line, match.start(), core, match.end())


def _context(phrases: list[Phrase], dateline: FoundDateline | None, published: date | None) -> Context:
    years = [phrase.written_year for phrase in phrases if phrase.written_year and not _is_deadline(phrase)]
    context = Context(published, "published", max(years, default=None))
    if published is None:
        context.today, context.reference = _day_of_dateline(phrases, dateline), "dateline"
    if context.today:
        far = sum(abs(year - context.today.year) > 1 for year in years)
        context.tells_of_past = len(years) >= 6 and far >= 0.7 * len(years)
    else:
        context.tells_of_past = len(set(years)) >= 5
    return context


def _is_deadline(phrase: Phrase) -> bool:
    """A year that is only a deadline ("by 2050") says nothing about when the text was written."""
    lead = [phrase.before(n) for n in (1, 2, 3)] if phrase.first == phrase.core else [phrase.before()]
    return any(word in words.table("dates")["deadlines"]["before"] for word in lead[:2]) or (lead[0] == "year" and "by" in lead)


def _day_of_dateline(phrases: list[Phrase], dateline: FoundDateline | None) -> date | None:
    if dateline is None:
        return None
    for phrase in phrases:
        if phrase.start >= dateline.end:
            break
        if (
            phrase.start >= dateline.start
            and phrase.shape in ("day", "iso", "numeric")
            and (phrase.written_year or phrase.shape != "day")
        ):
            return _made(phrase, Context(None, "", None)).earliest
    return None


def _made(phrase: Phrase, context: Context) -> FoundDate:
    turns = phrase.shape in _TURNED_BY_TENSE and context.today is not None
    context.ahead = date_tense.looks_ahead(phrase.line, phrase.first, phrase.last) if turns else None
    placed, parsed = _placed(phrase, context)
    modifier, start = _modifier(phrase)
    earliest, latest = calendar.narrowed(parsed, modifier) if parsed else (placed.earliest, placed.latest)
    return FoundDate(
        start,
        _end(phrase),
        parsed.edtf if parsed else None,
        earliest,
        latest,
        parsed.precision if parsed else placed.precision,
        modifier,
        placed.anchor,
        placed.inferred,
        placed.timex,
    )


def _placed(phrase: Phrase, context: Context) -> tuple[Placed, edtf.PartialDate | None]:
    if _means_these_days(phrase, context):
        return Placed("PRESENT_REF"), None
    try:
        placed = _PLACES[phrase.shape](phrase, context)
        return placed, edtf.parse(placed.edtf) if placed.edtf else None
    except (ValueError, OverflowError):  # February 30, or a step out of the calendar
        return VAGUE, None


def _means_these_days(phrase: Phrase, context: Context) -> bool:
    """ "today" set against a bare year in the same sentence: 40 ships in 1990, twelve today."""
    if phrase.shape != "day_word" or phrase.lexemes[-1].low != "today" or not context.found:
        return False
    before = context.found[-1]
    line, sentence = phrase.line, phrase.line.kinds.rfind("\n", 0, phrase.first) + 1
    return (
        before.precision in ("year", "decade", "century") and not before.inferred and line.lexemes[sentence].start <= before.start
    )


def _modifier(phrase: Phrase) -> tuple[DateModifier | None, int]:
    """What modifies the time, and where the time then begins: "about 2014" at 2014, "about a year" at about."""
    lead = phrase.line.lexemes[phrase.first : phrase.core]
    modifiers: dict[str, DateModifier] = words.table("dates")["modifiers"]
    found = next((modifiers[lexeme.low] for lexeme in lead if lexeme.low in modifiers), None)
    core = phrase.lexemes[0].start
    if phrase.shape == "duration":
        return found, phrase.start
    if found in _SIZES:
        return None, core
    return found, core if found == "about" else phrase.start


def _end(phrase: Phrase) -> int:
    """Without the 's of "2003's", which belongs to a decade alone."""
    last = phrase.lexemes[-1]
    if phrase.shape == "iso":
        return phrase.start + len("2024-02-13")
    return phrase.lexemes[-2].end if last.low == "'s" and phrase.shape != "decade" else last.end


def _remember(context: Context, made: FoundDate, view: str) -> None:
    context.found.append(made)
    if made.edtf is not None and ":" not in (made.timex or ""):
        context.last, context.last_text = made, view[made.start : made.end]
        if made.precision == "day":
            context.last_day, context.last_day_text = context.last, context.last_text
    if made.edtf is not None and made.earliest is not None and made.precision in ("day", "month", "year", "season"):
        context.named_year = made.earliest.year


def _with_hours(placed: list[tuple[Phrase, FoundDate]]) -> list[tuple[Phrase, FoundDate]]:
    """ "6 p.m. Friday" is one time; the hour of "6 p.m. on Friday" is on that Friday."""
    found: list[tuple[Phrase, FoundDate]] = []
    skipped = False
    for (phrase, made), (behind, its) in pairwise([*placed, placed[-1]] if placed else []):
        if skipped:
            skipped = False
            continue
        gap = behind.first - phrase.last
        if (
            phrase.shape in ("clock", "part_of_day")
            and behind.shape in _WHOLE_DAYS
            and gap in (0, 1)
            and its.precision == "day"
            and its.edtf
        ):
            hour = date_relative.clock_time(phrase)
            if gap == 0:
                found.append((behind, _hour_on(its, hour, made.start, its.end)))
                skipped = True
                continue
            if behind.before() in ("on", ","):
                made = _hour_on(its, hour, made.start, made.end)
        found.append((phrase, made))
    return found


def _hour_on(day: FoundDate, hour: str, start: int, end: int) -> FoundDate:
    timex = f"{day.edtf}{hour}"
    return FoundDate(start, end, day.edtf, day.earliest, day.latest, "day", day.modifier, day.anchor, day.inferred, timex)
