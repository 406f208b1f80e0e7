"""Many rows at once, without an object for each: an object costs ten times its row."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

MOST_VALUES = 10_000  # in one statement; SQLite takes 32,766


def add(session: Session, table: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Every row has the same columns; what they point to is stored already, for nothing is flushed here."""
    if rows:
        session.connection().execute(insert(table.__table__), rows)


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
