"""How fast the archive answers, in one table for each thing compared: `python3 run.py bench search --size 10000 --size 100000`.

1. Each question through the store, and as SQL by hand through `sqlite3` alone: median and 99th percentile.
2. The main ones through HTTP, with 1 and 2 workers, beside a bare route that answers the same bytes, and beside Datasette.
3. Bytes of the file by table, and the memory of the workers under load.

Archives that are not there yet are made in `--folder`; files made by `bench corpus` can be named instead. Needs `wrk`; Datasette is
installed into the folder. `--markdown` writes the tables into docs/performance.md.
"""

import argparse
import json
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import httpx
from rich.console import Console

sys.path.insert(0, str(Path(__file__).parent.parent))

from app.main import open_archive
from app.settings import Settings
from app.store.engines import TakesLong
from bench import by_hand, corpus, record, serving
from bench.questions import Question, answered, deep_page, questions
from bench.record import RECORD, WORKERS, Measured, Served, Times

FEWEST, MOST = 5, 2_000  # times that a question is asked


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archives", nargs="*", type=Path, metavar="FILE.db", help="made by bench corpus")
    parser.add_argument("--size", type=int, action="append", default=[], help="articles of an archive to be made; may be repeated")
    parser.add_argument("--folder", type=Path, default=Path("bench-archives"), help="where archives and Datasette are kept")
    parser.add_argument("--seconds", type=float, default=2, help="for each measurement")
    parser.add_argument("--no-http", action="store_true", help="only the store and the SQL by hand")
    parser.add_argument("--markdown", action="store_true", help=f"write the record into docs/{RECORD.name}")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    made = [_made(asked.folder, size) for size in asked.size]
    if not (archives := [*asked.archives, *made]):
        sys.exit("name an archive, or the size of one: python3 run.py bench search --size 10000")
    found = [measure(archive, asked.folder, asked.seconds, over_http=not asked.no_http) for archive in archives]
    tables = record.report(sorted(found, key=lambda one: one.articles))
    console = Console(highlight=False, width=200)
    for table in tables:
        console.print(table)
    if asked.markdown:
        record.write(tables, " ".join(["python3 run.py bench search", *sys.argv[1:]]))


def measure(archive: Path, folder: Path, seconds: float, *, over_http: bool) -> Measured:
    database, connection = open_archive(_settings(archive), new=False), by_hand.opened(archive)
    articles, claims = (connection.execute(f"SELECT count(*) FROM {noun}").fetchone()[0] for noun in ("article", "claim"))
    found, asked = Measured(articles, claims), questions(connection)
    long: set[str] = set()
    with database.reading() as session:
        asked += [
            Question("claims, first page", "/claims?total=none"),
            Question("claims, the 10,000th page", deep_page(session)),
        ]

    def ask_store(path: str) -> None:
        """As the service does: in a short read, where it is one."""
        with suppress(TakesLong), database.reading_shortly() if path not in long else database.reading() as session:
            answered(session, path)
            return
        long.add(path)

    for question in asked:
        _tell(f"{articles:,} articles: {question.name}")
        found.store[question.name] = timed(partial(ask_store, question.path), seconds)
        if question.by_hand is not None:
            found.by_hand[question.name] = timed(partial(question.by_hand, connection), seconds)
    found.bytes = _bytes(connection)
    (found.text_bytes,) = connection.execute("SELECT sum(length(CAST(text AS BLOB))) FROM article_revision").fetchone()
    connection.close()
    database.close()
    if over_http:
        serve(found, archive, folder, [question for question in asked if question.datasette], seconds)
    return found


def timed(ask: Callable[[], object], seconds: float) -> Times:
    ask()
    took: list[float] = []
    until = time.perf_counter() + seconds
    while len(took) < FEWEST or (len(took) < MOST and time.perf_counter() < until):
        began = time.perf_counter()
        ask()
        took.append((time.perf_counter() - began) * 1e6)
    took.sort()
    return Times(took[len(took) // 2], took[int(len(took) * 0.99)])


def serve(found: Measured, archive: Path, folder: Path, asked: Sequence[Question], seconds: float) -> None:
    for workers in WORKERS:
        with serving.service(archive, workers) as (address, process):
            for question in asked:
                _tell(f"{found.articles:,} articles, HTTP, {workers} workers: {question.name}")
                body = httpx.get(address + question.path, trust_env=False, timeout=60).raise_for_status().content
                served = found.served.setdefault(question.name, Served(len(body), {}, {}, None))
                served.dateline[workers] = serving.ask(address + question.path, seconds)
            if workers == WORKERS[-1]:
                found.memory_mb = serving.memory_mb(process)
        for question in asked:
            served = found.served[question.name]
            answer = folder / "answer.json"
            answer.write_bytes(b"x" * served.size_bytes)
            with serving.constant(answer.resolve(), workers) as (address, _):
                served.constant[workers] = serving.ask(address, seconds)
    for question in asked:  # each of its own: it goes on with a question that nobody waits for any more
        _tell(f"{found.articles:,} articles, Datasette: {question.name}")
        with _canned(archive, folder, question) as address, suppress(RuntimeError):  # no answer within wrk's patience is one too
            found.served[question.name].datasette = serving.ask(f"{address}/{archive.stem}/asked.json?_shape=array", seconds)


@contextmanager
def _canned(archive: Path, folder: Path, question: Question) -> Iterator[str]:
    """Datasette's address, with the question as the query `asked`."""
    queries = {"asked": {"sql": question.datasette}}
    metadata = folder / "datasette.json"
    metadata.write_text(json.dumps({"databases": {archive.stem: {"queries": queries}}}))
    with serving.datasette(archive.resolve(), metadata.resolve(), folder) as (address, _):
        yield address


def _bytes(connection: sqlite3.Connection) -> dict[str, int]:
    """By table or index; of the whole file where SQLite was built without its statistics."""
    try:
        (page_size,) = connection.execute("PRAGMA page_size").fetchone()
        # Its own sum of bytes ends at 2^31; with aggregate, pageno is how many pages there are.
        pages = connection.execute("SELECT name, pageno FROM dbstat WHERE aggregate = TRUE").fetchall()
        return {name: count * page_size for name, count in pages}
    except sqlite3.OperationalError:
        pages, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
        return {"everything": pages * size}


def _made(folder: Path, size: int) -> Path:
    archive = folder / f"corpus{size}.db"
    if not archive.exists():
        part = archive.with_suffix(".part")
        for left in folder.glob(f"{part.name}*"):
            left.unlink()
        corpus.make(part, size, 1, shuffled=False)
        part.rename(archive)
    return archive


def _settings(archive: Path) -> Settings:
    return Settings(database_url=f"sqlite:///{archive}")


def _tell(doing: str) -> None:
    print(doing, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
