"""procrastinate as the queue, on PostgreSQL: a job for each row that is due, and workers that are woken by it.

Its tables stand in a schema of their own, for they need triggers, NOTIFY and enums, which other databases of the same protocol lack
and ours do without. They hold nothing that is not in our rows: a worker makes the jobs that are missing.
"""

import asyncio
import re
from itertools import groupby
from typing import Any

import procrastinate
import psycopg
from procrastinate.exceptions import ConnectorException
from procrastinate.schema import SchemaManager
from procrastinate.sql import queries
from sqlmodel import Session, select

from app.errors import StorageUnavailable
from app.queues import awake
from app.queues.due import Work
from app.store.database import Database
from app.store.prepared import driver

SCHEMA = "procrastinate"
_FUNCTIONS = sorted(
    set(re.findall(r"\b(procrastinate_\w+_v\d+)\(", " ".join(queries.values())))
)  # each has its version in its name
_OTHERS = ("cockroach", "-yb-", "yugabyte")  # speak as PostgreSQL does, and have no triggers or no NOTIFY
_OTHER_VERSION = (
    "procrastinate's tables in the database are not those of procrastinate {}: end every process of this archive and put in"
    f" DROP SCHEMA {SCHEMA} CASCADE; they are made anew at the next start, and whatever waits with them"
)
_FIRST = "SELECT set_config('search_path', %s || ', ' || current_setting('search_path'), true) WHERE"
_DEFERRING = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())  # never opened: it is given connections


class Procrastinate:
    def tell(self, session: Session, kind: Any, where: Any) -> None:
        """A job for each, to be fetched when the row is due; there if the transaction is kept, and only then."""
        session.flush()
        due = session.exec(select(kind.due_at, kind.id).where(kind.due_at.is_not(None), where).order_by(kind.due_at, kind.id)).all()
        if not due:
            return
        connection, name = driver(session), kind.__tablename__
        connection.execute(f"{_FIRST} current_setting('search_path') NOT LIKE %s || ',%%'", [SCHEMA, SCHEMA])
        try:
            for due_at, rows in groupby(due, lambda row: row[0]):
                task = _DEFERRING.configure_task(name, queue=name, schedule_at=due_at, connection=connection)
                task.batch_defer(*[{"row_id": row_id} for _, row_id in rows])
        except ConnectorException as error:
            raise _meant(error) from error

    def work(self, work: Work) -> None:
        asyncio.run(awake.Workers(self, SCHEMA, work).work())


def ready(database: Database) -> Procrastinate:
    """With its tables made, if there are none.

    Raises:
        StorageUnavailable: when the server or the user cannot have them, or they are those of another version.
    """
    with database.reading() as session:
        if _is_complete(session):
            return Procrastinate()
        _refuse_what_cannot_work(session)
    with database.transaction() as session:  # one process at a time; the others find them there
        if not _is_complete(session):
            schema = SchemaManager.get_schema()
            driver(session).execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}; SET LOCAL search_path TO {SCHEMA}; {schema}")
    return Procrastinate()


def _is_complete(session: Session) -> bool:
    """Whether all functions that this version calls are there; false when none is.

    Raises:
        StorageUnavailable: when only some are.
    """
    asked = "SELECT proname FROM pg_proc WHERE pronamespace = to_regnamespace(%s)"
    there = {name for (name,) in driver(session).execute(asked, [SCHEMA])}
    if there and not there.issuperset(_FUNCTIONS):
        raise StorageUnavailable(_OTHER_VERSION.format(procrastinate.__version__))
    return bool(there)


def _refuse_what_cannot_work(session: Session) -> None:
    asked = "SELECT lower(version()), pg_is_in_recovery(), has_database_privilege(current_database(), 'CREATE')"
    version, is_standby, may_create = driver(session).execute(asked).fetchone()
    if any(sign in version for sign in _OTHERS):
        raise StorageUnavailable(
            "procrastinate needs triggers and NOTIFY, which this database does not have; set DATELINE_QUEUE=table"
        )
    if is_standby:
        raise StorageUnavailable("the database is a standby, where procrastinate's tables cannot be made")
    if not may_create:
        raise StorageUnavailable("the user of the database may not make procrastinate's schema: GRANT CREATE ON DATABASE to it")


def _meant(error: ConnectorException) -> Exception:
    """The driver's own error, which the database translates."""
    cause = error.__cause__
    if isinstance(cause, psycopg.errors.UndefinedFunction | psycopg.errors.UndefinedObject | psycopg.errors.InvalidSchemaName):
        return StorageUnavailable("procrastinate's tables are gone; end every process of this archive and start it again")
    return cause if isinstance(cause, psycopg.Error) else error
