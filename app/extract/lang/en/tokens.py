"""A text cut into words, and what a sentence is."""

import re
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from app.extract.lang.en import words


class Token(NamedTuple):  # a quarter of the time a frozen dataclass takes to make, and there are 400,000 in 2 MB
    start: int
    end: int
    text: str
    low: str

    @property
    def is_word(self) -> bool:
        return self.text[0].isalnum()

    @property
    def is_capital(self) -> bool:
        return self.text[0].isupper() or (self.text[:4].rpartition("-")[2][:1].isupper() and self.text[0].isalpha())


@dataclass(frozen=True, slots=True)
class Sentence:
    """`first` and `last` are a half-open range of tokens; `heading` is True for a line that is no sentence."""

    start: int
    end: int
    first: int
    last: int
    paragraph: int
    heading: bool


@cache
def _pattern() -> re.Pattern[str]:
    short = sorted(words.grammar("abbreviations"), key=lambda w: (-len(w), w))
    small = "|".join(w for w in short if w[0].islower())
    led = "|".join(sorted(words.naming("led")))
    tail = rf"(?:(?:-(?!(?:{led})\b)|'(?![sS]\b))\w{{1,100}}){{0,8}}"
    return re.compile(
        rf"(?<!\w)(?!(?:{small})\.)[a-z]\w{{1,99}}{tail}"  # most words, found at once
        r"|([^\w\s'-])(?:\1{7,200})?"  # what can begin nothing longer; a run of it ("........") is one token
        rf"|(?<!\w)(?:(?:[^\W\d_]\.){{2,5}}|(?:{'|'.join(short)})\.|No\.(?=\s?\d)|[A-Z]\.(?=\s?[A-Z]))"
        r"|\d+(?:[.,:]\d+)*(?:\w|-\w){0,40}"
        rf"|'[sS]\b|-(?:{led})\b"
        rf"|\w{{1,100}}{tail}"
        r"|[^\w\s]"
    )


def tokens(view: str) -> list[Token]:
    new = tuple.__new__  # half of the time that Token(…) takes
    return [new(Token, (m.start(), m.end(), word := m[0], word.lower())) for m in _pattern().finditer(view)]
