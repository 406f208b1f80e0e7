"""Which entities a person means while typing, or looks through."""

from typing import Any

from sqlalchemy import ColumnElement, Select
from sqlmodel import Session, col, select

from app.folding import name_key
from app.models.entities import EntityQuery, EntityRow, NameWordRow
from app.models.fields import Json
from app.models.lists import Applied
from app.store import entities
from app.store.pages import Order, page, walk

BEST = 10
# One that was merged is found as the one that stands for it, which has its words too.
_SHOWN = (col(EntityRow.withdrawn_at).is_(None), col(EntityRow.merged_into).is_(None))


def find(session: Session, query: EntityQuery) -> tuple[Json, str | None]:
    """One page, and the cursor of the next."""
    rows = select(EntityRow.id).where(*_SHOWN)
    if query.q is not None:
        rows = rows.where(*_bears_words(query.q))
    if query.type:
        rows = rows.where(col(EntityRow.type).in_(query.type))
    orders = {
        "name": Order(col(EntityRow.name_key), col(EntityRow.id), descending=False, read=str),
        "-mentions": Order(col(EntityRow.mentions), col(EntityRow.id), descending=True),
    }
    found = walk(session, rows, orders[query.sort], query)
    q = None if query.q is None else name_key(query.q)
    applied = Applied(sort=query.sort, q=q, entities=[], ranges=[], notes=[])
    return page(entities.read(session, found.ids), found, applied)


def suggest(session: Session, q: str) -> list[Json]:
    """The best ten whose names have these words, the last one as a beginning: the most often named first."""
    rows: Select[Any] = select(EntityRow.id).where(*_SHOWN, *_bears_words(q))
    best = rows.order_by(col(EntityRow.mentions).desc(), col(EntityRow.id)).limit(BEST)
    return entities.read(session, list(session.scalars(best)))


def _bears_words(q: str) -> list[ColumnElement[bool]]:
    """Each word stands in some name of the entity, the last one at least as a beginning; without a word, nothing matches."""
    *whole, last = name_key(q).split() or [""]
    if not last:
        return [col(EntityRow.id).is_(None)]
    words = col(NameWordRow.word)
    conditions = [words == word for word in whole] + [(words >= last) & (words < f"{last}\U0010ffff")]
    return [col(EntityRow.id).in_(select(NameWordRow.entity_id).where(condition)) for condition in conditions]
