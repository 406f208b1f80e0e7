"""Which server a question is put to: the one that is written, or a replica, which may be behind it.

A question is a function of a session, so that it can be put again: over another connection when the first was lost, and to the
other server when the one does not answer. See docs/postgresql.md.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from enum import Enum
from typing import TypeVar

from sqlmodel import Session

from app.errors import DatelineError, LogTooShort, Lost, NotFound, Overtaken, Unreachable
from app.store import changes
from app.store.database import Database

T = TypeVar("T")
TRIES = 2  # on one server, when a connection is lost in the middle


class Source(Enum):
    """In which order servers are asked; the value says of each whether it is a replica."""

    WRITTEN = (False,)  # what would be wrong if it were old: the log of changes
    WRITTEN_FIRST = (False, True)  # single things: old rather than not at all
    REPLICA_FIRST = (True, False)  # searches


class _Behind(Unreachable):
    """A replica has not come as far as was asked."""


def put(database: Database, ask: Callable[[Session], T], source: Source, after: int | None = None) -> T:
    """What `ask` makes of one moment of the archive, in which the change `after` has been made.

    Raises:
        LogTooShort: when there is no such change.
        Unreachable: when no server answers, or none that has come so far. And what `ask` raises.
    """
    failed: list[DatelineError] = []
    for is_replica in _order(database, source):
        try:
            return _put_to(database, ask, after, is_replica=is_replica)
        except (Unreachable, Overtaken) as error:
            failed.append(error)
        except NotFound as error:  # by a replica: it may not have come there yet
            if not is_replica:
                raise
            failed.append(error)
    raise next((error for kind in (NotFound, _Behind) for error in failed if isinstance(error, kind)), failed[0])


def confirmed(ask: Callable[[Session], T], after: int | None) -> Callable[[Session], T]:
    """The same question, refused when the archive that is written has no such change."""

    def checked(session: Session) -> T:
        if after is not None and after > (newest := changes.latest(session)):
            raise LogTooShort(
                f"the log of changes ends at {newest}; {after} is of another archive, or of this one before it was put back to"
                " an older state. Leave Dateline-Change out, and read again what you rely on"
            )
        return ask(session)

    return ask if after is None else checked


def _order(database: Database, source: Source) -> list[bool]:
    """Whoever could not be reached a moment ago is asked last."""
    places = list(source.value) if database.has_replica else [False]
    return sorted(places, key=lambda is_replica: database.is_away(replica=is_replica))


def _put_to(database: Database, ask: Callable[[Session], T], after: int | None, *, is_replica: bool) -> T:
    question = _if_not_behind(ask, after) if is_replica else confirmed(ask, after)
    opened: Callable[[], AbstractContextManager[Session]] = database.reading_replica if is_replica else database.reading
    for _ in range(TRIES - 1):
        try:
            with opened() as session:
                return question(session)
        except Lost:
            pass
    with opened() as session:
        return question(session)


def _if_not_behind(ask: Callable[[Session], T], after: int | None) -> Callable[[Session], T]:
    def checked(session: Session) -> T:
        if after is not None and after > changes.latest(session):
            raise _Behind(f"no server that can be reached now has come as far as change {after}; try again in a moment")
        return ask(session)

    return checked
