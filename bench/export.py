"""Every article of an archive as JSON Lines, against the least that can be done: `python3 run.py bench export [ARCHIVE.db]`.

The least is to read the same rows with `sqlite3`, table after table, and to dump the same content with `orjson`, joining nothing to
anything. Each measurement is a process of its own; memory is what it had at the most, at a tenth of the way and at the end.
"""

import argparse
import multiprocessing
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
import orjson

sys.path.insert(0, str(Path(__file__).parent.parent))

from app import formats
from app.export import Export
from app.formats.listing import Listing
from app.main import open_archive
from app.models.articles import ArticleQuery, ArticleSummary
from app.models.documents import Article
from app.settings import Settings
from app.store import article_search, asking
from app.store.asking import Source
from bench import corpus, serving

GOAL = 0.30
_CURRENT = "JOIN article a ON a.id = r.article_id AND a.revision = r.{revision} AND a.withdrawn_at IS NULL"
_OF_CLAIMS = "JOIN claim c ON c.id = r.claim_id AND c.withdrawn_at IS NULL AND c.status != 'rejected'"
_SUMMARY = [
    "SELECT a.id, a.title, s.name, a.published, a.url, a.language, a.revision, a.recorded_at, a.changed_at FROM article a"
    " LEFT JOIN source s ON s.id = a.source_id WHERE a.withdrawn_at IS NULL ORDER BY a.time_key DESC",
    "SELECT article_id, name FROM article_author",
    "SELECT article_id, count(*) FROM claim WHERE withdrawn_at IS NULL AND status != 'rejected' GROUP BY article_id",
]
_FULL = [
    *_SUMMARY[:2],
    f"SELECT r.article_id, r.text FROM article_revision r {_CURRENT.format(revision='number')}",
    f"SELECT r.*, e.name, e.type FROM mention r {_CURRENT.format(revision='revision')} JOIN entity e ON e.id = r.entity_id",
    f"SELECT r.* FROM article_date r {_CURRENT.format(revision='revision')}",
    "SELECT * FROM claim WHERE withdrawn_at IS NULL AND status != 'rejected'",
    f"SELECT r.*, e.name, e.type FROM claim_party r {_OF_CLAIMS} LEFT JOIN entity e ON e.id = r.entity_id",
    *(f"SELECT r.* FROM {table} r {_OF_CLAIMS}" for table in ("claim_part", "claim_hedge", "claim_date")),
    f"SELECT r.* FROM extraction_run r {_CURRENT.format(revision='revision')}",
]
ROWS = {"summary": _SUMMARY, "full": _FULL}


@dataclass(frozen=True, slots=True)
class Measured:
    seconds: float
    articles: int
    megabytes: float
    memory_mb: tuple[float, float] = (0.0, 0.0)

    @property
    def per_second(self) -> float:
        return self.articles / self.seconds


def least(archive: Path, detail: str) -> Measured:
    """What is read, and what is dumped: the time of both, one after the other."""
    connection = sqlite3.connect(archive)
    began = time.perf_counter()
    for statement in ROWS[detail]:
        cursor = connection.execute(statement)
        while cursor.fetchmany(1000):
            pass
    seconds = time.perf_counter() - began
    articles = written = 0
    for piece in _pieces(archive, detail):
        items = [orjson.loads(line) for line in piece.splitlines()]
        began = time.perf_counter()
        written += sum(len(orjson.dumps(item, option=orjson.OPT_APPEND_NEWLINE)) for item in items)
        seconds += time.perf_counter() - began
        articles += len(items)
    return Measured(seconds, articles, written / 1e6)


def by_function(archive: Path, detail: str) -> Measured:
    return _watched(_pieces(archive, detail), _count(archive), own_peak_mb)


def over_http(archive: Path, detail: str) -> Measured:
    with serving.service(archive, 1) as (address, process):
        url = f"{address}/articles?format=jsonl&detail={detail}"
        with httpx.stream("GET", url, trust_env=False, timeout=60) as answer:
            return _watched(answer.iter_raw(), _count(archive), lambda: max(serving.memory_mb(process)))


def _pieces(archive: Path, detail: str) -> Iterator[bytes]:
    database = open_archive(Settings(database_url=f"sqlite:///{archive}"))
    listing = Listing(Article if detail == "full" else ArticleSummary, "", "", ())
    query = ArticleQuery.model_validate({"detail": detail})
    put = partial(asking.put, database, source=Source.REPLICA_FIRST)
    yield from Export(put, article_search.find, query, formats.BY_NAME["jsonl"], listing).pieces()
    database.close()


def _watched(pieces: Iterator[bytes], expected: int, peak_mb: Callable[[], float]) -> Measured:
    articles = written = 0
    early = 0.0
    began = time.perf_counter()
    for piece in pieces:
        articles += piece.count(b"\n")
        written += len(piece)
        if not early and articles > expected / 10:
            early = peak_mb()
    seconds = time.perf_counter() - began
    if articles != expected:
        sys.exit(f"{articles:,} of {expected:,} articles came out")
    return Measured(seconds, articles, written / 1e6, (early, peak_mb()))


def own_peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _count(archive: Path) -> int:
    with sqlite3.connect(archive) as connection:
        return int(connection.execute("SELECT count(*) FROM article WHERE withdrawn_at IS NULL").fetchone()[0])


def measure(archive: Path) -> bool:
    """Print the table; whether the goal is met by both ways of both."""
    print(f"{'':24}{'articles/s':>12}{'MB/s':>8}{'of the least':>14}{'MB at 10 %':>12}{'at the end':>12}")
    is_met = True
    for detail in ROWS:
        base = _alone(least, archive, detail)
        print(f"{detail + ', the least':24}{base.per_second:12,.0f}{base.megabytes / base.seconds:8,.0f}")
        for name, way in (("by the function", by_function), ("over HTTP", over_http)):
            found = _alone(way, archive, detail)
            ratio, (early, late) = base.seconds / found.seconds, found.memory_mb
            is_met &= ratio >= GOAL
            speed = f"{found.per_second:12,.0f}{found.megabytes / found.seconds:8,.0f}"
            print(f"{detail + ', ' + name:24}{speed}{ratio:14.0%}{early:12,.0f}{late:12,.0f}", flush=True)
    return is_met


def _alone(way: Callable[[Path, str], Measured], archive: Path, detail: str) -> Measured:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(way, (archive, detail))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archive", type=Path, nargs="?", metavar="ARCHIVE.db", help="made by bench corpus; else one is made")
    parser.add_argument("--size", type=int, default=10_000, help="articles of the archive that is made")
    asked = parser.parse_args()
    if asked.archive is not None:
        sys.exit(0 if measure(asked.archive) else 1)
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "made.db"
        corpus.make(archive, asked.size, 1, shuffled=False)
        sys.exit(0 if measure(archive) else 1)


if __name__ == "__main__":
    main()
