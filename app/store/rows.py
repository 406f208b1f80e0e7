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
    if not rows:
        return
    dialect = session.get_bind().dialect
    written: Any = statement.compile(dialect=dialect)
    columns = []
    for name in written.positiontup:
        values = [row[name] for row in rows]
        process = written.binds[name].type.dialect_impl(dialect).bind_processor(dialect)
        if process is not None:  # few different ones: most rows of a batch have one and the same time
            known = {value: process(value) for value in set(values)}
            values = [known[value] for value in values]
        columns.append(values)
    driver(session).cursor().executemany(str(written), zip(*columns, strict=True))


def add_numbered(session: Session, table: Any, rows: Sequence[dict[str, Any]]) -> list[int]:
    """As `add`: the ids that the rows were given, in their order."""
    if not rows:
        return []
    connection = session.connection()
    if connection.dialect.name == "sqlite":  # has one writer, who may count by itself: that takes a third of the time
        ids = _following(session, table.__tablename__, len(rows))
        add(session, table, [{"id": row_id, **row} for row_id, row in zip(ids, rows, strict=True)])
        return list(ids)
    numbered = insert(table.__table__).returning(table.__table__.c.id, sort_by_parameter_order=True)
    return list(connection.execute(numbered, rows).scalars())


def _following(session: Session, table: str, count: int) -> range:
    """The ids behind all that were ever given in this table."""
    first = last_given(session, table) + 1
    return range(first, first + count)


def last_given(session: Session, table: str) -> int:
    """The highest id that was ever given in this table, 0 if none; SQLite's book (https://www.sqlite.org/autoinc.html)."""
    found = driver(session).execute("SELECT seq FROM sqlite_sequence WHERE name = ?", [table]).fetchone()
    return 0 if found is None else int(found[0])


def some_at_once(values: Iterable[Any]) -> Iterator[list[Any]]:
    """The values, each once, in lots that one statement takes."""
    once = list(dict.fromkeys(values))
    return (once[i : i + MOST_VALUES] for i in range(0, len(once), MOST_VALUES))
