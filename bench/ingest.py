"""How fast articles come in, beside the same rows written by `sqlite3` alone: `python3 run.py bench ingest --articles 3000`.

1. Articles with about ten ready-made claims each, sent along; the same without; the same with claims that an extractor found.
2. Each kind is stored batch by batch through the program's bulk path, on disk with synchronous FULL.
3. All rows are read back, links and the entries of the full text too, and written into a fresh archive of the same schema by
   prepared `executemany`, with the same pragmas and batches.

Both are repeated in turn; the medians are compared. What makes the articles and reads the rows back is not timed.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parent.parent))

from app import ingest
from app.main import open_archive
from app.models.claims import ClaimDraft, HedgeDraft, PlaceDraft, QuoteDraft, SpeakerDraft, SubjectDraft
from app.models.documents import ArticleDraft
from app.models.extraction import Extraction, FoundClaim, FoundHedge, FoundParty, Span
from app.models.times import DateDraft
from app.settings import Settings
from app.store.linking import preferred
from bench import raw
from bench.corpus import Document, as_read, documents

KINDS: dict[str, Callable[[Sequence[Document]], list[ingest.New]]] = {
    "claims sent along": lambda made: [(with_claims(*document), None) for document in made],
    "no claims": lambda made: [(draft, None) for draft, _ in made],
    "claims found by an extractor": as_read,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=3000)
    parser.add_argument("--batch", type=int, default=500, help="articles of one transaction")
    parser.add_argument("--rounds", type=int, default=3, help="times that both are repeated")
    parser.add_argument("--folder", type=Path, help="on the disk that is measured; the temporary folder otherwise")
    asked = parser.parse_args()
    made = list(documents(asked.articles))
    table = Table("", "Dateline", "raw", "Dateline / raw", title=f"Articles a second, {asked.batch} in one transaction")
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        for kind, drafts in KINDS.items():
            ours, theirs = measure(Path(folder), drafts(made), asked.batch, asked.rounds)
            table.add_row(kind, *(f"{asked.articles / took:,.0f}" for took in (ours, theirs)), f"{theirs / ours:.0%}")
    Console(highlight=False).print(table)


def measure(folder: Path, items: Sequence[ingest.New], size: int, rounds: int) -> tuple[float, float]:
    """Seconds of the bulk path and of the raw rows, the medians."""
    empty, archive = folder / "empty.db", folder / "archive.db"
    open_archive(Settings(database_url=f"sqlite:///{empty}", _env_file=None)).close()
    rows: list[raw.Batch] = []
    took: list[tuple[float, float]] = []
    for _ in range(rounds):
        shutil.copy(empty, archive)
        ours, ends = store(archive, items, size)
        rows = rows or raw.read(archive, ends)
        _remove(archive)
        shutil.copy(empty, archive)
        took.append((ours, raw.write(archive, rows)))
        _remove(archive)
    return median(ours for ours, _ in took), median(theirs for _, theirs in took)


def store(archive: Path, items: Sequence[ingest.New], size: int) -> tuple[float, list[dict[str, int]]]:
    """Seconds, and the numbers that the rows of each batch end with.

    Raises:
        SystemExit: when not every article is stored: a rate would mean nothing.
    """
    database = open_archive(Settings(database_url=f"sqlite:///{archive}", _env_file=None))
    seconds, ends = 0.0, []
    for at in range(0, len(items), size):
        some = items[at : at + size]
        began = time.perf_counter()
        outcomes = ingest.store_many(database, some, "bench")
        seconds += time.perf_counter() - began
        if bad := [outcome for outcome in outcomes if outcome.became != "created"]:
            sys.exit(f"{len(bad)} articles were not stored, the first: {bad[0]}")
        ends.append(raw.numbers(archive))
    database.close()
    return seconds, ends


def with_claims(draft: ArticleDraft, found: Extraction) -> ArticleDraft:
    """What was found, as a caller who knows it sends it along."""
    claims = [_claim(draft.text, claim, found) for claim in found.claims]
    return draft.model_copy(update={"claims": claims, "extract": False})


def _claim(text: str, claim: FoundClaim, found: Extraction) -> ClaimDraft:
    return ClaimDraft(
        quote=QuoteDraft(**_words(text, claim), continued=[PlaceDraft(**_words(text, part)) for part in claim.continued]),
        kind=claim.kind,
        speakers=[SpeakerDraft(kind=party.kind, **_entity(party, found), **_named(text, party)) for party in claim.speakers],
        subjects=[SubjectDraft(**_entity(party, found)) for party in claim.subjects],
        cue=claim.cue and PlaceDraft(**_words(text, claim.cue)),
        hedges=[HedgeDraft(**_words(text, hedge), kind=hedge.kind, by=hedge.by) for hedge in claim.hedges],
        negated=claim.negated,
        said=None if claim.said is None else found.dates[claim.said].edtf,
        dates=[
            DateDraft(edtf=date.edtf or "", start=date.start, end=date.end) for date in map(found.dates.__getitem__, claim.dates)
        ],
        confidence=claim.confidence,
    )


def _entity(party: FoundParty, found: Extraction) -> dict[str, Any]:
    if party.entity is None:
        return {}
    entity = found.entities[party.entity]
    return {"entity": preferred(entity), "type": entity.type}


def _words(text: str, place: Span | FoundClaim | FoundHedge) -> dict[str, Any]:
    return {"exact": text[place.start : place.end], "start": place.start, "end": place.end}


def _named(text: str, party: FoundParty) -> dict[str, Any]:
    span = party.span
    return {} if span is None else {"text": text[span.start : span.end], "start": span.start, "end": span.end}


def _remove(archive: Path) -> None:
    for end in ("", "-wal", "-shm"):
        archive.with_name(archive.name + end).unlink(missing_ok=True)


if __name__ == "__main__":
    main()
