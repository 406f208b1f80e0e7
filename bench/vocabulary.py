"""The words and the entities of the made-up archive (bench/corpus.py), with the popularity that words and names have in news.

Words follow Zipf's law: English function words first, as in any English text, then made-up ones, so that nothing is copied.
"""

import math
from collections.abc import Sequence
from random import Random

from app.models.extraction import EntityType, FoundName

TERMS = 200_000
FEWEST_ENTITIES, MOST_ENTITIES = 1_000, 100_000
NEIGHBOURS = 8  # entities that one speaks about, and is named with, more often than with others
_FUNCTION_WORDS = """
the of and to a in that it for on was with as at by his from be have has but this they will are an been had which who would were
more their its or than when up into one after also he we about all there out over new if some last two other first could between
"""
_COMMON = 2_000  # made-up terms of two syllables; names of entities are not made of them
_SHARE_OF_FIRST = 0.0092  # of all draws, of the most popular entity: about 9 % of articles, whatever the number of entities
_TYPES: tuple[EntityType, ...] = ("person", "organization", "place", "event", "other")
_TYPE_WEIGHTS = (45, 28, 20, 3, 4)
_GIVEN_NAMES = 1_500
_BODIES = [
    "Council",
    "Union",
    "Ministry",
    "Agency",
    "Institute",
    "Bank",
    "Group",
    "League",
    "Party",
    "Court",
    "Fund",
    "Commission",
    "Foundation",
    "University",
]
_EVENTS = ["Summit", "Games", "Conference", "Festival", "Trial"]
_PLACES = ["Port", "Lake", "Mount", "Fort", "Upper", "Lower", "East", "West"]
_THINGS = ["Act", "Bridge", "Report", "Treaty", "Line"]


class Popularity:
    """Ranks from 0, each drawn in proportion to about 1 / (rank + offset): Zipf's law as Mandelbrot corrected it.

    The logarithm of (rank + offset) is drawn evenly, which needs no table.
    """

    def __init__(self, count: int, offset: float) -> None:
        self.offset, self.ratio = offset, (count + offset) / offset

    def share(self, rank: int) -> float:
        return math.log1p(1 / (rank + self.offset)) / math.log(self.ratio)

    def rank(self, share: float) -> float:
        return 1 / math.expm1(share * math.log(self.ratio)) - self.offset

    def choose(self, random: Random, count: int) -> list[int]:
        offset, ratio, draw = self.offset, self.ratio, random.random
        return [int(offset * ratio ** draw() - offset) for _ in range(count)]


class Words:
    """The vocabulary, most frequent first, and random choices from it."""

    def __init__(self) -> None:
        self.terms = [*_FUNCTION_WORDS.split(), *_made_up(TERMS - len(_FUNCTION_WORDS.split()))]
        self._popularity = Popularity(TERMS, offset=3.2)

    def choose(self, random: Random, count: int) -> list[str]:
        return [self.terms[rank] for rank in self._popularity.choose(random, count)]

    def in_share(self, share: float, drawn: int) -> str:
        """The term that stands in about this share of the articles, when each draws so many words."""
        rank = round(self._popularity.rank(-math.log1p(-share) / drawn))
        return self.terms[min(max(rank, 0), TERMS - 1)]


class Entities:
    """So many entities, the most popular first: their types, names and neighbours."""

    def __init__(self, count: int, words: Words) -> None:
        self.count = min(max(count, FEWEST_ENTITIES), MOST_ENTITIES)
        random = Random(f"entities {self.count}")
        self._popularity = _with_first(self.count, _SHARE_OF_FIRST)
        self.types = random.choices(_TYPES, _TYPE_WEIGHTS, k=self.count)
        self.names = _named(random, self.types, words.terms[_COMMON:])
        drawn = self.choose(random, self.count * NEIGHBOURS)
        self.neighbours = [drawn[i : i + NEIGHBOURS] for i in range(0, len(drawn), NEIGHBOURS)]

    def choose(self, random: Random, count: int) -> list[int]:
        """Ranks from 0, more popular ones more often."""
        return self._popularity.choose(random, count)


def _made_up(count: int) -> list[str]:
    """Different words that can be spoken, in an order that is always the same."""
    random = Random("words")
    openings = [
        "b",
        "br",
        "c",
        "ch",
        "d",
        "dr",
        "f",
        "fl",
        "g",
        "gr",
        "h",
        "k",
        "kl",
        "l",
        "m",
        "n",
        "p",
        "pr",
        "r",
        "s",
        "st",
        "t",
        "tr",
        "v",
        "w",
        "z",
    ]
    syllables = [opening + vowel for opening in openings for vowel in "aeiou"]
    found = dict.fromkeys(_FUNCTION_WORDS.split())
    known = len(found)
    while len(found) < count + known:
        made = random.choices(syllables, k=2 if len(found) < _COMMON else 3)
        found["".join(made) + random.choice(("", "n", "r", "s", "l", "t"))] = None
    return list(found)[known:]


def _with_first(count: int, share: float) -> Popularity:
    """Of so many, the most popular of which is drawn this often: archives of any size can be compared."""
    low, high = 0.01, 1000.0
    while high - low > 0.001:
        middle = (low + high) / 2
        low, high = (middle, high) if Popularity(count, middle).share(0) > share else (low, middle)
    return Popularity(count, low)


def _named(random: Random, types: Sequence[EntityType], terms: Sequence[str]) -> list[tuple[FoundName, ...]]:
    """The names of each, the preferred one first; no two entities share their first two words, so no two are taken for one."""
    given = terms[:_GIVEN_NAMES]
    taken: set[tuple[str, str]] = set()
    names = []
    for kind in types:
        pair = _pair(random, kind, given, terms)
        while pair in taken:
            pair = _pair(random, kind, given, terms)
        taken.add(pair)
        names.append(_names(random, kind, *pair))
    return names


def _pair(random: Random, kind: EntityType, given: Sequence[str], terms: Sequence[str]) -> tuple[str, str]:
    first = random.choice(_PLACES) if kind == "place" else random.choice(given if kind == "person" else terms).capitalize()
    return first, random.choice(terms).capitalize()


def _names(random: Random, kind: EntityType, first: str, second: str) -> tuple[FoundName, ...]:
    if kind == "person":
        longer = FoundName(f"{first} {random.choice('ABCDEFGHJKLMNPRSTW')}. {second}", "alias")
        short = FoundName(second, "weak")
        return (FoundName(f"{first} {second}", "preferred"), short, *([longer] if random.random() < 0.1 else []))
    if kind == "organization":
        body = random.choice(_BODIES)
        acronym = FoundName(f"{first[0]}{second[0]}{body[0]}", "acronym")
        return (FoundName(f"{first} {second} {body}", "preferred"), *([acronym] if random.random() < 0.4 else []))
    last = {"place": "", "event": f" {random.choice(_EVENTS)}", "other": f" {random.choice(_THINGS)}"}[kind]
    return (FoundName(f"{first} {second}{last}", "preferred"),)
