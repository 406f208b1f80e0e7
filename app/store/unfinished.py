"""Whether an archive is only half filled, and how far: a table of one row that is there for as long as that lasts."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, insert, inspect, select, update
from sqlmodel import Session

_MOVE = Table(  # in no migration: a whole archive does not have it
    "unfinished_move",
    MetaData(),
    Column("manifest", String, nullable=False),
    Column("files", Integer, nullable=False),
    Column("indexed", BigInteger, nullable=True),
)


@dataclass(frozen=True, slots=True)
class Move:
    """`manifest` is the SHA-256 of the one that is being taken in, `files` how many of its files are in, in its order.

    `indexed` is the highest place in time that the search knows.
    """

    manifest: str
    files: int = 0
    indexed: int | None = None


def found(session: Session) -> Move | None:
    """None for a whole archive."""
    if not inspect(session.connection()).has_table(_MOVE.name):
        return None
    row = session.execute(select(_MOVE)).one()
    return Move(row.manifest, row.files, row.indexed)


def begin(session: Session, move: Move) -> None:
    _MOVE.create(session.connection())
    session.execute(insert(_MOVE).values(manifest=move.manifest, files=move.files, indexed=move.indexed))


def note(session: Session, move: Move) -> None:
    session.execute(update(_MOVE).values(files=move.files, indexed=move.indexed))


def end(session: Session) -> None:
    _MOVE.drop(session.connection())
