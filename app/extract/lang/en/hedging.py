"""Hedges: words that weaken a statement or keep the writer at a distance from it, and whose they are.

The classes follow Hyland (1998) and the BioScope corpus: adverbs, adjectives, verbs, phrases, approximators, to which news adds the
writer's own distance ("allegedly", quotation marks around a word) and sources without a name. The words stand in `hedges.toml`.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from functools import cache
from itertools import product
from typing import Literal, NamedTuple

from app.extract.lang.en import words
from app.extract.lang.en.reading import Reading, Token
from app.models.extraction import FoundHedge, HedgeKind

Owner = Literal["author", "speaker"]
Tokens = list[Token]


class Pattern(NamedTuple):
    """One hedge as the list writes it. The sets are empty where anything may stand beside it."""

    words: tuple[str, ...]
    kind: HedgeKind
    by: Owner
    before: str
    next: frozenset[str]
    not_next: frozenset[str]
    not_after: frozenset[str]
    anonymous: bool = False  # says how a speaker spoke, and so stands outside the words that were said


class Hit(NamedTuple):
    first: int  # half-open range of tokens
    last: int
    pattern: Pattern


def scan(reading: Reading) -> list[Hit]:
    """Every hedge of a text in text order; of two that begin at one word the longer, and none inside another."""
    tokens, openings, found = reading.tokens, _patterns(), list[Hit]()
    free, last = 0, len(tokens) - 1
    for i in [i for i, low in enumerate(reading.lows) if low in openings]:
        if i < free:
            continue
        seconds = openings[tokens[i].low]
        second = tokens[i + 1].low if i < last else ""
        for pattern in (*seconds.get(second, ()), *seconds.get("", ())):
            if _fits(tokens, i, pattern):
                free = i + len(pattern.words)
                found.append(Hit(i, free, pattern))
                break
    return found


def within(hits: list[Hit], first: int, last: int) -> Iterator[Hit]:
    at = bisect_left(hits, first, key=lambda h: h.first)
    while at < len(hits) and hits[at].last <= last:
        yield hits[at]
        at += 1


def owner(reading: Reading, hit: Hit, outside: Owner) -> Owner:
    """What stands in quotation marks is the speaker's own; `outside` is whose it is elsewhere."""
    return "speaker" if reading.quotation_at(reading.tokens[hit.first].start) is not None else outside


def made(reading: Reading, hit: Hit, by: Owner) -> FoundHedge:
    return FoundHedge(reading.tokens[hit.first].start, reading.tokens[hit.last - 1].end, hit.pattern.kind, by)


@cache
def _patterns() -> dict[str, dict[str, tuple[Pattern, ...]]]:
    """First word → second word, or "" for a single one → the hedges that begin so, longest first."""
    openings = dict[str, dict[str, tuple[Pattern, ...]]]()
    for pattern in sorted(_listed(), key=lambda p: -len(p.words)):
        seconds = openings.setdefault(pattern.words[0], {})
        second = pattern.words[1] if len(pattern.words) > 1 else ""
        seconds[second] = (*seconds.get(second, ()), pattern)
    return openings


def _listed() -> Iterator[Pattern]:
    lists = words.table("hedges")
    for group in lists["hedges"]:
        needed, barred, barred_before = (frozenset(group.get(key, ())) for key in ("next", "not_next", "not_after"))
        for written in (w for phrase in group["words"] for w in _spelled_out(phrase)):
            yield Pattern(written, group["kind"], group["by"], group.get("before", ""), needed, barred, barred_before)
    for phrase in lists["unnamed"]["phrases"]:
        none = frozenset[str]()
        yield Pattern(tuple(phrase.split()), "unnamed_source", "author", "", none, none, none, anonymous=True)


def _spelled_out(phrase: str) -> Iterator[tuple[str, ...]]:
    forms = words.table("hedges")["forms"]
    return product(*(forms[word[1:-1]] if word.startswith("<") else [word] for word in phrase.split()))


def _fits(tokens: Tokens, at: int, pattern: Pattern) -> bool:
    behind = at + len(pattern.words)
    if len(pattern.words) > 2 and tuple(t.low for t in tokens[at:behind]) != pattern.words:
        return False
    following = tokens[behind].low if behind < len(tokens) else ""
    if (pattern.next and following not in pattern.next) or following in pattern.not_next:
        return False
    if pattern.not_after and at and tokens[at - 1].low in pattern.not_after:
        return False
    return not pattern.before or (behind < len(tokens) and _BEFORE[pattern.before](tokens, behind))


def _is_number(tokens: Tokens, at: int) -> bool:
    """`at` opens a number: "40", "$40", "forty", "a dozen", "half"."""
    counting, low = words.table("hedges")["counting"], tokens[at].low
    if (low in counting["articles"] or low in counting["symbols"]) and at + 1 < len(tokens):
        at, low = at + 1, tokens[at + 1].low
        return tokens[at].text[0].isdecimal() or low in counting["nouns"] or (low in words.numbers("numbers") and len(low) > 2)
    return low[0].isdecimal() or low in counting["nouns"] or (low in words.numbers("numbers") and low not in counting["articles"])


def _is_verb(tokens: Tokens, at: int) -> bool:
    """Whether a verb may follow here: "may leave", but not "May 5", "their might and", "could not"."""
    token = tokens[at]
    if at > 1 and tokens[at - 2].low in words.grammar("possessives"):
        return False
    if token.low in ("have", "be", "do", "also", "still", "yet", "well", "just", "even", "soon", "never", "not", "only"):
        return not (token.low == "not" and tokens[at - 1].low == "could")  # what could not be done is no guess
    return token.text[0].isalpha() and token.low not in _closed() and token.low not in words.grammar("adverbs")


def _is_noun(tokens: Tokens, at: int) -> bool:
    return tokens[at].is_word and tokens[at].low not in _closed() and tokens[at].low not in words.grammar("adverbs")


@cache
def _closed() -> frozenset[str]:
    keys = ("auxiliaries", "prepositions", "clause_words", "subordinators", "determiners", "subject_pronouns")
    return frozenset().union(*(words.grammar(key) for key in keys))


_BEFORE: dict[str, Callable[[Tokens, int], bool]] = {"number": _is_number, "verb": _is_verb, "noun": _is_noun}
