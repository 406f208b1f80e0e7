"""The tables themselves as the queue, in every database: workers look for what is due, again and again."""

from typing import Any

import structlog
from sqlmodel import Session

from app.errors import DatelineError
from app.queues.due import ANY, Take, Work

PAUSE_S = 0.5  # between two looks at an empty queue: one read of an index for each table
AFTER_ERROR_S = 5.0  # when the archive cannot be used
log = structlog.get_logger("dateline.worker")


class Table:
    def tell(self, session: Session, kind: Any, where: Any) -> None:
        """The row says it."""

    def work(self, work: Work) -> None:
        """One row of each table by turns."""
        while not work.stop.is_set():
            done = [_try(take) for take in work.tasks.values()]
            work.stop.wait(AFTER_ERROR_S if None in done else 0.0 if any(done) else PAUSE_S)


def _try(take: Take) -> bool | None:
    """None after an error: it must not end the only worker; what was taken comes again when its lease has run out."""
    try:
        return take(ANY)
    except DatelineError as error:
        log.warning("worker", detail=str(error))
    except Exception:
        log.exception("worker")
    return None


QUEUE = Table()
