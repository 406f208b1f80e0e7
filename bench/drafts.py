"""The articles of bench/corpus.py as somebody would send them: JSON Lines of drafts, with claims that say where they stand."""

import gc
import multiprocessing
import os
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from app.models.extraction import FoundClaim, FoundParty, Span
from app.models.fields import Json
from bench.corpus import Corpus, Document

_TOGETHER = 50  # articles that a process makes at a time


def write(file: Path, count: int, seed: int = 1) -> None:
    """So many lines, always the same; written by a process for each core."""
    with file.open("wb") as opened, multiprocessing.Pool(os.cpu_count(), _quietly) as pool:
        lots = [(count, seed, first) for first in range(0, count, _TOGETHER)]
        for made in pool.imap(_lines, lots):
            opened.write(made)


def _quietly() -> None:
    gc.disable()  # nothing here points in circles


def _lines(lot: tuple[int, int, int]) -> bytes:
    count, seed, first = lot
    corpus = _corpus(count, seed)
    drafts = (draft(corpus.document(number)) for number in range(first, min(first + _TOGETHER, count)))
    return b"".join(orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE) for one in drafts)


@cache
def _corpus(count: int, seed: int) -> Corpus:
    return Corpus(count, seed)


def draft(document: Document) -> Json:
    """An article that nothing is to be extracted from, with its claims."""
    article, found = document
    told = {name: getattr(article, name) for name in ("text", "title", "url", "source", "authors", "published", "language")}
    claims = [_claim(article.text, claim, document) for claim in found.claims]
    return {**{name: value for name, value in told.items() if value is not None}, "claims": claims, "extract": False}


def _claim(text: str, claim: FoundClaim, document: Document) -> Json:
    found = document[1]

    def place(span: Span) -> Json:
        return {"exact": text[span.start : span.end], "start": span.start, "end": span.end}

    def named(number: int) -> Json:
        entity = found.entities[number]
        return {"entity": entity.names[0].text, "type": entity.type}

    def speaker(party: FoundParty) -> Json:
        words = {} if party.span is None else {"text" if k == "exact" else k: v for k, v in place(party.span).items()}
        return {"kind": party.kind, **words, **({} if party.entity is None else named(party.entity))}

    def date(number: int) -> Json:
        spoken = found.dates[number]
        return {"edtf": spoken.edtf, "start": spoken.start, "end": spoken.end}

    told: dict[str, Any] = {
        "quote": {**place(Span(claim.start, claim.end)), "continued": [place(span) for span in claim.continued]},
        "kind": claim.kind,
        "speakers": [speaker(party) for party in claim.speakers],
        "subjects": [named(party.entity) for party in claim.subjects if party.entity is not None],
        "hedges": [{**place(Span(h.start, h.end)), "kind": h.kind, "by": h.by} for h in claim.hedges],
        "dates": [date(number) for number in claim.dates],
        "negated": claim.negated,
        "confidence": claim.confidence,
    }
    if claim.cue is not None:
        told["cue"] = place(claim.cue)
    if claim.said is not None:
        told["said"] = found.dates[claim.said].edtf
    return told
