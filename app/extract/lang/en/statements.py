"""All statements of a text, sentence by sentence: at each cue the frames are tried in order, and the first that fits is taken.

A statement may stand inside another ("he says she thinks it rained"): what lies inside goes no further than what it lies in.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from functools import cache

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
_MOST_TRIGGERS = 60  # cues and marks in a sentence; what has more is no prose
_QUOTED_BEFORE = 2  # sentences since somebody last spoke, for a quotation without a cue to be theirs


def find(reading: Reading, dateline: FoundDateline | None) -> list[Statement]:
    found: list[Statement] = []
    turns = headlines.turns(reading)
    triggers = _triggers()
    places = [i for i, low in enumerate(reading.lows) if low in triggers]
    spoke = -_QUOTED_BEFORE - 1
    for number, sentence in enumerate(reading.sentences):
        inside = places[bisect_left(places, sentence.first) : bisect_left(places, sentence.last)]
        made = _of_sentence(reading, number, dateline, inside, turns, spoke >= number - _QUOTED_BEFORE)
        if any(s.kind != "indirect" or s.lemma in words.cue_words("speech", "lemmas") for s in made):
            spoke = number
        placed = [s for s in (_placed(reading, number, statement) for statement in made) if s is not None]
        if not _goes_on_from(reading, found, placed):
            found += sorted(placed, key=lambda s: (s.content[0], -s.content[1]))
    return found


@cache
def _triggers() -> frozenset[str]:
    """Every word at which a frame can begin."""
    return (
        frozenset({*words.cue_verbs(), "according", '"'})
        | words.cue_words("nouns", "attributing")
        | words.cue_words("adjectives", "words")
    )


def _of_sentence(
    reading: Reading, number: int, dateline: FoundDateline | None, places: list[int], turns: dict[int, Statement], spoke: bool
) -> list[Statement]:
    sentence = reading.sentences[number]
    after_dateline = dateline is not None and sentence.start <= dateline.start < sentence.end
    floor = reading.token_at(dateline.end) if dateline is not None and after_dateline else sentence.first
    if len(places) > _MOST_TRIGGERS:
        return []
    if number in turns:
        turn = turns[number]
        return [turn, *_in_sentence(reading, sentence, turn.content[0], places, False)]
    if sentence.heading:
        made = headlines.headline(reading, sentence)
        if made is not None:
            return [made]
    return _in_sentence(reading, sentence, floor, places, spoke) if places else []


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
    if (
        quotation is None
        or reading.view[quotation.end - 1] == '"'
        or found[-1].sentence < placed[0].sentence - 2
        or quotation.end > placed[0].span.start
    ):
        return False
    found[-1].continued = (*found[-1].continued, placed[0].span)
    return True


def _in_sentence(reading: Reading, sentence: Sentence, floor: int, places: list[int], spoke: bool) -> list[Statement]:
    marks = [i for i in places if reading.tags[i] == '"']
    if not marks:
        return _told(reading, sentence, floor, places, _FRAMES)
    outside = [i for i in places if i >= floor and reading.quotation_at(reading.tokens[i].start) is None]
    found = _told(reading, sentence, floor, outside, _FRAMES)
    found += quoting.left_over(reading, sentence, sorted(found, key=lambda s: s.content), spoke)
    return found + _inside_quotations(reading, sentence, places, marks)


def _told(reading: Reading, sentence: Sentence, floor: int, places: list[int], frames: tuple[Frame, ...]) -> list[Statement]:
    """What the cues at `places` tell, outer before inner; none goes back over what stands behind its `floor`."""
    found: list[Statement] = []
    around: list[tuple[int, int]] = []  # ends of the contents that hold the place, innermost last, with the floor behind them
    begins = floor
    taken = floor  # the place up to which an earlier statement used the words up
    for at in places:
        while around and at >= around[-1][0]:
            begins = around.pop()[1]
        if at < taken:
            continue
        made = _at(reading, _cut(sentence, sentence.first, around[-1][0]) if around else sentence, at, begins, frames)
        if made is None:
            continue
        found.append(made)
        behind = max(at + 1, made.cue[1] if made.cue else 0)
        if made.rule == "passive" and made.more:
            taken = max(taken, behind)
        elif made.content[0] >= behind and not made.more:
            around.append((made.content[1], begins))
            begins, taken = made.content[0], max(taken, behind)
        else:
            taken = begins = max(behind, made.content[1], made.speaker[1] if made.speaker else 0, *(r[1] for r in made.more))
    return found


def _cut(sentence: Sentence, first: int, last: int) -> Sentence:
    return Sentence(sentence.start, sentence.end, first, last, sentence.paragraph, sentence.heading)


def _inside_quotations(reading: Reading, sentence: Sentence, places: list[int], marks: list[int]) -> list[Statement]:
    """What the words of a quotation tell in their turn: “I think it rained.”"""
    found: list[Statement] = []
    done = sentence.first
    for mark in marks:
        quotation = reading.quotation_at(reading.tokens[mark].start)
        if mark < done or quotation is None:
            continue
        done = min(reading.token_at(quotation.end), sentence.last)
        for first, last in _clauses(reading, mark + 1, done - (reading.tags[done - 1] == '"')):
            inside = places[bisect_left(places, first) : bisect_left(places, last)]
            made = _told(reading, _cut(sentence, first, last), first, inside, _TOLD) if inside else []
            found += [s for s in made if s.speaker is not None and s.cue is not None and s.content[0] >= s.cue[1]]
    return found


def _clauses(reading: Reading, first: int, last: int) -> list[tuple[int, int]]:
    cuts = [i + 1 for i in range(first, last) if reading.tags[i] in '.?!"…']
    return [(a, b) for a, b in zip([first, *cuts], [*cuts, last], strict=True) if b - a > 3]


def _at(reading: Reading, sentence: Sentence, at: int, floor: int, frames: tuple[Frame, ...]) -> Statement | None:
    low = reading.tokens[at].low
    if (reading.hints and at in reading.hints.not_verbs) or (reading.tags[at] == "K" and not sentence.heading):
        return None
    if low in words.cue_verbs() and not sources.is_told_of(reading, at, floor):
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
