"""A text as the rules read it: a view of the same length, tokens, paragraphs, quotations and sentences.

Every offset counts in the text that was given, because the view replaces characters one for one. All limits here exist so that
a text of megabytes without a full stop is still read in a time proportional to its length.
"""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from app.extract.lang.en import words
from app.models.extraction import Span

LONGEST_SENTENCE = 4000  # characters; what is longer is cut at a space
LONGEST_QUOTATION = 3000

_FOLDED = str.maketrans(
    {**dict.fromkeys("“”„«»＂", '"'), **dict.fromkeys("’‘ʼʻ`´", "'"), **dict.fromkeys("–—―", "—"), "\u00a0": " ", "\u202f": " "}
)
_ENDS = re.compile(r"[.!?…]{1,5}[\"')\]]{0,5}\s")


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


TokenRange = tuple[int, int]  # half-open


@dataclass(frozen=True, slots=True)
class Hints:
    """What a parser knows better than the rules, by the index of the verb's token; where it says nothing the rules decide."""

    subjects: dict[int, TokenRange] = field(default_factory=dict)
    clauses: dict[int, TokenRange] = field(default_factory=dict)  # what was said, without "that"
    not_verbs: frozenset[int] = frozenset()  # tokens that look like cues and are none


@dataclass(slots=True)
class Reading:
    text: str
    view: str
    tokens: list[Token]
    sentences: list[Sentence] = field(default_factory=list)
    quotations: list[Span] = field(default_factory=list)
    token_starts: list[int] = field(default_factory=list)
    quote_starts: list[int] = field(default_factory=list)
    hints: Hints | None = None

    def token_at(self, offset: int) -> int:
        """Index of the first token that starts at or after `offset`."""
        return bisect_left(self.token_starts, offset)

    def quotation_at(self, offset: int) -> Span | None:
        """The quotation whose inside or marks hold `offset`."""
        place = bisect_right(self.quote_starts, offset) - 1
        if place < 0 or self.quotations[place].end <= offset:
            return None
        return self.quotations[place]


@cache
def _token_pattern() -> re.Pattern[str]:
    short = "|".join(sorted(words.grammar("abbreviations"), key=lambda w: (-len(w), w)))
    led = "|".join(sorted(words.naming("led")))
    return re.compile(
        rf"(?<!\w)(?:(?:[^\W\d_]\.){{2,5}}|(?:{short})\.|[A-Z]\.(?=\s?[A-Z]))"
        r"|\d+(?:[.,:]\d+)*(?:\w|-\w){0,40}"
        rf"|'[sS]\b|-(?:{led})\b"
        rf"|\w(?:\w|-(?!(?:{led})\b)\w|'(?![sS]\b)\w){{0,100}}"
        r"|[^\w\s]"
    )


def read(text: str) -> Reading:
    view = text.translate(_FOLDED)
    tokens = [Token(m.start(), m.end(), m[0], m[0].lower()) for m in _token_pattern().finditer(view)]
    reading = Reading(text, view, tokens)
    reading.token_starts = [t.start for t in tokens]
    paragraphs = _paragraphs(view)
    for start, end in paragraphs:
        reading.quotations += _quotations(text, view, start, end)
    reading.quote_starts = [q.start for q in reading.quotations]
    for number, (start, end) in enumerate(paragraphs):
        reading.sentences += _sentences(reading, number, start, end)
    return reading


def _paragraphs(view: str) -> list[tuple[int, int]]:
    """Lines; a line of a column's width that goes on in small letters is joined to the next."""
    found: list[tuple[int, int]] = []
    offset = 0
    for line in view.splitlines(keepends=True):
        start, end = offset + len(line) - len(line.lstrip()), offset + len(line.rstrip())
        offset += len(line)
        if start >= end:
            continue
        if found and view[start].islower() and found[-1][1] - found[-1][0] > 50 and "\n\n" not in view[found[-1][1] : start]:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _quotations(text: str, view: str, start: int, end: int) -> list[Span]:
    """Pairs of double marks. One that is never closed runs to the paragraph's end, as newspapers print long quotations."""
    found: list[Span] = []
    opened: int | None = None
    for match in re.compile('"').finditer(view, start, end):
        place = match.start()
        opens = text[place] in "“„«" or (opened is None and text[place] not in "”»")
        if opens:
            opened = place
        elif opened is not None:
            if place + 1 - opened <= LONGEST_QUOTATION and place - opened > 1:
                found.append(Span(opened, place + 1))
            opened = None
    if opened is not None and 1 < end - opened <= LONGEST_QUOTATION:
        found.append(Span(opened, end))
    return found


def _sentences(reading: Reading, number: int, start: int, end: int) -> list[Sentence]:
    found = []
    cuts = [*_cuts(reading, start, end), end]
    for begin, stop in zip([start, *cuts], cuts, strict=False):
        first, last = reading.token_at(begin), reading.token_at(stop)
        if first < last:
            tokens = reading.tokens[first:last]
            heading = begin == start and stop == end and _is_heading(reading.view[begin:stop], tokens)
            found.append(Sentence(tokens[0].start, tokens[-1].end, first, last, number, heading))
    return found


def _cuts(reading: Reading, start: int, end: int) -> list[int]:
    cuts: list[int] = []
    last = start
    for match in _ENDS.finditer(reading.view, start, end):
        while match.end() - last > LONGEST_SENTENCE:
            last = _cut_at_space(reading.view, last)
            cuts.append(last)
        if _is_end(reading, match):
            last = match.end()
            cuts.append(last)
    while end - last > LONGEST_SENTENCE:
        last = _cut_at_space(reading.view, last)
        cuts.append(last)
    return cuts


def _cut_at_space(view: str, last: int) -> int:
    space = view.rfind(" ", last + 1, last + LONGEST_SENTENCE)
    return space + 1 if space > 0 else last + LONGEST_SENTENCE


def _is_end(reading: Reading, match: re.Match[str]) -> bool:
    following = reading.token_at(match.end())
    if following >= len(reading.tokens) or following == 0:
        return False
    quotation = reading.quotation_at(match.start())
    if quotation is not None and quotation.end > match.end() - 1:
        return False
    before, after = reading.tokens[reading.token_at(match.start() + 1) - 1], reading.tokens[following]
    if before.end > match.start() and before.text.endswith(".") and len(before.text) > 1:  # the stop belongs to an abbreviation
        return before.text.count(".") > 1 and (after.text in words.grammar("openers") or after.text == '"')
    if after.text[0].islower():
        return False
    return quotation is None or not _goes_on(reading, following)


def _goes_on(reading: Reading, following: int) -> bool:
    """Whether a cue verb comes so soon after a closed quotation that it belongs to it: “Is it?” Smith asked."""
    ahead = reading.tokens[following : following + 4]
    verbs = words.cue_verbs()
    at = next((i for i, t in enumerate(ahead) if t.low in verbs), None)
    if at is None or at == 0 or '"' in [t.text for t in ahead[:at]]:
        return False
    behind = reading.tokens[following + at + 1 : following + at + 2]
    return bool(behind) and behind[0].text in ".,"


def _is_heading(view: str, tokens: list[Token]) -> bool:
    """A short line without a full stop, most of whose longer words are capitalised, or which holds a colon near its start."""
    if len(tokens) > 30 or view.rstrip("\"'")[-1:] in ".!?,":
        return False
    long_words = [t for t in tokens if t.is_word and len(t.text) > 3]
    return sum(t.is_capital for t in long_words) * 10 >= len(long_words) * 7 or ":" in [t.text for t in tokens[:8]]
