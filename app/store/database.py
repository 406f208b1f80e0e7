"""The connection, and the only commit in the program.

SQLite by the recipe that was measured to lose nothing: WAL, synchronous FULL, BEGIN IMMEDIATE for writers, one writer at a time in
each process, a busy timeout set first. See docs/decisions/0003-sqlite.md.
"""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import NullPool
from sqlmodel import Session

from app.errors import Busy, StorageFull, StorageUnavailable
from app.store.prepared import driver

SHORT_STEPS = 200_000  # of SQLite's machine, about 10 ms: as long as a read may hold the event loop up
STEPS_BETWEEN_LOOKS = 1000
REFUSED = (
    IntegrityError,
    sqlite3.IntegrityError,
)  # a row breaks a rule of the schema; the second by `rows`, from the driver itself
_SIGNS = (  # words of SQLite's messages, in the order in which they are tried
    (("database is locked", "database table is locked"), Busy, "another process is writing; try again in a moment"),
    (("disk is full", "disk i/o error"), StorageFull, "there is no room left to write; nothing of the request was kept"),
    (("readonly",), StorageUnavailable, "the database is read-only; nothing was changed"),
    (("malformed", "not a database"), StorageUnavailable, "the database file is damaged"),
    (("unable to open",), StorageUnavailable, "the database file cannot be opened"),
)


class TakesLong(Exception):
    """A read does not end as soon as it should; it is to be done again in a thread."""


class Database:
    """One archive. Threads share it; processes that share a file each make their own, after forking."""

    def __init__(self, url: str, *, busy_timeout_s: float = 5.0, synchronous: str = "FULL") -> None:
        self._refuse_what_cannot_work(url)
        self.url = url
        self._busy_timeout_s = busy_timeout_s
        self._writer = threading.Lock()
        self.engine = create_engine(url, pool_size=50, max_overflow=0, pool_timeout=busy_timeout_s)
        self._writing_engine = self.engine.execution_options(begin="IMMEDIATE")
        event.listen(self.engine, "connect", _prepare(busy_timeout_s, synchronous))
        event.listen(self.engine, "begin", _begin)
        # In no pool, so that nobody waits for it, and it is interrupted without touching another.
        self._short_engine = create_engine(url, poolclass=NullPool)
        event.listen(self._short_engine, "connect", _prepare(0, synchronous))
        self._short: Session | None = None
        self._short_reader = threading.Lock()
        self._looks_left = 0

    @staticmethod
    def _refuse_what_cannot_work(url: str) -> None:
        try:
            parts = make_url(url)
        except ArgumentError:
            raise StorageUnavailable(f"{url!r} is not the address of a database; give sqlite:///FILE") from None
        if parts.get_backend_name() != "sqlite":
            raise StorageUnavailable(f"{parts.get_backend_name()!r} is not a database this version speaks; give sqlite:///FILE")
        if parts.database in (None, "", ":memory:"):
            raise StorageUnavailable("an archive in memory would be lost; give a file: sqlite:///dateline.db")
        folder = Path(str(parts.database)).resolve().parent
        if not folder.is_dir():
            raise StorageUnavailable(f"there is no folder {folder}; make it, or name another file")

    def refuse_new(self) -> None:
        """For commands that work on what is stored: a mistyped address is an error, not an empty archive.

        Raises:
            StorageUnavailable.
        """
        file = Path(str(self.engine.url.database)).resolve()
        if not file.exists():
            raise StorageUnavailable(f"there is no archive {file}; check DATELINE_DATABASE_URL")

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one moment of the archive and never waits for a writer. What it changes is dropped."""
        with _translated(), Session(self.engine) as session:
            yield session

    @contextmanager
    def reading_shortly(self) -> Iterator[Session]:
        """The same for the event loop, which must not wait: on one connection that is kept, for SHORT_STEPS at the most.

        Raises:
            TakesLong: when that is not enough, or another thread is reading in this way.
        """
        if not self._short_reader.acquire(blocking=False):
            raise TakesLong
        try:
            with _translated():
                session = self._short = self._short or self._open_short()
                connection = driver(session)
                self._looks_left = SHORT_STEPS // STEPS_BETWEEN_LOOKS
                connection.execute("BEGIN")
                try:
                    yield session
                finally:
                    session.expunge_all()
                    if connection.in_transaction:  # some errors end it
                        connection.execute("ROLLBACK")
        except (TakesLong, Busy, StorageFull, StorageUnavailable):
            self._close_short()
            raise
        finally:
            self._short_reader.release()

    def _open_short(self) -> Session:
        session = Session(self._short_engine.connect())
        driver(session).set_progress_handler(self._is_too_long, STEPS_BETWEEN_LOOKS)
        return session

    def _is_too_long(self) -> bool:
        self._looks_left -= 1
        return self._looks_left < 0

    def _close_short(self) -> None:
        if self._short is not None:
            connection = self._short.get_bind()
            self._short.close()
            self._short = None
            if isinstance(connection, Connection):
                connection.close()

    @contextmanager
    def transaction(self, *, keep: bool = True) -> Iterator[Session]:
        """A session whose work is kept as a whole when the block ends, on disk, or not at all. Without `keep` it is only tried.

        Raises:
            Busy: when other writers hold the database for longer than the busy timeout.
        """
        with self._only_writer(), _translated(), Session(self._writing_engine, expire_on_commit=False) as session:
            yield session
            if keep:
                session.commit()

    @contextmanager
    def rebuilding(self, *, check: bool = True) -> Iterator[Session]:
        """A transaction that may drop and make again tables that others point to: what they point to is checked at its end.

        SQLite changes a table by making it anew, and would refuse to drop the old one while its rows are pointed to.
        Without `check` a later one has to.
        """
        with self._only_writer(), _translated(), self._writing_engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA foreign_keys = OFF")  # ignored inside a transaction, so before it
            try:
                with Session(connection, expire_on_commit=False) as session:
                    yield session
                    if check and (broken := session.connection().exec_driver_sql("PRAGMA foreign_key_check").all()):
                        where = broken[0][0]
                        raise StorageUnavailable(
                            f"{len(broken)} rows would point to nothing, the first in {where}; nothing was changed"
                        )
                    session.commit()
            finally:
                driver.execute("PRAGMA foreign_keys = ON")

    @contextmanager
    def _only_writer(self) -> Iterator[None]:
        if not self._writer.acquire(timeout=self._busy_timeout_s):
            raise Busy("other requests are writing; try again in a moment")
        try:
            yield
        finally:
            self._writer.release()

    def close(self) -> None:
        self._close_short()
        self.engine.dispose()


@contextmanager
def savepoint(session: Session) -> Iterator[None]:
    """What is done inside is undone when it raises; the transaction goes on as it was before."""
    with session.begin_nested():
        session.connection()  # SQLAlchemy sets it when it is first asked for the connection, and `rows` goes past that
        yield


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


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except PoolTimeout as error:
        raise Busy("every connection is in use; try again in a moment") from error
    except (DBAPIError, sqlite3.Error) as error:
        raise _in_our_words(error) from error


def _in_our_words(error: Exception) -> Exception:
    driver_error = getattr(error, "orig", error)
    if getattr(driver_error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
        return TakesLong()
    said = str(driver_error).lower()
    for signs, kind, sentence in _SIGNS:
        if any(sign in said for sign in signs):
            return kind(sentence)
    is_operational = isinstance(driver_error, sqlite3.OperationalError)
    return StorageUnavailable("the database does not answer") if is_operational else error
