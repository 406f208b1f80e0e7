"""PostgreSQL 15 and newer, and what speaks as it does, through psycopg.

Writers take turns: each locks one row before it reads anything, and holds it until it is committed. So what a writer reads stays
true while it writes, ids and the numbers of changes have no gaps and are given in the order of the commits, and no two writers can
wait for one another. See docs/decisions/0014-one-writer.md.

Nothing here needs what other databases of the same protocol lack: no sequences, no triggers, no advisory lock but for migrations.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from psycopg import errors as pg
from psycopg import sql
from sqlalchemy import URL, Connection, Engine, create_engine
from sqlmodel import Session

from app.errors import Busy, Lost, Overtaken, ReadOnly, StorageFull, StorageUnavailable, Unreachable
from app.store.prepared import driver

OLDEST = 15
CONNECT_TIMEOUT_S = 2  # for each of several hosts; libpq takes no less
RECYCLE_S = 300  # so that readers come back to a standby that was away
IDLE_LIMIT_S = 120  # a writer that has vanished holds up the others no longer
_SERVER_SETTINGS = {
    "timezone": "UTC",
    "jit": "off",  # compiling a statement takes longer than most of them
    "enable_seqscan": "off",  # what fetches the words of a row from elsewhere is reckoned at nothing
    "plan_cache_mode": "force_custom_plan",  # how frequent a word is decides which index is read
    "idle_in_transaction_session_timeout": f"{IDLE_LIMIT_S}s",
}
_COMMITS = {"FULL": "on", "NORMAL": "off"}  # whatever the server is set to; `options` of the address may say `remote_apply`
# admin shutdown, crash shutdown, cannot connect now, database dropped, idle in transaction, completion unknown
_ENDED = {"57P01", "57P02", "57P03", "57P04", "25P03", "40003"}
_TURN = "writer"
_MIGRATING = 0x6461_7465  # a key of the advisory lock, "date"
_GIVEN = {  # unless the address says otherwise
    "application_name": "dateline",
    "connect_timeout": str(CONNECT_TIMEOUT_S),
    "tcp_user_timeout": "10000",  # ms until a host that has vanished without a word is given up
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
}
_TO_WRITE = {"target_session_attrs": "read-write"}
_TO_READ = {"target_session_attrs": "prefer-standby", "load_balance_hosts": "random"}
_MEANT = (  # in the order in which they are tried
    ((pg.SerializationFailure, pg.DeadlockDetected), Overtaken, "another request has changed the same; try again in a moment"),
    ((pg.LockNotAvailable,), Busy, "other requests are writing; try again in a moment"),
    ((pg.QueryCanceled,), Busy, "it takes too long; ask for less, or try again in a moment"),
    ((pg.TooManyConnections,), Busy, "the database has no connection left; try again in a moment"),
    ((pg.DiskFull, pg.OutOfMemory), StorageFull, "there is no room left to write; nothing of the request was kept"),
    ((pg.ReadOnlySqlTransaction,), ReadOnly, "the database is read-only, as a standby is; nothing was changed"),
    ((pg.InsufficientPrivilege,), StorageUnavailable, "the user of the database may not do that; see docs/postgresql.md"),
    ((pg.UndefinedTable, pg.UndefinedColumn), StorageUnavailable, "the database has another schema; run: dateline migrate"),
    ((pg.DataCorrupted, pg.IndexCorrupted), StorageUnavailable, "the database is damaged"),
)
_FOREIGN_KEYS = """SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
 WHERE contype = 'f' AND conrelid IN (SELECT to_regclass(quote_ident(name)) FROM unnest(%s::text[]) AS name) ORDER BY 1, 2"""
_INDEXES = """SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
 WHERE NOT indisunique AND indrelid IN (SELECT to_regclass(quote_ident(name)) FROM unnest(%s::text[]) AS name) ORDER BY 1"""
_NUMBERS = count()  # of cursors, which have names on the server


# At the time of connecting there is no SQLSTATE, only what the server says, or libpq.
_NO_ROOM = ("too many clients", "too many connections", "connection slots")
_NO_PRIMARY = ("session is read-only", "server is in hot standby mode")
_AWAY = re.compile(  # whatever else it says, it may come back; what is none of these somebody must look at
    r"refused|timeout|timed out|unreachable|no route|reset by peer|closed the connection|could not (translate|receive|send)"
    r"|resolve host|name or service|eof detected|starting up|shutting down|recovery|not yet accepting|no such file",
    re.IGNORECASE,
)
_LAG = """SELECT CASE WHEN NOT pg_is_in_recovery() THEN 0
 WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() AND EXISTS (SELECT FROM pg_stat_wal_receiver) THEN 0
 ELSE extract(epoch FROM now() - pg_last_xact_replay_timestamp()) END"""


class Postgresql:
    connections = 20
    counts = False
    enough_to_copy = 20

    def refuse_what_cannot_work(self, address: URL) -> None:
        if address.get_driver_name() != "psycopg":
            raise StorageUnavailable("the address of a PostgreSQL database begins with postgresql+psycopg://")
        if not address.database:
            raise StorageUnavailable("the address names no database: postgresql+psycopg://USER@HOST/DATABASE")

    def refuse_new(self, engine: Engine) -> None:
        with engine.connect() as connection:
            if connection.exec_driver_sql("SELECT to_regclass('alembic_version')").scalar() is None:
                raise StorageUnavailable(f"there is no archive in {engine.url.database!r} yet; check DATELINE_DATABASE_URL")

    def connect(self, address: URL, *, busy_timeout_s: float, synchronous: str, connections: int, writes: bool = True) -> Engine:
        settings = {**_SERVER_SETTINGS, "synchronous_commit": _COMMITS[synchronous]}
        told = [f"-c {name}={value}" for name, value in settings.items()]
        given = {
            name: value for name, value in {**_GIVEN, **(_TO_WRITE if writes else _TO_READ)}.items() if name not in address.query
        }
        own = address.query.get("options", ())
        options = " ".join([*told, *((own,) if isinstance(own, str) else own)])  # the last one counts
        return create_engine(
            address,
            paramstyle="format",  # as many values as the statement asks for, in its order
            pool_size=connections,
            max_overflow=0,
            pool_timeout=busy_timeout_s,
            pool_pre_ping=True,
            pool_recycle=RECYCLE_S,
            pool_use_lifo=True,
            connect_args={**given, "options": options},
        )

    def refuse_server(self, connection: Connection) -> None:
        asked = "SELECT current_setting('server_version_num')::int, current_setting('server_encoding'), pg_is_in_recovery()"
        version, encoding, is_standby = connection.exec_driver_sql(asked).one()
        if version < OLDEST * 10_000:
            raise StorageUnavailable(f"the server is PostgreSQL {version // 10_000}; this program needs {OLDEST} or newer")
        if encoding != "UTF8":
            raise StorageUnavailable(f"the database is encoded in {encoding}; make one with: createdb --encoding=UTF8 NAME")
        if is_standby:
            raise StorageUnavailable("the server is a standby, which is read-only; give the address of the one that takes writes")

    def free_bytes(self, address: URL) -> None:
        return None

    def lag_s(self, connection: Connection) -> float:
        """Only what is received and not replayed yet is late: else the last transaction is as old as the archive is quiet."""
        return float(connection.exec_driver_sql(_LAG).scalar() or 0)

    def reading(self, engine: Engine) -> Engine:
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    def writing(self, engine: Engine) -> Engine:
        return engine.execution_options(isolation_level="READ COMMITTED")

    def take_turn(self, connection: Connection, busy_timeout_s: float) -> None:
        own: Any = connection.connection.driver_connection
        own.read_only = None  # as the server says: after a read SQLAlchemy leaves READ WRITE, which a standby takes for our error
        own.execute(
            f"SET LOCAL lock_timeout = {int(busy_timeout_s * 1000)};"
            f" SELECT last FROM given_number WHERE name = '{_TURN}' FOR UPDATE"
        )

    def before_rebuilding(self, connection: Connection) -> Callable[[], None]:
        return lambda: None

    def begin_rebuilding(self, connection: Connection) -> None:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATING})")

    def broken_rows(self, connection: Connection) -> str | None:
        return None

    def short_reader(self, address: URL, synchronous: str) -> None:
        return None

    def in_our_words(self, error: Exception) -> Exception:
        for kinds, meant, sentence in _MEANT:
            if isinstance(error, kinds):
                return meant(sentence)
        if self.is_lost(error):
            return Lost(f"the connection to the database was lost; nothing was changed: {_told(error)}")
        if isinstance(error, psycopg.OperationalError):
            return StorageUnavailable(f"the database cannot do it: {_told(error)}")
        return error

    def why_not_connected(self, error: Exception) -> Exception:
        said = _told(error)
        if any(sign in said for sign in _NO_ROOM):
            return Busy("the database has no connection left; try again in a moment")
        if any(sign in said for sign in _NO_PRIMARY):
            return Unreachable("every server of the address is a standby, which is read-only; one that takes writes is needed")
        if _AWAY.search(said):
            return Unreachable(f"the database cannot be reached: {said}")
        return StorageUnavailable(f"the database lets nobody in by this address: {said}")

    def is_lost(self, error: Exception) -> bool:
        """https://www.postgresql.org/docs/current/errcodes-appendix.html; what libpq has noticed itself has no SQLSTATE."""
        if not isinstance(error, psycopg.OperationalError | psycopg.InterfaceError | pg.IdleInTransactionSessionTimeout):
            return False
        return error.sqlstate is None or error.sqlstate[:2] == "08" or error.sqlstate in _ENDED

    def refuse_undone(self, connection: Connection) -> None:
        own: Any = connection.connection.driver_connection
        if own.info.transaction_status == psycopg.pq.TransactionStatus.INERROR:
            raise pg.InFailedSqlTransaction("a statement has failed, and what it was for went on")

    def copy(self, session: Session, table: str, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names)))
        with driver(session).cursor() as cursor, cursor.copy(into) as copy:
            for row in rows:
                copy.write_row(row)

    def stream(self, session: Session, statement: str, values: Sequence[Any]) -> Any:
        cursor = driver(session).cursor(name=f"stream_{next(_NUMBERS)}")
        cursor.execute(statement, values)
        return cursor

    def keep_open(self, session: Session) -> None:
        driver(session).execute("SET LOCAL idle_in_transaction_session_timeout = 0")

    def set_aside(self, session: Session, file: Path) -> bool:
        self.keep_open(session)
        return False

    def keep_more_pages(self, session: Session) -> None:
        driver(session).execute("SET LOCAL maintenance_work_mem = '256MB'")

    def loosen(self, session: Session, tables: Sequence[str]) -> list[str]:
        """Foreign keys, for rows may point to later ones, and indexes that refuse nothing: made at once they take half the time."""
        own, statements = driver(session), []
        for table, name, told in own.execute(_FOREIGN_KEYS, [list(tables)]).fetchall():
            own.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
            statements.append(f"ALTER TABLE {table} ADD CONSTRAINT {name} {told}")
        for name, told in own.execute(_INDEXES, [list(tables)]).fetchall():
            own.execute(f"DROP INDEX {name}")
            statements.append(told)
        return statements[::-1]  # an index helps those who look for what a row points to

    def know_rows(self, session: Session) -> None:
        driver(session).execute("ANALYZE")

    def last_given(self, session: Session, table: str) -> int:
        found = driver(session).execute("SELECT last FROM given_number WHERE name = %s", [table]).fetchone()
        return 0 if found is None else int(found[0])

    def note_given(self, session: Session, table: str, highest: int) -> None:
        driver(session).execute("UPDATE given_number SET last = greatest(last, %s) WHERE name = %s", [highest, table])


def _told(error: Exception) -> str:
    """The server's or libpq's own words in one line, without what several attempts repeat."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip() and not line.startswith("Multiple connection")]
    return "; ".join(dict.fromkeys(re.sub(r"^- ", "", line) for line in lines))[:500] or "no reason was given"


KIND = Postgresql()
