"""Stored articles as they are answered: whole, in a list, and as the revisions they had."""

from collections.abc import Sequence

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.errors import NotFound
from app.models.articles import (
    ArticleAuthorRow,
    ArticleEntity,
    ArticleRow,
    ArticleSummary,
    Dateline,
    Mention,
    MentionRow,
    Revision,
    RevisionPage,
    RevisionRow,
)
from app.models.claim_rows import ClaimRow
from app.models.dates import ArticleDateRow
from app.models.documents import Article
from app.models.lists import Applied, ListQuery
from app.models.times import PartialDate
from app.store import articles, claim_reading, entities, runs
from app.store.fulltext.query import Asked
from app.store.fulltext.snippets import snippet
from app.store.pages import Order, walk


def get(session: Session, article_id: int) -> Article:
    """The whole article with the text of its current revision. Rejected claims are left out, as in every search.

    Raises:
        NotFound: when there is none, or it was deleted.
    """
    row = articles.row(session, article_id)
    text = articles.text_of(session, row)
    dates = _dates(session, row)
    return Article(
        **row.model_dump(
            include={"id", "title", "published", "url", "external_id", "language", "revision", "recorded_at", "changed_at"}
        ),
        source=articles.source_name(session, row),
        authors=_authors(session, [row.id]).get(row.id, []),
        text=text,
        dateline=_dateline(row, dates),
        entities=_entities(session, row, text),
        dates=dates,
        claims=claim_reading.read(session, _claim_ids(session, row.id)),
        extraction=runs.shown(session, row),
    )


def read(session: Session, ids: Sequence[int], asked: Asked | None) -> list[ArticleSummary]:
    """These articles without their texts, in the order of the ids; with `asked`, each with its snippet."""
    refs = claim_reading.article_refs(session, ids)
    rows = {row.id: row for row in session.exec(select(ArticleRow).where(col(ArticleRow.id).in_(ids)))}
    authors = _authors(session, ids)
    counted = select(ClaimRow.article_id, func.count()).where(*_shown_claims(ids)).group_by(col(ClaimRow.article_id))
    claims = {row[0]: row[1] for row in session.execute(counted)}
    return [
        ArticleSummary(
            **refs[i].model_dump(),
            **rows[i].model_dump(include={"language", "revision", "recorded_at", "changed_at"}),
            authors=authors.get(i, []),
            claims=claims.get(i, 0),
            snippet=None if asked is None else _snippet(session, rows[i], asked),
        )
        for i in ids
    ]


def revision(session: Session, article_id: int, number: int) -> Revision:
    """Raises NotFound when the article never had that revision."""
    articles.row(session, article_id)
    row = session.get(RevisionRow, (article_id, number))
    if row is None:
        raise NotFound(f"article {article_id} has no revision {number}")
    return _shown_revision(row)


def revisions(session: Session, article_id: int, query: ListQuery) -> tuple[RevisionPage, str | None]:
    """Every text the article had, the newest first."""
    articles.row(session, article_id)
    number = col(RevisionRow.number)
    of_article = select(number).where(RevisionRow.article_id == article_id)
    found = walk(session, of_article, Order(number, number, descending=True), query)
    rows = session.exec(
        select(RevisionRow).where(RevisionRow.article_id == article_id, number.in_(found.ids)).order_by(number.desc())
    )
    applied = Applied(sort="-number", q=None, entities=[], ranges=[], notes=[])
    return RevisionPage(items=[_shown_revision(row) for row in rows], next=None, total=found.total, applied=applied), found.cursor


def _shown_revision(row: RevisionRow) -> Revision:
    return Revision(article=row.article_id, number=row.number, text=row.text, recorded_at=row.recorded_at)


def _authors(session: Session, ids: Sequence[int]) -> dict[int, list[str]]:
    wanted = select(ArticleAuthorRow).where(col(ArticleAuthorRow.article_id).in_(ids)).order_by(col(ArticleAuthorRow.position))
    authors: dict[int, list[str]] = {}
    for row in session.exec(wanted):
        authors.setdefault(row.article_id, []).append(row.name)
    return authors


def _entities(session: Session, row: ArticleRow, text: str) -> list[ArticleEntity]:
    """In the order in which the text names them first."""
    stored = select(MentionRow).where(MentionRow.article_id == row.id, MentionRow.revision == row.revision)
    places: dict[int, list[Mention]] = {}
    for m in session.exec(stored.order_by(col(MentionRow.start), col(MentionRow.end))):
        mention = Mention.model_validate({**m.model_dump(), "text": text[m.start : m.end]})
        places.setdefault(m.entity_id, []).append(mention)
    known = entities.refs(session, places)
    return [ArticleEntity(**known[i].model_dump(), mentions=mentions) for i, mentions in places.items()]


def _dates(session: Session, row: ArticleRow) -> list[PartialDate]:
    stored = select(ArticleDateRow).where(ArticleDateRow.article_id == row.id, ArticleDateRow.revision == row.revision)
    return [claim_reading.shown_date(date) for date in session.exec(stored.order_by(col(ArticleDateRow.position)))]


def _dateline(row: ArticleRow, dates: Sequence[PartialDate]) -> Dateline | None:
    if not row.dateline:
        return None
    own = None if row.dateline_date is None else dates[row.dateline_date]
    return Dateline(text=row.dateline, place=row.dateline_place, agency=row.dateline_agency, date=own)


def _shown_claims(article_ids: Sequence[int]) -> tuple[bool, ...]:
    return (col(ClaimRow.article_id).in_(article_ids), col(ClaimRow.withdrawn_at).is_(None), ClaimRow.status != "rejected")  # type: ignore[return-value]


def _claim_ids(session: Session, article_id: int) -> list[int]:
    shown = select(ClaimRow.id).where(*_shown_claims([article_id]))
    return list(session.exec(shown.order_by(col(ClaimRow.start), col(ClaimRow.id))))


def _snippet(session: Session, row: ArticleRow, asked: Asked) -> str:
    """From the text; from the headline when the words stand only there."""
    found = snippet(articles.text_of(session, row), asked)
    return found if "<mark>" in found or row.title is None else snippet(row.title, asked)
