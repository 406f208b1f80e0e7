"""How a worker comes to what is due: runs of extractors, looks at feeds, entries of feeds.

What waits is a row with a `due_at`, in every database, and a worker takes it on a lease: `due_at` is then the lease's end. A queue
only brings the two together. `table` has workers look into the tables again and again; `procrastinate` has a job for each row that
is due, made in the same transaction, and wakes a worker by it. A job is only a hint: one whose row is not due does nothing, and a
row without a job is found. So one queue may be changed for the other at any time. See docs/decisions/0015-queue.md.
"""

from typing import Any, Literal

import structlog
from sqlmodel import Session

from app.errors import StorageUnavailable
from app.queues import table
from app.queues.due import ANY, Queue, Tasks, Which, Work
from app.store.database import Database

__all__ = ["ANY", "Queue", "Tasks", "Wanted", "Which", "Work", "choose", "of", "tell"]
Wanted = Literal["auto", "table", "procrastinate"]
_QUEUE = "queue"
log = structlog.get_logger("dateline.worker")


def choose(database: Database, wanted: Wanted) -> None:
    """Which queue rows of this archive are told to and taken from; without a choice it is the table. It is made ready.

    Raises:
        StorageUnavailable: when procrastinate is wanted and cannot be had.
    """
    if wanted == "table" or (wanted == "auto" and database.engine.dialect.name != "postgresql"):
        return
    try:
        database.info[_QUEUE] = _procrastinate(database)
    except StorageUnavailable as error:
        if wanted == "procrastinate":
            raise
        log.warning("workers look into the tables", detail=str(error))


def of(bound: Session | Database) -> Queue:
    """The queue that was chosen."""
    chosen: Queue = bound.info.get(_QUEUE) or table.QUEUE
    return chosen


def tell(session: Session, kind: Any, where: Any) -> None:
    """As `Queue.tell`, for whoever makes rows due."""
    of(session).tell(session, kind, where)


def _procrastinate(database: Database) -> Queue:
    if database.engine.dialect.name != "postgresql":
        raise StorageUnavailable("procrastinate works on PostgreSQL only; leave DATELINE_QUEUE unset, or set it to table")
    try:
        from app.queues import procrastinate
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("app"):
            raise
        raise StorageUnavailable(f"{error.name} is not installed; install dateline[postgresql]") from None
    return procrastinate.ready(database)
