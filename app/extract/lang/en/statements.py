"""All statements of a text, sentence by sentence: at each cue the frames are tried in order, and the first that fits is taken."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable

from app.extract.lang.en import extents, quoting, telling, words
from app.extract.lang.en.reading import Reading, Sentence
from app.extract.lang.en.statement import Statement
from app.models.extraction import FoundDateline, Span

Frame = Callable[[Reading, Sentence, int, int], Statement | None]

_FRAMES: tuple[Frame, ...] = (
    telling.describes_as,
    telling.with_that,
    quoting.trailing,
    quoting.before_quote,
    telling.with_infinitive,
    telling.bare,
    telling.with_object,
)


def find(reading: Reading, dateline: FoundDateline | None) -> list[Statement]:
    found: list[Statement] = []
    for number, sentence in enumerate(reading.sentences):
        after_dateline = dateline is not None and sentence.start <= dateline.start < sentence.end
        floor = reading.token_at(dateline.end) if dateline is not None and after_dateline else sentence.first
        for statement in _in_sentence(reading, sentence, floor):
            content = extents.trimmed(reading, statement.content) if statement.kind == "indirect" else statement.content
            if content is None:
                continue
            statement.content, statement.sentence = content, number
            statement.span = Span(reading.tokens[content[0]].start, reading.tokens[content[1] - 1].end)
            found.append(statement)
    return found


def _in_sentence(reading: Reading, sentence: Sentence, floor: int) -> list[Statement]:
    if sentence.heading:
        made = telling.headline(reading, sentence)
        if made is not None:
            return [made]
    found: list[Statement] = []
    at = begins = floor
    while at < sentence.last:
        quotation = reading.quotation_at(reading.tokens[at].start)
        if quotation is not None:
            at = max(at + 1, reading.token_at(quotation.end))
            continue
        made = _at(reading, sentence, at, begins)
        if made is None:
            at += 1
            continue
        found.append(made)
        at = begins = max(at + 1, made.content[1], made.cue[1] if made.cue else 0, made.speaker[1] if made.speaker else 0)
    found += quoting.left_over(reading, sentence, found)
    return sorted(found, key=lambda s: s.content)


def _at(reading: Reading, sentence: Sentence, at: int, floor: int) -> Statement | None:
    low = reading.tokens[at].low
    if low in words.cue_verbs():
        made = next((m for m in (frame(reading, sentence, at, floor) for frame in _FRAMES) if m is not None), None)
        if made is not None:
            made.lemma = words.cue_verbs()[low].lemma
            return made
    if low == "according":
        return telling.according_to(reading, sentence, at, floor)
    if low in words.cue_words("nouns", "attributing"):
        return telling.noun_cue(reading, sentence, at, floor)
    return None


def spans_in(found: list[Statement], sentence: int) -> list[Span]:
    """The words of all statements of one sentence; `found` is in text order."""
    first = bisect_left(found, sentence, key=lambda s: s.sentence)
    last = bisect_right(found, sentence, key=lambda s: s.sentence)
    return [s.span for s in found[first:last]]
