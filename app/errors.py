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


class BadCursor(DatelineError):
    """The cursor is damaged, or belongs to a search with other filters."""


class Stale(DatelineError):
    """The thing has changed since the caller read it."""


class LogTooShort(DatelineError):
    """The log of changes no longer reaches back that far: what was deleted before cannot be said."""


class Busy(DatelineError):
    """The database is taken by other writers; the same request may succeed in a moment."""


class StorageFull(DatelineError):
    """There is no room to write. Nothing of the request was kept."""


class StorageUnavailable(DatelineError):
    """The database cannot be written or read at all: read-only, damaged, or away."""


class ExtractorUnavailable(DatelineError):
    """What an extractor reads with, a model or a server, fails or does not answer."""
