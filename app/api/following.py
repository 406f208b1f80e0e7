"""The log of changes as a stream of events (https://html.spec.whatwg.org/multipage/server-sent-events.html).

One look into the log every LOOK_S serves all who listen in this process, and what is new is read and written once for all of them.
Whoever is further behind than MOST_RECENT reads from the archive, a page at a time and as fast as it takes them: nothing is kept
for a slow listener, and none has a thread.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar

import orjson
import structlog
from fastapi.sse import format_sse_event
from sqlmodel import Session

from app.api import reads
from app.errors import DatelineError
from app.models.changes import ChangeStreamQuery
from app.models.fields import Json
from app.store import changes
from app.store.asking import Source
from app.store.database import Database

T = TypeVar("T")
LOOK_S = 0.25  # between two looks: one read of the end of a key
AFTER_ERROR_S = 5.0
PING_S = 15.0  # of silence, after which proxies begin to think that a connection is dead
RETRY_MS = 2000  # how long a browser waits before it connects again
PAGE = 200
MOST_RECENT = 1000
EVERYTHING = ChangeStreamQuery()
log = structlog.get_logger("dateline")


@dataclass(frozen=True, slots=True)
class _Told:
    """A change, and as it is written."""

    seq: int
    kind: str
    action: str
    written: bytes


class Feed:
    """For one process, in whose event loop all of it runs."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._recent: deque[_Told] = deque()  # all changes after `_from` and up to `_latest`
        self._from = self._latest = 0
        self._moved = asyncio.Event()  # another one each time
        self._listeners = 0
        self._looking: asyncio.Task[None] | None = None
        self._is_closed = False

    async def place(self, since: int | None) -> int:
        """Where a stream begins: behind `since`, or, without it, behind what has changed so far.

        Raises:
            LogTooShort.
        """
        if since is None:
            return await self._read(changes.latest)
        await self._read(lambda session: changes.refuse_unknown(session, since))
        return since

    async def follow(self, query: ChangeStreamQuery, since: int) -> AsyncIterator[bytes]:
        """Events, until the listener leaves, the service ends or the archive cannot be read: then the listener connects again.

        Each block carries the number up to which everything was told, also where the filters leave nothing to tell, so that a
        listener who was told of nothing for a year need not read that year again.
        """
        with self._listening(), suppress(DatelineError):
            yield format_sse_event(retry=RETRY_MS, id=str(since))
            place, quiet_since = since, _now()
            while not self._is_closed:
                moved = self._moved
                told, place = await self._after(query, place)
                for written in told:
                    yield written
                if told:
                    quiet_since = _now()
                elif _now() - quiet_since >= PING_S:
                    yield format_sse_event(comment="ping", id=str(place))
                    quiet_since = _now()
                elif place >= self._latest:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(moved.wait(), PING_S - (_now() - quiet_since))

    def close(self) -> None:
        """Every stream ends where it is."""
        self._is_closed = True
        self._wake()

    async def _after(self, query: ChangeStreamQuery, place: int) -> tuple[list[bytes], int]:
        """What is told next, and up to where everything is told then."""
        if self._from <= place <= self._latest:
            told = [one.written for one in self._recent if one.seq > place and _is_asked_for(one, query)]
            return told, self._latest
        found, place = await self._read(lambda session: changes.following(session, query, place, PAGE))
        return [_told(change).written for change in found], place

    @contextmanager
    def _listening(self) -> Iterator[None]:
        self._listeners += 1
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        try:
            yield
        finally:
            self._listeners -= 1
            if not self._listeners and self._looking is not None:
                self._looking.cancel()
                self._looking = None

    async def _look(self) -> None:
        """While anybody listens: look what is new, and wake them."""
        is_begun = False
        while True:
            try:
                if not is_begun:
                    latest = await self._read(changes.latest)
                    self._recent.clear()  # in one step with what says how far it reaches
                    self._from = self._latest = latest
                    is_begun = True
                found, latest = await self._read(lambda session: changes.following(session, EVERYTHING, self._latest, MOST_RECENT))
            except Exception as error:  # a defect must not leave all who listen in silence
                log.warning("changes cannot be read", detail=str(error), exc_info=not isinstance(error, DatelineError))
                is_begun = False
                await asyncio.sleep(AFTER_ERROR_S)
            else:
                self._keep(found, latest)
                await asyncio.sleep(LOOK_S)

    def _keep(self, found: list[Json], latest: int) -> None:
        self._recent.extend(map(_told, found))
        while len(self._recent) > MOST_RECENT:
            self._from = self._recent.popleft().seq
        self._latest = latest
        if found:
            self._wake()

    def _wake(self) -> None:
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    async def _read(self, ask: Callable[[Session], T]) -> T:
        return await reads.from_archive(self._database, ask, source=Source.WRITTEN)


def _told(change: Json) -> _Told:
    written = format_sse_event(data_str=orjson.dumps(change).decode(), event=change["kind"], id=str(change["seq"]))
    return _Told(change["seq"], change["kind"], change["action"], written)


def _is_asked_for(one: _Told, query: ChangeStreamQuery) -> bool:
    return (not query.kind or one.kind in query.kind) and (not query.action or one.action in query.action)


def _now() -> float:
    return asyncio.get_running_loop().time()
