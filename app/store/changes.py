"""The log of changes. A row is written in the transaction of the change itself, so that neither can be there without the other."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy
from sqlalchemy import func
from sqlmodel import Session, col, select

from app.errors import LogTooShort
from app.models.changes import Action, ChangedKind, ChangeQuery, ChangeRow
from app.models.fields import Json
from app.models.lists import Applied
from app.store import rows
from app.store.pages import Order, page, walk
from app.store.prepared import IDS, Prepared, instant, table

_change = table(ChangeRow).c
_SHOWN = ("seq", "kind", "id", "action", "made_by", "recorded_at")
_ENDS = Prepared(
    sqlalchemy.select(
        sqlalchemy.select(func.min(_change.seq)).scalar_subquery(), sqlalchemy.select(func.max(_change.seq)).scalar_subquery()
    )
)
_ROWS = Prepared(
    sqlalchemy.select(_change.seq, _change.kind, _change.object_id, _change.action, _change.made_by, instant(_change.recorded_at))
    .where(_change.seq.in_(IDS))
    .order_by(_change.seq)
)


def record(session: Session, kind: ChangedKind, object_id: int, action: Action, made_by: str, at: datetime) -> None:
    record_all(session, kind, [(object_id, action, made_by)], at)


def record_all(session: Session, kind: ChangedKind, changed: Iterable[tuple[int, Action, str]], at: datetime) -> None:
    """`changed`: id, what was done, and by whom; in the order in which it happened."""
    told = [{"object_id": i, "action": action, "made_by": by} for i, action, by in changed]
    rows.add(session, ChangeRow, told, {"kind": kind, "recorded_at": at})


def find(session: Session, query: ChangeQuery) -> tuple[Json, str | None]:
    """Changes after `since`, oldest first.

    Raises:
        LogTooShort: when the log begins later than the change after `since`.
    """
    ((oldest, latest),) = _ENDS.rows(session)
    if oldest is not None and query.since < oldest - 1:
        raise LogTooShort(
            f"the log begins at {oldest}; what changed after {query.since} is no longer known. Read everything again."
        )
    wanted = select(ChangeRow.seq).where(col(ChangeRow.seq) > query.since)
    if query.kind:
        wanted = wanted.where(col(ChangeRow.kind).in_(query.kind))
    found = walk(session, wanted, Order(col(ChangeRow.seq), col(ChangeRow.seq), descending=False), query)
    items = [dict(zip(_SHOWN, row, strict=True)) for row in _ROWS.rows(session, found.ids)]
    return page(items, found, Applied(sort="seq", q=None, entities=[], ranges=[], notes=[]), latest=latest or 0)
