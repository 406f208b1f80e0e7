"""The files of an archive that moves: rows packed into them, what is read from them, and the manifest that says what they hold."""

import gzip
import hashlib
import os
import zlib
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, NoReturn

import orjson
from pydantic import ValidationError

from app.errors import Fault, StorageFull, Unusable
from app.models.moving import FORMAT, Manifest, PartFile

MANIFEST = "manifest.json"
PART_BYTES = 16 * 2**20  # of a part before it is packed: one transaction when it is taken in
_MOST_BYTES = 4 * PART_BYTES  # a part ends with the line that fills it, and a text has at most 2,000,000 characters
_OURS = (".jsonl.gz", ".partial")
_FASTEST = 1  # of zlib's levels


def refuse(sentence: str) -> NoReturn:
    """Raises Unusable."""
    raise Unusable([Fault("", sentence)])


def make_room(directory: Path, also_ours: str) -> None:
    """Make the directory, or empty it of what one that was interrupted has left there; `also_ours` begins names of such files.

    Raises:
        Unusable: when something else stands there.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        there = sorted(directory.iterdir())
        foreign = [path for path in there if not (path.name.endswith(_OURS) or path.name.startswith(also_ours))]
        if foreign:
            refuse(f"{directory} holds {foreign[0].name} already; name a directory that is new or empty")
        for path in there:
            path.unlink()
    except OSError as error:
        refuse(f"{directory} cannot be written to: {error.strerror}; name a directory that is new or empty")


def write_part(file: Path, lines: bytearray, rows: int) -> PartFile:
    """So many lines with their ends, packed into a file.

    Raises:
        StorageFull.
    """
    packed = gzip.compress(lines, _FASTEST, mtime=0)
    put(file, packed)
    return PartFile(file=file.name, rows=rows, bytes=len(packed), sha256=hashlib.sha256(packed).hexdigest())


def put(file: Path, content: bytes) -> None:
    """The whole file is on disk afterwards, or, whatever happens, none.

    Raises:
        StorageFull.
    """
    partial = file.with_name(f"{file.name}.partial")
    try:
        with partial.open("wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        partial.replace(file)
    except OSError as error:
        raise StorageFull(f"{file} cannot be written: {error.strerror}; what stands in its directory is no export") from None


def digest(file: Path) -> str:
    """Raises OSError."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def read_manifest(directory: Path) -> Manifest:
    """What stands in the directory, every file looked through and found as it was written.

    Raises:
        Unusable: when it is no export, not a whole one, damaged, or of a newer format.
    """
    file = directory / MANIFEST
    try:
        content = file.read_bytes()
        version = orjson.loads(content).get("format")
    except FileNotFoundError:
        refuse(f"{directory} holds no {MANIFEST}: it is no export, or one that was interrupted; write it again")
    except OSError as error:
        refuse(f"{file} cannot be read: {error.strerror}")
    except (orjson.JSONDecodeError, AttributeError):
        refuse(f"{file} is damaged: it must hold one JSON object; copy it again")
    if isinstance(version, int) and version > FORMAT:
        refuse(f"{directory} has format {version}, this program reads up to {FORMAT}; take it in with a newer one")
    try:
        manifest = Manifest.model_validate_json(content)
    except ValidationError as error:
        places = [("/".join(map(str, e["loc"])), e["msg"]) for e in error.errors()]
        raise Unusable([Fault(f"/{at}", f"{file} is damaged: /{at}: {said}") for at, said in places]) from None
    for _, part in manifest.parts:
        _check(directory / part.file, part)
    return manifest


def _check(file: Path, part: PartFile) -> None:
    try:
        found = digest(file)
    except OSError as error:
        refuse(f"{file} cannot be read ({error.strerror}); without it the export is not whole")
    if found != part.sha256:
        refuse(f"{file} is not as it was written: its SHA-256 is {found}, it must be {part.sha256}; copy it again")


def rows(file: Path, at_once: int) -> Iterator[tuple[int, list[Any]]]:
    """What its lines hold, so many at once, behind the number of the first of them, from 1.

    Raises:
        Unusable: when the file or a line of it is damaged.
    """
    try:
        with gzip.open(file) as opened:
            content = opened.read(_MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        refuse(f"{file} is damaged: {error}; it must be a gzip file of one JSON object a line")
    if len(content) > _MOST_BYTES:
        refuse(f"{file} holds more than {_MOST_BYTES:,} bytes, which no export does")
    lines = content.splitlines()  # JSON writes line ends inside of a text as \n, so each is the end of a row
    for first in range(0, len(lines), at_once):
        some = lines[first : first + at_once]
        yield first + 1, _together(some) or [_row(file, number, line) for number, line in zip(count(first + 1), some, strict=False)]


def _together(lines: list[bytes]) -> list[Any] | None:
    """All of them read at once, which is quicker; None when a line of them is to be looked for."""
    try:
        found: list[Any] = orjson.loads(b"[" + b",".join(lines) + b"]")
    except orjson.JSONDecodeError:
        return None
    return found if len(found) == len(lines) else None


def _row(file: Path, number: int, line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as error:
        refuse(f"{file}, line {number}: {error}; each line must be one JSON object")
