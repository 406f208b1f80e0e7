"""Statements that somebody else found, qualified by the rules: hedged how, denied or not, about when and said when."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from app.extract.lang.en import given, negation, qualifiers, quoting, words
from app.extract.lang.en.reading import Reading
from app.extract.lang.en.saying_dates import SayingDates
from app.extract.lang.en.statement import Statement, TokenRange
from app.models.extraction import ClaimKind, FoundDate, FoundHedge, Span


@dataclass(frozen=True, slots=True)
class Told:
    """The places of a statement's words, of the words that attribute it, and of those that say who made it."""

    content: Span
    cue: Span | None
    speaker: Span | None


@dataclass(frozen=True, slots=True)
class Qualified:
    """`dates` and `said` are indexes into the text's dates."""

    kind: ClaimKind
    hedges: tuple[FoundHedge, ...]
    dates: tuple[int, ...]
    said: int | None
    negated: bool


def qualified(read: Reading, dates: list[FoundDate], told: Sequence[Told]) -> list[Qualified]:
    """In the order of `told`, which is that of the text; each holds a token at least."""
    statements = [_statement(read, one) for one in told]
    hedges, times = qualifiers.Hedges(read), SayingDates(read, dates, statements)
    return [Qualified(one.kind, hedges.of(one), times.about(one), times.said(one), negation.of(read, one)) for one in statements]


def _statement(read: Reading, told: Told) -> Statement:
    content = given.tokens_of(read, told.content.start, told.content.end)
    assert content is not None
    cue = _tokens(read, told.cue)
    verb = next((words.cue_verbs()[t.low] for t in read.tokens[slice(*cue)] if t.low in words.cue_verbs()), None) if cue else None
    return Statement(
        content,
        cue,
        "llm",
        _tokens(read, told.speaker),
        quoting.kind_of(read, content),
        verb.lemma if verb else "",
        max(0, bisect_right(read.sentences, told.content.start, key=lambda s: s.start) - 1),
        span=told.content,
    )


def _tokens(read: Reading, span: Span | None) -> TokenRange | None:
    return None if span is None else given.tokens_of(read, span.start, span.end)
