"""Places and peoples that are known by name, found by the words as they stand: one look-up for each token, none of them folded."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

from app.extract.lang.en import words
from app.extract.lang.en.reading import Token


@dataclass(frozen=True, slots=True)
class Known:
    """`length` in tokens; `code` is the country's where the name is a country, its people or its capital."""

    length: int
    kind: Literal["country", "demonym", "city"]
    code: str | None


def known(tokens: list[Token], at: int, last: int) -> Known | None:
    """The longest known name that begins at token `at` and ends before `last`."""
    names, longest = _names(), _longest()
    for length in range(min(longest.get(tokens[at].low, 0), last - at), 0, -1):
        found = names.get(tuple(t.low for t in tokens[at : at + length]))
        if found is not None and (length > 1 or len(tokens[at].text) > 3 or tokens[at].text.isupper() or "." in tokens[at].text):
            return found
    return None


@cache
def _names() -> dict[tuple[str, ...], Known]:
    found: dict[tuple[str, ...], Known] = {}
    for name in words.cities().values():
        _add(found, name, "city", None)
    for name, code in words.capitals().items():
        _add(found, name, "city", code)
    for name, code in words.demonyms().items():
        _add(found, name, "demonym", code)
    for code, country in words.countries().items():
        for name in (country.name, *country.others):
            _add(found, name, "country", code)
    return found


def _add(found: dict[tuple[str, ...], Known], name: str, kind: Literal["country", "demonym", "city"], code: str | None) -> None:
    parts = tuple(name.lower().replace("’", "'").split())
    found[parts] = Known(len(parts), kind, code)


@cache
def _longest() -> dict[str, int]:
    longest: dict[str, int] = {}
    for parts in _names():
        longest[parts[0]] = max(longest.get(parts[0], 0), len(parts))
    return longest
