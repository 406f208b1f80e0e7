"""What is a database's own: one module for each, named after its dialect, all answering the same questions.

How it is connected to, how it has one writer at a time, how ids are given, what its errors mean. What it searches words with stands
in `store/fulltext/`.
"""

import importlib
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError
from sqlmodel import Session

from app.errors import StorageUnavailable

ACCEPTED = "sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE"


class TakesLong(Exception):
    """A read does not end as soon as it should; it is to be done again in a thread."""


class Kind(Protocol):
    """A kind of database."""

    connections: int  # of one process to one database at the most, when nothing else is set
    counts: bool  # whether it notes itself what ids were given
    enough_to_copy: float  # rows for which `copy` takes less time than a statement for each

    def refuse_what_cannot_work(self, address: URL) -> None:
        """Raises StorageUnavailable for an address that could never be an archive."""

    def refuse_new(self, engine: Engine) -> None:
        """Raises StorageUnavailable when nothing was ever stored there."""

    def connect(self, address: URL, *, busy_timeout_s: float, synchronous: str, connections: int, writes: bool = True) -> Engine:
        """Without `writes`, for an address of replicas: any server will do, and a standby is better.

        Raises:
            StorageUnavailable: for a kind of database that has no replicas.
        """

    def refuse_server(self, connection: Connection) -> None:
        """Raises StorageUnavailable for a server that no archive can be written to: too old, read-only, of another encoding."""

    def free_bytes(self, address: URL) -> int | None:
        """How much can still be written; None where that is only known to a server."""

    def lag_s(self, connection: Connection) -> float:
        """How many seconds a replica is behind; 0 for what is none."""

    def reading(self, engine: Engine) -> Engine:
        """A view of the engine whose transactions see one moment."""

    def writing(self, engine: Engine) -> Engine:
        """A view of the engine whose transactions are the only ones that write, once `take_turn` has returned."""

    def take_turn(self, connection: Connection, busy_timeout_s: float) -> None:
        """Wait for other writers.

        Raises:
            What the driver raises when it takes too long.
        """

    def before_rebuilding(self, connection: Connection) -> Callable[[], None]:
        """What must be said before a transaction that changes the schema begins; gives what takes it back behind it."""

    def begin_rebuilding(self, connection: Connection) -> None:
        """Wait, in the transaction, for others who change the schema."""

    def broken_rows(self, connection: Connection) -> str | None:
        """What would point to nothing after the schema was changed, in a sentence; None where the database sees to it itself."""

    def short_reader(self, address: URL, synchronous: str) -> Any:
        """Reads within a bound on a connection that is kept; None where reading means waiting for a network."""

    def in_our_words(self, error: Exception) -> Exception:
        """What an error of the driver means; the error itself, if it is a defect."""

    def why_not_connected(self, error: Exception) -> Exception:
        """The same for one that was met while connecting."""

    def is_lost(self, error: Exception) -> bool:
        """Whether the connection is gone with it, so that nobody was told what became of the last statement."""

    def refuse_undone(self, connection: Connection) -> None:
        """Raises an error of the driver when the transaction has failed, which COMMIT would undo without a word."""

    def copy(self, session: Session, table: str, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Put rows into a table, all in one go; `names` are those of its columns."""

    def stream(self, session: Session, statement: str, values: Sequence[Any]) -> Any:
        """A cursor over rows that are not all held in memory, to be closed."""

    def keep_open(self, session: Session) -> None:
        """Let a transaction that reads stay open, however long nothing is asked in it."""

    def set_aside(self, session: Session, file: Path) -> bool:
        """Put what a session sees into a file, as an SQLite archive of its own; False where the session may stay open instead."""

    def keep_more_pages(self, session: Session) -> None:
        """In memory, on this connection: those of indexes are written to again and again while an archive is filled."""

    def loosen(self, session: Session, tables: Sequence[str]) -> list[str]:
        """Take away from tables what need not be kept up while they are filled; the statements that give it back."""

    def know_rows(self, session: Session) -> None:
        """Let the database look at what it holds, where it chooses by that how to answer."""

    def last_given(self, session: Session, table: str) -> int:
        """The highest id that was ever given in this table, rows that are gone included; 0 if none."""

    def note_given(self, session: Session, table: str, highest: int) -> None:
        """Let no row be given an id up to this one, in the transaction of those that have been given it."""


def kind_of(address: URL) -> Kind:
    """Raises StorageUnavailable for a database that nothing here speaks to."""
    name = address.get_backend_name()
    if name not in ("sqlite", "postgresql"):
        raise StorageUnavailable(f"{name!r} is not a database this version speaks; give {ACCEPTED}")
    try:
        return _kind(name)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("app"):
            raise
        raise StorageUnavailable(f"{error.name} is not installed; install dateline[{name}]") from None


def kind_under(session: Session) -> Kind:
    return _kind(session.get_bind().dialect.name)


@cache
def _kind(name: str) -> Kind:
    found: Kind = importlib.import_module(f"app.store.engines.{name}").KIND
    return found


def read_address(url: str) -> URL:
    """Raises StorageUnavailable for what is no address of a database."""
    try:
        return make_url(url)
    except ArgumentError:
        raise StorageUnavailable(f"{without_secrets(url)!r} is not the address of a database; give {ACCEPTED}") from None
    except ValueError:  # a port that is no number
        raise StorageUnavailable(f"the address of the database has no such port; give {ACCEPTED}") from None


def without_secrets(url: str) -> str:
    """What can be shown of an address, or of something that was meant to be one."""
    return re.sub(r"(?<=://)([^:/?]*):.*(?=@)", r"\1:***", re.sub(r"(password=)[^&]*", r"\1***", url))
