"""SQLite by the recipe that was measured to lose nothing: docs/decisions/0003-sqlite.md.

WAL, synchronous FULL, BEGIN IMMEDIATE for writers, a busy timeout set first.
"""

import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from math import inf
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool
from sqlmodel import Session

from app.errors import Busy, StorageFull, StorageUnavailable
from app.store.engines import TakesLong
from app.store.prepared import driver

SHORT_STEPS = 200_000  # of SQLite's machine, about 10 ms: as long as a read may hold the event loop up
STEPS_BETWEEN_LOOKS = 1000
FILLING_CACHE_KB = 128 * 1024
_SIGNS = (  # words of SQLite's messages, in the order in which they are tried
    (("database is locked", "database table is locked"), Busy, "another process is writing; try again in a moment"),
    (("disk is full", "disk i/o error"), StorageFull, "there is no room left to write; nothing of the request was kept"),
    (("readonly",), StorageUnavailable, "the database is read-only; nothing was changed"),
    (("malformed", "not a database"), StorageUnavailable, "the database file is damaged"),
    (("unable to open",), StorageUnavailable, "the database file cannot be opened"),
)


class Sqlite:
    connections = 50
    counts = True
    enough_to_copy = inf  # a statement for each is what SQLite does fastest

    def refuse_what_cannot_work(self, address: URL) -> None:
        if address.database in (None, "", ":memory:"):
            raise StorageUnavailable("an archive in memory would be lost; give a file: sqlite:///dateline.db")
        folder = Path(str(address.database)).resolve().parent
        if not folder.is_dir():
            raise StorageUnavailable(f"there is no folder {folder}; make it, or name another file")

    def refuse_new(self, engine: Engine) -> None:
        file = Path(str(engine.url.database)).resolve()
        if not file.exists():
            raise StorageUnavailable(f"there is no archive {file}; check DATELINE_DATABASE_URL")

    def connect(self, address: URL, *, busy_timeout_s: float, synchronous: str, connections: int, writes: bool = True) -> Engine:
        if not writes:
            raise StorageUnavailable("a file of SQLite has no replicas; leave DATELINE_READ_DATABASE_URL out")
        engine = create_engine(address, pool_size=connections, max_overflow=0, pool_timeout=busy_timeout_s)
        event.listen(engine, "connect", _prepare(busy_timeout_s, synchronous))
        event.listen(engine, "begin", _begin)
        return engine

    def refuse_server(self, connection: Connection) -> None:
        """There is none."""

    def free_bytes(self, address: URL) -> int:
        return shutil.disk_usage(Path(str(address.database)).resolve().parent).free

    def lag_s(self, connection: Connection) -> float:
        return 0.0

    def reading(self, engine: Engine) -> Engine:
        return engine

    def writing(self, engine: Engine) -> Engine:
        return engine.execution_options(begin="IMMEDIATE")

    def take_turn(self, connection: Connection, busy_timeout_s: float) -> None:
        """BEGIN IMMEDIATE has done it."""

    def before_rebuilding(self, connection: Connection) -> Callable[[], None]:
        """SQLite changes a table by making it anew, and would refuse to drop the old one while its rows are pointed to."""
        own: Any = connection.connection.driver_connection
        own.execute("PRAGMA foreign_keys = OFF")  # ignored inside a transaction, so before it

        def end() -> None:
            own.execute("PRAGMA foreign_keys = ON")

        return end

    def begin_rebuilding(self, connection: Connection) -> None:
        """BEGIN IMMEDIATE has done it."""

    def broken_rows(self, connection: Connection) -> str | None:
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        return f"{len(broken)} rows would point to nothing, the first in {broken[0][0]}" if broken else None

    def short_reader(self, address: URL, synchronous: str) -> "ShortReader":
        return ShortReader(address, synchronous)

    def in_our_words(self, error: Exception) -> Exception:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
            return TakesLong()
        said = str(error).lower()
        for signs, kind, sentence in _SIGNS:
            if any(sign in said for sign in signs):
                return kind(sentence)
        return StorageUnavailable("the database does not answer") if isinstance(error, sqlite3.OperationalError) else error

    def why_not_connected(self, error: Exception) -> Exception:
        return self.in_our_words(error)

    def is_lost(self, error: Exception) -> bool:
        return False

    def refuse_undone(self, connection: Connection) -> None:
        """An error ends a transaction, and then there is nothing to commit."""

    def copy(self, session: Session, table: str, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        raise NotImplementedError

    def stream(self, session: Session, statement: str, values: Sequence[Any]) -> Any:
        return driver(session).execute(statement, values)

    def keep_open(self, session: Session) -> None:
        """The log of whoever writes meanwhile grows."""

    def set_aside(self, session: Session, file: Path) -> bool:
        with closing(sqlite3.connect(file)) as copy:
            driver(session).backup(copy)
        return True

    def keep_more_pages(self, session: Session) -> None:
        driver(session).execute(f"PRAGMA cache_size = -{FILLING_CACHE_KB}")

    def loosen(self, session: Session, tables: Sequence[str]) -> list[str]:
        return []

    def know_rows(self, session: Session) -> None:
        """It chooses by the shape of its indexes."""

    def last_given(self, session: Session, table: str) -> int:
        """SQLite's own book (https://www.sqlite.org/autoinc.html)."""
        found = driver(session).execute("SELECT seq FROM sqlite_sequence WHERE name = ?", [table]).fetchone()
        return 0 if found is None else int(found[0])

    def note_given(self, session: Session, table: str, highest: int) -> None:
        """SQLite has noted those of rows that are there."""
        given = self.last_given(session, table)
        if highest > given:
            driver(session).execute("DELETE FROM sqlite_sequence WHERE name = ?", [table])
            driver(session).execute("INSERT INTO sqlite_sequence (seq, name) VALUES (?, ?)", [highest, table])


class ShortReader:
    """One connection, in no pool, so that nobody waits for it, and it is interrupted without touching another."""

    def __init__(self, address: URL, synchronous: str) -> None:
        self._engine = create_engine(address, poolclass=NullPool)
        event.listen(self._engine, "connect", _prepare(0, synchronous))
        self._session: Session | None = None
        self._one = threading.Lock()
        self._looks_left = 0

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """For SHORT_STEPS at the most.

        Raises:
            TakesLong: when that is not enough, or another thread is reading in this way.
        """
        if not self._one.acquire(blocking=False):
            raise TakesLong
        try:
            session = self._session = self._session or self._open()
            connection = driver(session)
            self._looks_left = SHORT_STEPS // STEPS_BETWEEN_LOOKS
            connection.execute("BEGIN")
            try:
                yield session
            finally:
                session.expunge_all()
                if connection.in_transaction:  # some errors end it
                    connection.execute("ROLLBACK")
        except (sqlite3.Error, DBAPIError):
            self.close()
            raise
        finally:
            self._one.release()

    def close(self) -> None:
        if self._session is not None:
            connection = self._session.get_bind()
            self._session.close()
            self._session = None
            if isinstance(connection, Connection):
                connection.close()

    def _open(self) -> Session:
        session = Session(self._engine.connect())
        driver(session).set_progress_handler(self._is_too_long, STEPS_BETWEEN_LOOKS)
        return session

    def _is_too_long(self) -> bool:
        self._looks_left -= 1
        return self._looks_left < 0


def _prepare(busy_timeout_s: float, synchronous: str) -> Any:
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's begin event says BEGIN, not the driver
        connection.execute(f"PRAGMA busy_timeout = {int(busy_timeout_s * 1000)}")
        _write_ahead(connection, busy_timeout_s)
        for pragma in (
            f"synchronous = {synchronous}",
            "foreign_keys = ON",
            "temp_store = MEMORY",
            "journal_size_limit = 67108864",
        ):
            connection.execute(f"PRAGMA {pragma}")

    return connect


def _write_ahead(connection: Any, within_s: float) -> None:
    """Of processes that open a new file together SQLite fails some at once, without the busy timeout; so they try again."""
    until = time.monotonic() + within_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('begin', 'DEFERRED')}")


KIND = Sqlite()
