"""A whole archive copied into another database, which may be of another kind: every row as it stands, compared at the end.

Why it is done so: docs/decisions/0016-copying.md.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Table
from sqlmodel import Session

from app import __version__, moving, packing
from app.errors import StorageUnavailable, Unusable
from app.store import schema, unfinished, whole
from app.store.database import Database
from app.store.unfinished import Move

LOTS = 10  # of whole.AT_ONCE rows in one transaction
_SORTED = orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Compared:
    """A table that is the same in both. `sha256` is that of its rows, in the order of their keys, as JSON objects with sorted
    names, one a line.
    """

    name: str
    rows: int
    sha256: str


class Differs(StorageUnavailable):
    """The copy is not as what was copied."""


class Copying:
    """One run of a copy. `counts` are the rows of each table to be copied, `session` sees the source at one moment."""

    def __init__(
        self, session: Session, target: Database, move: Move, counts: dict[str, int], highest: dict[str, int | None]
    ) -> None:
        self.session, self.target, self.move = session, target, move
        self.counts, self.highest = counts, highest
        self.tables = whole.tables(session)
        self.compared: list[Compared] = []

    @property
    def rows(self) -> int:
        return sum(self.counts.values())

    def put(self) -> Iterator[int]:
        """All rows that are not in yet; gives how many more are, first those of a former run.

        Raises:
            Busy, StorageFull, StorageUnavailable.
        """
        if self.move.indexed is not None:
            yield self.rows
            return
        with self.target.reading() as there:
            into = {table.name: table for table in whole.tables(there)}
            in_already = {name: whole.count(there, table) for name, table in into.items()}
        for table in self.tables:
            yield in_already[table.name]
            if in_already[table.name] < self.counts[table.name]:
                yield from self._put(table, into[table.name])

    def _put(self, table: Table, into: Table) -> Iterator[int]:
        names = [column.name for column in whole.columns(table)]
        with self.target.reading() as there:
            last = whole.last_key(there, into)
        lots = whole.read(self.session, table, last)
        put = 1
        while put:
            put = 0
            with self.target.rebuilding(check=False) as session:  # rows of one table may point to later ones of the same
                self.target.kind.keep_more_pages(session)
                for rows in islice(lots, LOTS):
                    try:
                        whole.add(session, into, names, rows)
                    except whole.WrongRow as error:
                        row = orjson.dumps(rows[error.index]).decode()[:300]
                        packing.refuse(f"the target takes no such row of {table.name}: {error}; it is {row}")
                    put += len(rows)
            yield put

    def compare(self) -> Iterator[int]:
        """Each table here and there, row for row, into `compared`; gives how many rows more are the same.

        Raises:
            Differs: naming the table and the first row that differs.
        """
        with self.target.reading() as there:
            self.target.kind.keep_open(there)
            into = {table.name: table for table in whole.tables(there)}
            lot: list[Row]
            other: list[Row]
            for table in self.tables:
                rows, told = 0, hashlib.sha256()
                for lot, other in zip_longest(whole.read(self.session, table), whole.read(there, into[table.name]), fillvalue=[]):
                    lines = b"".join(orjson.dumps(row, option=_SORTED) for row in lot)
                    if lines != b"".join(orjson.dumps(row, option=_SORTED) for row in other):
                        raise Differs(_difference(table, rows, lot, other))
                    told.update(lines)
                    rows += len(lot)
                    yield len(lot)
                self.compared.append(Compared(table.name, rows, told.hexdigest()))

    def end(self) -> None:
        """The rows are in and compared; what is left is `moving.put_in_search`.

        Raises:
            StorageUnavailable: when rows point to nothing. Busy, StorageFull.
        """
        if self.move.indexed is None:
            moving.end_rows(self.target, self.move, self.highest)


@contextmanager
def begun(source: Database, target: Database) -> Iterator[Copying]:
    """A copy at its beginning, or where it was stopped.

    Raises:
        Unusable, StorageUnavailable: when it cannot be done; nothing was changed.
    """
    if _place(source) == _place(target):
        packing.refuse(f"{source.shown_url} is to be copied into itself; name another database in --to")
    _refuse_source(source)
    with source.reading() as session:
        source.kind.keep_open(session)
        tables = whole.tables(session)
        counts = {str(table.name): whole.count(session, table) for table in tables}
        highest = {str(table.name): whole.highest_given(session, table) for table in tables}
        told = hashlib.sha256(orjson.dumps([schema.stands_at(session), counts, highest], option=orjson.OPT_SORT_KEYS))
        move = _begin(target, Move(f"copy {told.hexdigest()} {source.shown_url}"))
        yield Copying(session, target, move, counts, highest)


def _place(database: Database) -> Any:
    address = database.engine.url
    file = address.get_backend_name() == "sqlite"
    return Path(str(address.database)).resolve() if file else (address.host, address.port or 5432, address.database, address.query)


def _refuse_source(source: Database) -> None:
    try:
        source.refuse_new()
    except StorageUnavailable as error:
        raise StorageUnavailable(str(error).replace("DATELINE_DATABASE_URL", "--from")) from None
    moving.refuse_half_filled(source)
    _refuse_schema(source, schema.current(source))
    if schema.current(source) != schema.newest():
        packing.refuse(
            f"{source.shown_url} has the schema {schema.current(source)} of an older version; run dateline migrate with"
            " DATELINE_DATABASE_URL set to it first"
        )


def _refuse_schema(database: Database, revision: str | None) -> None:
    if revision is not None and not schema.knows(revision):
        packing.refuse(
            f"{database.shown_url} has the schema {revision}, which dateline {__version__} does not know; the newest that it knows"
            f" is {schema.newest()}. Copy it with a newer one"
        )


def _begin(target: Database, begin: Move) -> Move:
    with target.reading() as session:
        move = unfinished.found(session)
    if move is None:
        _refuse_schema(target, schema.current(target))
        schema.upgrade(target)
        try:
            moving.begin_filling(target, begin)
        except Unusable as error:
            packing.refuse(str(error).replace("DATELINE_DATABASE_URL", "--to"))
        return begin
    if not unfinished.is_copy(move.manifest):
        packing.refuse(f"{target.shown_url} is half filled from an export; {move.again}, or empty it")
    if move.manifest != begin.manifest:
        from_here = move.manifest.split(" ", 2)[2] == begin.manifest.split(" ", 2)[2]
        why = "which has changed since" if from_here else f"another one: {move.manifest.split(' ', 2)[2]}"
        packing.refuse(f"{target.shown_url} is half filled from a copy of an archive, {why}; empty it and start again")
    return move


def _difference(table: Table, before: int, lot: list[Row], other: list[Row]) -> str:
    """In a sentence, the first of two rows that are not the same."""
    pairs = enumerate(zip_longest(lot, other), before + 1)
    number, (row, copied) = next((number, pair) for number, pair in pairs if pair[0] != pair[1])
    if row is None or copied is None:
        one, there = ("the copy", copied) if row is None else ("what was copied", row)
        return f"{table.name}, row {number}: only {one} has {_shown(table, there)}; the copy cannot be used"
    names = [name for name in row if row[name] != copied.get(name)]
    told = "; ".join(f"{name} is {str(row[name])[:100]!r} and {str(copied.get(name))[:100]!r} in the copy" for name in names)
    return f"{table.name}, row {number}, {_shown(table, row)}: {told}; the copy cannot be used"


def _shown(table: Table, row: Row) -> str:
    return ", ".join(f"{key.name} {row[key.name]}" for key in table.primary_key.columns)
