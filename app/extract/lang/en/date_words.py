"""The tokens of a text as the grammar of times sees them: each has a kind, and a kind is one letter.

So a text becomes a string, one letter for each word, and the shapes of `date_patterns.py` are regular expressions over kinds:
`month day comma year` instead of a list of spellings. Words with hyphens are taken apart where that shows a time ("mid-July",
"three-year"); a line feed stands behind each sentence, so that no time reaches over its end.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from app.extract.lang.en import words
from app.extract.lang.en.reading import Reading, Token

_TABLES = {
    "months": "month",
    "seasons": "season",
    "weekdays": "weekday",
    "numbers": "number",
    "ordinals": "ordinal",
    "decades": "decade_word",
    "days": "day_word",
    "units": "unit",
    "plurals": "units",
    "parts_of_day": "part_of_day",
    "sets": "set_word",
}
_SHAPED = ("small", "large", "year", "nth", "decade", "clock", "iso", "numeric", "code")
_MADE = ("weekdays", "reference", "holiday", "rest", "other")
_CAPITALISED = ("month", "weekday", "weekdays")
_NUMERIC = [
    ("iso", re.compile(r"\d{4}-\d\d-\d\d(?:t[\d:.]+z?)?")),
    ("clock", re.compile(r"(?:[01]?\d|2[0-4])[:.][0-5]\d(?::[0-5]\d)?(?:am|pm)?|(?:1[0-2]|0?[1-9])(?:am|pm)")),
    ("numeric", re.compile(r"(?:3[01]|[012]?\d)\.(?:1[0-2]|0?\d)\.(?:1[89]|20)\d\d")),
    ("nth", re.compile(r"\d{1,2}(?:st|nd|rd|th)")),
    ("decade", re.compile(r"(?:1\d|20)?\d0s")),
    ("year", re.compile(r"1\d{3}|20\d\d|2100")),
    ("small", re.compile(r"0?[1-9]|[12]\d|3[01]")),
    ("large", re.compile(r"\d+|\d{1,3}(?:,\d{3})+|\d+\.\d+")),
]
_CODE = re.compile(r"[qh][1-4]")


@cache
def letters() -> dict[str, str]:
    """Kind → its letter, from a part of Unicode that no pattern gives a meaning to."""
    kinds = [*_TABLES.values(), *words.table("dates")["terms"], *_SHAPED, *_MADE]
    return {kind: chr(0x3400 + i) for i, kind in enumerate(dict.fromkeys(kinds))}


@cache
def _kinds() -> dict[str, str]:
    """Word → letter. A word with a part in the grammar of its own ("second", "night") has that part alone."""
    found: dict[str, str] = {}
    for table, kind in _TABLES.items():
        found |= dict.fromkeys(words.table("dates")[table], letters()[kind])
    found |= {f"{day}s": letters()["weekdays"] for day in words.numbers("weekdays") if day.endswith("day")}
    found |= {f"{month}.": letters()["month"] for month in words.numbers("months") if len(month) < 5}
    found |= {f"{day}.": letters()["weekday"] for day in words.numbers("weekdays") if len(day) < 6}
    for kind, its_words in words.table("dates")["terms"].items():
        found |= dict.fromkeys(its_words, letters()[kind])
    return found


@cache
def _capitalised() -> frozenset[str]:
    return frozenset(letters()[kind] for kind in _CAPITALISED)


@lru_cache(maxsize=4096)
def _shaped(low: str) -> str:
    kind = next((kind for kind, pattern in _NUMERIC if pattern.fullmatch(low)), "other")
    return letters()[kind]


@dataclass(frozen=True, slots=True)
class Line:
    """`kinds[i]` is the kind of `lexemes[i]`; `owners[i]` the index of the token it is or is part of."""

    kinds: str
    lexemes: list[Token]
    owners: list[int]


def line(reading: Reading) -> Line:
    kinds: list[str] = []
    lexemes: list[Token] = []
    owners: list[int] = []
    known, other, capitalised = _kinds(), letters()["other"], _capitalised()
    for sentence in reading.sentences:
        for index in range(sentence.first, sentence.last):
            token = reading.tokens[index]
            low = token.low
            kind = known.get(low)
            if kind is None:
                if "-" in low or low[0].isdigit():
                    for part in _parts(token):
                        kinds.append(_kind(part))
                        lexemes.append(part)
                        owners.append(index)
                    continue
                kind = letters()["code"] if len(low) == 2 and _CODE.match(low) else other
            elif kind in capitalised and not token.text[0].isupper():
                kind = other
            elif low in "-—":
                kind = letters()["hyphen" if _is_tight(reading.view, token) else "dash"]
            kinds.append(kind)
            lexemes.append(token)
            owners.append(index)
        kinds.append("\n")
        lexemes.append(Token(sentence.end, sentence.end, "\n", "\n"))
        owners.append(sentence.last)
    _mark_phrases(kinds, lexemes)
    return Line("".join(kinds), lexemes, owners)


def _is_tight(view: str, mark: Token) -> bool:
    """Whether a stroke joins ("2014–16") or parts ("2014 – 2016")."""
    return not (view[mark.start - 1 : mark.start].isspace() or view[mark.end : mark.end + 1].isspace())


def _kind(part: Token) -> str:
    kind = _kinds().get(part.low)
    if kind is None:
        return _shaped(part.low) if part.low[0].isdigit() else letters()["other"]
    return kind if kind not in _capitalised() or part.text[0].isupper() else letters()["other"]


def _parts(token: Token) -> Iterable[Token]:
    """The words of a compound when one of them is of the calendar, with the hyphens between; else the token as it is."""
    pieces = token.low.split("-")
    if len(pieces) == 1 or _NUMERIC[0][1].fullmatch(token.low) or not any(_is_of_calendar(piece) for piece in pieces):
        return [token]
    found, start = [], token.start
    for piece in re.split("(-)", token.text):
        if piece:
            found.append(Token(start, start + len(piece), piece, piece.lower()))
        start += len(piece)
    return found


@lru_cache(maxsize=4096)
def _is_of_calendar(piece: str) -> bool:
    return piece[:1].isdigit() or piece in _compounding()


@cache
def _compounding() -> frozenset[str]:
    tables = ("months", "weekdays", "seasons", "units", "plurals", "decades")
    return frozenset(word for table in tables for word in words.table("dates")[table])


@cache
def phrases() -> dict[str, list[tuple[tuple[str, ...], int, str]]]:
    """First word → the phrases it opens, longest first: their words, how many of them only stand before, and the kind."""
    found: dict[str, list[tuple[tuple[str, ...], int, str]]] = {}
    dates = words.table("dates")
    named = [(name, "holiday") for key in ("holidays", "weekday_holidays", "easter_holidays") for name in dates[key]]
    named += [(name, "reference") for names in dates["references"].values() for name in names]
    for name, kind in named:
        before, _, phrase = name.rpartition("|")
        split = tuple(f"{before} {phrase}".replace("'s", " 's").replace("s' ", "s ' ").split())
        found.setdefault(split[0], []).append((split, len(before.split()), kind))
    return {head: sorted(its, key=lambda p: -len(p[0])) for head, its in found.items()}


def _mark_phrases(kinds: list[str], lexemes: list[Token]) -> None:
    opening, taken = phrases(), 0
    for i, lexeme in enumerate(lexemes):
        if i < taken or lexeme.low not in opening:
            continue
        for phrase, before, kind in opening[lexeme.low]:
            end = i + len(phrase)
            if len(phrase) > 1 and tuple(l.low for l in lexemes[i:end]) != phrase:
                continue
            if phrase[-1] == "past" and end < len(kinds) and kinds[end] in _counting():
                continue
            if kind == "holiday" and not lexeme.text[0].isupper():
                continue
            kinds[i + before] = letters()[kind]
            kinds[i + before + 1 : end] = [letters()["rest"]] * (len(phrase) - before - 1)
            taken = end
            break


@cache
def _counting() -> frozenset[str]:
    kinds = ("number", "small", "large", "year", "vague", "couple", "unit", "units", "day_unit", "week_unit", "year_unit", "half")
    return frozenset(letters()[kind] for kind in (*kinds, "quarter_unit", "dozen", "some", "season", "weekend"))
