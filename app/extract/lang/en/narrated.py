"""What the article's author asserts himself: one claim for each declarative sentence that carries nobody else's."""

from bisect import bisect_right

from app.extract.lang.en import clauses, extents, negation
from app.extract.lang.en.qualifiers import Hedges
from app.extract.lang.en.reading import Reading, Sentence
from app.extract.lang.en.saying_dates import SayingDates
from app.extract.lang.en.statement import Statement, TokenRange
from app.extract.lang.en.subjects import Subjects, parties
from app.models.extraction import FoundClaim, FoundDateline, FoundParty, Span

RULE = "narrated"
# Stated, not measured: no annotated news says which sentences a reader would keep as claims of the author's. That a sentence is
# declarative is nearly sure; that it asserts something worth keeping, and no more than one thing, is about as likely as not.
CONFIDENCE = 0.5
_FEWEST_WORDS = 4
_LINKS = frozenset({"in", "as", "with", "by", "on", "at", "for", "to", "over", "of", "from", "during", "after", "amid", ",", "—"})


def find(reading: Reading, dateline: FoundDateline | None, statements: list[Statement]) -> list[TokenRange]:
    """The words of each such assertion: no headings, no questions, nothing without a finite verb."""
    carrying: dict[int, list[Statement]] = {}
    for statement in statements:
        for number in {statement.sentence, *(_sentence_at(reading, span.start) for span in statement.continued)}:
            carrying.setdefault(number, []).append(statement)
    found = [
        _asserted(reading, sentence, dateline, carrying.get(number, []))
        for number, sentence in enumerate(reading.sentences)
        if not sentence.heading
    ]
    return [content for content in found if content is not None]


def claim(reading: Reading, content: TokenRange, subjects: Subjects, dates: SayingDates, hedges: Hedges) -> FoundClaim:
    start, end = reading.tokens[content[0]].start, reading.tokens[content[1] - 1].end
    first: dict[int, Span] = {}
    for begins, stops, entity in subjects.within(start, end):
        first.setdefault(entity, Span(begins, stops))
    return FoundClaim(
        start=start,
        end=end,
        kind="narrated",
        cue=None,
        speakers=(FoundParty("author", None, None),),
        subjects=parties(first),
        rule=RULE,
        confidence=CONFIDENCE,
        hedges=hedges.of_author(content),
        dates=tuple(dates.between(start, end)),
        negated=negation.within(reading, [content]),
    )


def _sentence_at(reading: Reading, offset: int) -> int:
    return bisect_right(reading.sentences, offset, key=lambda s: s.start) - 1


def _asserted(reading: Reading, sentence: Sentence, line: FoundDateline | None, carried: list[Statement]) -> TokenRange | None:
    first = sentence.first
    if line is not None and sentence.start <= line.start < sentence.end:
        first = reading.token_at(line.end)
    last = sentence.last if not carried else _before_description(reading, first, carried)
    content = extents.trimmed(reading, (first, last)) if last - first >= _FEWEST_WORDS else None
    if content is None or reading.view[reading.tokens[sentence.last - 1].start] == "?":
        return None
    if any(reading.tokens[i].text == '"' for i in (content[0], content[1] - 1)):
        return None  # words of someone whom no cue names
    words = sum(reading.tokens[i].is_word for i in range(*content))
    return content if words >= _FEWEST_WORDS and clauses.is_clause(reading, *content) else None


def _before_description(reading: Reading, first: int, carried: list[Statement]) -> int:
    """The end of a main clause that a description follows, "They stay | in what Paris calls a training mission"; else `first`."""
    if len(carried) != 1 or carried[0].rule != "describes_as" or carried[0].speaker is None:
        return first
    last = carried[0].speaker[0]
    if last > first and reading.tokens[last - 1].low == "what":
        last -= 1
    return last - (last > first and reading.tokens[last - 1].low in _LINKS)
