"""Stored claims as they are answered, in the shape of `Claim`: one statement for them and one for each thing that hangs on them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from app import edtf
from app.errors import NotFound
from app.models.articles import ArticleRow, SourceRow
from app.models.claim_rows import ClaimHedgeRow, ClaimPartRow, ClaimPartyRow, ClaimRow
from app.models.dates import ClaimDateRow
from app.models.entities import EntityRow
from app.models.fields import Json
from app.models.times import FIRST_DAY, LAST_DAY
from app.store import merges, reprints
from app.store.claims import words
from app.store.fulltext.query import Asked
from app.store.fulltext.snippets import snippet
from app.store.prepared import IDS, MOST_IDS, Prepared, instant, table

DATE_COLUMNS = ("text", "edtf", "earliest", "latest", "precision", "start", "end", "modifier", "anchor", "inferred", "timex")
_KEPT_DAYS = 20_000  # half a century of newspapers
_claim, _article, _source, _entity = (table(row).c for row in (ClaimRow, ArticleRow, SourceRow, EntityRow))
_part, _party, _hedge, _date = (table(row).c for row in (ClaimPartRow, ClaimPartyRow, ClaimHedgeRow, ClaimDateRow))
_REF = (_article.id, _article.title, _source.name, _article.published, _article.url)
_REF_KEYS = ("id", "title", "source", "published", "url")
_COLUMNS = (
    *(_claim.id, _claim.revision, _claim.exact, _claim.start, _claim.end, _claim.prefix, _claim.suffix, _claim.kind),
    *(_claim.cue_exact, _claim.cue_start, _claim.cue_end, _claim.negated, _claim.status, _claim.anchor, _claim.made_by),
    *(
        _claim.rule,
        _claim.confidence,
        _claim.reviewed_by,
        *map(instant, (_claim.reviewed_at, _claim.recorded_at, _claim.changed_at)),
    ),
)
_claims = (
    select(*_COLUMNS, *_REF)
    .join_from(table(ClaimRow), table(ArticleRow), _article.id == _claim.article_id)
    .outerjoin(table(SourceRow), _source.id == _article.source_id)
    .where(_claim.withdrawn_at.is_(None))
)
_BY_ID = Prepared(_claims.where(_claim.id.in_(IDS)))
_OF_ARTICLES = Prepared(
    _claims.where(_claim.article_id.in_(IDS), _claim.status != "rejected").order_by(_claim.article_id, _claim.start, _claim.id)
)
_REFS = Prepared(
    select(*_REF).outerjoin_from(table(ArticleRow), table(SourceRow), _source.id == _article.source_id).where(_article.id.in_(IDS))
)
_PARTS = Prepared(
    select(_part.claim_id, _part.exact, _part.start, _part.end).where(_part.claim_id.in_(IDS)).order_by(_part.position)
)
_PARTIES = Prepared(
    select(
        *(_party.claim_id, _party.role, _party.kind, _party.text, _party.start, _party.end),
        *(_entity.id, _entity.name, _entity.type, _entity.merged_into),
    )
    .outerjoin_from(table(ClaimPartyRow), table(EntityRow), _entity.id == _party.entity_id)
    .where(_party.claim_id.in_(IDS))
    .order_by(_party.claim_id, _party.role, _party.position)
)
_HEDGES = Prepared(
    select(_hedge.claim_id, _hedge.exact, _hedge.start, _hedge.end, _hedge.kind, _hedge.by)
    .where(_hedge.claim_id.in_(IDS))
    .order_by(_hedge.claim_id, _hedge.position)
)
_DATES = Prepared(
    select(_date.claim_id, _date.role, *(_date[name] for name in DATE_COLUMNS))
    .where(_date.claim_id.in_(IDS))
    .order_by(_date.claim_id, _date.role, _date.position)
)


def get(session: Session, claim_id: int) -> Json:
    """Raises NotFound when there is none, or it was deleted."""
    found = read(session, [claim_id])
    if not found:
        raise NotFound(f"there is no claim {claim_id}")
    return found[0]


def read(session: Session, ids: Sequence[int], asked: Asked | None = None) -> list[Json]:
    """These claims, in the order of the ids, deleted ones left out; with `asked`, each with its snippet."""
    found = {claim["id"]: claim for claim in _shown(session, _BY_ID.rows(session, ids), asked)}
    return [found[i] for i in ids if i in found]


def of_articles(session: Session, article_ids: Sequence[int]) -> dict[int, list[Json]]:
    """For each article all that are neither deleted nor rejected, in text order."""
    found: dict[int, list[Json]] = {article_id: [] for article_id in article_ids}
    rows = _OF_ARTICLES.rows(session, article_ids)
    for first in range(0, len(rows), MOST_IDS):
        for claim in _shown(session, rows[first : first + MOST_IDS], None):
            found[claim["article"]["id"]].append(claim)
    return found


def article_refs(session: Session, ids: Iterable[int]) -> dict[int, Json]:
    return {row[0]: dict(zip(_REF_KEYS, row, strict=True)) for row in _REFS.rows(session, list(set(ids)))}


def shown_date(row: Sequence[Any]) -> Json:
    """In the shape of `PartialDate`, from the DATE_COLUMNS."""
    text, edtf_, earliest, latest, precision, start, end, modifier, anchor, inferred, timex = row
    return {
        "text": text,
        "edtf": edtf_,
        "earliest": _day(earliest),
        "latest": _day(latest),
        "precision": precision,
        "start": start,
        "end": end,
        "modifier": modifier,
        "anchor": anchor,
        "inferred": bool(inferred),
        "timex": timex,
    }


def _shown(session: Session, rows: Sequence[Any], asked: Asked | None) -> list[Json]:
    ids = [row[0] for row in rows]
    if not ids:
        return []
    continued, speakers, subjects, hedges, said, about = (defaultdict[int, list[Any]](list) for _ in range(6))
    printed = reprints.counts(session, ids)
    for claim_id, exact, start, end in _PARTS.rows(session, ids):
        continued[claim_id].append({"exact": exact, "start": start, "end": end})
    parties = _PARTIES.rows(session, ids)
    kept = merges.refs(session, (party[-1] for party in parties))
    for claim_id, role, kind, text, start, end, entity_id, name, type_, merged_into in parties:
        entity = None if entity_id is None else kept.get(merged_into) or {"id": entity_id, "name": name, "type": type_}
        if role == "speaker":
            speakers[claim_id].append({"kind": kind, "text": text, "start": start, "end": end, "entity": entity})
        elif entity is not None and entity not in subjects[claim_id]:  # two that were merged are one
            subjects[claim_id].append(entity)
    for claim_id, exact, start, end, kind, by in _HEDGES.rows(session, ids):
        hedges[claim_id].append({"exact": exact, "start": start, "end": end, "kind": kind, "by": by})
    for claim_id, role, *date_ in _DATES.rows(session, ids):
        (said if role == "said" else about)[claim_id].append(shown_date(date_))
    return [
        {
            "id": i,
            "article": {"id": article_id, "title": title, "source": source, "published": published, "url": url},
            "revision": revision,
            "quote": {
                "exact": exact,
                "start": start,
                "end": end,
                "prefix": prefix,
                "suffix": suffix,
                "continued": continued.get(i, []),
            },
            "kind": kind,
            "speaker": speakers[i][0] if i in speakers else None,
            "speakers": speakers.get(i, []),
            "subjects": subjects.get(i, []),
            "cue": None if cue is None else {"exact": cue, "start": cue_start, "end": cue_end},
            "hedges": hedges.get(i, []),
            "negated": bool(negated),
            "said": said[i][0] if i in said else _published_day(published),
            "dates": about.get(i, []),
            "status": status,
            "anchor": anchor,
            "copies": printed.get(i, 0),
            "made_by": made_by,
            "rule": rule,
            "confidence": confidence,
            "reviewed_by": reviewed_by,
            "reviewed_at": reviewed_at,
            "recorded_at": recorded_at,
            "changed_at": changed_at,
            "snippet": None if asked is None else _snippet([exact, *(part["exact"] for part in continued.get(i, []))], asked),
        }
        for (
            i,
            revision,
            exact,
            start,
            end,
            prefix,
            suffix,
            kind,
            cue,
            cue_start,
            cue_end,
            negated,
            status,
            anchor,
            made_by,
            rule,
            confidence,
            reviewed_by,
            reviewed_at,
            recorded_at,
            changed_at,
            article_id,
            title,
            source,
            published,
            url,
        ) in rows
    ]


def _snippet(stretches: Sequence[str], asked: Asked) -> str:
    all_words = words(stretches[0], stretches[1:])
    return snippet(all_words, asked, width=len(all_words))


def _published_day(published: str | None) -> Json | None:
    """What a text that names no day leaves: it was said by the day of publication."""
    return None if published is None else _said_by(published.partition("T")[0])


@lru_cache(_KEPT_DAYS)
def _said_by(day: str) -> Json:
    """Shared by all answers that show it, so not to be changed."""
    partial = edtf.parse(day)
    first, last = (None if end is None else end.toordinal() for end in (partial.earliest, partial.latest))
    # A year, a month or a day is written alike in EDTF and TIMEX3.
    return shown_date((None, partial.edtf, first, last, partial.precision, None, None, None, "published", True, partial.edtf))


@lru_cache(_KEPT_DAYS)
def _day(number: int | None) -> str | None:
    return None if number is None or number in (FIRST_DAY, LAST_DAY) else date.fromordinal(number).isoformat()
