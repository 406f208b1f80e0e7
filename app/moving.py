"""A whole archive written into a directory, and taken into another database: every row as it stands, ids and all.

What stands in the directory: docs/moving.md. Why it is done so: docs/decisions/0012-moving.md.
"""

from collections.abc import Generator, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import orjson
from sqlalchemy import Table
from sqlmodel import Session

from app import __version__, packing, reindex
from app.errors import StorageUnavailable
from app.models.moving import FORMAT, Manifest, MovedTable, PartFile
from app.store import indexing, schema, unfinished, whole
from app.store.database import Database, refused
from app.store.unfinished import Move

_WAITING = 1  # parts that are being packed while the next one is read


def count(database: Database) -> int:
    """How many rows there are to write, as of now."""
    with database.reading() as session:
        return sum(whole.count(session, table) for table in whole.tables(session))


def write(database: Database, directory: Path) -> Iterator[int]:
    """Everything into the directory, which is made or must be empty; gives how many rows more are written.

    It is one moment of the archive, while others write. What another one left there that was interrupted is deleted.

    Raises:
        Unusable: when something else stands in the directory. StorageFull, StorageUnavailable.
    """
    packing.make_room(directory, whole.SNAPSHOT)
    tables: list[MovedTable] = []
    with whole.one_moment(database, directory) as session, ThreadPoolExecutor(1) as packer:
        for table in whole.tables(session):
            moved = yield from _write_table(session, table, directory, packer)
            tables.append(moved)
        revision = schema.stands_at(session)
    now = datetime.now(UTC)
    told = Manifest(format=FORMAT, program=__version__, schema_revision=str(revision), made_at=now, tables=tables)
    packing.put(directory / packing.MANIFEST, told.model_dump_json(indent=1).encode())


def _write_table(session: Session, table: Table, directory: Path, packer: ThreadPoolExecutor) -> Generator[int, None, MovedTable]:
    parts: list[Future[PartFile]] = []
    content, held = bytearray(), 0

    def pack() -> None:
        if len(parts) >= _WAITING:
            parts[-_WAITING].result()
        file = directory / f"{table.name}.{len(parts) + 1:04}.jsonl.gz"
        parts.append(packer.submit(packing.write_part, file, content, held))

    for rows in whole.read(session, table):
        for row in rows:
            content += orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)
            held += 1
            if len(content) >= packing.PART_BYTES:
                pack()
                content, held = bytearray(), 0
        yield len(rows)
    if held:
        pack()
    return MovedTable(
        name=table.name,
        columns=[column.name for column in whole.columns(table)],
        rows=sum(part.result().rows for part in parts),
        highest_id=whole.highest_given(session, table),
        parts=[part.result() for part in parts],
    )


def read_manifest(directory: Path) -> Manifest:
    """Raises Unusable: when it is no export, not a whole one, damaged, or made by a newer program."""
    told = packing.read_manifest(directory)
    if not schema.knows(told.schema_revision):
        packing.refuse(
            f"{directory} was written by dateline {told.program} with schema {told.schema_revision}, which {__version__} does not"
            f" know; the newest that it knows is {schema.newest()}. Take it in with a newer one"
        )
    return told


def take_in(database: Database, directory: Path, told: Manifest) -> Iterator[int]:
    """All rows into an empty archive; gives how many more are stored. One that was interrupted goes on.

    From the start of this to the end of `put_in_search` the archive opens for nothing else.

    Raises:
        Unusable: when the archive is not empty, or a line does not fit. Busy, StorageFull, StorageUnavailable.
    """
    move = _begun(database, directory, told)
    yield sum(part.rows for _, part in told.parts[: move.files])
    with database.reading() as session:
        tables = {table.name: table for table in whole.tables(session)}
    for table, part in told.parts[move.files :]:
        move = replace(move, files=move.files + 1)
        with database.rebuilding(check=False) as session:  # rows of one table may point to later ones of the same
            database.kind.keep_more_pages(session)
            _take_in_part(session, directory / part.file, table, tables.get(table.name))
            unfinished.note(session, move)
        yield part.rows
    if move.indexed is None:
        _end_rows(database, told, move)


def _begun(database: Database, directory: Path, told: Manifest) -> Move:
    """How far it is. At the start the archive is given the schema of the one that was written."""
    begin = Move(packing.digest(directory / packing.MANIFEST))
    with database.reading() as session:
        move = unfinished.found(session)
        if move is None:
            _refuse_filled(session, database.shown_url)
        elif move.manifest != begin.manifest:
            other = "a copy" if unfinished.is_copy(move.manifest) else "another export"
            packing.refuse(f"{database.shown_url} is half filled from {other}: {move.again}, or empty it")
        else:
            return move
    if schema.current(database) != told.schema_revision:
        schema.downgrade(database)
        schema.upgrade(database, told.schema_revision)
    begin_filling(database, begin)
    return begin


def begin_filling(database: Database, move: Move) -> None:
    """Mark the archive as half filled, and take away from it what would make that slow.

    Raises:
        Unusable: when it is not empty.
    """
    with database.rebuilding(check=False) as session:
        _refuse_filled(session, database.shown_url)
        unfinished.begin(session, move)
        names = [table.name for table in whole.tables(session)]
        unfinished.owe(session, unfinished.ROWS, database.kind.loosen(session, names))


def _refuse_filled(session: Session, url: str) -> None:
    if (filled := whole.first_filled(session)) is not None:
        packing.refuse(f"{url} has rows in {filled}, but a move needs an empty archive; name a new one in DATELINE_DATABASE_URL")


def _take_in_part(session: Session, file: Path, told: MovedTable, table: Table | None) -> None:
    if table is None or {column.name for column in whole.columns(table)} != set(told.columns):
        packing.refuse(f"{file} is of a table {told.name} of {', '.join(told.columns)}, which its schema does not have")
    for first, rows in packing.rows(file, whole.AT_ONCE):
        try:
            whole.add(session, table, told.columns, rows)
        except whole.WrongRow as error:
            packing.refuse(f"{file}, line {first + error.index}: {error}")


def _end_rows(database: Database, told: Manifest, move: Move) -> None:
    wanted = {table.name: table for table in told.tables}
    with database.reading() as session:
        for table in whole.tables(session):
            rows = wanted[table.name].rows if table.name in wanted else 0
            if (there := whole.count(session, table)) != rows:
                packing.refuse(
                    f"{table.name} has {there} rows instead of {rows}: the export is damaged, or something"
                    " else has written into the archive meanwhile; delete it and start again"
                )
    end_rows(database, move, {table.name: table.highest_id for table in told.tables})


def end_rows(database: Database, move: Move, highest: Mapping[str, int | None]) -> None:
    """All rows are in, and they keep to the schema: the highest ids that were given are noted, by table.

    Raises:
        StorageUnavailable: when rows point to nothing.
    """
    _pay(database, unfinished.ROWS)
    schema.upgrade(database)
    with database.rebuilding(check=False) as session:
        for name, given in highest.items():
            if given is not None:
                database.kind.note_given(session, name, given)
        unfinished.owe(session, unfinished.SEARCH, database.kind.loosen(session, indexing.TABLES))
        unfinished.note(session, replace(move, indexed=reindex.BEFORE_ALL))


def _pay(database: Database, behind: str) -> None:
    try:
        with database.rebuilding(check=False) as session:
            database.kind.keep_more_pages(session)
            unfinished.pay(session, behind)
            database.kind.know_rows(session)
    except refused(database) as error:
        told = str(getattr(error, "orig", error)).splitlines()
        raise StorageUnavailable(f"rows would point to nothing: {'; '.join(told)[:500]}") from None


def put_in_search(database: Database) -> Iterator[int]:
    """What was taken in into the index and the links, in the order of publication; gives how many articles more are in.

    Raises:
        StorageUnavailable: when rows point to nothing. Busy, StorageFull.
    """
    with database.reading() as session:
        move = unfinished.found(session)
    if move is None or move.indexed is None:
        packing.refuse(f"{database.shown_url} is not being filled, or not all of its rows are in")
    articles, last = 1, move.indexed
    while articles:
        with database.transaction() as session:
            database.kind.keep_more_pages(session)
            articles, last = reindex.put_in_next(session, last)
            unfinished.note(session, replace(move, indexed=last))
        yield articles
    reindex.put_in_missing(database)  # of an older schema none has a place in time yet
    _pay(database, unfinished.SEARCH)
    with database.rebuilding() as session:
        unfinished.end(session)


def refuse_half_filled(database: Database) -> None:
    """Raises StorageUnavailable: when a move into this archive has not come to its end."""
    with database.reading() as session:
        if (move := unfinished.found(session)) is not None:
            raise StorageUnavailable(f"{database.shown_url} is only half filled: {move.again}")
