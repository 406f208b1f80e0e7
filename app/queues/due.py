"""What every queue knows of: rows that are due, and what takes them."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from sqlmodel import Session

from app.store.database import Database

SKEW_S = 2.0  # by which the clocks of two machines may differ


@dataclass(frozen=True, slots=True)
class Which:
    """The row that a worker is to take: that one, or else the one that has been due the longest.

    `again`: whoever had taken it is gone; the end of its lease is not waited for.
    """

    row_id: int | None = None
    again: bool = False

    def of(self, kind: Any) -> list[Any]:
        """Conditions for a statement over the rows of that table."""
        if self.row_id is None:
            return [kind.due_at <= datetime.now(UTC)]
        soon = datetime.now(UTC) + timedelta(seconds=SKEW_S)
        return [kind.id == self.row_id, kind.due_at.is_not(None) if self.again else kind.due_at <= soon]


ANY = Which()
Take = Callable[[Which], bool]  # takes a row and does what is to be done with it; false when none was due
Tasks = Mapping[Any, Take]  # by the table


@dataclass(frozen=True, slots=True)
class Work:
    """What a worker does, until it is told to stop; what it is doing then it does to its end."""

    database: Database
    tasks: Tasks
    lease_s: float
    stop: threading.Event


class Queue(Protocol):
    def tell(self, session: Session, kind: Any, where: Any) -> None:
        """Rows of that table that match were made due in this transaction: now, or at their time."""

    def work(self, work: Work) -> None:
        """Take rows as they become due. What waits of one table does not hold up another."""
