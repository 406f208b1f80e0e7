"""`dateline export --everything`, `dateline ingest` of such a directory, `dateline copy`: a whole archive moves elsewhere."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from app import copying, logs, moving
from app.cli import bars
from app.copying import Compared
from app.errors import Busy, StorageFull, StorageUnavailable
from app.main import connect, open_archive
from app.settings import Settings


def write(directory: Path) -> int:
    """Everything into the directory: the exit code, 130 after Ctrl-C.

    Raises:
        Unusable, StorageFull, StorageUnavailable.
    """
    settings = Settings()
    logs.configure(settings.log_level, settings.log_format)
    database = open_archive(settings, new=False)
    try:
        with bars.rows() as progress:
            task = progress.add_task("Writing", total=moving.count(database))
            for rows in moving.write(database, directory):
                progress.advance(task, rows)
    except KeyboardInterrupt:
        print(f"Interrupted; {directory} is no export yet. The same command starts anew.", file=sys.stderr)
        return bars.INTERRUPTED
    finally:
        database.close()
    told = moving.read_manifest(directory)
    size = sum(part.bytes for _, part in told.parts)
    print(f"{told.rows:,} rows of {len(told.tables)} tables are in {directory}, {size / 1e6:,.1f} MB.")
    return 0


def take_in(directory: Path) -> int:
    """Everything that stands in the directory into an empty archive: the exit code, 130 after Ctrl-C.

    Raises:
        Unusable, Busy, StorageFull, StorageUnavailable.
    """
    settings = Settings()
    logs.configure(settings.log_level, settings.log_format)
    told = moving.read_manifest(directory)
    database = connect(settings)
    articles = next((table.rows for table in told.tables if table.name == "article"), 0)
    try:
        with bars.rows() as progress:
            task = progress.add_task("Rows", total=told.rows)
            for rows in moving.take_in(database, directory, told):
                progress.advance(task, rows)
            task = progress.add_task("Articles into the search", total=articles)
            for put_in in moving.put_in_search(database):
                progress.advance(task, put_in)
    except KeyboardInterrupt:
        print("Interrupted; the archive is half filled. The same command goes on from here.", file=sys.stderr)
        return bars.INTERRUPTED
    finally:
        database.close()
    print(f"{told.rows:,} rows of {len(told.tables)} tables are in {settings.database_url}, and all can be searched.")
    return 0


def copy(
    source: Annotated[str, typer.Option("--from", metavar="URL", help="The archive, as DATELINE_DATABASE_URL names one.")],
    target: Annotated[str, typer.Option("--to", metavar="URL", help="An empty database, or one half filled by the same command.")],
) -> None:
    """Copy a whole archive into another database, of the same kind or another, and compare the two row for row.

    The same command goes on where it was stopped. Ends with 0 when all is there, with 1 when it was refused or has failed, with
    130 after Ctrl-C. Nobody should write into either of the two meanwhile.
    """
    settings = Settings()
    logs.configure(settings.log_level, settings.log_format)
    sys.exit(_copy(settings, source, target))


def _copy(settings: Settings, source: str, target: str) -> int:
    old = connect(settings.model_copy(update={"database_url": source}))
    new = connect(settings.model_copy(update={"database_url": target}))
    has_begun = False
    try:
        with bars.rows() as progress:
            with copying.begun(old, new) as copy:
                has_begun = True
                articles = copy.counts["article"]
                task = progress.add_task("Rows", total=copy.rows)
                for rows in copy.put():
                    progress.advance(task, rows)
                task = progress.add_task("Compared", total=copy.rows)
                for rows in copy.compare():
                    progress.advance(task, rows)
                copy.end()
            task = progress.add_task("Articles into the search", total=articles)
            for put_in in moving.put_in_search(new):
                progress.advance(task, put_in)
    except KeyboardInterrupt:
        print("Interrupted; the target is half filled. The same command goes on from here.", file=sys.stderr)
        return bars.INTERRUPTED
    except copying.Differs:
        raise
    except (Busy, StorageFull, StorageUnavailable) as error:
        if not has_begun:
            raise
        raise type(error)(f"{error}. The target is half filled; the same command goes on from here") from error
    finally:
        old.close()
        new.close()
    _print(copy.compared)
    print(f"{copy.rows:,} rows of {len(copy.compared)} tables are the same in both, and all can be searched.")
    return 0


def _print(compared: list[Compared]) -> None:
    table = Table("table", Column("rows", justify="right"), "SHA-256 of the rows, in both", box=None)
    for one in compared:
        table.add_row(one.name, f"{one.rows:,}", one.sha256[:16])
    Console().print(table)
