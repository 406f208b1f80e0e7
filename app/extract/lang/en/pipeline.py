"""English news, read in stages, each a pure function of what those before it made, in a time proportional to the text's length.

1. Read: tokens, sentences, quotations, the dateline.
2. Place the dates.
3. Find the statements and the names; cluster those names that name the same thing.
4. Link speakers and subjects; say what weakens, denies and dates each statement.
"""

from dataclasses import dataclass
from datetime import date

from app.extract.lang.en import (
    dateline,
    dates,
    entities,
    given,
    mentions,
    metonyms,
    narrated,
    negation,
    nominals,
    qualifiers,
    reading,
    statements,
)
from app.extract.lang.en.given import Analyser, Analysis
from app.extract.lang.en.reading import Reading
from app.extract.lang.en.saying_dates import SayingDates
from app.extract.lang.en.speakers import Linker
from app.extract.lang.en.statement import CONFIDENCE, Statement
from app.extract.lang.en.subjects import Subjects
from app.models.extraction import Extraction, FoundClaim, Span


def extract(text: str, published: date | None, extractor: str, author_too: bool, analyse: Analyser | None) -> Extraction:
    """`author_too` adds what the article's author asserts himself, as claims of the kind `narrated`."""
    read = reading.read(text)
    analysis = analyse(read) if analyse else Analysis()
    read.hints = analysis.hints
    line = dateline.find(read)
    found_dates = dates.find(read, line, published)
    line = dateline.dated(line, found_dates)
    found = statements.find(read, line)
    named = dateline.typed(read, line, given.names(read, mentions.find(read, found_dates), analysis))
    cast = entities.gather(read, metonyms.marked(read, named, found))
    linker = Linker(read, cast)
    subjects = Subjects(read, cast, nominals.resolve(read, cast), linker.gender)
    claims = _Claims(read, linker, subjects, SayingDates(read, found_dates, found), qualifiers.Hedges(read))
    made = [claim for claim in map(claims.of, found) if claim is not None]
    if author_too:
        asserted = narrated.find(read, line, found)
        made += [narrated.claim(read, content, claims.subjects, claims.dates, claims.hedges) for content in asserted]
    made.sort(key=lambda c: (c.start, c.end))
    return Extraction(extractor, tuple(entities.finished(read, cast)), tuple(found_dates), tuple(made), line)


@dataclass(frozen=True, slots=True)
class _Claims:
    """Statements become claims, in text order: who spoke and when is carried on."""

    read: Reading
    speakers: Linker
    subjects: Subjects
    dates: SayingDates
    hedges: qualifiers.Hedges

    def of(self, statement: Statement) -> FoundClaim | None:
        speakers = self.speakers.parties(statement)
        if statement.rule == "headline_colon" and not any(p.entity is not None for p in speakers):
            return None  # "Analysis: …" names no speaker
        said, about = self.dates.said(statement), self.dates.about(statement)
        if statement.rule == "cue_object" and said is not None:
            about = tuple(sorted({*about, said}))  # "declared victory in 2017" is about 2017 too
        return FoundClaim(
            start=statement.span.start,
            end=statement.span.end,
            kind=statement.kind,
            cue=None if statement.cue is None else _span(self.read, *statement.cue),
            speakers=speakers,
            subjects=self.subjects.of(statement, speakers),
            rule=statement.rule,
            confidence=CONFIDENCE[statement.rule],
            hedges=self.hedges.of(statement),
            dates=about,
            said=said,
            negated=negation.of(self.read, statement),
            continued=statement.continued,
        )


def _span(read: Reading, first: int, last: int) -> Span:
    return Span(read.tokens[first].start, read.tokens[last - 1].end)
