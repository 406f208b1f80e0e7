"""`dateline extract`: every stored article read again, with a bar that shows how fast and how long still."""

import sys
from collections import Counter

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from app import reread
from app.errors import DatelineError, Fault, Unusable
from app.models.times import stretch
from app.readers import Extractors
from app.store.database import Database

INTERRUPTED = 130  # what a shell says of a program that Ctrl-C ended


class _Speed(TextColumn):
    def __init__(self) -> None:
        super().__init__("")

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f} articles/s" if task.speed else "", style="progress.data.speed")


def run(database: Database, extractors: Extractors, wanted: str | None, *, keep: bool, since: str | None) -> int:
    """The exit code: 0 when all were read, 1 when some were refused, 130 after Ctrl-C. What was read until then stays.

    Raises:
        Unusable, ExtractorUnavailable, Busy.
    """
    if since is not None:
        _check(since)
    outcomes: Counter[str] = Counter()
    code = INTERRUPTED
    try:
        _walk(database, extractors, wanted, outcomes, keep=keep, since=since)
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


def _walk(
    database: Database, extractors: Extractors, wanted: str | None, outcomes: "Counter[str]", *, keep: bool, since: str | None
) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Speed(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("Reading" if keep else "Trying", total=reread.count(database, since))
        for outcome in reread.read_all(database, extractors, wanted, keep=keep, since=since):
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
