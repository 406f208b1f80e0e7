"""When two articles carry nearly the same text: how many runs of words they share, and whether their figures are the same.

A text is the set of its shingles: every run of SHINGLE words (Broder, “On the resemblance and containment of documents”, 1997),
spelled as `folding.joined` does. Copies are looked for by MinHash values of that set and judged by the set itself. A copy is cut
at the end, so what counts is how much of the shorter text stands in the longer one. Reports made from one form share most runs of
words as well, but not their figures. The numbers here are measured: docs/decisions/0011-copies.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

SHINGLE = 4  # words
KEYS = 12  # MinHash values of a text; two texts that share one of them are compared
LEAST_WORDS = 16  # of a text; fewer are too little to tell a copy from a common phrase
LEAST_SHARED = 0.45  # of the shorter text's shingles
LEAST_LENGTH = 0.2  # of the longer text: a short text that a long one quotes is no copy of it
LEAST_FIGURES = (
    0.5  # of the places for a figure that both texts have, the same words before and behind, where there are FEW_FIGURES
)
FEW_FIGURES = 3
AT_ONCE = 200_000  # characters that are hashed together: each takes thirty bytes on its way
_ODD = 0x9E3779B97F4A7C15  # 2^64 divided by the golden ratio: its multiples spread evenly
_BASE = 0xD6E8FEB86659FD93  # odd as well, for the letters of a word
_SHIFT = 12  # bits dropped of a MinHash value, so that what remains is a positive integer in every database
_OTHER_DIGIT = re.compile(r"[^\D0-9]")


Words = Any  # an array of numpy


@dataclass(frozen=True, slots=True)
class Print:
    """What a text is compared by: hashes of its shingles, of its figures with the words beside them, and of these words alone.

    Sorted, each once.
    """

    shingles: np.ndarray[Any, Any]
    figures: np.ndarray[Any, Any]
    places: np.ndarray[Any, Any]


def hashes(texts: Sequence[str]) -> list[Words]:
    """Of each text the hashes of its words; odd if there is a figure in it. Loads numpy, when it is the first."""
    if not texts:
        return []
    import numpy as np  # takes 0.1 s, which only those who compare should wait for

    found = [np.zeros(0, np.uint64)]
    words = " ".join(texts)
    if not words.isascii():
        words = _OTHER_DIGIT.sub(lambda digit: str(int(digit[0])), words)
    at = 0
    while at < len(words):
        end = words.find(" ", at + AT_ONCE)
        end = len(words) if end < 0 else end
        found.append(_hashes_of(np.frombuffer(words[at:end].encode() + b" ", np.uint8)))
        at = end + 1
    ends = np.cumsum([text.count(" ") + 1 for text in texts])
    return np.split(np.concatenate(found), ends[:-1])


def print_of(words: Words) -> Print:
    if len(words) < LEAST_WORDS:
        return Print(words[:0], words[:0], words[:0])
    middle = (words[1:-1] & words.dtype.type(1)).nonzero()[0]
    places = words[middle] * words.dtype.type(_ODD) + words[middle + 2]
    figures = _runs(words, 3)[middle]
    return Print(_each_once(_runs(words, SHINGLE)), _each_once(figures), _each_once(places))


def keys(texts: Sequence[Words]) -> list[list[int]]:
    """Of each text KEYS numbers below 2^52, sorted; texts that share so much of their shingles share, on average, so much of these.

    Empty for a text that is too short. Loads datasketch, when it is the first.
    """
    import numpy as np

    long = [i for i, words in enumerate(texts) if len(words) >= LEAST_WORDS]
    found: list[list[int]] = [[] for _ in texts]
    if long:
        shingles = np.append(_runs(np.concatenate([texts[i] for i in long]), SHINGLE), np.zeros(SHINGLE, np.uint64))
        ends = np.cumsum([len(texts[i]) for i in long])
        borders = np.zeros(
            2 * len(ends), np.intp
        )  # where the shingles of a text begin, and where those that reach into the next do
        borders[2::2], borders[1::2] = ends[:-1], ends - SHINGLE + 1
        values = [np.minimum.reduceat(a * shingles + b, borders)[::2] >> np.uint64(_SHIFT) for a, b in _permutations()]
        for i, signed in zip(long, np.stack(values, axis=1).tolist(), strict=True):
            found[i] = sorted(set(signed))
    return found


def score(one: Print, other: Print) -> float:
    """How much of the shorter text stands in the longer one: 0 to 1."""
    least = min(len(one.shingles), len(other.shingles))
    return _common(one.shingles, other.shingles) / least if least else 0.0


def is_copy(one: Print, other: Print) -> bool:
    shorter, longer = sorted((one, other), key=lambda print_: len(print_.shingles))
    if len(shorter.shingles) < LEAST_LENGTH * len(longer.shingles) or score(shorter, longer) < LEAST_SHARED:
        return False
    places = _common(one.places, other.places)
    return places < FEW_FIGURES or _common(one.figures, other.figures) >= LEAST_FIGURES * places


def load() -> None:
    """What comparing needs, so that the first who stores an article need not wait for it."""
    _permutations()


@cache
def _permutations() -> list[tuple[Any, Any]]:
    """Pairs (a, b) of a·x + b; datasketch, whose they are, brings scipy along, which takes 0.7 s to load."""
    from datasketch import MinHash

    return list(zip(*MinHash(num_perm=KEYS, scheme="affine64").permutations, strict=True))


def _common(one: Any, other: Any) -> int:
    import numpy as np

    return len(np.intersect1d(one, other, assume_unique=True))


def _runs(hashes: Any, length: int) -> Any:
    """The hash of each run of so many words: of each place, that of the words there, each times another odd number, added up."""
    count = max(len(hashes) - length + 1, 0)
    return sum(hashes[i : i + count] * hashes.dtype.type(pow(_ODD, i + 1, 2**64)) for i in range(length))


def _each_once(hashes: Any) -> Any:
    """Sorted."""
    hashes.sort()
    is_new = hashes[1:] != hashes[:-1]
    return hashes if is_new.all() else hashes[[0, *(is_new.nonzero()[0] + 1).tolist()]]


def _hashes_of(letters: Any) -> Any:
    """Of words in UTF-8, each with a space behind it: the sum of its letters, each times a power of _BASE, stirred."""
    import numpy as np

    u64 = np.uint64
    behind = np.flatnonzero(letters == ord(" ")) + 1
    starts = np.concatenate(([0], behind[:-1]))
    lengths = behind - starts
    powers = np.full(lengths.max(), _BASE, u64).cumprod(dtype=u64)
    found = np.add.reduceat(letters * powers[np.arange(len(letters)) - np.repeat(starts, lengths)], starts)
    for multiplier in (_ODD, _BASE):
        found ^= found >> u64(32)
        found *= u64(multiplier)
    found ^= found >> u64(32)
    has_figure = np.logical_or.reduceat(letters - np.uint8(ord("0")) < 10, starts)
    return found & ~u64(1) | has_figure
