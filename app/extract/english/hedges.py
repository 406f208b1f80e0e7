"""Words that weaken or distance, and denial."""

from app.extract.english import words
from app.extract.english.frames import Draft
from app.extract.english.reading import Reading
from app.models.extraction import FoundHedge, Span

_SCARE_QUOTES = 4  # words; more is a quotation for its own sake
_LATE = 25  # tokens of a main clause in which "not" denies the whole


def find(reading: Reading, draft: Draft, kind: str, unnamed: Span | None) -> tuple[FoundHedge, ...]:
    found = [*_of_cue(reading, draft, unnamed), *_inside(reading, draft), *_scare_quotes(reading, draft, kind)]
    return tuple(sorted(dict.fromkeys(found), key=lambda h: (h.start, h.end, h.kind)))


def _of_cue(reading: Reading, draft: Draft, unnamed: Span | None) -> list[FoundHedge]:
    if draft.rule == "describes_as":
        what = reading.tokens[reading.token_at(draft.source.start) - 1].start if draft.source else draft.cue.start
        return [FoundHedge(what, draft.cue.end, "distancing", "author")]
    if draft.lemma in words.table("cues")["distancing"]["lemmas"]:
        return [FoundHedge(draft.cue.start, draft.cue.end, "distancing", "author")]
    return [FoundHedge(unnamed.start, unnamed.end, "unnamed_source", "author")] if unnamed else []


def _inside(reading: Reading, draft: Draft) -> list[FoundHedge]:
    found = []
    tokens = reading.tokens
    for at in range(reading.token_at(draft.start), reading.token_at(draft.end)):
        kind = words.hedge_words().get(tokens[at].low)
        if kind is None or (tokens[at].text[0].isupper() and tokens[at].start != draft.start):  # the month of May
            continue
        if kind == "approximation" and not (at + 1 < len(tokens) and tokens[at + 1].text[0].isdigit()):
            continue
        outside = reading.quotation_at(tokens[at].start) is None
        by_author = outside and kind in ("distancing", "doubt")
        found.append(FoundHedge(tokens[at].start, tokens[at].end, kind, "author" if by_author else "speaker"))  # type: ignore[arg-type]
    return found


def _scare_quotes(reading: Reading, draft: Draft, kind: str) -> list[FoundHedge]:
    if kind == "direct":
        return []
    found = []
    for at in range(reading.token_at(draft.start), reading.token_at(draft.end)):
        token = reading.tokens[at]
        quotation = reading.quotation_at(token.start) if token.text == '"' else None
        if (
            quotation
            and quotation.start == token.start
            and reading.token_at(quotation.end) - at - 2 <= _SCARE_QUOTES
            and quotation.end <= draft.end
        ):
            found.append(FoundHedge(quotation.start, quotation.end, "scare_quotes", "author"))
    return found


def is_negated(reading: Reading, draft: Draft) -> bool:
    """Whether the main clause denies: a negation before the first clause that hangs on it."""
    first, last = reading.token_at(draft.start), reading.token_at(draft.end)
    for token in reading.tokens[first : min(last, first + _LATE)]:
        if token.low in words.grammar("negations") or token.low.endswith("n't"):
            return True
        if token.text in ",;" or (token.start > draft.start and token.low in words.grammar("subordinators")):
            return False
    return False
