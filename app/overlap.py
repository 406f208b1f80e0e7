"""When two statements are the same one: how many of their words they share.

The measure is that of the evaluation in `bench/`: shared words divided by the words of the longer one.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence

from app.folding import words

Content = frozenset[Hashable]
Stretches = Iterable[tuple[int, int]]


def content_in(text: str, stretches: Stretches) -> Content:
    """The words of a statement by where they stand: for statements about one and the same text."""
    places = [start + at for start, end in stretches for _, at, _ in words(text[start:end])]
    return frozenset(places) or frozenset(stretches)


def content_of(exact: Iterable[str]) -> Content:
    """The words of a statement by their spelling, the second “the” being another one: for statements about different texts."""
    counted: Counter[str] = Counter()
    found: set[Hashable] = set()
    for word, _, _ in (w for piece in exact for w in words(piece)):
        counted[word] += 1
        found.add((word, counted[word]))
    return frozenset(found)


def alike(new: Sequence[Content], old: Sequence[Content], least: float) -> list[tuple[float, int, int]]:
    """(score, place in new, place in old) of every pair that shares at least so much, in no order; 1 is all words.

    Only pairs with a word in common are looked at.
    """
    having: defaultdict[Hashable, list[int]] = defaultdict(list)
    for j, content in enumerate(old):
        for word in content:
            having[word].append(j)
    return [
        (score, i, j)
        for i, content in enumerate(new)
        for j, shared in Counter(j for word in content for j in having.get(word, ())).items()
        if (score := shared / max(len(content), len(old[j]))) >= least
    ]
