"""Whether an archive is only half filled, and how far: a table of one row that is there for as long as that lasts.

Beside it what was taken away from the tables while they are filled, as the statements that give it back.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, delete, insert, inspect, select, update
from sqlmodel import Session

_META = MetaData()
_MOVE = Table(  # in no migration: a whole archive does not have it
    "unfinished_move",
    _META,
    Column("manifest", String, nullable=False),
    Column("files", Integer, nullable=False),
    Column("indexed", BigInteger, nullable=True),
)
_STATEMENT = Table(
    "unfinished_statement",
    _META,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("behind", String, nullable=False),
    Column("statement", String, nullable=False),
)
ROWS, SEARCH = "rows", "search"  # behind what a statement is put


@dataclass(frozen=True, slots=True)
class Move:
    """`manifest` says what is being taken in: the SHA-256 of a manifest, of whose files `files` are in, in its order; or `copy …`.

    `indexed` is the highest place in time that the search knows.
    """

    manifest: str
    files: int = 0
    indexed: int | None = None

    @property
    def again(self) -> str:
        """What is to be done for it to go on."""
        return "run the same dateline copy again" if is_copy(self.manifest) else "run dateline ingest with the same directory again"


def is_copy(manifest: str) -> bool:
    return manifest.startswith("copy ")


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


def owe(session: Session, behind: str, statements: Sequence[str]) -> None:
    """What is to be put to the database behind the rows, or when all is in the search."""
    if not statements:
        return
    _STATEMENT.create(session.connection(), checkfirst=True)
    held = len(session.execute(select(_STATEMENT.c.number)).all())
    rows = [{"number": number, "behind": behind, "statement": told} for number, told in enumerate(statements, held)]
    session.execute(insert(_STATEMENT), rows)


def pay(session: Session, behind: str) -> None:
    """Raises what the driver raises when rows do not keep to what is given back."""
    if not inspect(session.connection()).has_table(_STATEMENT.name):
        return
    owed = _STATEMENT.c.behind == behind
    for told in session.scalars(select(_STATEMENT.c.statement).where(owed).order_by(_STATEMENT.c.number)).all():
        session.connection().exec_driver_sql(told)
    session.execute(delete(_STATEMENT).where(owed))


def end(session: Session) -> None:
    _MOVE.drop(session.connection())
    _STATEMENT.drop(session.connection(), checkfirst=True)
