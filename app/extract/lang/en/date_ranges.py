"""Two times that belong together: "from May to June 2019". Each end is a time of its own, and both know the whole range."""

from dataclasses import replace
from itertools import pairwise

from app import edtf
from app.extract.lang.en.date_phrase import Phrase
from app.models.extraction import FoundDate

_UNTIL = ("to", "through", "until", "till", "—", "-")
_AND = (*_UNTIL, "and", "or", ",", "/")
_SHARING = ("day", "month", "season", "quarter", "half_year", "day_range")
_ENDS = ("day", "month", "season", "year")


def borrowed_year(phrases: list[Phrase], place: int) -> int | None:
    """The year that a time without one shares with its neighbour: the one behind it first, else the one before."""
    phrase = phrases[place]
    if phrase.shape not in _SHARING or phrase.written_year or phrase.has("year_unit"):
        return None
    if place + 1 < len(phrases) and _joined(phrase, phrases[place + 1], _AND):
        behind = phrases[place + 1]
        if behind.written_year and behind.shape in (*_SHARING, "month_year", "season_year"):
            return behind.written_year - (_months(phrase) > _months(behind) and _joined(phrase, behind, _UNTIL))
    if place and _is_in_year(phrases[place - 1], phrase):
        return phrases[place - 1].written_year
    if place and _joined(phrases[place - 1], phrase, _AND):
        before = phrases[place - 1]
        if before.written_year and before.shape in (*_SHARING, "month_year", "season_year"):
            return before.written_year + (_months(phrase) < _months(before) and _joined(before, phrase, _UNTIL))
    return None


def _is_in_year(year: Phrase, phrase: Phrase) -> bool:
    """ "In 1910, on October 5"."""
    between = [lexeme.low for lexeme in phrase.line.lexemes[year.last : phrase.first]]
    return year.shape == "year" and between in ([",", "on"], ["on"], [",", "in"])


def _months(phrase: Phrase) -> int:
    from app.extract.lang.en.date_absolute import month_number

    return month_number(phrase.word("month") or "jan")


def _joined(first: Phrase, second: Phrase, by: tuple[str, ...]) -> bool:
    return second.first == first.last + 1 and first.after().low in by


def as_ranges(placed: list[tuple[Phrase, FoundDate]]) -> list[FoundDate]:
    found = [made for _, made in placed]
    for i, ((first, begins), (second, ends)) in enumerate(pairwise(placed)):
        if _joined(first, second, _UNTIL) or (_joined(first, second, ("and",)) and first.before() == "between"):
            found[i : i + 2] = _range(begins, ends) or [found[i], ends]
    return found


def _range(begins: FoundDate, ends: FoundDate) -> list[FoundDate] | None:
    if begins.precision not in _ENDS or ends.precision not in _ENDS or begins.modifier or ends.modifier:
        return None
    if begins.edtf is None or ends.edtf is None or begins.edtf == ends.edtf or "T" in f"{begins.timex}{ends.timex}":
        return None
    try:
        whole = edtf.parse(f"{begins.edtf}/{ends.edtf}")
    except ValueError:  # it ends before it begins
        return None
    inferred = begins.inferred or ends.inferred
    return [
        replace(end, edtf=whole.edtf, earliest=whole.earliest, latest=whole.latest, precision="interval", inferred=inferred)
        for end in (begins, ends)
    ]
