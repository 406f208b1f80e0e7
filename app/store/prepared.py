"""Rows for answers: a Core statement, turned into the database's own SQL once and put to its driver without what lies between.

SQLAlchemy's execution costs ten times what SQLite takes for a short indexed read; see docs/decisions/0009-way-out.md.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, String, Table, bindparam, func
from sqlmodel import Session, SQLModel

IDS: Any = bindparam("ids", expanding=True)  # `column.in_(IDS)`: the ids that `rows` is given
_DRIVER = "driver connection"


class Prepared:
    """A statement with its parameters left open: `bindparam("name")`, and IDS for a list of ids.

    Rows are what the driver gives: tuples of numbers and strings in the order of the columns; a truth may be 0 or 1.
    """

    def __init__(self, statement: Select[Any]) -> None:
        self._statement = statement
        self._written: dict[tuple[str, int], tuple[str, list[str], dict[str, Any]]] = {}

    def rows(self, session: Session, ids: Sequence[int] | None = None, **given: Any) -> list[Any]:
        """Read after whatever the session has not written yet; for an empty list of ids nothing."""
        if ids is not None and not ids:
            return []
        session.flush()
        cursor = driver(session).cursor()
        cursor.execute(*self.put(session, ids or (), given))
        found: list[Any] = cursor.fetchall()
        return found

    def put(self, session: Session, ids: Sequence[int], given: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """In the database's own words, and the values of its parameters."""
        dialect, count = session.get_bind().dialect, len(ids)
        sql, names, values = self._written.get((dialect.name, count)) or self._write(dialect, count)
        values = {**values, **given}
        values.update((f"ids_{number}", row_id) for number, row_id in enumerate(ids, 1))
        return sql, [values[name] for name in names]

    def _write(self, dialect: Any, count: int) -> tuple[str, list[str], dict[str, Any]]:
        """One SQL text for each length of the list: a page has at most 200 rows."""
        compiled: Any = self._statement.compile(dialect=dialect)
        unknown = {name: 0 for name, value in compiled.params.items() if value is None}
        state = compiled.construct_expanded_state({**unknown, "ids": [0] * count})
        values = {name: value for name, value in state.parameters.items() if name not in unknown}
        written = self._written[dialect.name, count] = (state.statement, list(state.positiontup or ()), values)
        return written


def table(row: type[SQLModel]) -> Table:
    found: Table = row.__table__  # type: ignore[attr-defined]
    return found


def driver(session: Session) -> Any:
    """The driver's own connection, in the transaction of the session."""
    known = session.info.get(_DRIVER)
    if known is None:
        known = session.info[_DRIVER] = session.connection().connection.driver_connection
    return known


def instant(column: Any) -> ColumnElement[str]:
    """A moment as answers write it: 2024-02-13T09:00:00.000000Z."""
    return func.replace(column, " ", "T", type_=String()).concat("Z")
