"""Articles and their revisions: rows written, changed and withdrawn. Nothing here commits."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy
from sqlalchemy import and_, delete
from sqlmodel import Session, col, select

from app.errors import AlreadyStored, NotFound
from app.folding import bounded, name_key
from app.models.articles import (
    ArticleAuthorRow,
    ArticleKeyRow,
    ArticleRow,
    RevisionRow,
)
from app.models.documents import ArticleDraft
from app.models.times import UNDATED, stretch
from app.store import changes, rows, sources
from app.store.prepared import IDS, Prepared, table
from app.urls import address_key

_article, _key, _revision_of = table(ArticleRow).c, table(ArticleKeyRow).c, table(RevisionRow).c
_BEARING = Prepared(
    sqlalchemy.select(_key.key, _key.article_id, _revision_of.text_hash)
    .join(table(ArticleRow), _article.id == _key.article_id)
    .join(table(RevisionRow), and_(_revision_of.article_id == _article.id, _revision_of.number == _article.revision))
    .where(_key.key.in_(IDS))
)
_NO_DATELINE = dict.fromkeys(("dateline", "dateline_place", "dateline_agency", "dateline_date"))
_PLAIN = ("title", "url", "external_id", "language")  # columns that hold what was sent, as it was sent


@dataclass(slots=True)
class FreshArticle:
    """An article that is about to be stored, under an id that was drawn for it. `dateline` are columns of its row."""

    id: int
    draft: ArticleDraft
    keys: list[str]
    text_hash: str
    dateline: dict[str, Any] = field(default_factory=dict)
    source_id: int | None = None
    time_key: int | None = None
    revision: int = 1
    earliest: int = field(init=False)
    latest: int = field(init=False)

    def __post_init__(self) -> None:
        self.earliest, self.latest = _ends(self.draft.published)


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


@dataclass(frozen=True, slots=True)
class Known:
    """An article that bears a key, and the hash of its current text."""

    article_id: int
    text_hash: str

    def has(self, text: str) -> bool:
        return self.text_hash == text_hash(text)


def known_as(session: Session, draft: ArticleDraft) -> Known | None:
    """The article that the draft is one of: by the first of its natural keys that any bears."""
    keys = natural_keys(draft)
    known = stored_as(session, keys)
    return next((known[key] for key in keys if key in known), None)


def stored_as(session: Session, keys: Iterable[str]) -> dict[str, Known]:
    """By key: the article that bears it."""
    return {key: Known(article_id, text_hash) for key, article_id, text_hash in _BEARING.rows_of(session, keys)}


def has_text(session: Session, article: ArticleRow, text: str) -> bool:
    stored = select(RevisionRow.text_hash).where(RevisionRow.article_id == article.id, RevisionRow.number == article.revision)
    return session.exec(stored).one() == text_hash(text)


def by_url(session: Session, url: str) -> int:
    """Raises NotFound when no article has that address, after normalising."""
    known = session.get(ArticleKeyRow, f"url {address_key(url)}")
    if known is None:
        raise NotFound(f"there is no article with the address {url}")
    return known.article_id


def set_sources(session: Session, new: Sequence[FreshArticle]) -> None:
    ids = sources.ids(session, (article.draft.source for article in new))
    for article in new:
        article.source_id = ids.get(name_key(article.draft.source or ""))


def add_fresh(session: Session, new: Sequence[FreshArticle], made_by: str, now: datetime) -> None:
    """Store articles whose keys nobody bears, and their first revisions; what stands in a text is written by its neighbours."""
    columns = [
        {
            "id": article.id,
            "source_id": article.source_id,
            "title": draft.title,
            "url": draft.url,
            "external_id": draft.external_id,
            "published": draft.published,
            "language": draft.language,
            "earliest": article.earliest,
            "latest": article.latest,
            "time_key": article.time_key,
            **_NO_DATELINE,
            **article.dateline,
        }
        for article in new
        for draft in (article.draft,)
    ]
    rows.add(session, ArticleRow, columns, {"revision": 1, "recorded_at": now, "changed_at": now})
    rows.add(session, ArticleKeyRow, [{"key": key, "article_id": article.id} for article in new for key in article.keys])
    rows.add(session, ArticleAuthorRow, [author for article in new for author in _authors(article.id, article.draft.authors)])
    revisions = [{"article_id": article.id, "text": article.draft.text, "text_hash": article.text_hash} for article in new]
    rows.add(session, RevisionRow, revisions, {"number": 1, "recorded_at": now})
    changes.record_all(session, "article", [(article.id, "created", made_by) for article in new], now)


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


def _external_key(source: str | None, external_id: str) -> str:
    return bounded(f"id {name_key(source or '')} {external_id}")


def _set(session: Session, article: ArticleRow, given: dict[str, Any]) -> None:
    article.sqlmodel_update({field: given[field] for field in _PLAIN if field in given})
    if "published" in given:
        article.sqlmodel_update(_published(given["published"]))
    if "source" in given:
        article.source_id = sources.ids(session, [given["source"]]).get(name_key(given["source"] or ""))


def _metadata(session: Session, article: ArticleRow) -> list[Any]:
    authors = select(ArticleAuthorRow.name).where(ArticleAuthorRow.article_id == article.id)
    in_order = session.exec(authors.order_by(col(ArticleAuthorRow.position))).all()
    return [*(getattr(article, name) for name in (*_PLAIN, "published", "source_id")), *in_order]


def _ends(published: str | None) -> tuple[int, int]:
    return stretch(published) if published else (UNDATED, UNDATED)


def _published(published: str | None) -> dict[str, Any]:
    earliest, latest = _ends(published)
    return {"published": published, "earliest": earliest, "latest": latest}


def _authors(article_id: int, names: Sequence[str]) -> list[dict[str, Any]]:
    return [{"article_id": article_id, "position": i, "name": name, "key": name_key(name)} for i, name in enumerate(names)]


def _revision(article: ArticleRow, text: str, now: datetime) -> dict[str, Any]:
    own = {"article_id": article.id, "number": article.revision}
    return {**own, "text": text, "text_hash": text_hash(text), "recorded_at": now}


def _set_keys(session: Session, article: ArticleRow) -> None:
    """An address once borne stays the article's: links to it go on working."""
    keys = [f"url {address_key(article.url)}"] if article.url else []
    if article.external_id:
        keys.append(_external_key(sources.name(session, article), article.external_id))
    for key in keys:
        known = session.get(ArticleKeyRow, key)
        if known is not None and known.article_id != article.id:
            raise AlreadyStored(f"article {known.article_id} already has that address or id", f"/articles/{known.article_id}")
        if known is None:
            session.add(ArticleKeyRow(key=key, article_id=article.id))
