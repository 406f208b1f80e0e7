"""From drafts to storable claims: what an extractor found, and what a caller sent and is checked against the text."""

import re
from collections.abc import Sequence
from typing import Any

from sqlmodel import Session

from app import edtf
from app.errors import Fault, Unusable
from app.models.claims import ClaimDraft, ClaimPatch, PlaceDraft, QuoteDraft, SpeakerDraft, SubjectDraft
from app.models.extraction import Extraction, FoundClaim, FoundEntity, FoundName, FoundParty
from app.models.times import DateDraft, day_keys
from app.store import entities, resolving
from app.store.claims import Parts, Row, place
from app.store.passages import date_columns

MOST_PLACES = 20  # of an ambiguous quote, named in the error


def from_extraction(text: str, claim: FoundClaim, found: Extraction, entity_ids: Sequence[int]) -> Parts:
    """What an extractor found; `entity_ids` are the stored entities in the order of `found.entities`."""
    columns = {
        **place(text, claim.start, claim.end),
        "kind": claim.kind,
        "negated": claim.negated,
        "rule": claim.rule,
        "confidence": claim.confidence,
    }
    cue = claim.cue
    columns |= {
        "cue_start": cue and cue.start,
        "cue_end": cue and cue.end,
        "cue_exact": cue and text[cue.start : cue.end],
    }
    sides = (("speaker", claim.speakers), ("subject", claim.subjects))
    return Parts(
        columns,
        [_found_party(text, role, i, party, entity_ids) for role, parties in sides for i, party in enumerate(parties)],
        [
            {"position": i, "exact": text[h.start : h.end], "start": h.start, "end": h.end, "kind": h.kind, "by": h.by}
            for i, h in enumerate(claim.hedges)
        ],
        [
            *({"role": "about", "position": i, **date_columns(found.dates[d], text)} for i, d in enumerate(claim.dates)),
            *([] if claim.said is None else [{"role": "said", "position": 0, **date_columns(found.dates[claim.said], text)}]),
        ],
        [
            {"position": i, "start": part.start, "end": part.end, "exact": text[part.start : part.end]}
            for i, part in enumerate(claim.continued)
        ],
    )


def from_draft(session: Session, text: str, draft: ClaimDraft, pointer: str, made_by: str) -> Parts:
    """What a caller sent, checked against the text. `pointer` is where the draft stands in the request's body.

    Raises:
        Unusable: with every place that is not as the draft says.
    """
    faults: list[Fault] = []
    start, end = _quote_place(text, draft.quote, f"{pointer}/quote", faults)
    _check_continued(text, draft.quote, end, f"{pointer}/quote/continued", faults)
    if draft.cue:
        _check(text, draft.cue, f"{pointer}/cue", faults)
    parts = _lists(session, text, draft, pointer, faults, made_by)
    if faults:
        raise Unusable(faults)
    parts.columns = {
        **place(text, start, end),
        **draft.model_dump(include={"kind", "negated", "status", "confidence"}),
        **({f"cue_{key}": value for key, value in draft.cue.model_dump().items()} if draft.cue else {}),
    }
    parts.continued = [{"position": i, **part.model_dump()} for i, part in enumerate(draft.quote.continued)]
    return parts


def from_patch(session: Session, text: str, patch: ClaimPatch, made_by: str) -> Parts:
    """The columns and lists that the patch replaces.

    Raises:
        Unusable: with every place that is not as the patch says.
    """
    faults: list[Fault] = []
    parts = _lists(session, text, patch, "", faults, made_by)
    if faults:
        raise Unusable(faults)
    parts.columns = patch.model_dump(exclude_unset=True, include={"kind", "negated", "status"})
    return parts


def _found_party(text: str, role: str, position: int, party: FoundParty, entity_ids: Sequence[int]) -> Row:
    start, end = (party.span.start, party.span.end) if party.span else (None, None)
    return {
        "role": role,
        "position": position,
        "kind": party.kind,
        "entity_id": None if party.entity is None else entity_ids[party.entity],
        "text": None if party.span is None else text[start:end],
        "start": start,
        "end": end,
    }


def _lists(session: Session, text: str, sent: ClaimDraft | ClaimPatch, pointer: str, faults: list[Fault], made_by: str) -> Parts:
    parts = Parts({})
    if sent.speaker is not None:
        parts.parties.append(_speaker(session, text, 0, sent.speaker, f"{pointer}/speaker", faults, made_by))
    for i, speaker in enumerate(sent.speakers or []):
        parts.parties.append(_speaker(session, text, i, speaker, f"{pointer}/speakers/{i}", faults, made_by))
    for i, subject in enumerate(sent.subjects or []):
        entity_id = _entity(session, subject, f"{pointer}/subjects/{i}/entity", faults, made_by)
        nowhere = {"text": None, "start": None, "end": None}
        parts.parties.append({"role": "subject", "position": i, "kind": "named", "entity_id": entity_id, **nowhere})
    for i, hedge in enumerate(sent.hedges or []):
        _check(text, hedge, f"{pointer}/hedges/{i}", faults)
        parts.hedges.append({"position": i, **hedge.model_dump()})
    for i, date in enumerate(sent.dates or []):
        parts.dates.append(_date(text, "about", i, date, f"{pointer}/dates/{i}", faults))
    if sent.said is not None:
        parts.dates.append(_date(text, "said", 0, DateDraft(edtf=sent.said), f"{pointer}/said", faults))
    return parts


def _speaker(
    session: Session, text: str, position: int, sent: SpeakerDraft, pointer: str, faults: list[Fault], made_by: str
) -> Row:
    if sent.start is not None and sent.end is not None and sent.text is not None:
        _check(text, PlaceDraft(exact=sent.text, start=sent.start, end=sent.end), pointer, faults)
    entity_id = None if sent.entity is None else _entity(session, sent, f"{pointer}/entity", faults, made_by)
    columns = sent.model_dump(include={"kind", "text", "start", "end"})
    return {"role": "speaker", "position": position, "entity_id": entity_id, **columns}


def _entity(session: Session, sent: SpeakerDraft | SubjectDraft, pointer: str, faults: list[Fault], made_by: str) -> int | None:
    """The one entity that is meant; a name that nobody bears makes a new one, a name that several bear is a fault."""
    given = str(sent.entity)
    meant = entities.named(session, "entity", [given])[0].matched
    if len(meant) == 1:
        return meant[0].id
    if meant:
        choices = ", ".join(f"{entity.id} ({entity.name}, {entity.type})" for entity in meant[:MOST_PLACES])
        faults.append(Fault(pointer, f"{len(meant)} entities bear the name {given!r}; send the id of one: {choices}"))
        return None
    if isinstance(sent.entity, int) or re.fullmatch(r"Q[1-9][0-9]*", given):
        faults.append(Fault(pointer, f"there is no entity {given}; send one that is there, or a name"))
        return None
    return resolving.resolve(session, [FoundEntity(sent.type, (FoundName(given, "preferred"),), ())], made_by)[0]


def _date(text: str, role: str, position: int, sent: DateDraft, pointer: str, faults: list[Fault]) -> Row:
    partial = edtf.parse(sent.edtf)
    earliest, latest = day_keys(partial.earliest, partial.latest)
    if sent.end is not None and not (sent.start or 0) < sent.end <= len(text):
        faults.append(Fault(f"{pointer}/end", f"{sent.start} to {sent.end} is not a place in this text of {len(text)} characters"))
    return {
        "role": role,
        "position": position,
        "text": None if sent.end is None else text[sent.start : sent.end],
        "earliest": earliest,
        "latest": latest,
        "precision": partial.precision,
        "modifier": None,
        "anchor": None,
        "inferred": False,
        "timex": None,
        **sent.model_dump(),
    }


def _quote_place(text: str, quote: QuoteDraft, pointer: str, faults: list[Fault]) -> tuple[int, int]:
    if quote.start is not None and quote.end is not None:
        _check(text, PlaceDraft(exact=quote.exact, start=quote.start, end=quote.end), pointer, faults)
        return quote.start, quote.end
    places = _places(text, quote.exact)
    if not places:
        faults.append(Fault(f"{pointer}/exact", "these words do not stand in the text; send them exactly as they stand there"))
    if len(places) > 1:
        listed = ", ".join(f"{start}–{start + len(quote.exact)}" for start in places[:MOST_PLACES])
        more = " and more" if len(places) > MOST_PLACES else ""
        faults.append(Fault(f"{pointer}/exact", f"these words stand in several places; send start and end of one: {listed}{more}"))
    return (places[0], places[0] + len(quote.exact)) if places else (0, 1)


def _check_continued(text: str, quote: QuoteDraft, end: int, pointer: str, faults: list[Fault]) -> None:
    for i, part in enumerate(quote.continued):
        _check(text, part, f"{pointer}/{i}", faults)
        if not end <= part.start < part.end:
            faults.append(
                Fault(f"{pointer}/{i}/start", f"it must begin at {end} or later, behind what comes before it, and end behind that")
            )
        end = part.end


def _places(text: str, exact: str) -> list[int]:
    found: list[int] = []
    start = text.find(exact)
    while start >= 0 and len(found) <= MOST_PLACES:
        found.append(start)
        start = text.find(exact, start + 1)
    return found


def _check(text: str, sent: Any, pointer: str, faults: list[Fault]) -> None:
    """`text[start:end] == exact`, or a fault that says what stands there."""
    if sent.end > len(text):
        faults.append(Fault(f"{pointer}/end", f"{sent.end} is behind the end of the text, which has {len(text)} characters"))
    elif text[sent.start : sent.end] != sent.exact:
        there = text[sent.start : sent.end][:80]
        faults.append(Fault(f"{pointer}/end", f"from {sent.start} to {sent.end} the text says {there!r}, not what exact says"))
