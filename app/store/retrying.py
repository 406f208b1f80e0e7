"""Whole transactions done again, where that is known to be right: a context manager cannot run its block twice, a function can.

Again, whatever it writes: when the database has undone it, or the connection was lost before it was told to keep anything. When it
was lost in between, only what a second run finds as the first has left it.
"""

import random
import time
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

import structlog

from app.errors import Busy, DatelineError, InDoubt, Overtaken, StorageFull, StorageUnavailable, Unreachable
from app.store.database import Database

PAUSES_S = (0.05, 0.2, 0.6, 1.8)  # before each further try, give or take a half, so that those who failed together part
_UNDONE = (Overtaken, Unreachable)
_FAILED = (Busy, StorageFull, StorageUnavailable, InDoubt)  # for no fault of what was sent
log = structlog.get_logger("dateline")
P = ParamSpec("P")
T = TypeVar("T")


def retried(work: Callable[Concatenate[Database, P], T]) -> Callable[Concatenate[Database, P], T]:
    """Done again when nothing of it was kept; no longer than a writer waits for others.

    Raises:
        InDoubt: it may have been kept. Unreachable, Overtaken: nothing was, and no further try has helped.
    """
    return _again(work, _UNDONE)


def retried_by_key(work: Callable[Concatenate[Database, P], T]) -> Callable[Concatenate[Database, P], T]:
    """The same, also when it may have been kept: for what recognises what it has stored, and stores it once."""
    return _again(work, (*_UNDONE, InDoubt))


def _again(
    work: Callable[Concatenate[Database, P], T], after: tuple[type[DatelineError], ...]
) -> Callable[Concatenate[Database, P], T]:
    @wraps(work)
    def whole(database: Database, /, *args: P.args, **kwargs: P.kwargs) -> T:
        doubt: InDoubt | None = None
        pauses, until = _pauses(), time.monotonic() + database.busy_timeout_s
        while True:
            try:
                return work(database, *args, **kwargs)
            except _FAILED as error:
                doubt = error if isinstance(error, InDoubt) else doubt
                pause_s = next(pauses, None) if isinstance(error, after) else None
                if pause_s is None or time.monotonic() + pause_s > until:
                    raise doubt or error from error  # that nothing was kept is true of the last try only
                log.info("again", work=work.__name__, detail=str(error), pause_s=round(pause_s, 3))
                time.sleep(pause_s)

    return whole


def _pauses() -> Iterator[float]:
    return (pause_s * random.uniform(0.5, 1.5) for pause_s in PAUSES_S)
