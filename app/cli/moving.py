"""`dateline export --everything` and `dateline ingest` of such a directory: a whole archive moves to another database."""

import sys
from pathlib import Path

from app import logs, moving
from app.cli import bars
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
