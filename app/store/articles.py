"""Articles and their revisions: rows written, changed and withdrawn. Nothing here commits."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete
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
from app.store import changes
from app.store.fulltext import engine
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


def stored_as(session: Session, keys: list[str]) -> ArticleRow | None:
    """The article that already bears one of these keys."""
    for key in keys:
        known = session.get(ArticleKeyRow, key)
        if known is not None:
            return session.get(ArticleRow, known.article_id)
    return None


def has_text(session: Session, article: ArticleRow, text: str) -> bool:
    stored = select(RevisionRow.text_hash).where(RevisionRow.article_id == article.id, RevisionRow.number == article.revision)
    return session.exec(stored).one() == text_hash(text)


def by_url(session: Session, url: str) -> int:
    """Raises NotFound when no article has that address, after normalising."""
    known = session.get(ArticleKeyRow, f"url {address_key(url)}")
    if known is None:
        raise NotFound(f"there is no article with the address {url}")
    return known.article_id


def add(session: Session, draft: ArticleDraft, made_by: str) -> ArticleRow:
    """Store the article and its first revision; what stands in the text is written by its neighbours."""
    now = datetime.now(UTC)
    article = ArticleRow(revision=1, recorded_at=now, changed_at=now, earliest=UNDATED, latest=UNDATED)
    _set(session, article, draft.model_dump(include={*_PLAIN, "published", "source"}))
    session.add(article)
    session.flush()
    session.add_all(ArticleKeyRow(key=key, article_id=article.id) for key in natural_keys(draft))
    _set_authors(session, article.id, draft.authors)
    add_revision(session, article, draft.text, now)
    changes.record(session, "article", article.id, "created", made_by, now)
    session.flush()
    return article


def add_revision(session: Session, article: ArticleRow, text: str, now: datetime) -> None:
    """The text becomes the article's `revision`; the full-text index holds it from now on."""
    session.add(RevisionRow(article_id=article.id, number=article.revision, text=text, text_hash=text_hash(text), recorded_at=now))
    session.flush()
    engine(session).put(session, "article", article.id, (article.title or "", text))


def forget_words(session: Session, article: ArticleRow) -> None:
    """Take title and text out of the full-text index; to be called while both are still as they were put in."""
    engine(session).drop(session, "article", article.id, (article.title or "", text_of(session, article)))


def set_metadata(session: Session, article: ArticleRow, given: dict[str, Any]) -> None:
    """Change what is given: title, url, source, authors, published, language, external_id.

    Raises:
        AlreadyStored: when another article bears the new address or id.
    """
    if "title" in given:
        forget_words(session, article)
        article.title = given["title"]
        engine(session).put(session, "article", article.id, (article.title or "", text_of(session, article)))
    _set(session, article, given)
    if "authors" in given:
        _set_authors(session, article.id, given["authors"])
    if given.keys() & {"url", "external_id", "source"}:
        _set_keys(session, article)
    session.add(article)
    session.flush()


def touch(session: Session, article: ArticleRow, made_by: str) -> None:
    """It has changed: the log says so."""
    article.changed_at = datetime.now(UTC)
    session.add(article)
    changes.record(session, "article", article.id, "changed", made_by, article.changed_at)
    session.flush()


def withdraw(session: Session, article: ArticleRow, now: datetime) -> None:
    """Out of every search, with its keys free for another; the rows stay, marked."""
    forget_words(session, article)
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
        article.published = given["published"]
        article.earliest, article.latest = stretch(article.published) if article.published else (UNDATED, UNDATED)
    if "source" in given:
        article.source_id = _source_id(session, given["source"])


def _source_id(session: Session, name: str | None) -> int | None:
    if name is None:
        return None
    source = session.exec(select(SourceRow).where(SourceRow.key == name_key(name))).first()
    if source is None:
        source = SourceRow(name=name, key=name_key(name), recorded_at=datetime.now(UTC))
        session.add(source)
        session.flush()
    return source.id


def _set_authors(session: Session, article_id: int, names: list[str]) -> None:
    session.execute(delete(ArticleAuthorRow).where(col(ArticleAuthorRow.article_id) == article_id))
    for position, name in enumerate(names):
        session.add(ArticleAuthorRow(article_id=article_id, position=position, name=name, key=name_key(name)))


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
