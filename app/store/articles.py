"""Articles and their revisions: rows written, changed and withdrawn. Nothing here commits."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy
from sqlalchemy import and_, delete
from sqlmodel import Session, col, select

from app.errors import AlreadyStored, NotFound
from app.folding import name_key
from app.models.articles import (
    ArticleAuthorRow,
    ArticleKeyRow,
    ArticleRow,
    RevisionRow,
    SourceRow,
)
from app.models.documents import ArticleDraft
from app.models.times import UNDATED, stretch
from app.store import changes, rows
from app.urls import address_key

_PLAIN = ("title", "url", "external_id", "language")  # columns that hold what was sent, as it was sent


def row(session: Session, article_id: int) -> ArticleRow:
    """Raises NotFound when there is none, or it was deleted."""
    found = session.get(ArticleRow, article_id)
    if found is None or found.withdrawn_at is not None:
        raise NotFound(f"there is no article {article_id}")
    return found


def text_of(session: Session, article: ArticleRow) -> str:
    return session.exec(
        select(RevisionRow.text).where(RevisionRow.article_id == article.id, RevisionRow.number == article.revision)
    ).one()


def text_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def natural_keys(draft: ArticleDraft) -> list[str]:
    """What makes it the same article when it is sent again: its address and its id at the source, else its source and text."""
    keys = [f"url {address_key(draft.url)}"] if draft.url else []
    if draft.external_id:
        keys.append(_external_key(draft.source, draft.external_id))
    return keys or [f"text {name_key(draft.source or '')} {text_hash(draft.text)}"]


def stored_as(session: Session, keys: Iterable[str]) -> dict[str, tuple[int, str]]:
    """By key: the article that bears it, and the hash of its current text."""
    found: dict[str, tuple[int, str]] = {}
    wanted = (
        sqlalchemy.select(col(ArticleKeyRow.key), col(ArticleKeyRow.article_id), col(RevisionRow.text_hash))
        .join(ArticleRow, col(ArticleRow.id) == ArticleKeyRow.article_id)
        .join(RevisionRow, and_(col(RevisionRow.article_id) == ArticleRow.id, col(RevisionRow.number) == ArticleRow.revision))
    )
    for some in rows.some_at_once(keys):
        bearing = session.execute(wanted.where(col(ArticleKeyRow.key).in_(some)))
        found |= {row.key: (row.article_id, row.text_hash) for row in bearing}
    return found


def has_text(session: Session, article: ArticleRow, text: str) -> bool:
    stored = select(RevisionRow.text_hash).where(RevisionRow.article_id == article.id, RevisionRow.number == article.revision)
    return session.exec(stored).one() == text_hash(text)


def by_url(session: Session, url: str) -> int:
    """Raises NotFound when no article has that address, after normalising."""
    known = session.get(ArticleKeyRow, f"url {address_key(url)}")
    if known is None:
        raise NotFound(f"there is no article with the address {url}")
    return known.article_id


def add_many(session: Session, drafts: Sequence[ArticleDraft], made_by: str) -> list[ArticleRow]:
    """Store articles whose keys nobody bears, and their first revisions; what stands in a text is written by its neighbours."""
    now = datetime.now(UTC)
    source_ids = _source_ids(session, (draft.source for draft in drafts))
    columns = [
        {
            **{field: getattr(draft, field) for field in _PLAIN},
            **_published(draft.published),
            "source_id": source_ids.get(name_key(draft.source or "")),
            "revision": 1,
            "recorded_at": now,
            "changed_at": now,
        }
        for draft in drafts
    ]
    ids = rows.add_numbered(session, ArticleRow, columns)
    new = [
        article
        for some in rows.some_at_once(ids)
        for article in session.exec(select(ArticleRow).where(col(ArticleRow.id).in_(some)).order_by(col(ArticleRow.id)))
    ]
    both = list(zip(new, drafts, strict=True))
    keys = [{"key": key, "article_id": article.id} for article, draft in both for key in natural_keys(draft)]
    rows.add(session, ArticleKeyRow, keys)
    rows.add(session, ArticleAuthorRow, [author for article, draft in both for author in _authors(article.id, draft.authors)])
    rows.add(session, RevisionRow, [_revision(article, draft.text, now) for article, draft in both])
    changes.record_all(session, "article", [(article.id, "created", made_by) for article in new], now)
    return new


def add_revision(session: Session, article: ArticleRow, text: str, now: datetime) -> None:
    """The text becomes the article's `revision`."""
    rows.add(session, RevisionRow, [_revision(article, text, now)])


def set_metadata(session: Session, article: ArticleRow, given: dict[str, Any]) -> bool:
    """Change what is given: title, url, source, authors, published, language, external_id. Whether anything is other than before.

    Raises:
        AlreadyStored: when another article bears the new address or id.
    """
    before = _metadata(session, article)
    _set(session, article, given)
    if "authors" in given:
        session.execute(delete(ArticleAuthorRow).where(col(ArticleAuthorRow.article_id) == article.id))
        rows.add(session, ArticleAuthorRow, _authors(article.id, given["authors"]))
    if given.keys() & {"url", "external_id", "source"}:
        _set_keys(session, article)
    session.add(article)
    session.flush()
    return _metadata(session, article) != before


def touch(session: Session, article: ArticleRow, made_by: str) -> None:
    """It has changed: the log says so."""
    article.changed_at = datetime.now(UTC)
    session.add(article)
    changes.record(session, "article", article.id, "changed", made_by, article.changed_at)
    session.flush()


def withdraw(session: Session, article: ArticleRow, now: datetime) -> None:
    """Its keys are free for another; the rows stay, marked."""
    session.execute(delete(ArticleKeyRow).where(col(ArticleKeyRow.article_id) == article.id))
    article.withdrawn_at = article.changed_at = now
    session.add(article)
    session.flush()


def source_name(session: Session, article: ArticleRow) -> str | None:
    source = session.get(SourceRow, article.source_id) if article.source_id else None
    return source.name if source else None


def _external_key(source: str | None, external_id: str) -> str:
    return f"id {name_key(source or '')} {external_id}"


def _set(session: Session, article: ArticleRow, given: dict[str, Any]) -> None:
    article.sqlmodel_update({field: given[field] for field in _PLAIN if field in given})
    if "published" in given:
        article.sqlmodel_update(_published(given["published"]))
    if "source" in given:
        article.source_id = _source_ids(session, [given["source"]]).get(name_key(given["source"] or ""))


def _metadata(session: Session, article: ArticleRow) -> list[Any]:
    authors = select(ArticleAuthorRow.name).where(ArticleAuthorRow.article_id == article.id)
    in_order = session.exec(authors.order_by(col(ArticleAuthorRow.position))).all()
    return [*(getattr(article, name) for name in (*_PLAIN, "published", "source_id")), *in_order]


def _published(published: str | None) -> dict[str, Any]:
    earliest, latest = stretch(published) if published else (UNDATED, UNDATED)
    return {"published": published, "earliest": earliest, "latest": latest}


def _source_ids(session: Session, names: Iterable[str | None]) -> dict[str, int]:
    """The outlets by their folded names; those that are not stored yet are."""
    wanted: dict[str, str] = {}
    for name in names:
        if name is not None:
            wanted.setdefault(name_key(name), name)
    found: dict[str, int] = {}
    for some in rows.some_at_once(wanted):
        known = session.execute(sqlalchemy.select(col(SourceRow.key), col(SourceRow.id)).where(col(SourceRow.key).in_(some)))
        found |= {row.key: row.id for row in known}
    new = [key for key in wanted if key not in found]
    now = datetime.now(UTC)
    ids = rows.add_numbered(session, SourceRow, [{"name": wanted[key], "key": key, "recorded_at": now} for key in new])
    return found | dict(zip(new, ids, strict=True))


def _authors(article_id: int, names: Sequence[str]) -> list[dict[str, Any]]:
    return [{"article_id": article_id, "position": i, "name": name, "key": name_key(name)} for i, name in enumerate(names)]


def _revision(article: ArticleRow, text: str, now: datetime) -> dict[str, Any]:
    own = {"article_id": article.id, "number": article.revision}
    return {**own, "text": text, "text_hash": text_hash(text), "recorded_at": now}


def _set_keys(session: Session, article: ArticleRow) -> None:
    """An address once borne stays the article's: links to it go on working."""
    keys = [f"url {address_key(article.url)}"] if article.url else []
    if article.external_id:
        keys.append(_external_key(source_name(session, article), article.external_id))
    for key in keys:
        known = session.get(ArticleKeyRow, key)
        if known is not None and known.article_id != article.id:
            raise AlreadyStored(f"article {known.article_id} already has that address or id", f"/articles/{known.article_id}")
        if known is None:
            session.add(ArticleKeyRow(key=key, article_id=article.id))
