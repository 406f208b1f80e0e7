"""Rows for answers: a Core statement, turned into the database's own SQL once and put to its driver without what lies between.

SQLAlchemy's execution costs ten times what SQLite takes for a short indexed read; see docs/decisions/0009-way-out.md.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, String, Table, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction
from sqlmodel import Session, SQLModel

IDS: Any = bindparam("ids", expanding=True)  # `column.in_(IDS)`: the ids that `rows` is given
AT_ONCE = 500  # ids that one statement takes; SQLite takes 32,766 values
MOST_IDS = 200  # in one statement: each length has an SQL text of its own
_DRIVER = "driver connection"


@dataclass(frozen=True, slots=True)
class _Written:
    """A statement in the database's words; of its `values`, those at `given` are put in by name, and from `ids_from` on the ids."""

    sql: str
    values: list[Any]
    given: list[tuple[int, str]]
    ids_from: int


class Prepared:
    """A statement with its parameters left open: `bindparam("name")`, and IDS, once, for a list of ids.

    Rows are what the driver gives: tuples of numbers and strings in the order of the columns; a truth may be 0 or 1.
    """

    def __init__(self, statement: Select[Any]) -> None:
        self._statement = statement
        self._written: dict[tuple[str, int], _Written] = {}

    def rows(self, session: Session, ids: Sequence[Any] | None = None, **given: Any) -> list[Any]:
        """Read after whatever the session has not written yet; for an empty list of ids nothing."""
        if ids is not None and not ids:
            return []
        session.flush()
        cursor = driver(session).cursor()
        cursor.execute(*self.put(session, ids or (), given))
        found: list[Any] = cursor.fetchall()
        return found

    def rows_of(self, session: Session, ids: Iterable[Any]) -> Iterator[Any]:
        """The rows for any number of ids, which may be strings, each taken once.

        In lots of AT_ONCE, of which the last is filled up with what it holds already: one SQL text for all.
        """
        once = list(dict.fromkeys(ids))
        for at in range(0, len(once), AT_ONCE):
            some = once[at : at + AT_ONCE]
            full = next(length for length in (1, 20, AT_ONCE) if len(some) <= length)
            yield from self.rows(session, [*some, *some[-1:] * (full - len(some))])

    def put(self, session: Session, ids: Sequence[Any], given: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """In the database's own words, and the values of its parameters."""
        dialect = session.get_bind().dialect
        written = self._written.get((dialect.name, len(ids))) or self._write(dialect, len(ids))
        values = written.values.copy()
        for place, name in written.given:
            values[place] = given[name]
        values[written.ids_from : written.ids_from + len(ids)] = ids
        return written.sql, values

    def _write(self, dialect: Any, count: int) -> _Written:
        """One SQL text for each length of the list, of which there are MOST_IDS."""
        compiled: Any = self._statement.compile(dialect=dialect)
        unknown = {name: 0 for name, value in compiled.params.items() if value is None}
        state = compiled.construct_expanded_state({**unknown, "ids": [0] * count})
        names: list[str] = list(state.positiontup or ())
        written = self._written[dialect.name, count] = _Written(
            state.statement,
            [state.parameters[name] for name in names],
            [(place, name) for place, name in enumerate(names) if name in unknown],
            names.index("ids_1") if count else 0,
        )
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


class instant(GenericFunction[str]):  # noqa: N801
    """A moment as answers write it: 2024-02-13T09:00:00.000000Z."""

    type = String()
    inherit_cache = True


@compiles(instant, "sqlite")
def _in_sqlite(element: Any, compiler: Any, **how: Any) -> str:
    return f"replace({compiler.process(element.clauses, **how)}, ' ', 'T') || 'Z'"


@compiles(instant, "postgresql")
def _in_postgresql(element: Any, compiler: Any, **how: Any) -> str:
    moment = compiler.process(element.clauses, **how)
    return f"to_char({moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
