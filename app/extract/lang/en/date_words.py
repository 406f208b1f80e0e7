"""The tokens of a text as the grammar of times sees them: each has a kind, and a kind is one letter.

So a text becomes a string, one letter for each word, and the shapes of `date_patterns.py` are regular expressions over kinds:
`month day comma year` instead of a list of spellings. Words with hyphens are taken apart where that shows a time ("mid-July",
"three-year"); a line feed stands behind each sentence, so that no time reaches over its end.
"""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import NamedTuple

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
_MADE = ("weekdays", "reference", "holiday", "rest", "opener", "other")
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


@cache
def letters() -> dict[str, str]:
    """Kind → its letter, from a part of Unicode that no pattern gives a meaning to."""
    kinds = [*_TABLES.values(), *words.table("dates")["terms"], *_SHAPED, *_MADE]
    return {kind: chr(0x3400 + i) for i, kind in enumerate(dict.fromkeys(kinds))}


_DOUBTFUL = frozenset(letters()[kind] for kind in ("month", "weekday", "weekdays", "hyphen", "dash"))
_REMEMBERED = 50_000  # spellings; a text with more of them is no prose


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
    codes = {f"{part}{number}" for part in "qh" for number in "1234"}
    return dict.fromkeys([*phrases(), *sorted(codes)], letters()["opener"]) | dict.fromkeys(codes, letters()["code"]) | found


@lru_cache(maxsize=4096)
def _shaped(low: str) -> str:
    kind = next((kind for kind, pattern in _NUMERIC if pattern.fullmatch(low)), "other")
    return letters()[kind]


class Line(NamedTuple):
    """`kinds[i]` is the kind of `lexemes[i]`; a line feed stands behind each sentence."""

    kinds: str
    lexemes: list[Token]


def line(reading: Reading) -> Line:
    kinds: list[str] = []
    lexemes: list[Token] = []
    heads: list[int] = []  # where a phrase of more words may begin
    plain = _plain()
    for sentence in reading.sentences:
        inside = reading.tokens[sentence.first : sentence.last]
        own = [plain[low] for low in reading.lows[sentence.first : sentence.last]]
        if "" in own:
            for token, kind in zip(inside, own, strict=True):
                if kind:
                    kinds.append(kind)
                    lexemes.append(token)
                else:
                    _look_at(reading.view, token, kinds, lexemes, heads)
        else:
            kinds += own
            lexemes += inside
        kinds.append("\n")
        lexemes.append(Token(sentence.end, sentence.end, "\n", "\n"))
    _mark_phrases(kinds, lexemes, heads)
    return Line("".join(kinds), lexemes)


class _Plain(dict[str, str]):
    """Word → its kind; "" for one that must be looked at where it stands."""

    def __missing__(self, low: str) -> str:
        kind = _kinds().get(low)
        if kind is None:
            kind = "" if "-" in low or low[0].isdecimal() else letters()["other"]
        elif low in phrases() or kind in _DOUBTFUL:
            kind = ""
        if len(self) < _REMEMBERED:
            self[low] = kind
        return kind


@cache
def _plain() -> _Plain:
    return _Plain()


def _look_at(view: str, token: Token, kinds: list[str], lexemes: list[Token], heads: list[int]) -> None:
    kind = _kinds().get(token.low)
    if kind is None:
        for part in _parts(token):
            kinds.append(_kind(part))
            lexemes.append(part)
        return
    if token.low in phrases():
        heads.append(len(kinds))
    kinds.append(kind if kind not in _DOUBTFUL else _doubtful(view, token, kind))
    lexemes.append(token)


def _doubtful(view: str, token: Token, kind: str) -> str:
    """A stroke is a hyphen where it joins; a month or weekday is written large."""
    if token.low in "-—":
        return letters()["hyphen" if _is_tight(view, token) else "dash"]
    return kind if token.text[0].isupper() or token.low in _unmistakable() else letters()["other"]


@cache
def _unmistakable() -> frozenset[str]:
    return frozenset(words.table("dates")["evidence"]["unmistakable"])


def _is_tight(view: str, mark: Token) -> bool:
    """Whether a stroke joins ("2014–16") or parts ("2014 – 2016")."""
    return not (view[mark.start - 1 : mark.start].isspace() or view[mark.end : mark.end + 1].isspace())


def _kind(part: Token) -> str:
    kind = _kinds().get(part.low)
    if kind is None:
        return _shaped(part.low) if part.low[0].isdecimal() else letters()["other"]
    return (
        kind
        if kind not in _DOUBTFUL or part.low == "-" or part.text[0].isupper() or part.low in _unmistakable()
        else letters()["other"]
    )


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


class Named(NamedTuple):
    """A phrase of the tables: its words, how many of them only stand before it, and what it is."""

    words: tuple[str, ...]
    before: int
    kind: str


@cache
def phrases() -> dict[str, dict[str, list[Named]]]:
    """First word → second word ("" where there is none) → the phrases, longest first."""
    found: dict[str, dict[str, list[Named]]] = {}
    dates = words.table("dates")
    listed = [(name, "holiday") for key in ("holidays", "weekday_holidays", "easter_holidays") for name in dates[key]]
    listed += [(name, "reference") for names in dates["references"].values() for name in names]
    for name, kind in sorted(listed, key=lambda item: -len(item[0].split())):
        before, _, phrase = name.rpartition("|")
        split = tuple(f"{before} {phrase}".replace("'s", " 's").replace("s' ", "s ' ").split())
        named = Named(split, len(before.split()), kind)
        found.setdefault(split[0], {}).setdefault(split[1] if len(split) > 1 else "", []).append(named)
    return found


def _mark_phrases(kinds: list[str], lexemes: list[Token], heads: list[int]) -> None:
    opening, taken = phrases(), 0
    for i in heads:
        its = opening[lexemes[i].low]
        candidates = its.get(lexemes[i + 1].low, its.get("")) if i >= taken else None
        for named in candidates or ():
            if _fits(named, kinds, lexemes, i):
                taken = i + len(named.words)
                kinds[i + named.before : taken] = [
                    letters()[named.kind],
                    *[letters()["rest"]] * (len(named.words) - named.before - 1),
                ]
                break


def _fits(named: Named, kinds: list[str], lexemes: list[Token], i: int) -> bool:
    end = i + len(named.words)
    if any(lexeme.low != word for lexeme, word in zip(lexemes[i:end], named.words, strict=False)) or end > len(kinds):
        return False
    if named.kind == "holiday":
        return lexemes[i].text[0].isupper()
    return not (named.words[-1] == "past" and end < len(kinds) and kinds[end] in _counting())


@cache
def _counting() -> frozenset[str]:
    kinds = ("number", "small", "large", "year", "vague", "couple", "unit", "units", "day_unit", "week_unit", "year_unit", "half")
    return frozenset(letters()[kind] for kind in (*kinds, "quarter_unit", "dozen", "some", "season", "weekend"))
