"""What was found in a revision beside its claims: mentions and dates; and the links by which an article is found by entity."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, union
from sqlmodel import Session, col, select

from app.models.articles import ArticleLinkRow, ArticleRow, ExtractionRunRow, MentionRow
from app.models.claim_rows import ClaimPartyRow, ClaimRow
from app.models.dates import ArticleDateRow
from app.models.extraction import Extraction, FoundDate
from app.models.times import day_keys
from app.store import entities
from app.store.articles import text_hash


def put(session: Session, article: ArticleRow, text: str, found: Extraction, entity_ids: Sequence[int]) -> None:
    """Store mentions, dates and dateline of the current revision, and that this extractor read it."""
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
        article.dateline_place, article.dateline_agency = line.place, line.agency
    session.add(article)
    session.add(_run(article, text, found))
    session.flush()


def date_columns(date: FoundDate, text: str) -> dict[str, Any]:
    """The columns of a date row; day numbers only when the words could be placed in time."""
    columns = {**asdict(date), "text": text[date.start : date.end]}
    del columns["timex"]
    is_placed = date.earliest is not None or date.latest is not None
    columns["earliest"], columns["latest"] = day_keys(date.earliest, date.latest) if is_placed else (None, None)
    return columns


def forget(session: Session, article: ArticleRow) -> None:
    """Before the current revision is left: its mentions no longer count, its dateline no longer opens the text."""
    named = select(MentionRow.entity_id).where(MentionRow.article_id == article.id, MentionRow.revision == article.revision)
    entities.count_mentions(session, session.exec(named).all(), -1)
    article.dateline = article.dateline_place = article.dateline_agency = None


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


def _run(article: ArticleRow, text: str, found: Extraction) -> ExtractionRunRow:
    return ExtractionRunRow(
        article_id=article.id,
        revision=article.revision,
        extractor=found.extractor,
        text_hash=text_hash(text),
        claims=len(found.claims),
        recorded_at=datetime.now(UTC),
    )
