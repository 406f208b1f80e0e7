"""Many rows at once, without an object for each: an object costs ten times its row."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from types import MappingProxyType
from typing import Any

from sqlalchemy import bindparam, insert
from sqlmodel import Session

from app.store import engines, numbering
from app.store.prepared import driver

MOST_VALUES = 10_000  # in one statement; SQLite takes 32,766
NOTHING: Mapping[str, Any] = MappingProxyType({})


class Many:
    """A statement for many rows, put to the driver at once: SQLAlchemy would handle each value of each row three times.

    It is turned into the database's own SQL once. `into`: the table that gets the rows, where the statement does nothing else.
    """

    def __init__(self, statement: Any, into: str | None = None) -> None:
        self._statement, self._into = statement, into
        self._written: dict[str, tuple[str, list[tuple[str, Any]]]] = {}

    def run(self, session: Session, rows: Sequence[Mapping[str, Any]], shared: Mapping[str, Any] = NOTHING) -> None:
        """`shared` are values that all rows have in common, by the name of their column."""
        if rows:
            names = list(rows[0])
            told = map(itemgetter(*names), rows) if len(names) > 1 else ((row[names[0]],) for row in rows)
            self.run_columns(session, dict(zip(names, zip(*told, strict=True), strict=True)), shared, len(rows))

    def run_columns(
        self, session: Session, columns: Mapping[str, Sequence[Any]], shared: Mapping[str, Any] = NOTHING, count: int | None = None
    ) -> None:
        """The same, of rows that were never put together: the values of each column, in the order of the rows."""
        dialect = session.get_bind().dialect
        sql, names = self._written.get(dialect.name) or self._write(dialect)
        count = len(next(iter(columns.values()))) if count is None else count
        put = []
        for name, process in names:
            if name in columns:
                values = columns[name]
                if process is not None:  # few different ones: most rows of a batch have one and the same time
                    known = {value: process(value) for value in set(values)}
                    values = [known[value] for value in values]
                put.append(values)
            else:
                value = shared[name] if process is None else process(shared[name])
                put.append([value] * count)
        rows, kind = zip(*put, strict=True), engines.kind_under(session)
        if self._into is not None and count >= kind.enough_to_copy:
            kind.copy(session, self._into, [name for name, _ in names], rows)
        else:
            driver(session).cursor().executemany(sql, rows)

    def _write(self, dialect: Any) -> tuple[str, list[tuple[str, Any]]]:
        compiled: Any = self._statement.compile(dialect=dialect)
        types = {name: compiled.binds[name].type.dialect_impl(dialect) for name in compiled.positiontup}
        names = [(name, types[name].bind_processor(dialect)) for name in compiled.positiontup]
        written = self._written[dialect.name] = str(compiled), names
        return written


def add(session: Session, table: Any, rows: Sequence[Mapping[str, Any]], shared: Mapping[str, Any] = NOTHING) -> None:
    """Every row has the same columns, beside those that are `shared`; what they point to is stored already, for nothing is
    flushed here.
    """
    if rows:
        rows = numbering.numbered(session, table.__table__, rows)
        statement, defaults = _insert(table, frozenset(rows[0]).union(shared))
        statement.run(session, rows, {**defaults, **shared} if shared else defaults)


@lru_cache(maxsize=256)
def _insert(table: Any, names: frozenset[str]) -> tuple[Many, dict[str, Any]]:
    """The statement for these columns, and what the others have unless it is said."""
    columns = table.__table__.c
    defaults = {c.name: c.default.arg for c in columns if c.default is not None and c.name not in names}
    given = {c.name: bindparam(c.name, type_=c.type) for c in columns if c.name in names or c.name in defaults}
    return Many(insert(table.__table__).values(given), table.__tablename__), defaults


def many(session: Session, statement: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """A statement that is put once; one that is put again and again is a `Many`."""
    Many(statement).run(session, rows)


def add_numbered(session: Session, table: Any, rows: Sequence[dict[str, Any]]) -> list[int]:
    """As `add`: the ids that the rows were given, in their order."""
    numbers = numbering.Numbers(session, table)
    ids = [numbers[i] for i in range(len(rows))]
    add(session, table, [{"id": row_id, **row} for row_id, row in zip(ids, rows, strict=True)])
    return ids


def some_at_once(values: Iterable[Any]) -> Iterator[list[Any]]:
    """The values, each once, in lots that one statement takes."""
    once = list(dict.fromkeys(values))
    return (once[i : i + MOST_VALUES] for i in range(0, len(once), MOST_VALUES))
