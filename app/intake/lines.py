"""Bytes that come in pieces of any size, and the lines in them; none is held that is too long."""

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.errors import Fault
from app.models.documents import ArticleDraft


@dataclass(frozen=True, slots=True)
class Line:
    """`number` counts from 1. `sent` is the line without its end; None for one that was too long to be held."""

    number: int
    sent: bytes | None


@dataclass(frozen=True, slots=True)
class Item:
    """What a line holds: a draft, or the `faults` that keep it from being one, and then the line `sent`; None when too long."""

    number: int
    draft: ArticleDraft | None
    faults: tuple[Fault, ...] = ()
    sent: bytes | None = None


class Splitter:
    """`most` is how many bytes a line may have. A byte order mark before the first is left out."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._number = 0
        self._held: list[bytes] = []
        self._length = 0

    def feed(self, piece: bytes) -> Iterator[Line]:
        """The lines that end in this piece."""
        *ends, rest = piece.split(b"\n")
        for end in ends:
            self._hold(end)
            yield self._line()
        self._hold(rest)

    def end(self) -> Iterator[Line]:
        """The last line, when nothing ends it."""
        if self._length:
            yield self._line()

    def _hold(self, part: bytes) -> None:
        self._length += len(part)
        if self._length > self._most:
            self._held.clear()
        elif part:
            self._held.append(part)

    def _line(self) -> Line:
        self._number += 1
        sent = None if self._length > self._most else b"".join(self._held)
        self._held.clear()
        self._length = 0
        if self._number == 1 and sent is not None:
            sent = sent.removeprefix(codecs.BOM_UTF8)
        return Line(self._number, sent)


def split(pieces: Iterable[bytes], most: int) -> Iterator[Line]:
    """All lines of what is read piece by piece."""
    splitter = Splitter(most)
    for piece in pieces:
        yield from splitter.feed(piece)
    yield from splitter.end()


def too_long(most: int) -> Fault:
    return Fault("", f"this line is longer than {most:,} bytes; send a shorter one, or raise DATELINE_MAX_BODY_BYTES")
