"""Pages of a list: walked by a cursor, so that nothing comes twice and nothing that was there is missed.

A cursor holds a digest of the filters and where the last row stands: its place in the order of publication, which it has alone, or
the key of another order with its id. Sorting by relevance has no key that stays: each new article shifts every score. There the
cursor holds the ids that were shown, and after RANKED_CEILING of them the rest follows newest first; see
docs/decisions/0005-cursors.md.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, SQLColumnExpression, func, select, tuple_
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


def walk(session: Session, found: Select[Any], order: Order, query: ListQuery) -> Found:
    """One page of the rows in this order."""
    rows = session.execute(order.sorted(found, after_pair(query, order)).limit(query.limit + 1)).all()
    ids, cursor = by_pair(query, rows)
    return Found(ids, cursor, _total(session, found, query))


def by_pair(query: ListQuery, rows: Sequence[Any]) -> tuple[list[int], str | None]:
    """Ids of a page whose rows are (id, key), one more than are shown where there are more; and the cursor of the next."""
    ids = [row.id for row in rows[: query.limit]]
    if len(rows) <= query.limit:
        return ids, None
    last = rows[query.limit - 1]
    return ids, cursor_of(query, last.key.isoformat() if isinstance(last.key, datetime) else last.key, last.id)


def _total(session: Session, found: Select[Any], query: ListQuery) -> Total | None:
    """How many there are: exact up to CAP, as exact as asked beyond."""
    if query.total == "none":
        return None
    every = found.limit(CAP + 1) if query.total == "capped" else found
    value = session.execute(select(func.count()).select_from(every.subquery())).scalar_one()
    if query.total == "capped" and value > CAP:
        return Total(value=CAP, relation="gte")
    return Total(value=value, relation="eq")


def page(items: list[Json], found: Found, applied: Applied, **more: Any) -> tuple[Json, str | None]:
    """The page in the shape of `Page`, and the cursor of the next; the door makes an address of that for `next`."""
    total_ = None if found.total is None else found.total.model_dump()
    return {"items": items, "next": None, "total": total_, "applied": applied.model_dump(), **more}, found.cursor


def after_pair(query: ListQuery, order: Order) -> list[Any] | None:
    """Key and id of the last row shown."""
    if query.cursor is None:
        return None
    match _decode(query):
        case [key, int(row_id)] if not isinstance(key, bool):
            with suppress(ValueError, TypeError):
                return [order.read(key), row_id]
    raise BadCursor("the cursor is damaged; begin again without it")


def after_key(query: ListQuery) -> int | None:
    """The key of the last row shown."""
    if query.cursor is None:
        return None
    match _decode(query):
        case [int(key)]:
            return key
    raise BadCursor("the cursor is damaged; begin again without it")


def after_ranked(query: ListQuery) -> tuple[list[int], int | None]:
    """The ids shown by their scores, and behind them the key of the last row shown newest first."""
    if query.cursor is None:
        return [], None
    match _decode(query):
        case [str(packed)]:
            return _unpack(packed), None
        case [str(packed), int(key)]:
            return _unpack(packed), key
    raise BadCursor("the cursor is damaged; begin again without it")


def refuse_foreign(query: ListQuery) -> None:
    """Where nothing is looked for: still say that a cursor is not of this search."""
    if query.cursor is not None:
        _decode(query)


def cursor_of(query: ListQuery, *parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps([query.digest(), *parts], separators=(",", ":")).encode()).decode().rstrip("=")


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


def pack(ids: list[int]) -> str:
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


def by_key(query: ListQuery, rows: Sequence[tuple[int, int]]) -> tuple[list[int], str | None]:
    """The ids of one page, of (id, key) of one row more than it has, and the cursor of the next."""
    page_ = rows[: query.limit]
    return [row_id for row_id, _ in page_], cursor_of(query, page_[-1][1]) if len(rows) > query.limit else None
