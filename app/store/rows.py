"""Many rows at once, without an object for each: an object costs ten times its row."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import bindparam, insert
from sqlmodel import Session

from app.store.prepared import driver

MOST_VALUES = 10_000  # in one statement; SQLite takes 32,766


def add(session: Session, table: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Every row has the same columns; what they point to is stored already, for nothing is flushed here."""
    if rows:
        columns = table.__table__.c
        defaults = {c.name: c.default.arg for c in columns if c.default is not None and c.name not in rows[0]}
        given = {name: bindparam(name, type_=columns[name].type) for name in (*defaults, *rows[0])}
        many(session, insert(table.__table__).values(given), [{**defaults, **row} for row in rows] if defaults else rows)


def many(session: Session, statement: Any, rows: Sequence[dict[str, Any]]) -> None:
    """The statement for each row, put to the driver at once: SQLAlchemy would handle each value of each row three times."""
    dialect = session.get_bind().dialect
    written: Any = statement.compile(dialect=dialect)
    names = list(written.positiontup)
    process = [written.binds[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names]
    if any(process):
        rows = [dict(row) for row in rows]
        for name, written_as in zip(names, process, strict=True):
            if written_as is not None:
                for row in rows:
                    row[name] = written_as(row[name])
    driver(session).cursor().executemany(str(written), [[row[name] for name in names] for row in rows])


def add_numbered(session: Session, table: Any, rows: Sequence[dict[str, Any]]) -> list[int]:
    """As `add`: the ids that the rows were given, in their order."""
    if not rows:
        return []
    connection = session.connection()
    # SQLite numbers the rows of one statement in their order, and SQLAlchemy, asked for an order, would send it one by one.
    must_ask = connection.dialect.name != "sqlite"
    numbered = insert(table.__table__).returning(table.__table__.c.id, sort_by_parameter_order=must_ask)
    return sorted(connection.execute(numbered, rows).scalars())


def some_at_once(values: Iterable[Any]) -> Iterator[list[Any]]:
    """The values, each once, in lots that one statement takes."""
    once = list(dict.fromkeys(values))
    return (once[i : i + MOST_VALUES] for i in range(0, len(once), MOST_VALUES))
