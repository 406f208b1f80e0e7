"""The extractor that needs no model: rules of English over plain text, in a time proportional to its length.

1. Read: tokens, sentences, quotations, the dateline.
2. Place the dates.
3. Find the statements and the names; cluster those names that name the same thing.
4. Link speakers and subjects; say what weakens, denies and dates each statement.
"""

import sys
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast

from app.errors import NotFound
from app.extract.lang.en import (
    dateline,
    dates,
    entities,
    given,
    mentions,
    metonyms,
    nominals,
    qualifiers,
    reading,
    statements,
    subjects,
)
from app.extract.lang.en.given import Analyser, Analysis
from app.extract.lang.en.reading import Reading
from app.extract.lang.en.speakers import Linker
from app.extract.lang.en.statement import CONFIDENCE, Statement
from app.models.extraction import Extraction, Extractor, FoundClaim, FoundDate, Span

NAME = "rules/1"
LANGUAGES = ("en",)


@dataclass(slots=True)
class Narrating:
    """The rules, and the claims that the article makes in its own voice: `rules:narrated`."""

    NAME: str = NAME.replace("rules", "rules:narrated", 1)
    LANGUAGES: tuple[str, ...] = LANGUAGES

    def extract(self, text: str, published: date | None) -> Extraction:
        return replace(extract(text, published, narrated=True), extractor=self.NAME)


def make(argument: str | None, _options: Mapping[str, Any]) -> Extractor:
    if argument not in (None, "narrated"):
        raise NotFound(f"there is no extractor 'rules:{argument}'; there are: rules, rules:narrated")
    return Narrating() if argument else cast(Extractor, sys.modules[__name__])


def extract(text: str, published: date | None, *, narrated: bool = False, analyse: Analyser | None = None) -> Extraction:  # noqa: ARG001
    """Everything the rules find. `published` places "today", "on Monday" and days without a year.

    `analyse` brings what a parser or a tagger knows better.
    """
    read = reading.read(text)
    analysis = analyse(read) if analyse else Analysis()
    read.hints = analysis.hints
    line = dateline.find(read)
    found_dates = dates.find(read, line, published)
    line = dateline.dated(line, found_dates)
    found = statements.find(read, line)
    cast = entities.gather(read, metonyms.marked(read, given.names(read, mentions.find(read, found_dates), analysis), found))
    linked = _Linked(read, Linker(read, cast), subjects.Subjects(cast, nominals.resolve(read, cast)), found_dates)
    claims = [claim for claim in (_claim(linked, statement, found) for statement in found) if claim is not None]
    claims.sort(key=lambda c: (c.start, c.end))
    return Extraction(NAME, tuple(entities.finished(read, cast)), tuple(found_dates), tuple(claims), line)


@dataclass(frozen=True, slots=True)
class _Linked:
    read: Reading
    speakers: Linker
    subjects: subjects.Subjects
    dates: list[FoundDate]


def _claim(linked: _Linked, statement: Statement, found: list[Statement]) -> FoundClaim | None:
    read, sentence = linked.read, linked.read.sentences[statement.sentence]
    speakers = linked.speakers.parties(statement)
    if statement.rule == "headline_colon" and not any(p.entity is not None for p in speakers):
        return None  # "Analysis: …" names no speaker
    nearby = range(
        bisect_left(linked.dates, sentence.start, key=lambda d: d.start),
        bisect_left(linked.dates, sentence.end, key=lambda d: d.start),
    )
    said = qualifiers.said(read, statement, linked.dates, nearby, statements.spans_in(found, statement.sentence))
    about = qualifiers.about(statement, linked.dates, nearby)
    if statement.rule == "cue_object" and said is not None:
        about = tuple(sorted({*about, said}))  # "declared victory in 2017" is about 2017 too
    return FoundClaim(
        start=statement.span.start,
        end=statement.span.end,
        kind=statement.kind,
        cue=_span(read, statement.cue),
        speakers=speakers,
        subjects=linked.subjects.of(statement, speakers),
        rule=statement.rule,
        confidence=CONFIDENCE[statement.rule],
        hedges=qualifiers.hedges(read, statement),
        dates=about,
        said=said,
        negated=qualifiers.negated(read, statement),
        continued=statement.continued,
    )


def _span(read: Reading, tokens: tuple[int, int] | None) -> Span | None:
    return None if tokens is None else Span(read.tokens[tokens[0]].start, read.tokens[tokens[1] - 1].end)
