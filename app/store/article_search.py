"""Which articles answer a question: one condition for each filter."""

from typing import Any

from sqlalchemy import Select, exists, false, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.folding import name_key
from app.models.articles import ArticleAuthorRow, ArticleLinkRow, ArticleQuery, ArticleRow
from app.models.dates import ArticleDateRow
from app.models.fields import Json
from app.store import article_reading
from app.store.filters import (
    Understood,
    from_sources,
    in_languages,
    published_between,
    recorded_between,
    sort_of,
    speaks_about,
    understand,
    with_words,
)
from app.store.fulltext import engine
from app.store.pages import Order, page, read_moment, walk, walk_ranked

_BY_PUBLICATION = {"-published": True, "published": False}


def find(session: Session, query: ArticleQuery) -> tuple[Json, str | None]:
    """One page, and the cursor of the next."""
    understood = understand(session, query, ["entity"])
    sort = sort_of(query, understood.asked)
    if sort == "relevance" and understood.asked is not None:
        rows, newest_first = _rows(session, query, understood, None)
        found = walk_ranked(session, rows, engine(session).ranked("article", understood.asked), newest_first, query)
    else:
        drivers: list[int | None] = [entity_id for _, entity_id in understood.drivers] or [None]
        found = walk(session, [_ordered(session, query, understood, sort, driver) for driver in drivers], query)
    items = article_reading.read(session, found.ids, understood.asked)
    return page(items, found, understood.applied(query, sort))


def _ordered(
    session: Session, query: ArticleQuery, understood: Understood, sort: str, driver: int | None
) -> tuple[Select[Any], Order]:
    rows, by_publication = _rows(session, query, understood, driver)
    if sort in _BY_PUBLICATION:
        return rows, Order(by_publication.key, by_publication.id, descending=_BY_PUBLICATION[sort])
    return rows, Order(col(ArticleRow.recorded_at), col(ArticleRow.id), descending=True, read=read_moment)


def _rows(session: Session, query: ArticleQuery, understood: Understood, driver: int | None) -> tuple[Select[Any], Order]:
    """The articles that pass every filter, and their order newest first, read from the driver's links where there is one."""
    key, row_id = col(ArticleRow.earliest), col(ArticleRow.id)
    rows: Select[Any] = select(row_id).where(col(ArticleRow.withdrawn_at).is_(None))
    if driver is not None:
        key, row_id = col(ArticleLinkRow.published), col(ArticleLinkRow.article_id)
        rows = select(row_id).join(ArticleRow, col(ArticleRow.id) == row_id).where(ArticleLinkRow.entity_id == driver)
    for _, ids in understood.groups if driver is None else understood.groups[1:]:
        rows = rows.where(_names_one_of(ids))
    rows = rows.where(*published_between(key, col(ArticleRow.latest), query))
    rows = rows.where(*recorded_between(col(ArticleRow.recorded_at), query))
    rows = rows.where(*from_sources(col(ArticleRow.source_id), query))
    rows = rows.where(*in_languages(col(ArticleRow.language), query))
    if query.author:
        keys = [name_key(name) for name in query.author]
        rows = rows.where(col(ArticleRow.id).in_(select(ArticleAuthorRow.article_id).where(col(ArticleAuthorRow.key).in_(keys))))
    if about := speaks_about(col(ArticleDateRow.earliest), col(ArticleDateRow.latest), query):
        spoken = select(ArticleDateRow.article_id, ArticleDateRow.revision).where(*about)
        rows = rows.where(tuple_(col(ArticleRow.id), col(ArticleRow.revision)).in_(spoken))
    if understood.asked is not None:
        rows = with_words(session, rows, col(ArticleRow.id), "article", understood.asked)
    return rows, Order(key, row_id, descending=True)


def _names_one_of(ids: list[int]) -> Any:
    """A point read of the links for each entity: their key holds the article's date too."""
    if not ids:
        return false()
    other = aliased(ArticleLinkRow)
    return exists().where(
        col(other.entity_id).in_(ids),
        col(other.published) == ArticleRow.earliest,
        col(other.article_id) == ArticleRow.id,
    )
