"""The archive in its database, and the only commit in the program.

One writer at a time: in this process by a gate, beyond it by what the kind of database has for that (`store/engines/`). Where there
are replicas, `reading` is of the database that is written, so that whoever writes never decides by what is out of date; what may
be answered from a replica goes through `asking.py`.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any, Self

from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from app.errors import Busy, InDoubt, ReadOnly, StorageUnavailable, Unreachable
from app.store import engines, numbering
from app.store.engines import TakesLong

AWAY_S = 1.0  # for so long it is not asked again whether a server that could not be reached is back, where another one can answer


class Noted:
    """The number of the newest change that a request has made or met, by which a later one asks for a state that holds it."""

    change: int | None = None


class Database:
    """One archive. Threads share it; processes that share one each make their own, after forking."""

    def __init__(
        self,
        url: str,
        read_url: str | None = None,
        *,
        busy_timeout_s: float = 5.0,
        synchronous: str = "FULL",
        connections: int | None = None,
    ) -> None:
        address = engines.read_address(url)
        self.kind = engines.kind_of(address)
        self.kind.refuse_what_cannot_work(address)
        self.url = url
        self.info: dict[str, Any] = {}  # what each writing session carries in its own `info`
        self.busy_timeout_s = busy_timeout_s
        self._writer = threading.Lock()
        how = {"busy_timeout_s": busy_timeout_s, "synchronous": synchronous, "connections": connections or self.kind.connections}
        self.engine = self.kind.connect(address, **how)  # type: ignore[arg-type]
        self._reading_engine, self._writing_engine = self.kind.reading(self.engine), self.kind.writing(self.engine)
        self._replica = None if read_url is None else self._replica_at(read_url, how)
        self._short = self.kind.short_reader(address, synchronous)
        self._away: dict[Engine, float] = {}
        self.noted: Noted | None = None

    def _replica_at(self, url: str, how: dict[str, Any]) -> Engine:
        address = engines.read_address(url)
        if engines.kind_of(address) is not self.kind:
            raise StorageUnavailable("what is read must be a replica of what is written, and of the same kind of database")
        self.kind.refuse_what_cannot_work(address)
        return self.kind.reading(self.kind.connect(address, **how, writes=False))

    def noting(self, noted: Noted) -> Self:
        """The same archive for one request, of which is noted what it has seen of the log of changes."""
        view = copy(self)
        view.noted = noted
        return view

    @property
    def shown_url(self) -> str:
        """As it may be shown: without a password."""
        return self.engine.url.render_as_string(hide_password=True)

    def refuse_new(self) -> None:
        """For commands that work on what is stored: a mistyped address is an error, not an empty archive.

        Raises:
            StorageUnavailable.
        """
        with self._translated(self.engine):
            self.kind.refuse_new(self.engine)

    @property
    def has_replica(self) -> bool:
        return self._replica is not None

    def is_away(self, *, replica: bool) -> bool:
        """Whether it could not be reached a moment ago."""
        engine = self._replica if replica else self._reading_engine
        return engine is not None and self._away.get(engine, 0) > time.monotonic()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one moment of the archive and never waits for a writer. What it changes is dropped.

        Raises:
            Unreachable. Lost, Overtaken: over another connection it may be read.
        """
        with self._session(self._reading_engine) as session:
            yield session
            if self.noted is not None:
                self.noted.change = numbering.last_given(session, "change")

    @contextmanager
    def reading_replica(self) -> Iterator[Session]:
        """The same of a replica, which may be behind; of the archive itself where there is none."""
        with self._session(self._replica or self._reading_engine) as session:
            yield session

    @contextmanager
    def reading_shortly(self) -> Iterator[Session]:
        """The same for the event loop, which must not wait.

        Raises:
            TakesLong: when it would have to; or another thread is reading in this way.
        """
        if self._short is None:
            raise TakesLong
        with self._translated(self.engine), self._short.reading() as session:
            yield session

    @contextmanager
    def transaction(self, *, keep: bool = True) -> Iterator[Session]:
        """A session whose work is kept as a whole when the block ends, on disk, or not at all. Without `keep` it is only tried.

        Raises:
            Busy: when other writers hold the database for longer than the busy timeout.
            Unreachable, Lost, Overtaken: nothing is kept, and the whole of it may be done again: see `retrying.py`.
            InDoubt: it may have been kept.
        """
        with self._only_writer(), self._session(self._writing_engine, expire_on_commit=False, info=self.info) as session:
            self.kind.take_turn(session.connection(), self.busy_timeout_s)
            yield session
            if keep:
                self._keep(session)

    def _keep(self, session: Session) -> None:
        session.flush()
        self.kind.refuse_undone(session.connection())
        newest = None if self.noted is None else numbering.last_given(session, "change")
        try:
            session.commit()
        except (DBAPIError, _driver_of(self.engine).Error) as error:
            if not self.kind.is_lost(_own(error)):
                raise  # the server has said that it was undone
            session.invalidate()
            raise InDoubt("the connection to the database was lost while it was being stored: it may be stored, or not") from error
        if self.noted is not None:
            self.noted.change = newest

    @contextmanager
    def rebuilding(self, *, check: bool = True) -> Iterator[Session]:
        """A transaction that may drop and make again tables that others point to: what they point to is checked at its end.

        Without `check` a later one has to.
        """
        with self._only_writer(), self._translated(self.engine), self._writing_engine.connect() as connection:
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
        if not self._writer.acquire(timeout=self.busy_timeout_s):
            raise Busy("other requests are writing; try again in a moment")
        try:
            yield
        finally:
            self._writer.release()

    @contextmanager
    def _session(self, engine: Engine, **how: Any) -> Iterator[Session]:
        with self._translated(engine), Session(engine, **how) as session:
            try:
                session.connection()
            except (DBAPIError, _driver_of(engine).Error) as error:
                meant = self.kind.why_not_connected(_own(error))
                if isinstance(meant, Unreachable):
                    self._away[engine] = time.monotonic() + AWAY_S
                raise meant from error
            try:
                yield session
            except (DBAPIError, _driver_of(engine).Error) as error:
                if self.kind.is_lost(_own(error)):
                    session.invalidate()  # `rows` goes past SQLAlchemy, which would try to roll it back
                raise

    @contextmanager
    def _translated(self, engine: Engine) -> Iterator[None]:
        try:
            yield
        except PoolTimeout as error:
            raise Busy("every connection is in use; try again in a moment") from error
        except (DBAPIError, _driver_of(engine).Error) as error:
            meant = self.kind.in_our_words(_own(error))
            if meant is _own(error):
                raise
            if isinstance(meant, ReadOnly):
                engine.dispose()  # every connection leads to the same server
            raise meant from error

    def close(self) -> None:
        if self._short is not None:
            self._short.close()
        self.engine.dispose()
        if self._replica is not None:
            self._replica.dispose()


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


def _own(error: Exception) -> Any:
    """The driver's error, whether SQLAlchemy has met it or `rows`."""
    return error.orig if isinstance(error, DBAPIError) and error.orig is not None else error


event.listen(Session, "before_flush", numbering.number_new)
