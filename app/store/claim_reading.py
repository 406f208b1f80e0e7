"""Stored claims as they are answered: one question for each table, whatever the number of claims."""

from collections.abc import Iterable, Sequence
from datetime import date
from operator import itemgetter
from typing import Any

import sqlalchemy
from sqlmodel import Session, col, select

from app import edtf
from app.errors import NotFound
from app.models.articles import ArticleRef, ArticleRow, SourceRow
from app.models.claim_rows import ClaimRow
from app.models.claims import Claim, Cue, Hedge, Quote, Speaker, Stretch
from app.models.dates import DateColumns
from app.models.lists import EntityRef
from app.models.times import FIRST_DAY, LAST_DAY, PartialDate, parse_instant
from app.store import entities
from app.store.claims import Parts, stored_parts, words
from app.store.fulltext.query import Asked
from app.store.fulltext.snippets import snippet


def get(session: Session, claim_id: int) -> Claim:
    """Raises NotFound when there is none, or it was deleted."""
    found = read(session, [claim_id])
    if not found:
        raise NotFound(f"there is no claim {claim_id}")
    return found[0]


def read(session: Session, ids: Sequence[int], asked: Asked | None = None) -> list[Claim]:
    """These claims, in the order of the ids, deleted ones left out; with `asked`, each with its snippet."""
    live = select(ClaimRow).where(col(ClaimRow.id).in_(ids), col(ClaimRow.withdrawn_at).is_(None))
    rows = {row.id: row for row in session.exec(live)}
    parts = stored_parts(session, list(rows.values()))
    known = entities.refs(session, (p["entity_id"] for found in parts.values() for p in found.parties if p["entity_id"]))
    articles = article_refs(session, {row.article_id for row in rows.values()})
    return [_shown(rows[i], articles[rows[i].article_id], parts[i], known, asked) for i in ids if i in rows]


def article_refs(session: Session, ids: Iterable[int]) -> dict[int, ArticleRef]:
    columns: list[Any] = [
        ArticleRow.id,
        ArticleRow.title,
        ArticleRow.published,
        ArticleRow.url,
        col(SourceRow.name).label("source"),
    ]
    wanted = sqlalchemy.select(*columns).outerjoin(SourceRow, col(SourceRow.id) == ArticleRow.source_id)
    found = session.execute(wanted.where(col(ArticleRow.id).in_(set(ids))))
    return {row.id: ArticleRef.model_validate(row, from_attributes=True) for row in found}


def shown_date(row: DateColumns) -> PartialDate:
    columns = row.model_dump(include=set(PartialDate.model_fields))
    return PartialDate.model_validate({**columns, "earliest": _day(row.earliest), "latest": _day(row.latest)})


def _shown(row: ClaimRow, article: ArticleRef, parts: Parts, known: dict[int, EntityRef], asked: Asked | None) -> Claim:
    in_order = itemgetter("position")
    parties, dates = sorted(parts.parties, key=in_order), sorted(parts.dates, key=in_order)
    continued = [
        Stretch(exact=part["exact"], start=part["start"], end=part["end"]) for part in sorted(parts.continued, key=in_order)
    ]
    speakers = [_speaker(party, known) for party in parties if party["role"] == "speaker"]
    said = next((shown_date(DateColumns(**date_)) for date_ in dates if date_["role"] == "said"), None)
    columns = row.model_dump(include=set(Claim.model_fields) - {"article", "said"})
    all_words = words(row.exact, [part.exact for part in continued])
    return Claim(
        **columns,
        article=article,
        quote=Quote(exact=row.exact, start=row.start, end=row.end, prefix=row.prefix, suffix=row.suffix, continued=continued),
        speaker=speakers[0] if speakers else None,
        speakers=speakers,
        subjects=[known[party["entity_id"]] for party in parties if party["role"] == "subject" and party["entity_id"]],
        cue=_cue(row),
        hedges=[Hedge.model_validate(hedge) for hedge in sorted(parts.hedges, key=in_order)],
        said=said or _published_day(article.published),
        dates=[shown_date(DateColumns(**date_)) for date_ in dates if date_["role"] == "about"],
        snippet=None if asked is None else snippet(all_words, asked, width=len(all_words)),
    )


def _cue(row: ClaimRow) -> Cue | None:
    if row.cue_exact is None or row.cue_start is None or row.cue_end is None:
        return None
    return Cue(exact=row.cue_exact, start=row.cue_start, end=row.cue_end)


def _speaker(party: Any, known: dict[int, EntityRef]) -> Speaker:
    columns = {name: party[name] for name in ("kind", "text", "start", "end")}
    return Speaker(**columns, entity=known[party["entity_id"]] if party["entity_id"] else None)


def _published_day(published: str | None) -> PartialDate | None:
    """What a text that names no day leaves: it was said by the day of publication."""
    if published is None:
        return None
    moment = parse_instant(published)
    partial = edtf.parse(moment.date().isoformat() if moment else published)
    return PartialDate(
        text=None,
        edtf=partial.edtf,
        earliest=partial.earliest,
        latest=partial.latest,
        precision=partial.precision,
        start=None,
        end=None,
        modifier=None,
        anchor="published",
        inferred=True,
        timex=partial.edtf,  # a year, a month or a day is written alike in both
    )


def _day(number: int | None) -> date | None:
    return None if number is None or number in (FIRST_DAY, LAST_DAY) else date.fromordinal(number)
