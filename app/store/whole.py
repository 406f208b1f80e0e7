"""Whole tables, read out and put in as they stand, for an archive that moves from one database to another.

What tables and columns there are is asked of the database, so that one of an older schema is read and filled just as well. Instants
are written as `2024-02-13T09:00:00.000000Z`, truths as true and false, whatever the database keeps them as.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    bindparam,
    exists,
    func,
    insert,
    literal,
    select,
    tuple_,
)
from sqlmodel import Session, SQLModel

from app.models.fields import DERIVED
from app.store import engines
from app.store.database import Database
from app.store.prepared import driver, instant
from app.store.schema import is_ours

AT_ONCE = 1_000  # rows, each of which may hold a text of 2,000,000 characters
SNAPSHOT = "snapshot.db"
_LEFT_OUT = {"alembic_version", "unfinished_move", "unfinished_statement", "sqlite_sequence", "given_number"}
_ACCEPTED: tuple[tuple[type, tuple[type, ...], str], ...] = (
    (Boolean, (bool,), "true or false"),
    (DateTime, (str,), "an instant such as 2024-02-13T09:00:00.000000Z"),
    (Float, (float, int), "a number"),
    (Integer, (int,), "a whole number"),
    (LargeBinary, (str,), "bytes in base64"),
    (object, (str,), "a text"),
)
_WRITTEN: dict[type, Callable[[Any], Any]] = {Boolean: bool, LargeBinary: lambda value: b64encode(value).decode()}
_PARSED: dict[type, Callable[[str], Any]] = {
    DateTime: datetime.fromisoformat,
    LargeBinary: lambda text: b64decode(text, validate=True),
}


class WrongRow(ValueError):
    """A row that does not fit its table; `index` is its place among those that were given, from 0."""

    def __init__(self, index: int, detail: str) -> None:
        super().__init__(detail)
        self.index = index


def tables(session: Session) -> list[Table]:
    """Those that hold what cannot be made again, each behind those that it points to."""

    def stays(name: str, _: Any) -> bool:
        ours = SQLModel.metadata.tables.get(name)
        return is_ours(name, "table") and name not in _LEFT_OUT and (ours is None or not _is_derived(ours))

    found = MetaData()
    found.reflect(session.connection(), only=stays)
    return found.sorted_tables


def columns(table: Table) -> list[Column[Any]]:
    """Those of its columns that cannot be made again."""
    ours = SQLModel.metadata.tables.get(table.name)
    return [c for c in table.columns if ours is None or c.name not in ours.c or not _is_derived(ours.c[c.name])]


def _is_derived(made: Table | Column[Any]) -> bool:
    return DERIVED.items() <= made.info.items()


def read(session: Session, table: Table, behind: Sequence[Any] = ()) -> Iterator[list[dict[str, Any]]]:
    """All rows in the order of their keys, so many at once; those behind a key, when one is given."""
    moved, keys = columns(table), list(table.primary_key.columns)
    names = [str(column.name) for column in moved]  # orjson takes no kind of str as a key
    odd = [(str(column.name), write) for column in moved for kind, write in _WRITTEN.items() if isinstance(column.type, kind)]
    shown = (instant(column).label(column.name) if isinstance(column.type, DateTime) else column for column in moved)
    asked = select(*shown).order_by(*keys)
    if behind:
        asked = asked.where(tuple_(*keys) > tuple_(*(literal(value, key.type) for key, value in zip(keys, behind, strict=True))))
    statement: Any = asked.compile(session.get_bind())
    values = [statement.params[name] for name in statement.positiontup or ()]
    with closing(engines.kind_under(session).stream(session, str(statement), values)) as cursor:
        while found := cursor.fetchmany(AT_ONCE):
            rows = [dict(zip(names, row, strict=True)) for row in found]
            for name, write in odd:
                for row in rows:
                    row[name] = None if row[name] is None else write(row[name])
            yield rows


def last_key(session: Session, table: Table) -> tuple[Any, ...]:
    """The highest key of its rows; empty when there is none."""
    keys = list(table.primary_key.columns)
    return tuple(session.execute(select(*keys).order_by(*(key.desc() for key in keys)).limit(1)).first() or ())


def count(session: Session, table: Table) -> int:
    return int(session.execute(select(func.count()).select_from(table)).scalar_one())


def first_filled(session: Session) -> str | None:
    """The name of a table that holds a row; None when the archive is empty."""
    return next((table.name for table in tables(session) if session.execute(select(exists(select(table)))).scalar()), None)


def add(session: Session, table: Table, wanted: Sequence[str], rows: Sequence[Any]) -> None:
    """Put rows in, which must be objects with exactly the columns that are wanted.

    Raises:
        WrongRow.
    """
    names = set(wanted)
    for index, row in enumerate(rows):
        if not isinstance(row, dict) or row.keys() != names:
            raise WrongRow(index, f"it must be an object of exactly {', '.join(wanted)}")
    dialect: Any = session.get_bind().dialect
    given = {name: _ready(table.c[name], [row[name] for row in rows], dialect) for name in wanted}
    statement: Any = insert(table).values({name: bindparam(name) for name in wanted}).compile(dialect=dialect)
    ready = list(zip(*(given[name] for name in statement.positiontup), strict=True))
    refused = (dialect.loaded_dbapi.IntegrityError, dialect.loaded_dbapi.DataError, OverflowError)
    kind, cursor = engines.kind_under(session), driver(session).cursor()
    cursor.execute("SAVEPOINT some_rows")
    try:
        if len(ready) >= kind.enough_to_copy:
            kind.copy(session, table.name, statement.positiontup, ready)
        else:
            cursor.executemany(str(statement), ready)
    except refused as error:
        cursor.execute("ROLLBACK TO some_rows")
        raise WrongRow(_first_refused(cursor, str(statement), ready, refused), str(error).splitlines()[0]) from None
    cursor.execute("RELEASE some_rows")


def _ready(column: Column[Any], values: list[Any], dialect: Any) -> list[Any]:
    """The values as the driver takes them."""
    accepted, words = next((types, words) for kind, types, words in _ACCEPTED if isinstance(column.type, kind))
    kinds = {*accepted, *([type(None)] if column.nullable else [])}
    if not set(map(type, values)) <= kinds:
        index = next(i for i, value in enumerate(values) if type(value) not in kinds)
        raise WrongRow(index, f"{column.name} must be {words}{' or null' if column.nullable else ''}")
    parse = next((parse for kind, parse in _PARSED.items() if isinstance(column.type, kind)), None)
    if parse is None:
        return values
    process: Any = column.type.dialect_impl(dialect).bind_processor(dialect) or (lambda value: value)
    known: dict[Any, Any] = {None: None}  # few different ones: most rows that stand together have one and the same time
    for index, value in enumerate(values):
        if value not in known:
            try:
                known[value] = process(parse(value))
            except ValueError:
                raise WrongRow(index, f"{column.name} must be {words}") from None
    return [known[value] for value in values]


def _first_refused(cursor: Any, statement: str, rows: list[Any], refused: tuple[type[Exception], ...]) -> int:
    """Which of the rows it is; nothing of the transaction is kept afterwards."""
    for index, row in enumerate(rows):
        try:
            cursor.execute(statement, row)
        except refused:
            return index
    return 0


@contextmanager
def one_moment(database: Database, folder: Path) -> Iterator[Session]:
    """A session that sees one moment of the archive for hours, while others write.

    Where such a transaction would make a log grow without end, from a copy in the folder, which is deleted afterwards.
    """
    file = folder / SNAPSHOT
    remove_snapshot(folder)
    try:
        with database.reading() as session:
            if not database.kind.set_aside(session, file):
                yield session
                return
        still = Database(f"sqlite:///{file}")
        with still.reading() as session:
            yield session
        still.close()
    finally:
        remove_snapshot(folder)


def remove_snapshot(folder: Path) -> None:
    for end in ("", "-wal", "-shm", "-journal"):
        (folder / f"{SNAPSHOT}{end}").unlink(missing_ok=True)


def highest_given(session: Session, table: Table) -> int | None:
    """The highest id that was ever given in it, rows that are gone included; None for a table that does not count."""
    return engines.kind_under(session).last_given(session, table.name) or None
