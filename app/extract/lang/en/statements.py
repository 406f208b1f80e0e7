"""All statements of a text, sentence by sentence: at each cue the frames are tried in order, and the first that fits is taken.

A statement may stand inside another ("he says she thinks it rained"): what lies inside goes no further than what it lies in.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import replace

from app.extract.lang.en import acting, extents, headlines, quoting, sources, telling, words
from app.extract.lang.en.reading import Reading, Sentence
from app.extract.lang.en.statement import Statement
from app.models.extraction import FoundDateline, Span

Frame = Callable[[Reading, Sentence, int, int], Statement | None]

_TOLD: tuple[Frame, ...] = (
    sources.passive,
    telling.with_that,
    telling.with_wh,
    acting.with_infinitive,
    telling.bare,
    acting.toward,
    acting.with_object,
)
_FRAMES: tuple[Frame, ...] = (acting.describes_as, quoting.trailing, quoting.before_quote, *_TOLD, quoting.thought)
_QUOTED_BEFORE = 2  # sentences since somebody last spoke, for a quotation without a cue to be theirs


def find(reading: Reading, dateline: FoundDateline | None) -> list[Statement]:
    found: list[Statement] = []
    turns = headlines.turns(reading)
    spoke = -_QUOTED_BEFORE - 1
    for number, sentence in enumerate(reading.sentences):
        after_dateline = dateline is not None and sentence.start <= dateline.start < sentence.end
        floor = reading.token_at(dateline.end) if dateline is not None and after_dateline else sentence.first
        made = [turns[number]] if number in turns else []
        if made:
            floor = made[0].content[0]
        made += _in_sentence(reading, sentence, floor, spoke >= number - _QUOTED_BEFORE, not made)
        if any(s.rule.startswith("quote") or s.kind != "indirect" or s.lemma in words.cue_words("speech", "lemmas") for s in made):
            spoke = number
        placed = [s for s in (_placed(reading, number, statement) for statement in made) if s is not None]
        if not _goes_on_from(reading, found, placed):
            found += sorted(placed, key=lambda s: (s.content[0], -s.content[1]))
    return found


def _placed(reading: Reading, number: int, statement: Statement) -> Statement | None:
    content = extents.trimmed(reading, statement.content) if statement.kind == "indirect" else statement.content
    if content is None:
        return None
    statement.content, statement.sentence = content, number
    statement.span = _span(reading, content)
    rest = (extents.trimmed(reading, r) for r in statement.more)
    statement.continued = tuple(_span(reading, r) for r in rest if r is not None)
    return statement


def _span(reading: Reading, tokens: tuple[int, int]) -> Span:
    return Span(reading.tokens[tokens[0]].start, reading.tokens[tokens[1] - 1].end)


def _goes_on_from(reading: Reading, found: list[Statement], placed: list[Statement]) -> bool:
    """A paragraph that goes on with a quotation left open in the one before becomes a part of its statement."""
    if len(placed) != 1 or placed[0].rule != "quote_carried" or not found:
        return False
    last = found[-1].continued[-1] if found[-1].continued else found[-1].span
    quotation = reading.quotation_at(last.end - 1)
    if quotation is None or reading.view[quotation.end - 1] == '"' or found[-1].sentence < placed[0].sentence - 2 or quotation.end > placed[0].span.start:
        return False
    found[-1].continued = (*found[-1].continued, placed[0].span)
    found[-1].sentence = found[-1].sentence
    return True


def _in_sentence(reading: Reading, sentence: Sentence, floor: int, spoke: bool, alone: bool) -> list[Statement]:
    if sentence.heading and alone:
        made = headlines.headline(reading, sentence)
        if made is not None:
            return [made]
    found = _outside_quotations(reading, sentence, floor)
    found += quoting.left_over(reading, sentence, sorted(found, key=lambda s: s.content), spoke)
    return found + _inside_quotations(reading, sentence)


def _outside_quotations(reading: Reading, sentence: Sentence, floor: int) -> list[Statement]:
    found: list[Statement] = []
    open_ends: list[tuple[int, int]] = []  # contents that hold the place, innermost last, with the floor behind them
    at = begins = floor
    while at < sentence.last:
        while open_ends and at >= open_ends[-1][0]:
            begins = open_ends.pop()[1]
        if reading.tags[at] == '"':
            quotation = reading.quotation_at(reading.tokens[at].start)
            at = max(at + 1, reading.token_at(quotation.end)) if quotation is not None else at + 1
            continue
        made = _at(reading, _within(sentence, open_ends), at, begins, _FRAMES)
        if made is None:
            at += 1
            continue
        found.append(made)
        behind = max(at + 1, made.cue[1] if made.cue else 0)
        if made.rule == "passive" and made.more:
            at = behind
        elif made.content[0] >= behind and not made.more:
            open_ends.append((made.content[1], begins))
            at, begins = made.content[0], made.content[0]
        else:
            at = begins = max(behind, made.content[1], made.speaker[1] if made.speaker else 0, *(r[1] for r in made.more))
    return found


def _within(sentence: Sentence, open_ends: list[tuple[int, int]]) -> Sentence:
    return replace(sentence, last=open_ends[-1][0]) if open_ends else sentence


def _inside_quotations(reading: Reading, sentence: Sentence) -> list[Statement]:
    """What the words of a quotation tell in their turn: “I think it rained.”"""
    found: list[Statement] = []
    i = sentence.first
    while i < sentence.last:
        if reading.tags[i] != '"':
            i += 1
            continue
        quotation = reading.quotation_at(reading.tokens[i].start)
        last = min(reading.token_at(quotation.end), sentence.last) if quotation is not None else i + 1
        for first, stop in _clauses(reading, i + 1, last - (reading.tags[last - 1] == '"')):
            found += _told_inside(reading, replace(sentence, first=first, last=stop, heading=False))
        i = max(i + 1, last)
    return found


def _clauses(reading: Reading, first: int, last: int) -> list[tuple[int, int]]:
    cuts = [i + 1 for i in range(first, last) if reading.tags[i] in '.?!"' or reading.tokens[i].text == "…"]
    return [(a, b) for a, b in zip([first, *cuts], [*cuts, last], strict=True) if b - a > 3]


def _told_inside(reading: Reading, sentence: Sentence) -> list[Statement]:
    found: list[Statement] = []
    ends: list[tuple[int, int]] = []
    at = begins = sentence.first
    while at < sentence.last:
        while ends and at >= ends[-1][0]:
            begins = ends.pop()[1]
        made = _at(reading, _within(sentence, ends), at, begins, _TOLD)
        if made is None or made.content[0] < at or made.more or made.speaker is None:
            at += 1
            continue
        found.append(made)
        ends.append((made.content[1], begins))
        at = begins = made.content[0]
    return found


def _at(reading: Reading, sentence: Sentence, at: int, floor: int, frames: tuple[Frame, ...]) -> Statement | None:
    low = reading.tokens[at].low
    if reading.hints and at in reading.hints.not_verbs:
        return None
    if low in words.cue_verbs():
        made = next((m for m in (frame(reading, sentence, at, floor) for frame in frames) if m is not None), None)
        if made is not None:
            made.lemma = words.cue_verbs()[low].lemma
            return made
    if low == "according":
        return sources.according_to(reading, sentence, at, floor)
    if low in words.cue_words("nouns", "attributing"):
        return sources.noun_cue(reading, sentence, at, floor)
    if low in words.cue_words("adjectives", "words"):
        return sources.adjective_cue(reading, sentence, at, floor)
    return None


def spans_in(found: list[Statement], sentence: int) -> list[Span]:
    """The words of all statements of one sentence; `found` is in text order."""
    first = bisect_left(found, sentence, key=lambda s: s.sentence)
    last = bisect_right(found, sentence, key=lambda s: s.sentence)
    return [s.span for s in found[first:last]]
