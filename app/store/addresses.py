"""Addresses by which an article is known. Nothing here commits."""

from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, select

from app.models.articles import ArticleKeyRow, ArticleRow
from app.store import rows
from app.urls import address_key


def first_known(session: Session, urls: Iterable[str]) -> str | None:
    """The first of these addresses that is some article's."""
    return next((url for url in urls if session.get(ArticleKeyRow, _key(url))), None)


def known(session: Session, urls: Sequence[str]) -> dict[str, int]:
    """By address: the article that is known by it."""
    keys = {_key(url): url for url in urls}
    found: dict[str, int] = {}
    for some in rows.some_at_once(keys):
        for row in session.exec(select(ArticleKeyRow).where(col(ArticleKeyRow.key).in_(some))):
            found[row.key] = row.article_id
    return {url: found[_key(url)] for url in urls if _key(url) in found}


def add(session: Session, article_id: int, urls: Iterable[str]) -> None:
    """The article is known by these addresses too, as far as no other one is and it has not been deleted meanwhile."""
    if session.get_one(ArticleRow, article_id).withdrawn_at is not None:
        return
    for key in {_key(url) for url in urls}:
        if session.get(ArticleKeyRow, key) is None:
            session.add(ArticleKeyRow(key=key, article_id=article_id))
    session.flush()


def _key(url: str) -> str:
    return f"url {address_key(url)}"
