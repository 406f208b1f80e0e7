"""A body that is read line by line, and an answer that is written while the body still comes in."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from itertools import chain
from tempfile import SpooledTemporaryFile
from typing import Any

from starlette.types import Receive, Send

from app import bulk
from app.intake.lines import Line, Splitter

WAIT_S = 0.2  # for the next line, before those at hand are given
IN_MEMORY = 1_000_000  # bytes of an answer that is not taken; more are laid into a file
AT_ONCE = 64_000


class Incoming:
    """The lines of a body. `have_left`: the caller went away before it ended."""

    def __init__(self, receive: Receive, most_bytes: int) -> None:
        self._receive = receive
        self._coming: asyncio.Task[Any] | None = None
        self._splitter = Splitter(most_bytes)
        self._lines: Iterable[Line] = iter(())
        self._is_over = False
        self.have_left = False

    async def batch(self) -> list[Line]:
        """As many as are at hand, up to `bulk.MOST_LINES` and `bulk.MOST_BYTES`; waits for one. None at the end."""
        batch: list[Line] = []
        size, until = 0, 0.0
        while not self.have_left:
            for line in self._lines:
                batch.append(line)
                size += len(line.sent or b"")
                until = time.monotonic() + WAIT_S
                if len(batch) == bulk.MOST_LINES or size >= bulk.MOST_BYTES:
                    return batch
            if self._is_over or not await self._more(until - time.monotonic() if batch else None):
                return batch
        return []

    async def _more(self, within_s: float | None) -> bool:
        """Whether anything has come within that time."""
        self._coming = self._coming or asyncio.ensure_future(self._receive())
        done, _ = await asyncio.wait({self._coming}, timeout=within_s)
        if not done:
            return False
        message = self._coming.result()
        self._coming = None
        self.have_left = message["type"] == "http.disconnect"
        self._is_over = not message.get("more_body")
        self._lines = self._splitter.feed(message.get("body", b""))
        if self._is_over:
            self._lines = chain(self._lines, self._splitter.end())
        return True

    def close(self) -> None:
        if self._coming is not None:
            self._coming.cancel()


class Outbox:
    """`put` never waits; `run` sends, from the first answer on or when the answer is `close`d.

    Most clients send all they have before they read a byte. Whoever waits until what was answered is taken stops reading, and both
    wait for ever: so answers that nobody takes yet are laid into a temporary file.
    """

    def __init__(self, send: Send, status: int, headers: Sequence[tuple[bytes, bytes]]) -> None:
        self._send = send
        self._start = {"type": "http.response.start", "status": status, "headers": headers}
        self._file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  # closed by run
        self._written = self._sent = 0
        self._news = asyncio.Event()
        self._is_closed = False

    def put(self, answer: bytes) -> None:
        self._file.seek(self._written)
        self._written += self._file.write(answer)
        self._news.set()

    def close(self) -> None:
        self._is_closed = True
        self._news.set()

    async def run(self) -> None:
        try:
            await self._news.wait()
            await self._send(self._start)
            while not (self._is_closed and self._sent == self._written):
                await self._news.wait()
                self._news.clear()
                while piece := self._next():
                    await self._send({"type": "http.response.body", "body": piece, "more_body": True})
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._file.close()

    def _next(self) -> bytes:
        if self._sent and self._sent == self._written:
            self._file.seek(0)
            self._file.truncate()
            self._written = self._sent = 0
        self._file.seek(self._sent)
        piece = self._file.read(AT_ONCE)
        self._sent += len(piece)
        return piece
