"""Pages of a list: walked by a cursor, so that nothing comes twice and nothing that was there is missed.

A cursor holds a digest of the filters, the sort key and the id of the last row. Sorting by relevance has no key that stays: each
new article shifts every score. There the cursor holds the ids that were shown, and after RANKED_CEILING of them the rest follows
newest first; see docs/decisions/0005-cursors.md.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, SQLColumnExpression, func, select, tuple_, union
from sqlmodel import Session

from app.errors import BadCursor
from app.models.fields import MAX_ID, Json
from app.models.lists import Applied, ListQuery, Total

CAP = 10_000
RANKED_CEILING = 1000


@dataclass(frozen=True, slots=True)
class Order:
    """A total order: by `key`, then by `id`, both in one direction."""

    key: SQLColumnExpression[Any]
    id: SQLColumnExpression[int]
    descending: bool
    read: Callable[[Any], Any] = int

    def sorted(self, rows: Select[Any], after: list[Any] | None) -> Any:
        pair = tuple_(self.key, self.id)
        if after is not None:
            last = tuple_(*after)
            rows = rows.where(pair < last if self.descending else pair > last)
        ends = (self.key.desc(), self.id.desc()) if self.descending else (self.key.asc(), self.id.asc())
        return _only(rows, self.id.label("id"), self.key.label("key")).order_by(*ends)


@dataclass(frozen=True, slots=True)
class Found:
    ids: list[int]
    cursor: str | None
    total: Total | None


def _only(rows: Select[Any], *columns: Any) -> Any:
    """The same rows with these columns; their types are lost on the way."""
    return rows.with_only_columns(*columns)


def read_moment(value: Any) -> datetime:
    return datetime.fromisoformat(value)


def walk(session: Session, alternatives: Sequence[tuple[Select[Any], Order]], query: ListQuery) -> Found:
    """One page of the rows that any of the alternatives finds; each brings its own columns of one and the same order."""
    after = _after(query, alternatives[0][1].read)
    rows: set[tuple[Any, int]] = set()
    for found, order in alternatives:
        rows.update((row.key, row.id) for row in session.execute(order.sorted(found, after).limit(query.limit + 1)))
    page = sorted(rows, reverse=alternatives[0][1].descending)[: query.limit + 1]
    cursor = None
    if len(page) > query.limit:
        key, row_id = page[query.limit - 1]
        cursor = _encode([query.digest(), key.isoformat() if isinstance(key, datetime) else key, row_id])
    ids = [row_id for _, row_id in page[: query.limit]]
    return Found(ids, cursor, total(session, [found for found, _ in alternatives], query))


def walk_ranked(session: Session, found: Select[Any], scores: Select[int, float], rest: Order, query: ListQuery) -> Found:
    """One page of the rows in the order of their scores, best first; behind RANKED_CEILING of them the others by `rest`."""
    seen, after = _after_ranked(query)
    unseen = found.where(rest.id.not_in(seen)) if seen else found
    if after is None and len(seen) < RANKED_CEILING:
        ranked = scores.subquery()
        rows = unseen.join(ranked, ranked.c.id == rest.id)
        statement = _only(rows, rest.id.label("id"), rest.key.label("key")).order_by(ranked.c.score, rest.id.desc())
        more_seen = True
    else:
        statement, more_seen = rest.sorted(unseen, after), False
    page = session.execute(statement.limit(query.limit + 1)).all()
    ids = [row.id for row in page[: query.limit]]
    cursor = None
    if len(page) > query.limit:
        last = page[query.limit - 1]
        shown = seen + ids if more_seen else seen
        cursor = _encode([query.digest(), _pack(shown), *([] if more_seen else [last.key, last.id])])
    return Found(ids, cursor, total(session, [found], query))


def total(session: Session, found: Sequence[Select[Any]], query: ListQuery) -> Total | None:
    """How many there are: exact up to CAP, as exact as asked beyond."""
    if query.total == "none":
        return None
    ids = [rows.with_only_columns(rows.selected_columns[0].label("id")) for rows in found]
    every = union(*(select(rows.subquery().c.id) for rows in ids)) if len(ids) > 1 else ids[0]
    if query.total == "capped":
        every = every.limit(CAP + 1)
    value = session.execute(select(func.count()).select_from(every.subquery())).scalar_one()
    if query.total == "capped" and value > CAP:
        return Total(value=CAP, relation="gte")
    return Total(value=value, relation="eq")


def page(items: list[Json], found: Found, applied: Applied, **more: Any) -> tuple[Json, str | None]:
    """The page in the shape of `Page`, and the cursor of the next; the door makes an address of that for `next`."""
    total_ = None if found.total is None else found.total.model_dump()
    return {"items": items, "next": None, "total": total_, "applied": applied.model_dump(), **more}, found.cursor


def _after(query: ListQuery, read: Callable[[Any], Any]) -> list[Any] | None:
    if query.cursor is None:
        return None
    match _decode(query):
        case [key, int(row_id)] if not isinstance(key, bool):
            with suppress(ValueError, TypeError):
                return [read(key), row_id]
    raise BadCursor("the cursor is damaged; begin again without it")


def _after_ranked(query: ListQuery) -> tuple[list[int], list[Any] | None]:
    if query.cursor is None:
        return [], None
    match _decode(query):
        case [str(packed)]:
            return _unpack(packed), None
        case [str(packed), int(key), int(row_id)]:
            return _unpack(packed), [key, row_id]
    raise BadCursor("the cursor is damaged; begin again without it")


def _encode(parts: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode().rstrip("=")


def _decode(query: ListQuery) -> list[Any]:
    """What the cursor holds behind its digest."""
    given = query.cursor or ""
    try:
        parts = json.loads(base64.b64decode(given + "=" * (-len(given) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise BadCursor("the cursor is damaged; begin again without it") from None
    if not isinstance(parts, list) or not parts or any(isinstance(part, int) and abs(part) >= 2**63 for part in parts):
        raise BadCursor("the cursor is damaged; begin again without it")
    if parts[0] != query.digest():
        raise BadCursor("the cursor belongs to a search with other filters; begin again without it")
    return parts[1:]


def _pack(ids: list[int]) -> str:
    """Ascending ids as differences, seven bits a byte: about three characters each."""
    packed, before = bytearray(), 0
    for row_id in sorted(ids):
        step, before = row_id - before, row_id
        while step > 127:
            packed.append(step & 127 | 128)
            step >>= 7
        packed.append(step)
    return base64.urlsafe_b64encode(packed).decode()


def _unpack(packed: str) -> list[int]:
    ids: list[int] = []
    step = shift = 0
    try:
        for byte in base64.b64decode(packed, altchars=b"-_", validate=True):
            step |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                ids.append((ids[-1] if ids else 0) + step)
                step = shift = 0
    except binascii.Error:
        ids = [MAX_ID + 1]
    if ids and ids[-1] > MAX_ID:
        raise BadCursor("the cursor is damaged; begin again without it")
    return ids
