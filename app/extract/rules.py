"""The extractor that needs no model: rules of English over plain text, in a time proportional to its length.

1. Read: tokens, sentences, quotations, the dateline.
2. Place the dates.
3. Find the names; cluster those that name the same thing.
4. Find the statements, link their speakers, and say what weakens, denies and dates them.
"""

from bisect import bisect_left
from datetime import date

from app.extract.english import dateline, dates, entities, mentions, metonyms, nominals, qualifiers, reading, statements
from app.extract.english.reading import Reading
from app.extract.english.speakers import Linker
from app.extract.english.statement import CONFIDENCE, Statement
from app.models.extraction import Extraction, FoundClaim, FoundDate, FoundMention, FoundParty, Span

NAME = "rules/1"
LANGUAGES = ("en",)


def extract(text: str, published: date | None) -> Extraction:
    read = reading.read(text)
    line = dateline.find(read)
    found_dates = dates.find(read.view, published)
    found = statements.find(read, line)
    cast = entities.gather(read, metonyms.marked(read, mentions.find(read, found_dates), found))
    spoken_of = nominals.resolve(read, cast)
    claims = _claims(read, Linker(read, cast), found, found_dates, spoken_of)
    return Extraction(NAME, tuple(entities.finished(read, cast)), tuple(found_dates), tuple(claims), line)


def _claims(
    read: Reading, linker: Linker, found: list[Statement], found_dates: list[FoundDate], spoken_of: list[tuple[FoundMention, int]]
) -> list[FoundClaim]:
    starts, nominal_starts = [d.start for d in found_dates], [m.start for m, _ in spoken_of]
    spans: dict[int, list[tuple[int, int]]] = {}
    for statement in found:
        spans.setdefault(statement.sentence, []).append((statement.span.start, statement.span.end))
    claims = []
    for statement in found:
        sentence, span = read.sentences[statement.sentence], statement.span
        nearby = range(bisect_left(starts, sentence.start), bisect_left(starts, sentence.end))
        nominal = spoken_of[bisect_left(nominal_starts, span.start) : bisect_left(nominal_starts, span.end)]
        claims.append(_claim(read, linker, statement, found_dates, nearby, spans[statement.sentence], nominal))
    return sorted(claims, key=lambda c: (c.start, c.end))


def _claim(
    read: Reading,
    linker: Linker,
    statement: Statement,
    found_dates: list[FoundDate],
    nearby: range,
    taken: list[tuple[int, int]],
    nominal: list[tuple[FoundMention, int]],
) -> FoundClaim:
    speakers = linker.parties(statement)
    said = qualifiers.said(read, statement, found_dates, nearby, taken)
    about = qualifiers.about(statement, found_dates, nearby)
    if statement.rule == "cue_object" and said is not None:
        about = tuple(sorted({*about, said}))
    return FoundClaim(
        start=statement.span.start,
        end=statement.span.end,
        kind=statement.kind,
        cue=Span(read.tokens[statement.cue[0]].start, read.tokens[statement.cue[1] - 1].end) if statement.cue else None,
        speakers=speakers,
        subjects=_subjects(linker, statement, speakers, nominal),
        rule=statement.rule,
        confidence=CONFIDENCE[statement.rule],
        hedges=qualifiers.hedges(read, statement),
        dates=about,
        said=said,
        negated=qualifiers.negated(read, statement),
    )


def _subjects(
    linker: Linker, statement: Statement, speakers: tuple[FoundParty, ...], nominal: list[tuple[FoundMention, int]]
) -> tuple[FoundParty, ...]:
    """Whoever is named inside the words; the speaker only where named there by name."""
    spoke = {p.entity for p in speakers}
    places: dict[int, Span] = {}
    for place in linker.within(statement.span.start, statement.span.end):
        mention = linker.cast.mentions[place]
        if mention.kind == "name" or linker.cast.of[place] not in spoke:
            places.setdefault(linker.cast.of[place], Span(mention.start, mention.end))
    for noun, entity in nominal:
        if entity not in spoke and noun.end <= statement.span.end:
            places.setdefault(entity, Span(noun.start, noun.end))
    ordered = sorted(places.items(), key=lambda p: (p[1].start, p[1].end))
    return tuple(FoundParty("named", span, entity) for entity, span in ordered)
