"""What is different between two texts, word by word, as far as time allows.

First as `git diff --patience` does it: what stands once in either text, and in the same order, holds them together; paragraphs,
then sentences, then words. That takes time in proportion to the texts. What is left between is a few words mostly: there difflib
looks for the longest run they share. That takes time in proportion to the pairs of equal words, so it is held to a budget; what is
left when it is spent is one change.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import accumulate
from typing import NamedTuple

MOST_WORDS_IN = 400_000  # characters between what holds the texts together
MOST_LOOKS = 4_000_000  # at words and pairs of words; about a second
_UNSPACED = r"\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"  # Thai, Lao, kana, Han: each character for itself
_PUNCTUATION = r"!-/:-@\[-`{-~\u00a1-\u00bf\u2010-\u205e\u3000-\u303f\uff01-\uff0f"
_PARAGRAPH = re.compile(r"[^\n]*\n+|[^\n]+")
_SENTENCE = re.compile(r"[^.!?…。！？\n]*[.!?…。！？\n]+[”’\"')\]]*\s*|[^.!?…。！？\n]+")
_WORD = re.compile(rf"\s+|[{_UNSPACED}]|\w[^\s{_UNSPACED}{_PUNCTUATION}]*|.", re.DOTALL)


class Change(NamedTuple):
    """What stands from `start` to `end` in the old text is replaced by what stands from `new_start` to `new_end` in the new one."""

    start: int
    end: int
    new_start: int
    new_end: int


def changes(old: str, new: str) -> tuple[list[Change], bool]:
    """In text order, and whether they were looked for word by word everywhere.

    What lies between two of them is the same in both texts, and holds more than white space.
    """
    gaps = [Change(0, len(old), 0, len(new))]
    for pieces in (_PARAGRAPH, _SENTENCE):
        gaps = [finer for gap in gaps for finer in _between_anchors(pieces, old, new, gap)]
    looks = _Looks(MOST_LOOKS)
    found = [finer for gap in gaps for finer in _by_words(old, new, gap, looks)]
    return list(_joined(found, old)), looks.left >= 0


class _Looks:
    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, number: int) -> bool:
        """Whether so many are allowed; when they are not, none is any more."""
        self.left = self.left - number if 0 <= number <= self.left else -1
        return self.left >= 0


class _Pieces:
    """A stretch of a text in pieces."""

    def __init__(self, pattern: re.Pattern[str], text: str, start: int, end: int) -> None:
        self.texts = pattern.findall(text, start, end)
        self.places = list(accumulate(map(len, self.texts), initial=start))


def _by_words(old: str, new: str, gap: Change, looks: _Looks) -> Iterator[Change]:
    if gap.start == gap.end or gap.new_start == gap.new_end:
        yield gap
    elif max(gap.end - gap.start, gap.new_end - gap.new_start) > MOST_WORDS_IN:
        looks.left = min(looks.left, -1)
        yield gap
    else:
        for finer in _between_anchors(_WORD, old, new, gap):
            yield from _between_shared(old, new, finer, looks)


def _between_anchors(pattern: re.Pattern[str], old: str, new: str, gap: Change) -> Iterator[Change]:
    """The gap without what holds its sides together: pieces alike at its ends, and those that stand once in either side."""
    a, b = (_Pieces(pattern, old, gap.start, gap.end), _Pieces(pattern, new, gap.new_start, gap.new_end))
    first, least = 0, min(len(a.texts), len(b.texts))
    while first < least and a.texts[first] == b.texts[first]:
        first += 1
    last = 0
    while last < least - first and a.texts[-1 - last] == b.texts[-1 - last]:
        last += 1
    ends = len(a.texts) - last, len(b.texts) - last
    i, j = first, first
    for at, new_at in [*_anchors(a.texts[first : ends[0]], b.texts[first : ends[1]]), (ends[0] - first, ends[1] - first)]:
        change = Change(a.places[i], a.places[at + first], b.places[j], b.places[new_at + first])
        if change.end > change.start or change.new_end > change.new_start:
            yield change
        i, j = at + first + 1, new_at + first + 1


def _anchors(a: Sequence[str], b: Sequence[str]) -> list[tuple[int, int]]:
    """The most pieces that stand once in either and in the same order in both: the longest rising sequence (patience sorting)."""
    times, new_times = Counter(a), Counter(b)
    place = {piece: j for j, piece in enumerate(b) if new_times[piece] == 1}
    tops: list[int] = []  # the lowest end, in b, of a sequence of each length
    links: list[tuple[int, int, int]] = []  # (i, j, place in links of the one before)
    heads: list[int] = []
    for i, piece in enumerate(a):
        if piece in place and times[piece] == 1:
            j = place[piece]
            length = bisect_left(tops, j)
            links.append((i, j, heads[length - 1] if length else -1))
            tops[length : length + 1] = [j]
            heads[length : length + 1] = [len(links) - 1]
    found = []
    at = heads[-1] if heads else -1
    while at >= 0:
        i, j, at = links[at]
        found.append((i, j))
    return found[::-1]


def _between_shared(old: str, new: str, gap: Change, looks: _Looks) -> Iterator[Change]:
    """The gap without the longest words that its sides share, one behind the other, and again on either side of them."""
    a, b = (_Pieces(_WORD, old, gap.start, gap.end), _Pieces(_WORD, new, gap.new_start, gap.new_end))
    matcher = SequenceMatcher(None, a.texts, b.texts, autojunk=False)
    new_times = Counter(b.texts)
    before = list(accumulate((1 + new_times[word] for word in a.texts), initial=0))  # looks that the words so far take
    waiting = [(0, len(a.texts), 0, len(b.texts))]
    while waiting:
        i, i_end, j, j_end = waiting.pop()
        shared = None
        if i < i_end and j < j_end and looks.take(before[i_end] - before[i]):
            shared = matcher.find_longest_match(i, i_end, j, j_end)
        if shared is not None and shared.size:
            waiting.append((shared.a + shared.size, i_end, shared.b + shared.size, j_end))
            waiting.append((i, shared.a, j, shared.b))
        elif i < i_end or j < j_end:
            yield Change(a.places[i], a.places[i_end], b.places[j], b.places[j_end])


def _joined(found: Sequence[Change], old: str) -> Iterator[Change]:
    """Changes with nothing but white space between them are one."""
    before: Change | None = None
    for change in found:
        if before is not None and not old[before.end : change.start].strip():
            before = Change(before.start, change.end, before.new_start, change.new_end)
            continue
        if before is not None:
            yield before
        before = change
    if before is not None:
        yield before
