"""Extractors that read in processes of their own, for a command with more texts than one processor gets read."""

import multiprocessing
import signal
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace

from app import bulk
from app.bulk import Reading
from app.intake.lines import Item
from app.main import installed
from app.models.documents import ArticleDraft
from app.readers import Extractors
from app.settings import Settings
from app.store.database import Database

Numbered = tuple[int, ArticleDraft]
BATCHES_AHEAD = 2
_AT_ONCE = 10  # texts; a process that has read them takes the next
_own: list[Extractors] = []


class Readers:
    """So many processes, which begin with the first text that they are given."""

    def __init__(self, settings: Settings, processes: int) -> None:
        context = multiprocessing.get_context("spawn")  # a fork would share what SQLite must not share
        self._pool = ProcessPoolExecutor(processes, context, _begin, (settings,))

    def ahead(self, database: Database, batches: Iterable[list[Item]]) -> Iterator[tuple[list[Item], dict[int, Reading]]]:
        """Each batch with what was read of it, while those behind it are being read."""
        waiting: deque[tuple[list[Item], list[Future[list[tuple[int, Reading]]]]]] = deque()
        for items in batches:
            waiting.append((items, self._give(database, items)))
            if len(waiting) > BATCHES_AHEAD:
                yield _read(*waiting.popleft())
        while waiting:
            yield _read(*waiting.popleft())

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _give(self, database: Database, items: Sequence[Item]) -> list["Future[list[tuple[int, Reading]]]"]:
        known = bulk.unchanged(database, items)
        texts = [(item.number, item.draft) for item in items if item.draft is not None and item.number not in known]
        texts = [(number, draft) for number, draft in texts if draft.extract is not False]
        return [self._pool.submit(_read_some, texts[at : at + _AT_ONCE]) for at in range(0, len(texts), _AT_ONCE)]


def _read(items: list[Item], reading: list["Future[list[tuple[int, Reading]]]"]) -> tuple[list[Item], dict[int, Reading]]:
    return items, {number: found for some in reading for number, found in some.result()}


def _begin(settings: Settings) -> None:
    """In the process. Ctrl-C reaches all of them; the command ends them itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _own.append(replace(installed(settings), offered=None))


def _read_some(texts: list[Numbered]) -> list[tuple[int, Reading]]:
    return [(number, bulk.try_to_read(_own[0], draft)) for number, draft in texts]
