"""What somebody else knows of a text, a parser or a tagger of names, in the shape in which the rules take it."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from app.extract.lang.en import gazetteer, words
from app.extract.lang.en.mention import Mention
from app.extract.lang.en.reading import Hints, Reading, TokenRange
from app.models.extraction import EntityType, MentionKind


class GivenName(NamedTuple):
    """A name at `start` to `end`, in characters."""

    start: int
    end: int
    type: EntityType


@dataclass(frozen=True, slots=True)
class Analysis:
    """`names` None: nobody looked, so the rules do; an empty one says that there are none. `hints` None: there is no parse."""

    names: Sequence[GivenName] | None = None
    hints: Hints | None = None


Analyser = Callable[[Reading], Analysis]


def tokens_of(reading: Reading, start: int, end: int) -> TokenRange | None:
    """The tokens that a stretch of characters touches; None when it touches none."""
    first = max(0, bisect_right(reading.token_starts, start) - 1)
    if first < len(reading.tokens) and reading.tokens[first].end <= start:
        first += 1
    last = bisect_left(reading.token_starts, end)
    return (first, last) if first < last else None


def names(reading: Reading, own: list[Mention], analysis: Analysis) -> list[Mention]:
    """The given names instead of those that the rules found, whose offices, peoples and countries stay where nothing was given."""
    if analysis.names is None:
        return own
    given = [m for name in analysis.names if (m := _mention(reading, name)) is not None]
    ranges = _Ranges(given)
    kept = [m for m in own if (m.kind != "name" or m.country) and not ranges.over(m)]
    leads = {m.last: m.lead for m in own if m.lead is not None}
    led = [replace(m, lead=leads[m.last]) if leads.get(m.last, m.start) < m.start else m for m in given]
    return sorted(kept + led, key=lambda m: (m.start, -m.end))


class _Ranges:
    """Token ranges in which the names stand that were given."""

    def __init__(self, mentions: list[Mention]) -> None:
        self._taken = {i for m in mentions for i in range(m.first, m.last)}

    def over(self, mention: Mention) -> bool:
        return any(i in self._taken for i in range(mention.first, mention.last))


def _mention(reading: Reading, name: GivenName) -> Mention | None:
    found = tokens_of(reading, name.start, name.end)
    if found is None:
        return None
    tokens, (first, last) = reading.tokens, found
    while first < last and (tokens[first].low in words.grammar("determiners") and not tokens[first].is_capital):
        first += 1  # "the White House", as some annotators mark it
    while first < last and (tokens[last - 1].low == "'s" or not tokens[last - 1].is_word):
        last -= 1
    if first >= last:
        return None
    start, end = tokens[first].start, tokens[last - 1].end
    place = gazetteer.known(tokens, first, last)
    whole = place is not None and place.length == last - first and name.type in ("place", "organization")
    if place is None or not whole or place.kind not in ("country", "demonym"):  # a team may be called by its city
        return Mention(start, end, first, last, type=name.type)
    kind: MentionKind = "demonym" if place.kind == "demonym" else "name"
    return Mention(start, end, first, last, kind, country=place.code, type="place")
