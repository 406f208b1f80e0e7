"""The ids of rows: given in order, without a gap, and never again, not even the newest after its row is gone.

SQLite counts by itself (https://www.sqlite.org/autoinc.html). Elsewhere a table holds the highest id of each table, written in the
transaction of the row: sequences leave gaps and give numbers out of the order of commits.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlmodel import Session

from app.store import engines


class Numbers:
    """The ids that the next rows of a table get: `numbers[0]` is the first one's. Whoever asks for them writes these rows next."""

    def __init__(self, session: Session, table: Any) -> None:
        self._first = last_given(session, table.__tablename__) + 1

    def __getitem__(self, number: int) -> int:
        return self._first + number


def last_given(session: Session, table: str) -> int:
    """The highest id that was ever given in this table, 0 if none."""
    return engines.kind_under(session).last_given(session, table)


def numbered(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """The rows with their ids, which are noted, where the database does not see to it."""
    key, kind = counted(table), engines.kind_under(session)
    if key is None or kind.counts:
        return rows
    if key not in rows[0]:
        first = kind.last_given(session, table.name) + 1
        rows = [{key: number, **row} for number, row in enumerate(rows, first)]
    kind.note_given(session, table.name, max(row[key] for row in rows))
    return rows


def number_new(session: Session, *_: Any) -> None:
    """The same for objects that are about to be written."""
    if not session.new or engines.kind_under(session).counts:
        return
    found = defaultdict[Table, list[Any]](list)
    for one in session.new:
        table = type(one).__table__
        key = counted(table)
        if key is not None and getattr(one, key) is None:
            found[table].append(one)
    for table, some in found.items():
        for one, row in zip(some, numbered(session, table, [{}] * len(some)), strict=True):
            setattr(one, str(counted(table)), row[str(counted(table))])


@cache
def counted(table: Table) -> str | None:
    """The column whose values are given here; None where rows come with their keys."""
    is_counted = table.dialect_options["sqlite"]["autoincrement"]
    return next(iter(table.primary_key.columns)).name if is_counted else None
