"""Offices and forms of address before a name: "Iraqi Prime Minister", "then-Prime Minister", "spokeswoman"."""

from functools import cache

from app.extract.lang.en import words
from app.extract.lang.en.reading import Token

_PREFIXES = ("then-", "ex-", "vice-")
_REACH = 6  # tokens before a name


@cache
def _longest() -> int:
    return max(len(title.split()) for title in words.naming("titles"))


@cache
def _title_words() -> frozenset[str]:
    return (
        frozenset(w for title in words.naming("titles") for w in title.split())
        | words.naming("before_titles")
        | words.naming("portfolios")
    )


def bare(token: Token) -> str:
    """The word without what says that the office is over: `then-Prime` → "prime"."""
    if "-" not in token.low:
        return token.low
    return next((token.low.removeprefix(p) for p in _PREFIXES if token.low.startswith(p)), token.low)


def length_at(tokens: list[Token], first: int, last: int) -> int:
    """How many tokens from `first` on are a title, its portfolio included: "Energy Minister" is 2, "Smith" 0."""
    if first >= last or bare(tokens[first]) not in _title_words():
        return 0
    for length in range(min(_longest(), last - first), 0, -1):
        if " ".join(bare(t) for t in tokens[first : first + length]) in words.naming("titles"):
            more = length_at(tokens, first + length, last)  # Lieutenant General, Mr. Justice
            return length + more
    after = first + 1
    if after < last and (bare(tokens[first]) in words.naming("portfolios") or bare(tokens[first]) in words.naming("before_titles")):
        following = length_at(tokens, after, last)
        return following + 1 if following else 0
    return 0


def is_office_with_field(tokens: list[Token], first: int, last: int) -> bool:
    """ "Waterworks Minister Petra Vinsdale": an office of anything, where a name follows."""
    return last - first > 2 and bare(tokens[first + 1]) in words.naming("heads_of_fields")


def start_before(tokens: list[Token], first: int, floor: int) -> int:
    """Where the title begins that stands right before token `first`; `first` itself where there is none."""
    start = first
    while start > max(floor, first - _REACH) and bare(tokens[start - 1]) in _title_words():
        start -= 1
    while start < first and length_at(tokens, start, first) != first - start:
        start += 1
    return start


def is_title(written: str) -> bool:
    return written.lower() in words.naming("titles")
