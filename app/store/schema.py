"""The schema: made and changed by the migrations only, in one transaction, by one process at a time."""

import time
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import Session

from app.errors import Busy
from app.store.database import Database

PATIENCE_S = 60  # with others who migrate, which is one transaction however long it takes
MIGRATIONS = Path(__file__).parent.parent.parent / "migrations"


def is_ours(name: str | None, kind: str) -> bool:
    """Whether a table belongs to the models; what a kind of database needs besides, Alembic must not drop.

    Those of the full text have `fts` in their names; `given_number` is the book of `numbering.py`.
    """
    return not (kind == "table" and name is not None and ("fts" in name.split("_") or name == "given_number"))


def newest() -> str:
    """The revision that this program was written for."""
    return str(ScriptDirectory(str(MIGRATIONS)).get_current_head())


def knows(revision: str) -> bool:
    """Whether this program has the migrations up to there."""
    return any(script.revision == revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions())


def current(database: Database) -> str | None:
    """The revision that the archive stands at; None for an empty one."""
    with database.reading() as session:
        return stands_at(session)


def stands_at(session: Session) -> str | None:
    """The same, as this session sees it."""
    return MigrationContext.configure(session.connection()).get_current_revision()


def upgrade(database: Database, to: str = "head") -> None:
    """Bring the archive to a revision. Processes that start together wait for one another; one that fails leaves nothing.

    Raises:
        Busy: when others hold the database for longer than PATIENCE_S.
    """
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            if to != "head" or current(database) != newest():
                _run(database, lambda config: command.upgrade(config, to))
            return
        except Busy:
            if time.monotonic() > until:
                raise


def downgrade(database: Database, to: str = "base") -> None:
    _run(database, lambda config: command.downgrade(config, to))


def check(database: Database) -> None:
    """Compare the tables with the models.

    Raises:
        alembic.util.CommandError: when they differ.
    """
    _run(database, command.check)


def _run(database: Database, work: Callable[[Config], None]) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.rebuilding() as session:
        config.attributes["connection"] = session.connection()
        work(config)
