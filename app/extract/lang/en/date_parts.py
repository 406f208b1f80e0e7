"""Parts of a month or year: "the last week of March", "the first three months of 2013"."""

from collections.abc import Callable
from datetime import date, timedelta

from app import edtf
from app.extract.lang.en import calendar, date_absolute, date_relative
from app.extract.lang.en.date_lengths import OF_THE_CLOCK, UNIT_KINDS, count, singular, written_length
from app.extract.lang.en.date_phrase import VAGUE, Context, Phrase, Placed


def _part_range(phrase: Phrase, context: Context) -> Placed:
    """ "the last week of March", "the first three months of 2013"."""
    whole = _whole(phrase, context)
    if whole is None or whole.edtf is None:
        return VAGUE
    bounds = edtf.parse(whole.edtf)
    place = (
        -1
        if any(lexeme.low == "last" for lexeme in phrase.lexemes[:2])
        else date_absolute.day_number(phrase.word("ordinal", "nth", "second") or "")
    )
    of = singular(phrase.all(*UNIT_KINDS)[0])
    if bounds.earliest is None or bounds.latest is None or of in OF_THE_CLOCK:
        return VAGUE
    if phrase.all("units", "nights"):
        return _stretch_of(phrase, whole, of, place, bounds.earliest, bounds.latest)
    if of == "week":
        return _cut(whole, _nth_week(bounds.earliest, bounds.latest, place))
    day = bounds.latest if place < 0 else calendar.moved(bounds.earliest, of, place - 1)
    return _cut(whole, calendar.unit_of(day, of))


def _cut(whole: Placed, stretch: calendar.Stretch) -> Placed:
    return whole._replace(edtf=stretch.edtf, timex=stretch.timex)


def _nth_week(first: date, last: date, place: int) -> calendar.Stretch:
    """Weeks that lie wholly in the month, as a newspaper counts them from its end; from its start the one that holds the first."""
    if place < 0:
        return calendar.week(calendar.weekday_before(last, 6))
    return calendar.week(first + timedelta(days=7 * (place - 1)))


def _stretch_of(phrase: Phrase, whole: Placed, of: str, place: int, first: date, last: date) -> Placed:
    how_many = count(Phrase("", phrase.line, phrase.core, phrase.core, phrase.core + [x.low for x in phrase.lexemes].index("of")))
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
    behind = next(i for i in range(phrase.core, phrase.last) if phrase.line.lexemes[i].low == "of" and i > phrase.core + 1)
    part = Phrase("", phrase.line, behind + 1, behind + 1, phrase.last)
    if part.has("month"):
        return date_absolute.PLACES["month"](part, context)
    if part.has("year"):
        return date_absolute.PLACES["year"](part, context)
    if part.word("this", "last", "next", "that"):
        return date_relative.relative(part, context)
    return date_relative.the_unit(part, context)


PLACES: dict[str, Callable[[Phrase, Context], Placed]] = {"part_range": _part_range}
