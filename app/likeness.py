"""When two articles carry nearly the same text: how many runs of words they share, and whether their figures are the same.

A text is the set of its shingles: every run of SHINGLE folded words (Broder, “On the resemblance and containment of documents”,
1997). Copies are looked for by MinHash values of that set and judged by the set itself. A copy is cut at the end, so what counts is
how much of the shorter text stands in the longer one. Reports made from one form share most runs of words as well, but not their
figures. The numbers here are measured: docs/decisions/0011-copies.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from app.folding import fold

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
MOST_WORDS = 200_000  # whose hashes are remembered: 30 MB
_ODD = 0x9E3779B97F4A7C15  # 2^64 divided by the golden ratio: its multiples spread evenly
_SHIFT = 12  # bits dropped of a MinHash value, so that what remains is a positive integer in every database


@dataclass(frozen=True, slots=True)
class Print:
    """What a text is compared by: hashes of its shingles, of its figures with the words beside them, and of these words alone.

    Sorted, each once.
    """

    shingles: np.ndarray[Any, Any]
    figures: np.ndarray[Any, Any]
    places: np.ndarray[Any, Any]


def print_of(text: str) -> Print:
    """Loads numpy, when it is the first."""
    import numpy as np  # takes 0.1 s, which only those who compare should wait for

    words = text.split()
    hashes = np.fromiter(map(_hashes.__getitem__, words), np.uint64, len(words))
    if len(words) < LEAST_WORDS:
        return Print(hashes[:0], hashes[:0], hashes[:0])
    middle = np.flatnonzero(hashes[1:-1] & np.uint64(1))
    places = hashes[middle] * np.uint64(_ODD) + hashes[middle + 2]
    figures = _runs(hashes, 3)[middle]
    return Print(_each_once(_runs(hashes, SHINGLE)), _each_once(figures), _each_once(places))


def keys(prints: Sequence[Print]) -> list[list[int]]:
    """Of each text KEYS numbers below 2^52; texts that share so much of their shingles share, on average, so much of these.

    Empty for a text that is too short. Loads datasketch, when it is the first.
    """
    return [_signed(print_.shingles.tolist()) for print_ in prints]


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
    _minhash()


@cache
def _minhash() -> Any:
    """A MinHash whose permutations are made once; datasketch brings scipy along, which takes 0.7 s to load."""
    from datasketch import MinHash

    return MinHash(num_perm=KEYS, scheme="affine64", hashfunc=int)


def _signed(shingles: list[int]) -> list[int]:
    minhash = _minhash().copy()
    minhash.update_batch(shingles)
    return [value >> _SHIFT for value in minhash.hashvalues.tolist()] if shingles else []


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


class _Hashes(dict[str, int]):
    """Of words as they stand between spaces: folded, without punctuation; odd if there is a figure in it."""

    def __missing__(self, word: str) -> int:
        folded = fold(word)
        bare = folded if folded.isalnum() else "".join(c for c in folded if c.isalnum())
        hashed = int.from_bytes(hashlib.blake2b(bare.encode(), digest_size=8).digest())
        found = hashed | 1 if not bare.isalpha() and any(map(str.isdecimal, bare)) else hashed & ~1
        if len(self) >= MOST_WORDS:
            self.clear()
        self[word] = found
        return found


_hashes = _Hashes()
