"""`dateline extract`: every stored article read again."""

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated

import typer

from app import reread
from app.cli import bars
from app.errors import DatelineError, Fault, Unusable
from app.main import installed, open_archive
from app.models.times import stretch
from app.readers import Extractors
from app.reread import Outcome
from app.settings import Settings
from app.store.database import Database


def extract_all(
    all_: Annotated[bool, typer.Option("--all", help="Every article; without it nothing is done.")] = False,
    extractor: Annotated[str | None, typer.Option(help="Its name; DATELINE_EXTRACTOR when not given.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would change.")] = False,
    since: Annotated[str | None, typer.Option(help="Only articles recorded since then: 2024-02, or an instant.")] = None,
    queue: Annotated[bool, typer.Option("--queue", help="Only put them into the queue, for workers to read; see: worker.")] = False,
) -> None:
    """Read stored articles again; those that this version of the extractor has read are passed over, so it can be interrupted."""
    if not all_:
        sys.exit("dateline: say which articles: dateline extract --all")
    if queue and dry_run:
        sys.exit("dateline: workers change what they read; leave out --queue or --dry-run")
    settings = Settings()
    any_of_them = replace(installed(settings), offered=None)
    sys.exit(run(open_archive(settings, new=False), any_of_them, extractor, keep=not dry_run, since=since, queue=queue))


def run(
    database: Database, extractors: Extractors, wanted: str | None, *, keep: bool, since: str | None, queue: bool = False
) -> int:
    """The exit code: 0 when all were read or queued, 1 when some were refused, 130 after Ctrl-C. What was read until then stays.

    Raises:
        Unusable, ExtractorUnavailable, Busy.
    """
    if since is not None:
        _check(since)
    outcomes: Counter[str] = Counter()
    code = bars.INTERRUPTED
    try:
        if queue:
            read = reread.queue_all(database, extractors, wanted, since=since)
        else:
            read = reread.read_all(database, extractors, wanted, keep=keep, since=since)
        _walk(read, "Queueing" if queue else "Reading" if keep else "Trying", reread.count(database, since), outcomes)
        code = 1 if outcomes["refused"] else 0
    except KeyboardInterrupt:
        print("Interrupted; the same command goes on from here.", file=sys.stderr)
    except DatelineError:
        if outcomes:  # else the error is all there is to say
            _tell(outcomes, keep=keep)
        raise
    finally:
        database.close()
    _tell(outcomes, keep=keep)
    return code


def _walk(read: Iterable[Outcome], doing: str, total: int, outcomes: "Counter[str]") -> None:
    with bars.articles() as progress:
        task = progress.add_task(doing, total=total)
        for outcome in read:
            outcomes[outcome] += 1
            progress.advance(task)


def _tell(outcomes: "Counter[str]", *, keep: bool) -> None:
    counted = [f"{outcomes[outcome]} {outcome}" for outcome in reread.OUTCOMES if outcomes[outcome]]
    done = "" if keep else " Nothing was changed: this was a dry run."
    print(f"{sum(outcomes.values())} articles: {', '.join(counted) or 'none'}.{done}")


def _check(since: str) -> None:
    try:
        stretch(since)
    except ValueError as error:
        raise Unusable([Fault("/since", str(error))]) from None
