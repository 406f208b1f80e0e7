"""From drafts to storable claims: what an extractor found, and what a caller sent and is checked against the text."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from sqlmodel import Session

from app import edtf
from app.errors import Fault, Unusable
from app.models.claims import ClaimDraft, ClaimPatch, SpeakerDraft, SubjectDraft
from app.models.extraction import Extraction, FoundClaim, FoundParty
from app.models.times import day_keys
from app.store.claims import Parts, Row, place
from app.store.passages import date_columns
from app.store.quoting import check, check_continued, check_place, quote_place
from app.store.resolving import WIKIDATA_ID, Names

MOST_CHOICES = 20  # of an ambiguous name, told in the error


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
    """As `checked`, and the entities that it names for the first time are stored."""
    names = Names(session, sent=named_in([draft]))
    parts = checked(names, text, draft, pointer, made_by)
    names.write(session)
    return parts


def from_patch(session: Session, text: str, patch: ClaimPatch, made_by: str) -> Parts:
    """The columns and lists that the patch replaces.

    Raises:
        Unusable: with every place that is not as the patch says.
    """
    faults: list[Fault] = []
    names = Names(session, sent=named_in([patch]))
    parts = _lists(names, text, patch, "", faults, made_by)
    if faults:
        raise Unusable(faults)
    names.write(session)
    parts.columns = patch.model_dump(exclude_unset=True, include={"kind", "negated", "status"})
    return parts


def named_in(sent: Iterable[ClaimDraft | ClaimPatch]) -> Iterator[int | str]:
    """Every id and name by which claims name their speakers and subjects."""
    for claim in sent:
        if claim.speaker is not None and claim.speaker.entity is not None:
            yield claim.speaker.entity
        for party in (*(claim.speakers or ()), *(claim.subjects or ())):
            if party.entity is not None:
                yield party.entity


def all_checked(names: Names, text: str, drafts: Sequence[ClaimDraft], made_by: str) -> list[Parts]:
    """Every claim sent along with an article, or every fault in any of them; then none of them has named anybody new."""
    good: list[Parts] = []
    faults: list[Fault] = []
    before = len(names.made)
    for i, draft in enumerate(drafts):
        try:
            good.append(checked(names, text, draft, f"/claims/{i}", made_by))
        except Unusable as error:
            faults += error.faults
    if faults:
        names.drop(before)
        raise Unusable(faults)
    return good


def checked(names: Names, text: str, draft: ClaimDraft, pointer: str, made_by: str) -> Parts:
    """What a caller sent, checked against the text. `pointer` is where the draft stands in the request's body.

    Raises:
        Unusable: with every place that is not as the draft says.
    """
    faults: list[Fault] = []
    start, end = quote_place(text, draft.quote, f"{pointer}/quote", faults)
    check_continued(text, draft.quote, end, f"{pointer}/quote/continued", faults)
    cue = draft.cue
    if cue:
        check(text, cue, f"{pointer}/cue", faults)
    parts = _lists(names, text, draft, pointer, faults, made_by)
    if faults:
        raise Unusable(faults)
    parts.columns = {
        **place(text, start, end),
        "kind": draft.kind,
        "negated": draft.negated,
        "status": draft.status,
        "confidence": draft.confidence,
        "cue_start": cue and cue.start,
        "cue_end": cue and cue.end,
        "cue_exact": cue and cue.exact,
    }
    parts.continued = [
        {"position": i, "exact": part.exact, "start": part.start, "end": part.end} for i, part in enumerate(draft.quote.continued)
    ]
    return parts


def _found_party(text: str, role: str, position: int, party: FoundParty, entity_ids: Sequence[int]) -> Row:
    entity_id = None if party.entity is None else entity_ids[party.entity]
    if party.span is None:
        return _party(role, position, party.kind, entity_id)
    start, end = party.span.start, party.span.end
    return _party(role, position, party.kind, entity_id, text[start:end], start, end)


def _lists(names: Names, text: str, sent: ClaimDraft | ClaimPatch, pointer: str, faults: list[Fault], made_by: str) -> Parts:
    parts = Parts({})
    if sent.speaker is not None:
        parts.parties.append(_speaker(names, text, 0, sent.speaker, f"{pointer}/speaker", faults, made_by))
    for i, speaker in enumerate(sent.speakers or ()):
        parts.parties.append(_speaker(names, text, i, speaker, f"{pointer}/speakers/{i}", faults, made_by))
    for i, subject in enumerate(sent.subjects or ()):
        entity_id = _entity(names, subject, f"{pointer}/subjects/{i}", faults, made_by)
        parts.parties.append(_party("subject", i, "named", entity_id))
    for i, hedge in enumerate(sent.hedges or ()):
        check(text, hedge, f"{pointer}/hedges/{i}", faults)
        where = {"exact": hedge.exact, "start": hedge.start, "end": hedge.end}
        parts.hedges.append({"position": i, **where, "kind": hedge.kind, "by": hedge.by})
    for i, date in enumerate(sent.dates or ()):
        parts.dates.append(_date(text, "about", i, date.edtf, date.start, date.end, f"{pointer}/dates/{i}", faults))
    if sent.said is not None:
        parts.dates.append(_date(text, "said", 0, sent.said, None, None, f"{pointer}/said", faults))
    return parts


def _speaker(names: Names, text: str, position: int, sent: SpeakerDraft, pointer: str, faults: list[Fault], made_by: str) -> Row:
    if sent.start is not None and sent.end is not None and sent.text is not None:
        check_place(text, sent.text, sent.start, sent.end, pointer, faults)
    entity_id = None if sent.entity is None else _entity(names, sent, pointer, faults, made_by)
    return _party("speaker", position, sent.kind, entity_id, sent.text, sent.start, sent.end)


def _party(
    role: str,
    position: int,
    kind: str,
    entity_id: int | None,
    text: str | None = None,
    start: int | None = None,
    end: int | None = None,
) -> Row:
    where = {"text": text, "start": start, "end": end}
    return {"role": role, "position": position, "kind": kind, "entity_id": entity_id, **where}


def _entity(names: Names, sent: SpeakerDraft | SubjectDraft, pointer: str, faults: list[Fault], made_by: str) -> int | None:
    """The one entity that is meant; a name that nobody bears makes a new one, a name that several bear is a fault."""
    given = str(sent.entity)
    meant = names.meant(given)
    if len(meant) == 1:
        return meant[0]
    if meant:
        known = ((entity_id, names.entities[entity_id]) for entity_id in meant[:MOST_CHOICES])
        choices = ", ".join(f"{entity_id} ({one.name}, {one.type})" for entity_id, one in known)
        told = f"{len(meant)} entities bear the name {given!r}; send the id of one: {choices}"
        faults.append(Fault(f"{pointer}/entity", told))
        return None
    if isinstance(sent.entity, int) or WIKIDATA_ID.fullmatch(given):
        faults.append(Fault(f"{pointer}/entity", f"there is no entity {given}; send one that is there, or a name"))
        return None
    return names.add(given, sent.type, made_by)


def _date(
    text: str, role: str, position: int, value: str, start: int | None, end: int | None, pointer: str, faults: list[Fault]
) -> Row:
    partial, earliest, latest = _parsed(value)
    if end is not None and not (start or 0) < end <= len(text):
        faults.append(Fault(f"{pointer}/end", f"{start} to {end} is not a place in this text of {len(text)} characters"))
    return {
        "role": role,
        "position": position,
        "text": None if end is None else text[start:end],
        "edtf": value,
        "earliest": earliest,
        "latest": latest,
        "precision": partial.precision,
        "start": start,
        "end": end,
        "modifier": None,
        "anchor": None,
        "inferred": False,
        "timex": None,
    }


@lru_cache(maxsize=4096)  # the same days are spoken about again and again
def _parsed(value: str) -> tuple[edtf.PartialDate, int, int]:
    partial = edtf.parse(value)
    return partial, *day_keys(partial.earliest, partial.latest)
