"""What was found in a revision beside its claims: mentions, dates and the dateline."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, union
from sqlmodel import Session, col, select

from app.models.articles import ArticleRow, MentionRow
from app.models.claim_rows import ClaimPartyRow, ClaimRow
from app.models.dates import ArticleDateRow
from app.models.extraction import Extraction, FoundDate
from app.models.times import day_keys
from app.store import entities, rows

Row = dict[str, Any]


def put(session: Session, article: ArticleRow, text: str, found: Extraction, entity_ids: Sequence[int]) -> None:
    """What was found in the text of the current revision, of which nothing is stored yet, and whom it names.

    The ids are the stored entities in the order of `Extraction.entities`.
    """
    mentions = mention_rows(article.id, article.revision, found, entity_ids)
    add(session, mentions, date_rows(article.id, article.revision, text, found))
    entities.count_mentions(session, (row["entity_id"] for row in mentions), 1)
    article.sqlmodel_update(dateline(text, found))
    session.add(article)
    session.flush()


def add(session: Session, mentions: Sequence[Row], dates: Sequence[Row]) -> None:
    rows.add(session, MentionRow, mentions)
    rows.add(session, ArticleDateRow, dates)


def mention_rows(article_id: int, revision: int, found: Extraction, entity_ids: Sequence[int]) -> list[Row]:
    """One row for each place and entity, whatever named it there last."""
    kinds = {
        (mention.start, mention.end, entity_id): mention.kind
        for entity, entity_id in zip(found.entities, entity_ids, strict=True)
        for mention in entity.mentions
    }
    own = {"article_id": article_id, "revision": revision}
    return [{**own, "start": start, "end": end, "entity_id": i, "kind": kind} for (start, end, i), kind in kinds.items()]


def date_rows(article_id: int, revision: int, text: str, found: Extraction) -> list[Row]:
    own = {"article_id": article_id, "revision": revision}
    return [{**own, "position": position, **date_columns(date, text)} for position, date in enumerate(found.dates)]


def dateline(text: str, found: Extraction) -> Row:
    """The columns of the article, when the text has one."""
    if (line := found.dateline) is None:
        return {}
    return {
        "dateline": text[line.start : line.end],
        "dateline_place": line.place,
        "dateline_agency": line.agency,
        "dateline_date": line.date,
    }


def date_columns(date: FoundDate, text: str) -> dict[str, Any]:
    """The columns of a date row; day numbers only when the words could be placed in time."""
    is_placed = date.earliest is not None or date.latest is not None
    earliest, latest = day_keys(date.earliest, date.latest) if is_placed else (None, None)
    return {
        "text": text[date.start : date.end],
        "edtf": date.edtf,
        "earliest": earliest,
        "latest": latest,
        "precision": date.precision,
        "start": date.start,
        "end": date.end,
        "modifier": date.modifier,
        "anchor": date.anchor,
        "inferred": date.inferred,
        "timex": date.timex,
    }


def forget(session: Session, article: ArticleRow) -> None:
    """Before the current revision is left: its mentions no longer count, its dateline no longer opens the text."""
    named = select(MentionRow.entity_id).where(MentionRow.article_id == article.id, MentionRow.revision == article.revision)
    entities.count_mentions(session, session.exec(named).all(), -1)
    article.dateline = article.dateline_place = article.dateline_agency = article.dateline_date = None


def clear(session: Session, article: ArticleRow) -> None:
    """Before the current revision is read again: forget what stands in it, and take it out."""
    forget(session, article)
    for table in (MentionRow, ArticleDateRow):
        session.execute(delete(table).where(col(table.article_id) == article.id, col(table.revision) == article.revision))


def entities_of(session: Session, article: ArticleRow) -> set[int]:
    """Those that the article named or whose claims it held before it is read again: in this revision or the one before."""
    named = select(MentionRow.entity_id).where(MentionRow.article_id == article.id, MentionRow.revision >= article.revision - 1)
    taking_part = (
        select(ClaimPartyRow.entity_id)
        .join(ClaimRow, col(ClaimRow.id) == ClaimPartyRow.claim_id)
        .where(
            ClaimRow.article_id == article.id,
            col(ClaimRow.withdrawn_at).is_(None),
            col(ClaimPartyRow.entity_id).is_not(None),
        )
    )
    return {entity_id for (entity_id,) in session.execute(union(named, taking_part))}
