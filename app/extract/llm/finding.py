"""Words that a model tells are found again in the text: as they stand, or but for typography.

Marks of quotation, dashes, white space, case, ligatures and characters without width may differ; letters and words may not.
"""

import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache

from app.models.extraction import Span

_ALIKE = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»＂″", '"'),
        **dict.fromkeys("’‘‚‛ʼʻ`´′‹›", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff"),
    }
)
_AROUND = " \t\r\n\"'.,;:…“”„«»‘’‹›"
MOST_PLACES = 1000  # of one name or quotation; more say nothing


class Finder:
    """A part of a text, from `start` on, in which words are sought; all places are places of the whole text."""

    def __init__(self, part: str, start: int = 0) -> None:
        self._part, self._start = part, start
        self._folded, self._origins = _with_origins(part)

    def places(self, words: str) -> list[Span]:
        """Where they stand as whole words, in text order: exactly if they do anywhere, else but for typography."""
        bare = words.strip(_AROUND)
        for sought in dict.fromkeys((words.strip(), bare)):
            if found := [Span(s + self._start, e + self._start) for s, e in _occurrences(self._part, sought)]:
                return found
        return [self._origin(start, end) for start, end in _occurrences(self._folded, _with_origins(bare)[0].strip())]

    def best(self, words: str, before: str, taken: Sequence[Span] = ()) -> Span | None:
        """The place behind most of `before`; of equal ones the first that is not taken."""
        told = _with_origins(before)[0].strip()
        return max(self.places(words), key=lambda p: (self._agreement(p, told), p not in taken, -p.start), default=None)

    def nearest(self, words: str, to: Span) -> Span | None:
        """The place with the fewest characters between it and `to`, none of it inside `to`."""
        apart = [p for p in self.places(words) if p.end <= to.start or to.end <= p.start]
        return min(apart, key=lambda p: (max(p.start - to.end, to.start - p.end), p.start), default=None)

    def _agreement(self, place: Span, told: str) -> int:
        """How many characters before the place are those of `told`, counted from its end."""
        end = bisect_left(self._origins, place.start - self._start)
        before = self._folded[max(0, end - len(told) - 10) : end].rstrip(" \"'")
        told, alike = told.rstrip(" \"'"), 0
        while alike < min(len(before), len(told)) and before[-1 - alike] == told[-1 - alike]:
            alike += 1
        return alike

    def _origin(self, start: int, end: int) -> Span:
        """From the first character folded into the stretch to behind the last one."""
        return Span(self._origins[start] + self._start, self._origins[end - 1] + 1 + self._start)


def _occurrences(text: str, sought: str) -> list[tuple[int, int]]:
    """Where `sought` stands with no letter or digit of the same word around it."""
    found: list[tuple[int, int]] = []
    at = text.find(sought) if sought else -1
    while at >= 0 and len(found) < MOST_PLACES:
        end = at + len(sought)
        if not (_joined(text, at) or _joined(text, end)):
            found.append((at, end))
        at = text.find(sought, at + 1)
    return found


def _joined(text: str, at: int) -> bool:
    """Whether a cut before character `at` goes through a word. Scripts without spaces between words may be cut anywhere."""
    return 0 < at < len(text) and _in_word(text[at - 1]) and _in_word(text[at])


def _in_word(character: str) -> bool:
    return character.isalnum() and not "\u0e00" <= character <= "\u0eff" and not "\u3040" <= character <= "\u9fff"


def _with_origins(text: str) -> tuple[str, list[int]]:
    """The text folded, and for each of its characters the place of the one that it came from. Runs of white space are one space."""
    folded: list[str] = []
    origins: list[int] = []
    for place, character in enumerate(text):
        for piece in _fold(character):
            if piece != " " or not folded or folded[-1] != " ":
                folded.append(piece)
                origins.append(place)
    return "".join(folded), origins


@cache
def _fold(character: str) -> str:
    if character.isspace():
        return " "
    return unicodedata.normalize("NFKD", character.translate(_ALIKE)).casefold()
