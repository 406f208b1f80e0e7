"""The log of changes shortened by what is older than somebody wants to keep."""

from datetime import UTC, datetime, timedelta

import structlog

from app.store import changes
from app.store.database import Database
from app.store.retrying import retried_by_key

log = structlog.get_logger("dateline")


def forget_old_changes(database: Database, keep_days: float) -> int:
    """How many entries were forgotten. In many short transactions, so that nobody waits long to write.

    Raises:
        Busy, StorageFull, StorageUnavailable: what was forgotten until then is.
    """
    before = datetime.now(UTC) - timedelta(days=keep_days)
    forgotten = 0
    while some := _forget_some(database, before):
        forgotten += some
    if forgotten:
        log.info("changes forgotten", entries=forgotten, older_than_days=keep_days)
    return forgotten


@retried_by_key
def _forget_some(database: Database, before: datetime) -> int:
    with database.transaction() as session:
        return changes.forget(session, before)
