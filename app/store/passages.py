"""What was found in a revision beside its claims: mentions and dates; and the links by which an article is found by entity."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, union
from sqlmodel import Session, col, select

from app.models.articles import ArticleLinkRow, ArticleRow, MentionRow
from app.models.claim_rows import ClaimPartyRow, ClaimRow
from app.models.dates import ArticleDateRow
from app.models.extraction import Extraction, FoundDate
from app.models.times import day_keys
from app.store import entities


def put(session: Session, article: ArticleRow, text: str, found: Extraction, entity_ids: Sequence[int]) -> None:
    """Store mentions, dates and dateline of the current revision, in the place of those that are there."""
    clear(session, article)
    mentions = {
        (mention.start, mention.end, entity_id): mention.kind
        for entity, entity_id in zip(found.entities, entity_ids, strict=True)
        for mention in entity.mentions
    }
    session.add_all(
        MentionRow(article_id=article.id, revision=article.revision, start=start, end=end, entity_id=entity_id, kind=kind)
        for (start, end, entity_id), kind in mentions.items()
    )
    entities.count_mentions(session, (entity_id for _, _, entity_id in mentions), 1)
    for position, date in enumerate(found.dates):
        columns = date_columns(date, text)
        session.add(ArticleDateRow(article_id=article.id, revision=article.revision, position=position, **columns))
    if line := found.dateline:
        article.dateline = text[line.start : line.end]
        article.dateline_place, article.dateline_agency, article.dateline_date = line.place, line.agency, line.date
    session.add(article)
    session.flush()


def date_columns(date: FoundDate, text: str) -> dict[str, Any]:
    """The columns of a date row; day numbers only when the words could be placed in time."""
    columns = {**asdict(date), "text": text[date.start : date.end]}
    is_placed = date.earliest is not None or date.latest is not None
    columns["earliest"], columns["latest"] = day_keys(date.earliest, date.latest) if is_placed else (None, None)
    return columns


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
    linked = select(ArticleLinkRow.entity_id).where(ArticleLinkRow.article_id == article.id)
    return {entity_id for (entity_id,) in session.execute(union(named, linked))}


def relink(session: Session, article: ArticleRow) -> None:
    """Write the article's links anew, from the mentions of its current revision and the parties of its claims."""
    session.execute(delete(ArticleLinkRow).where(col(ArticleLinkRow.article_id) == article.id))
    if article.withdrawn_at is not None:
        return
    mentioned = select(MentionRow.entity_id).where(MentionRow.article_id == article.id, MentionRow.revision == article.revision)
    taking_part = (
        select(ClaimPartyRow.entity_id)
        .join(ClaimRow, col(ClaimRow.id) == ClaimPartyRow.claim_id)
        .where(
            ClaimRow.article_id == article.id,
            col(ClaimRow.withdrawn_at).is_(None),
            col(ClaimPartyRow.entity_id).is_not(None),
        )
    )
    for (entity_id,) in session.execute(union(mentioned, taking_part)).all():
        session.add(ArticleLinkRow(entity_id=entity_id, published=article.earliest, article_id=article.id))
    session.flush()
