"""The log of changes. A row is written in the transaction of the change itself, so that neither can be there without the other.

Whoever has read up to a number must never be shown a lower one later: numbers are given in the order of the commits. In SQLite they
are, for `Database.transaction` begins IMMEDIATE: there is one writer at a time, from before its first number to behind its commit;
and AUTOINCREMENT never gives a number twice, not even the newest after it was forgotten. In PostgreSQL a sequence gives numbers to
transactions that go on side by side, and the higher may be committed first. There each transaction must take its numbers at its
end, from a row that it locks until it is committed (`UPDATE counter SET seq = seq + n RETURNING seq`), which leaves no gaps either.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy
from sqlalchemy import func
from sqlmodel import Session, col, select

from app.errors import LogTooShort
from app.models.changes import Action, ChangedKind, ChangeQuery, ChangeRow, ChangeStreamQuery
from app.models.fields import MAX_ID, Json
from app.models.lists import Applied
from app.store import numbering, rows
from app.store.pages import Order, page, walk
from app.store.prepared import IDS, Prepared, instant, table

_change = table(ChangeRow).c
_SHOWN = ("seq", "kind", "id", "action", "made_by", "recorded_at", "revision", "into")
_FORGOTTEN_AT_ONCE = 10_000  # rows of one transaction: a fraction of a second for other writers
_AGAIN = "Note `latest` of /changes without since, read everything again, then go on with since=latest"
_ENDS = Prepared(
    sqlalchemy.select(
        sqlalchemy.select(func.min(_change.seq)).scalar_subquery(), sqlalchemy.select(func.max(_change.seq)).scalar_subquery()
    )
)
_ROWS = Prepared(
    sqlalchemy.select(
        *(_change.seq, _change.kind, _change.object_id, _change.action, _change.made_by),
        *(instant(_change.recorded_at), _change.revision, _change.into_id),
    )
    .where(_change.seq.in_(IDS))
    .order_by(_change.seq)
)


def record(
    session: Session,
    kind: ChangedKind,
    object_id: int,
    action: Action,
    made_by: str,
    at: datetime,
    *,
    revision: int | None = None,
    into: int | None = None,
) -> None:
    """`revision`: of an article that was `revised`. `into`: of an entity that was `merged` or `unmerged`."""
    told = {"kind": kind, "object_id": object_id, "action": action, "made_by": made_by, "recorded_at": at}
    rows.add(session, ChangeRow, [{**told, "revision": revision, "into_id": into}])


def record_all(session: Session, kind: ChangedKind, changed: Iterable[tuple[int, Action, str]], at: datetime) -> None:
    """`changed`: id, what was done, and by whom; in the order in which it happened."""
    told = [{"object_id": i, "action": action, "made_by": by} for i, action, by in changed]
    rows.add(session, ChangeRow, told, {"kind": kind, "recorded_at": at})


def latest(session: Session) -> int:
    """The newest number there is, 0 before the first; also when everything was forgotten."""
    return _ends(session)[1]


def find(session: Session, query: ChangeQuery) -> tuple[Json, str | None]:
    """Changes after `since`, or all that the log holds, oldest first.

    Raises:
        LogTooShort: as `refuse_unknown`.
    """
    forgotten, newest = _ends(session) if query.since is None else (0, refuse_unknown(session, query.since))
    wanted = _after(query.since or 0, query)
    found = walk(session, wanted, Order(col(ChangeRow.seq), col(ChangeRow.seq), descending=False), query)
    notes = [f"the log begins at {forgotten + 1}; what changed before is no longer known"] if forgotten else []
    applied = Applied(sort="seq", q=None, entities=[], ranges=[], notes=notes)
    return page(_read(session, found.ids), found, applied, latest=newest)


def following(session: Session, query: ChangeStreamQuery, since: int, most: int) -> tuple[list[Json], int]:
    """The next changes after `since`, oldest first, at most that many, and up to which number there are no others.

    Raises:
        LogTooShort: as `refuse_unknown`.
    """
    newest = refuse_unknown(session, since)
    ids = list(session.scalars(_after(since, query).order_by(col(ChangeRow.seq)).limit(most)))
    return _read(session, ids), (ids[-1] if len(ids) == most else newest)


def refuse_unknown(session: Session, since: int) -> int:
    """The newest number there is.

    Raises:
        LogTooShort: when the log begins later than the change after `since`, or ends before it: then it is another archive, or an
            older state of this one.
    """
    forgotten, newest = _ends(session)
    if since < forgotten:
        raise LogTooShort(f"the log begins at {forgotten + 1}; what changed after {since} is no longer known. {_AGAIN}")
    if since > newest:
        raise LogTooShort(
            f"the log ends at {newest}; {since} is of another archive, or of this one before it was put back to an older state."
            f" {_AGAIN}"
        )
    return newest


def forget(session: Session, before: datetime) -> int:
    """Shorten the log by what was recorded before that moment: how many rows. 0 when there is no more to forget."""
    seq, recorded_at = col(ChangeRow.seq), col(ChangeRow.recorded_at)
    first_kept = sqlalchemy.select(seq).where(recorded_at >= before).order_by(seq).limit(1).scalar_subquery()
    old = sqlalchemy.select(seq).where(seq < func.coalesce(first_kept, MAX_ID)).order_by(seq).limit(_FORGOTTEN_AT_ONCE)
    return int(session.connection().execute(sqlalchemy.delete(table(ChangeRow)).where(_change.seq.in_(old))).rowcount)


def _ends(session: Session) -> tuple[int, int]:
    """The last number that was forgotten, and the newest that was given; both 0 in a new archive."""
    ((oldest, newest),) = _ENDS.rows(session)
    if oldest is None:
        given = numbering.last_given(session, "change")
        return given, given
    return oldest - 1, newest


def _after(since: int, query: ChangeQuery | ChangeStreamQuery) -> Any:
    wanted = select(ChangeRow.seq).where(col(ChangeRow.seq) > since)
    if query.kind:
        wanted = wanted.where(col(ChangeRow.kind).in_(query.kind))
    return wanted.where(col(ChangeRow.action).in_(query.action)) if query.action else wanted


def _read(session: Session, ids: Sequence[int]) -> list[Json]:
    return [dict(zip(_SHOWN, row, strict=True)) for row in _ROWS.rows(session, ids)]
