"""Files of articles as they are found: JSON Lines or CSV, packed with gzip or not, or what comes in on standard input."""

import codecs
import gzip
import io
import re
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

from app.errors import Fault, Unusable
from app.intake import jsonl, table
from app.intake.lines import Item, split

STANDARD_INPUT = Path("-")
_AT_ONCE = 256_000  # bytes
_HEAD = 4096  # bytes that are looked at to know what a file is
_GZIP = b"\x1f\x8b"
_OTHER = (b"\x28\xb5\x2f\xfd", b"BZh", b"\xfd7zXZ", b"PK\x03\x04", b"7z\xbc\xaf")  # zstd, bzip2, xz, zip, 7z
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ARRAY = re.compile(rb"\s*\[\s*(\{|$)")


class File:
    """One of them. `name` is what it is called in messages, `size` its length in bytes, None when nobody knows.

    `position` is how many of its bytes have been read.
    """

    def __init__(self, path: Path) -> None:
        self.name = "standard input" if path == STANDARD_INPUT else str(path)
        self.size = path.stat().st_size if path.is_file() else None
        self.position = 0
        self._path = path

    def items(self, most: int) -> Iterator[Item]:
        """What its lines or rows hold; `most` is how many bytes a line may have.

        Raises:
            Unusable: when it is of another kind, its header is wrong, or it ends in the middle or is damaged: then all before that
                has been given.
        """
        try:
            with self._open() as raw:
                yield from self._items(raw, most)
        except EOFError:
            raise self._unusable("ends in the middle: what stands before has been read, the rest is missing") from None
        except (OSError, zlib.error) as error:
            raise self._unusable(f"cannot be read on: {error}") from None

    def _open(self) -> io.BufferedReader:
        if self._path == STANDARD_INPUT:
            return io.BufferedReader(io.FileIO(sys.stdin.fileno(), closefd=False))
        return self._path.open("rb")

    def _items(self, raw: io.BufferedReader, most: int) -> Iterator[Item]:
        # Of a file that ends in the middle, only what is read without a buffer of one's own comes out as far as it goes.
        stream = gzip.GzipFile(fileobj=raw) if raw.peek(_HEAD).startswith(_GZIP) else raw
        head = stream.peek(_HEAD)[:_HEAD]
        self._refuse_other(head)
        lines = split(self._pieces(raw, stream), most)
        if not self._is_table(head):
            yield from jsonl.items(lines, most)
            return
        try:
            yield from table.items(lines, most)
        except Unusable as error:
            raise self._unusable(f"cannot be used as a table: {error}") from None

    def _pieces(self, raw: io.BufferedReader, stream: io.BufferedReader | gzip.GzipFile) -> Iterator[bytes]:
        while piece := stream.read1(_AT_ONCE):
            if self.size is not None:
                self.position = raw.tell()
            yield piece

    def _refuse_other(self, head: bytes) -> None:
        """What would be wrong in each of its lines is told once."""
        if head.startswith(_UTF_16):
            raise self._unusable("is UTF-16; save it as UTF-8")
        if head.startswith(_OTHER) or (b"\x00" in head and not head.lstrip().startswith(b"{")):
            raise self._unusable("is not text; JSON Lines or CSV is read, in UTF-8, plain or packed with gzip")
        if _ARRAY.match(head):
            raise self._unusable("holds a JSON array; one object in each line is read: jq -c '.[]' makes that of it")

    def _is_table(self, head: bytes) -> bool:
        suffix = Path(self.name.removesuffix(".gz")).suffix.lower()
        if suffix in (".csv", ".tsv", ".jsonl", ".ndjson", ".jsonlines"):
            return suffix in (".csv", ".tsv")
        first = head.removeprefix(codecs.BOM_UTF8).lstrip().partition(b"\n")[0]
        return not first.startswith(b"{") and table.is_header(first.decode("utf-8", "replace"))

    def _unusable(self, why: str) -> Unusable:
        return Unusable([Fault("", f"{self.name} {why}")])
