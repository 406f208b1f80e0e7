"""The log of changes. A row is written in the transaction of the change itself, so that neither can be there without the other."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.errors import LogTooShort
from app.models.changes import Action, Change, ChangedKind, ChangePage, ChangeQuery, ChangeRow
from app.models.lists import Applied
from app.store import rows
from app.store.pages import Order, walk


def record(session: Session, kind: ChangedKind, object_id: int, action: Action, made_by: str, at: datetime) -> None:
    record_all(session, kind, [(object_id, action, made_by)], at)


def record_all(session: Session, kind: ChangedKind, changed: Iterable[tuple[int, Action, str]], at: datetime) -> None:
    """`changed`: id, what was done, and by whom; in the order in which it happened."""
    told = [{"kind": kind, "object_id": i, "action": action, "made_by": by, "recorded_at": at} for i, action, by in changed]
    rows.add(session, ChangeRow, told)


def find(session: Session, query: ChangeQuery) -> tuple[ChangePage, str | None]:
    """Changes after `since`, oldest first.

    Raises:
        LogTooShort: when the log begins later than the change after `since`.
    """
    oldest, latest = session.execute(select(func.min(ChangeRow.seq), func.max(ChangeRow.seq))).one()
    if oldest is not None and query.since < oldest - 1:
        raise LogTooShort(
            f"the log begins at {oldest}; what changed after {query.since} is no longer known. Read everything again."
        )
    wanted = select(ChangeRow.seq).where(col(ChangeRow.seq) > query.since)
    if query.kind:
        wanted = wanted.where(col(ChangeRow.kind).in_(query.kind))
    found = walk(session, wanted, Order(col(ChangeRow.seq), col(ChangeRow.seq), descending=False), query)
    stored = session.exec(select(ChangeRow).where(col(ChangeRow.seq).in_(found.ids)).order_by(col(ChangeRow.seq))).all()
    applied = Applied(sort="seq", q=None, entities=[], ranges=[], notes=[])
    page = ChangePage(items=[_shown(row) for row in stored], next=None, total=found.total, applied=applied, latest=latest or 0)
    return page, found.cursor


def _shown(row: ChangeRow) -> Change:
    return Change.model_validate({**row.model_dump(), "id": row.object_id})
