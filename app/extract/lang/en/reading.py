"""A text as the rules read it: a view of the same length, tokens with their tags, paragraphs, quotations and sentences.

Every offset counts in the text that was given, because the view replaces characters one for one. All limits here exist so that
a text of megabytes without a full stop is still read in a time proportional to its length.
"""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from app.extract.lang.en import quotations, splitting, tagging, tokens
from app.extract.lang.en.tokens import Sentence as Sentence
from app.extract.lang.en.tokens import Token as Token
from app.models.extraction import Span

TokenRange = tuple[int, int]  # half-open

_FOLDED = {
    **dict.fromkeys("“”„«»＂", '"'),
    **dict.fromkeys("’‘ʼʻ`´", "'"),
    **dict.fromkeys("–—―", "—"),
    "\u00a0": " ",
    "\u202f": " ",
}
_FOLDING = re.compile(f"[{''.join(_FOLDED)}]")


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
    tags: list[str] = field(default_factory=list)
    token_starts: list[int] = field(default_factory=list)
    quote_starts: list[int] = field(default_factory=list)
    lows: list[str] = field(default_factory=list)  # of every token its `low`: what scans the whole text reads these
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

    def is_finite(self, token: int) -> bool:
        return tagging.is_finite(self.tokens, self.tags, token)

    def has_finite(self, first: int, last: int) -> bool:
        return tagging.has_finite(self.tokens, self.tags, first, last)


def read(text: str, hints: Hints | None = None) -> Reading:
    view = _FOLDING.sub(lambda m: _FOLDED[m[0]], text).replace("''", '" ')  # an eighth of str.translate's time
    paragraphs = splitting.paragraphs(view)
    quoted = quotations.find(text, view, paragraphs)
    view = quotations.marked(view, quoted)
    found = tokens.tokens(view)
    reading = Reading(text, view, found, quotations=quoted, hints=hints)
    reading.lows = [t.low for t in found]
    reading.token_starts = [t.start for t in found]
    reading.quote_starts = [q.start for q in quoted]
    for number, (start, end) in enumerate(paragraphs):
        reading.sentences += splitting.sentences(reading, number, start, end)
    reading.tags = tagging.tag(found, reading.lows, reading.sentences)
    return reading
