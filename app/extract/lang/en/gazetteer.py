"""What is known by name, found by the words as they stand: one look-up for each token, none of them folded.

A name may mean several things ("Jackson", "Wagner"): each gives its votes, and the text decides.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from app.extract.lang.en import reading, words
from app.extract.lang.en.reading import Token
from app.models.extraction import EntityType

Kind = Literal["country", "demonym", "city", "place", "organization", "person", "event", "other"]
_CERTAIN = 30
# Votes of a name of one word, and of one of more: the longer, the less it can mean by chance. Later lists win the `kind`.
_VOTES: dict[Kind, tuple[int, int]] = {
    "person": (5, 16),
    "city": (5, 9),
    "place": (9, 14),
    "other": (12, 18),
    "event": (12, 18),
    "organization": (9, 18),
    "demonym": (_CERTAIN, _CERTAIN),
    "country": (_CERTAIN, _CERTAIN),
}
_LARGE_CITY = 8


@dataclass(frozen=True, slots=True)
class Known:
    """`length` in tokens; `code` is the country's where the name is a country, its people or its capital.

    `shouts` is True of what is written in capitals only: "WHO", and not "Who". `plain` of what is a common word, too: "Time".
    """

    length: int
    kind: Kind
    code: str | None
    votes: tuple[tuple[EntityType, int], ...]
    shouts: bool = False
    plain: bool = False


def known(tokens: list[Token], at: int, last: int) -> Known | None:
    """The longest known name that begins at token `at` and ends before `last`."""
    longest = _longest().get(tokens[at].low)
    if longest is None:
        return None
    names = _names()
    for length in range(min(longest, last - at), 0, -1):
        found = names.get(tuple([t.low for t in tokens[at : at + length]]) if length > 1 else (tokens[at].low,))
        if found is not None and (length > 1 or _may_be(tokens[at].text, found)):
            return found
    return None


def _may_be(text: str, found: Known) -> bool:
    return text.isupper() or "." in text or not found.shouts or (len(text) > 3 and not found.plain)


@cache
def _names() -> dict[tuple[str, ...], Known]:
    found: dict[tuple[str, ...], Known] = {}
    _add(found, "person", (((n,), None) for n in words.listed("people", "surnames") if " " not in n))
    _add(found, "city", ((name.split(), None) for name in words.cities_of("small")))
    _add(found, "city", ((name.split(), None) for name in words.cities_of("large")), _LARGE_CITY)
    for kind, table, keys in _LISTS:
        _add(found, kind, ((parts, None) for key in keys for name in words.listed(table, key) if len(parts := _parts(name)) > 0))
    _add(found, "person", ((_parts(n), None) for n in words.listed("people", "surnames") if " " in n))
    _add(found, "city", ((name.split(), code) for name, code in words.capitals().items()), _LARGE_CITY)
    _add(found, "demonym", ((_parts(name), code) for name, code in words.demonyms().items()))
    for code, country in words.countries().items():
        names = (country.name, *country.others)
        _add(found, "country", ((_parts(written), code) for name in names for written in (name, name.rstrip("."))))
    return found


_LISTS: tuple[tuple[Kind, str, tuple[str, ...]], ...] = (
    ("place", "places", ("regions", "waters_and_heights")),
    ("other", "everyday", ("works",)),
    ("event", "everyday", ("events",)),
    (
        "organization",
        "organizations",
        ("international", "agencies", "parties", "armed", "companies", "media", "learning", "sport", "music"),
    ),
)
_TYPES: dict[Kind, EntityType] = {"country": "place", "demonym": "place", "city": "place"}


def _parts(name: str) -> list[str]:
    return [token.text for token in reading.read(name).tokens]


def _add(
    found: dict[tuple[str, ...], Known], kind: Kind, names: Iterable[tuple[Iterable[str], str | None]], single: int | None = None
) -> None:
    kind_of: EntityType = _TYPES.get(kind, kind)  # type: ignore[arg-type]
    for written, code in names:
        key = tuple(part.lower() for part in written)
        before = found.get(key)
        plain = len(key) == 1 and key[0] in words.everyday()
        weight = (single or _VOTES[kind][0]) if len(key) == 1 else _VOTES[kind][1]
        votes = dict(before.votes) if before else {}
        votes[kind_of] = max(votes.get(kind_of, 0), weight // 2 if plain and weight < _CERTAIN else weight)
        shouts = "".join(written).isupper() if not before else before.shouts and "".join(written).isupper()
        found[key] = _shared(len(key), kind, code or (before.code if before else None), tuple(votes.items()), shouts, plain)


_shared = cache(Known)  # a few hundred for 20,000 names: what every pass of the garbage collector need not visit


@cache
def _longest() -> dict[str, int]:
    longest: dict[str, int] = {}
    for parts in _names():
        longest[parts[0]] = max(longest.get(parts[0], 0), len(parts))
    return longest
