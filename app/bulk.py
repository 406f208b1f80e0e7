"""Many drafts stored at once: each has a result of its own, and what is wrong with one stops no other."""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from app import ingest
from app.errors import ExtractorUnavailable, Fault, Unusable
from app.intake.lines import Item
from app.models.documents import ArticleDraft
from app.readers import Extractors, Read, read
from app.store import articles
from app.store.database import Database
from app.store.retrying import retried

MOST_LINES = 500  # of a batch: more gain nothing, and other writers wait for as long as one takes
MOST_BYTES = 2_000_000
Reading = Read | None | Unusable | ExtractorUnavailable  # what an extractor made of a draft, or why it made nothing


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one line. `failed`: not for its own fault, but for `error`; it may be sent again."""

    line: int
    status: Literal["created", "unchanged", "revised", "invalid", "conflict", "failed"]
    article_id: int | None = None
    faults: Sequence[Fault] = ()
    error: Exception | None = None


def store(
    database: Database,
    extractors: Extractors,
    items: Sequence[Item],
    made_by: str,
    *,
    revise: bool = False,
    ready: Mapping[int, Reading] | None = None,
    within_s: float = math.inf,
) -> list[Result]:
    """The results of the first items, in order, on disk when this returns: as many as can be read within that time, at least one.

    `ready` is what has been read already, by the number of the line.

    Raises:
        Busy, StorageFull, StorageUnavailable: then nothing of it is stored.
    """
    ready = ready or {}
    until = time.monotonic() + within_s
    known = unchanged(database, items)
    results: list[Result | None] = []
    new: list[tuple[int, ingest.New]] = []
    for item in items:
        if results and time.monotonic() > until:
            break
        result, reading = _before(extractors, item, known, ready)
        if result is None and item.draft is not None:
            new.append((len(results), (item.draft, reading)))
        results.append(result)
    outcomes = ingest.store_many(database, [one for _, one in new], made_by, revise=revise) if new else []
    for (place, _), outcome in zip(new, outcomes, strict=True):
        results[place] = Result(items[place].number, outcome.became, outcome.article_id, outcome.faults)
    return [result for result in results if result is not None]


def failed(items: Sequence[Item], error: Exception) -> list[Result]:
    """The results of items that could not be stored."""
    return [
        Result(item.number, "invalid", faults=item.faults)
        if item.draft is None
        else Result(item.number, "failed", faults=[Fault("", str(error))], error=error)
        for item in items
    ]


@retried
def unchanged(database: Database, items: Sequence[Item]) -> dict[int, int]:
    """By line, the articles that are stored with the very text that is sent: nothing need be read, nor stored.

    One that other items would give another text is none: what becomes of it depends on what is stored before.
    """
    drafts = [(item.number, item.draft, articles.natural_keys(item.draft)) for item in items if item.draft is not None]
    with database.reading() as session:
        stored = articles.stored_as(session, (key for _, _, keys in drafts for key in keys))
    found: dict[int, int] = {}
    others: set[int] = set()
    for number, draft, keys in drafts:
        known = next((stored[key] for key in keys if key in stored), None)
        if known is not None and known.has(draft.text):
            found[number] = known.article_id
        elif known is not None:
            others.add(known.article_id)
    return {number: article_id for number, article_id in found.items() if article_id not in others}


def try_to_read(extractors: Extractors, draft: ArticleDraft) -> Reading:
    try:
        return read(extractors, draft.extract, draft.text, draft.published, draft.language)
    except (Unusable, ExtractorUnavailable) as error:
        return error


def _before(
    extractors: Extractors, item: Item, known: Mapping[int, int], ready: Mapping[int, Reading]
) -> tuple[Result | None, Read | None]:
    """What is sure of an item before anything is stored; else what was read."""
    number = item.number
    if item.draft is None:
        return Result(number, "invalid", faults=item.faults), None
    if number in known:
        return Result(number, "unchanged", known[number]), None
    reading = ready[number] if number in ready else try_to_read(extractors, item.draft)
    if isinstance(reading, Unusable):
        return Result(number, "invalid", faults=reading.faults), None
    if isinstance(reading, ExtractorUnavailable):
        return failed([item], reading)[0], None
    return None, reading
