"""Outlets. Nothing here commits."""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import select
from sqlmodel import Session

from app.folding import name_key
from app.models.articles import ArticleRow, SourceRow
from app.store import rows
from app.store.prepared import IDS, Prepared, table

_source = table(SourceRow).c
_KNOWN = Prepared(select(_source.key, _source.id).where(_source.key.in_(IDS)))


def ids(session: Session, names: Iterable[str | None]) -> dict[str, int]:
    """The outlets by their folded names; those that are not stored yet are."""
    wanted: dict[str, str] = {}
    for name in names:
        if name is not None:
            wanted.setdefault(name_key(name), name)
    found: dict[str, int] = dict(_KNOWN.rows_of(session, wanted))
    new = [key for key in wanted if key not in found]
    now = datetime.now(UTC)
    new_ids = rows.add_numbered(session, SourceRow, [{"name": wanted[key], "key": key, "recorded_at": now} for key in new])
    return found | dict(zip(new, new_ids, strict=True))


def name(session: Session, article: ArticleRow) -> str | None:
    source = session.get(SourceRow, article.source_id) if article.source_id else None
    return source.name if source else None
