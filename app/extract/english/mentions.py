"""Where names stand: runs of capitalised words, taken apart at countries, offices and possessives.

1. A run is capitalised words and the small ones that names hold ("of", "bin").
2. What opens a sentence is a name only if it is known, or capitalised elsewhere too.
3. Known places and nationalities at its front, and offices before a person, are split off; an office stays with the person as role.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.extract.english import words
from app.extract.english.reading import Reading, Sentence, Token
from app.folding import name_key
from app.models.extraction import FoundDate

LONGEST_NAME = 12  # tokens


@dataclass(frozen=True, slots=True)
class Mention:
    """Tokens `first` to `last` (half-open) name something; `lead` is where its office begins ("Iraqi" of "Iraqi Prime Minister X")."""

    start: int
    end: int
    first: int
    last: int
    kind: str = "name"  # name, demonym, metonym
    lead: int | None = None
    country: str | None = None
    type: str | None = None

    @property
    def begins(self) -> int:
        return self.start if self.lead is None else self.lead


def find(reading: Reading, dates: list[FoundDate]) -> list[Mention]:
    """Mentions in text order; a nested one ("U.S." of "U.S.-led coalition") follows the one that holds it."""
    usual = _capitalised_inside(reading)
    taken = {t for d in dates for t in range(reading.token_at(d.start), reading.token_at(d.end))}
    found: list[Mention] = []
    for sentence in reading.sentences:
        for first, last in _runs(reading, sentence, taken):
            first = _without_opener(reading, sentence, first, last, usual)
            found += _in_run(reading, sentence, first, last, usual)
    return sorted(found, key=lambda m: (m.start, -m.end))


def _capitalised_inside(reading: Reading) -> frozenset[str]:
    """Words that stand capitalised where no rule of spelling asks for it."""
    found = set()
    for sentence in reading.sentences:
        if sentence.heading:
            continue
        tokens = reading.tokens[sentence.first : sentence.last]
        for before, token in zip(tokens, tokens[1:], strict=False):
            if token.is_capital and (before.is_word or before.text == ","):
                found.add(token.low)
    return frozenset(found - words.naming("ordinary"))


def _is_name_word(token: Token) -> bool:
    return token.is_word and token.is_capital and (token.low not in words.naming("ordinary") or (token.text.isupper() and token.low in words.offices()))


def _runs(reading: Reading, sentence: Sentence, taken: set[int]) -> Iterator[tuple[int, int]]:
    tokens, i = reading.tokens, sentence.first
    while i < sentence.last:
        if i in taken or not _is_name_word(tokens[i]):
            i += 1
            continue
        last = i + 1
        while last < min(sentence.last, i + LONGEST_NAME):
            step = _continues(tokens, last, sentence.last)
            if not step or last in taken:
                break
            last += step
        yield i, last
        i = last


def _continues(tokens: list[Token], at: int, last: int) -> int:
    """How many tokens from `at` on belong to the name before them: a word, a connector with its word, an odd apostrophe."""
    token = tokens[at]
    if _is_name_word(token):
        return 1
    following = tokens[at + 1] if at + 1 < last else None
    if following is None or not _is_name_word(following):
        double = at + 2 < last and token.low in ("of", "for") and following is not None and following.low == "the"
        return 3 if double and _is_name_word(tokens[at + 2]) else 0
    if token.low in words.naming("particles") or token.low == "of" or (token.text == "&"):
        return 2
    if token.text == "'" and token.start == tokens[at - 1].end and not tokens[at - 1].low.endswith("s") and following.start > token.end:
        return 2  # Shia’ al-Sudani: an apostrophe that is a letter
    return 0


def _without_opener(reading: Reading, sentence: Sentence, first: int, last: int, usual: frozenset[str]) -> int:
    """Skip the word that is capitalised only because it opens the sentence or a quotation."""
    token = reading.tokens[first]
    before = reading.tokens[first - 1] if first > sentence.first else None
    opens = before is None or before.text in '"':
    return first
