"""Runs of capitalised words, with the small ones that names hold: what a name may stand in, before it is taken apart."""

from collections.abc import Iterator

from app.extract.lang.en import titles, words
from app.extract.lang.en.reading import Reading, Sentence, Token

LONGEST_NAME = 12  # tokens


def is_name_word(token: Token) -> bool:
    if not token.is_word or not token.is_capital:
        return False
    return token.low not in words.naming("ordinary") or (token.text.isupper() and token.low in words.offices())


def find(reading: Reading, sentence: Sentence, taken: set[int]) -> Iterator[tuple[int, int]]:
    tokens, i = reading.tokens, sentence.first
    while i < sentence.last:
        if i in taken or not is_name_word(tokens[i]):
            i += 1
            continue
        last = i + 1
        while last < min(sentence.last, i + LONGEST_NAME):
            step = _continues(tokens, i, last, sentence.last)
            if not step or last in taken:
                break
            last += step
        yield i, last
        i = last


def _continues(tokens: list[Token], first: int, at: int, last: int) -> int:
    """How many tokens from `at` on belong to the name before them: a word, a connector with its word, an odd apostrophe."""
    token, before = tokens[at], tokens[at - 1]
    if is_name_word(token):
        return 1
    following = tokens[at + 1] if at + 1 < last else None
    if following is None:
        return 0
    if token.low == "of" and _takes_of(tokens, first, at):
        if following.low == "the":
            return 3 if at + 2 < last and is_name_word(tokens[at + 2]) else 0
        return 2 if is_name_word(following) else 0
    if not is_name_word(following):
        return 0
    if token.low in words.naming("particles") or token.text == "&":
        return 2
    if token.text == "'" and token.start == before.end and following.start > token.end:
        # Shia’ al-Sudani: an apostrophe that is a letter; Dockers’ Union: a plural's
        return 2 if not before.low.endswith("s") or following.low in words.naming("organization") else 0
    return 0


def _takes_of(tokens: list[Token], first: int, at: int) -> bool:
    """Bank of …, Gulf of …, Secretary of State; but not "Joe Biden of Delaware"."""
    heads = words.naming("organization") | words.naming("place") | words.naming("event")
    opens = first == 0 or not tokens[first - 1].is_word  # "Members of Zarnak fled": the capital may be the sentence's
    return (
        (at - first == 1 and not opens)
        or tokens[at - 1].low in heads
        or titles.is_title(f"{tokens[at - 1].low} of {tokens[at + 1].low}")
    )
