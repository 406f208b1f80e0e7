"""What can go wrong, in the subject's words. Doors translate: `api/problems.py` to a status, `cli.py` to an exit code."""

from collections.abc import Sequence
from dataclasses import dataclass


class DatelineError(Exception):
    """`str(error)` says what was given, what is accepted and what to do."""


class NotFound(DatelineError):
    """There is no such thing, or it was deleted."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with what was sent; `pointer` is an RFC 6901 JSON pointer into it."""

    pointer: str
    detail: str


class Unusable(DatelineError):
    """What was sent is well-formed but cannot be stored as it is."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(fault.detail for fault in faults))
        self.faults = list(faults)

    def __reduce__(self) -> tuple[type["Unusable"], tuple[list[Fault]]]:
        return type(self), (self.faults,)  # so that it comes out of another process as it was


class AlreadyStored(DatelineError):
    """Something else stands where this would go. `path` is the address of what stands there."""

    def __init__(self, detail: str, path: str) -> None:
        super().__init__(detail)
        self.path = path


class Merged(DatelineError):
    """The entity was merged into another one, which stands for it."""

    def __init__(self, entity_id: int, kept_id: int) -> None:
        super().__init__(f"entity {entity_id} was merged into entity {kept_id}, which stands for it")
        self.entity_id, self.kept_id = entity_id, kept_id


class BadCursor(DatelineError):
    """The cursor is damaged, or belongs to a search with other filters."""


class Stale(DatelineError):
    """The thing has changed since the caller read it."""


class LogTooShort(DatelineError):
    """The log of changes no longer reaches back that far: what was deleted before cannot be said."""


class Busy(DatelineError):
    """The database is taken by other writers; the same request may succeed in a moment."""


class Overtaken(Busy):
    """Other transactions were in the way, and the database has undone this one; the same may succeed at once."""


class StorageFull(DatelineError):
    """There is no room to write. Nothing of the request was kept."""


class StorageUnavailable(DatelineError):
    """The database cannot be written or read at all: read-only, damaged, or away."""


class Unreachable(StorageUnavailable):
    """The database cannot be reached. Nothing of the request was kept; it may succeed once another server has taken over."""


class Lost(Unreachable):
    """The connection to the database was lost before anything was kept; over a new one the same may succeed at once."""


class ReadOnly(Lost):
    """The server that was written to has become a standby: no connection to it can be used for writing."""


class InDoubt(DatelineError):
    """The connection was lost while the work was being kept: all of it is stored, or nothing; nobody knows which."""


class ExtractorUnavailable(DatelineError):
    """What an extractor reads with, a model or a server, fails or does not answer."""


class AddressRefused(Unusable):
    """An address that is not fetched: of no public host, at another port, of another scheme. It does not say what stands there."""

    def __init__(self, detail: str) -> None:
        super().__init__([Fault("/url", detail)])


class NothingToRead(Unusable):
    """The site answered, and the same answer will come again: no such page, no page at all, no text in it, too much of it."""

    def __init__(self, detail: str, status: int | None = None) -> None:
        super().__init__([Fault("/url", detail)])
        self.status = status


class SiteFailed(DatelineError):
    """A site did not give what was asked for: it is away, or out of order. It may later; `retry_after_s` is when it said."""

    def __init__(self, detail: str, status: int | None = None, retry_after_s: float | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.retry_after_s = retry_after_s


class SiteTooSlow(SiteFailed):
    """A site did not give it in time."""
