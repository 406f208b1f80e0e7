"""The archive in its database, and the only commit in the program.

One writer at a time: in this process by a gate, beyond it by what the kind of database has for that (`store/engines/`).
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from app.errors import Busy, StorageUnavailable
from app.store import engines, numbering
from app.store.engines import TakesLong

CONNECTIONS = 50  # of one process, at the most


class Database:
    """One archive. Threads share it; processes that share one each make their own, after forking."""

    def __init__(self, url: str, *, busy_timeout_s: float = 5.0, synchronous: str = "FULL", connections: int = CONNECTIONS) -> None:
        address = engines.read_address(url)
        self.kind = engines.kind_of(address)
        self.kind.refuse_what_cannot_work(address)
        self.url = url
        self.info: dict[str, Any] = {}  # what each writing session carries in its own `info`
        self._busy_timeout_s = busy_timeout_s
        self._writer = threading.Lock()
        self.engine = self.kind.connect(address, busy_timeout_s=busy_timeout_s, synchronous=synchronous, connections=connections)
        self._reading_engine, self._writing_engine = self.kind.reading(self.engine), self.kind.writing(self.engine)
        self._short = self.kind.short_reader(address, synchronous)

    @property
    def shown_url(self) -> str:
        """As it may be shown: without a password."""
        return self.engine.url.render_as_string(hide_password=True)

    def refuse_new(self) -> None:
        """For commands that work on what is stored: a mistyped address is an error, not an empty archive.

        Raises:
            StorageUnavailable.
        """
        with self._translated():
            self.kind.refuse_new(self.engine)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one moment of the archive and never waits for a writer. What it changes is dropped."""
        with self._translated(), Session(self._reading_engine) as session:
            yield session

    @contextmanager
    def reading_shortly(self) -> Iterator[Session]:
        """The same for the event loop, which must not wait.

        Raises:
            TakesLong: when it would have to; or another thread is reading in this way.
        """
        if self._short is None:
            raise TakesLong
        with self._translated(), self._short.reading() as session:
            yield session

    @contextmanager
    def transaction(self, *, keep: bool = True) -> Iterator[Session]:
        """A session whose work is kept as a whole when the block ends, on disk, or not at all. Without `keep` it is only tried.

        Raises:
            Busy: when other writers hold the database for longer than the busy timeout.
        """
        with (
            self._only_writer(),
            self._translated(),
            Session(self._writing_engine, expire_on_commit=False, info=self.info) as session,
        ):
            self.kind.take_turn(session.connection(), self._busy_timeout_s)
            yield session
            if keep:
                session.commit()

    @contextmanager
    def rebuilding(self, *, check: bool = True) -> Iterator[Session]:
        """A transaction that may drop and make again tables that others point to: what they point to is checked at its end.

        Without `check` a later one has to.
        """
        with self._only_writer(), self._translated(), self._writing_engine.connect() as connection:
            end = self.kind.before_rebuilding(connection)
            try:
                with Session(connection, expire_on_commit=False) as session:
                    self.kind.begin_rebuilding(session.connection())
                    yield session
                    if check and (broken := self.kind.broken_rows(session.connection())):
                        raise StorageUnavailable(f"{broken}; nothing was changed")
                    session.commit()
            finally:
                end()

    @contextmanager
    def _only_writer(self) -> Iterator[None]:
        if not self._writer.acquire(timeout=self._busy_timeout_s):
            raise Busy("other requests are writing; try again in a moment")
        try:
            yield
        finally:
            self._writer.release()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except PoolTimeout as error:
            raise Busy("every connection is in use; try again in a moment") from error
        except (DBAPIError, _driver_of(self.engine).Error) as error:
            own = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
            meant = self.kind.in_our_words(own)
            if meant is own:
                raise
            raise meant from error

    def close(self) -> None:
        if self._short is not None:
            self._short.close()
        self.engine.dispose()


@contextmanager
def savepoint(session: Session) -> Iterator[None]:
    """What is done inside is undone when it raises; the transaction goes on as it was before."""
    with session.begin_nested():
        session.connection()  # SQLAlchemy sets it when it is first asked for the connection, and `rows` goes past that
        yield


def refused(of: Session | Database) -> tuple[type[Exception], ...]:
    """What is raised when a row breaks a rule of the schema; the second by `rows`, from the driver itself."""
    bound = of.engine if isinstance(of, Database) else of.get_bind()
    return IntegrityError, _driver_of(bound).IntegrityError


def _driver_of(bound: Any) -> Any:
    return bound.dialect.loaded_dbapi


event.listen(Session, "before_flush", numbering.number_new)
