"""How fast the archive answers, in one table for each thing compared: `python3 run.py bench search --size 10000 --size 100000`.

1. Each question through the store, and as SQL by hand through `sqlite3` alone: median and 99th percentile.
2. The main ones through HTTP, with 1 and 2 workers, beside a bare route that answers the same bytes, and beside Datasette.
3. Bytes of the file by table, and the memory of the workers under load.

Archives that are not there yet are made in `--folder`; files made by `bench corpus` can be named instead. Needs `wrk`; Datasette is
installed into the folder. `--markdown` writes the tables into docs/performance.md.
"""

import argparse
import json
import os
import platform
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import httpx
from rich.box import MARKDOWN
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parent.parent))

from app.main import open_archive
from app.settings import Settings
from bench import by_hand, corpus, serving
from bench.questions import Question, answered, deep_page, questions
from bench.serving import PROJECT, Rate

RECORD = PROJECT / "docs" / "performance.md"
BEGIN, END = "<!-- what follows is written by bench/search.py -->", "<!-- up to here -->"
FEWEST, MOST = 5, 2_000  # times that a question is asked
WORKERS = (1, 2)


@dataclass(slots=True)
class Times:
    p50_us: float
    p99_us: float

    def __str__(self) -> str:
        return f"{_short(self.p50_us)} / {_short(self.p99_us)}"


@dataclass(slots=True)
class Served:
    """Answers a second of one question; Dateline's and the bare route's by the number of workers."""

    size_bytes: int
    dateline: dict[int, Rate]
    constant: dict[int, Rate]
    datasette: Rate | None


@dataclass(slots=True)
class Measured:
    """Of one archive, everything by the name of the question."""

    articles: int
    claims: int
    store: dict[str, Times] = field(default_factory=dict)
    by_hand: dict[str, Times] = field(default_factory=dict)
    served: dict[str, Served] = field(default_factory=dict)
    bytes: dict[str, int] = field(default_factory=dict)  # by table or index
    memory_mb: list[float] = field(default_factory=list)  # of each worker


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archives", nargs="*", type=Path, metavar="FILE.db", help="made by bench corpus")
    parser.add_argument(
        "--size", type=int, action="append", default=[], help="articles of an archive that is made; may be repeated"
    )
    parser.add_argument("--folder", type=Path, default=Path("bench-archives"), help="where archives and Datasette are kept")
    parser.add_argument("--seconds", type=float, default=2, help="for each measurement")
    parser.add_argument("--no-http", action="store_true", help="only the store and the SQL by hand")
    parser.add_argument("--markdown", action="store_true", help=f"write the record into {RECORD.relative_to(PROJECT)}")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    made = [_made(asked.folder, size) for size in asked.size]
    if not (archives := [*asked.archives, *made]):
        sys.exit("name an archive, or the size of one: python3 run.py bench search --size 10000")
    found = [measure(archive, asked.folder, asked.seconds, over_http=not asked.no_http) for archive in archives]
    tables = report(sorted(found, key=lambda one: one.articles))
    console = Console(highlight=False, width=200)
    for table in tables:
        console.print(table)
    if asked.markdown:
        _write(tables, " ".join(["python3 run.py bench search", *sys.argv[1:]]))


def measure(archive: Path, folder: Path, seconds: float, *, over_http: bool) -> Measured:
    database, connection = open_archive(_settings(archive), new=False), by_hand.opened(archive)
    articles, claims = (connection.execute(f"SELECT count(*) FROM {noun}").fetchone()[0] for noun in ("article", "claim"))
    found, asked = Measured(articles, claims), questions(connection)
    with database.reading() as session:
        asked += [
            Question("claims, first page", "/claims?total=none"),
            Question("claims, the 10,000th page", deep_page(session)),
        ]

    def ask_store(path: str) -> None:
        with database.reading() as session:
            answered(session, path)

    for question in asked:
        _tell(f"{articles:,} articles: {question.name}")
        found.store[question.name] = timed(lambda: ask_store(question.path), seconds)  # noqa: B023
        if (sql := question.by_hand) is not None:
            found.by_hand[question.name] = timed(lambda: sql(connection), seconds)
    found.bytes = _bytes(connection)
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
    with _canned(archive, folder, asked) as address:
        for number, question in enumerate(asked):
            _tell(f"{found.articles:,} articles, Datasette: {question.name}")
            found.served[question.name].datasette = serving.ask(f"{address}/{archive.stem}/q{number}.json?_shape=array", seconds)


@contextmanager
def _canned(archive: Path, folder: Path, asked: Sequence[Question]) -> Iterator[str]:
    """Datasette's address, with the questions as queries q0, q1, …"""
    queries = {f"q{number}": {"sql": question.datasette} for number, question in enumerate(asked)}
    metadata = folder / "datasette.json"
    metadata.write_text(json.dumps({"databases": {archive.stem: {"queries": queries}}}))
    with serving.datasette(archive.resolve(), metadata.resolve(), folder) as (address, _):
        yield address


def report(found: Sequence[Measured]) -> list[Table]:
    """Titles stand in the tables; medians and 99th percentiles with their unit."""
    inside = Table("median / 99th percentile", title="Through the store, and SQL by hand")
    for one in found:
        inside.add_column(f"store, {one.articles:,}")
        inside.add_column(f"by hand, {one.articles:,}")
    for name in found[-1].store:
        cells = [str(cell) if cell else "" for one in found for cell in (one.store.get(name), one.by_hand.get(name))]
        inside.add_row(name, *cells)
    return [inside, *([_over_http(one) for one in found if one.served]), *(_shares(one) for one in found)]


def _over_http(found: Measured) -> Table:
    title = f"Through HTTP, {found.articles:,} articles: answers a second of {serving.CONNECTIONS} connections"
    memory = ", ".join(f"{mb:.0f} MB" for mb in found.memory_mb)
    table = Table("question", "bytes", title=title, caption=f"Memory of each of {WORKERS[-1]} workers under load: {memory}")
    for workers in WORKERS:
        table.add_column(f"{workers} worker{'s'[: workers - 1]}")
        table.add_column("of bare route")
    table.add_column("99 %, 1 worker")
    table.add_column("Datasette")
    table.add_column("times Datasette")
    for name, served in found.served.items():
        rates = [(served.dateline[workers].per_second, served.constant[workers].per_second) for workers in WORKERS]
        cells = [cell for own, bare in rates for cell in (f"{own:,.0f}", f"{own / bare:.0%} of {bare:,.0f}")]
        other = served.datasette.per_second if served.datasette else float("nan")
        times = f"{served.dateline[1].per_second / other:.1f}"
        table.add_row(name, f"{served.size_bytes:,}", *cells, f"{served.dateline[1].p99_ms:.1f} ms", f"{other:,.0f}", times)
    return table


def _shares(found: Measured) -> Table:
    total = sum(found.bytes.values())
    title = f"The file, {found.articles:,} articles, {found.claims:,} claims: {total / 1e6:,.0f} MB"
    table = Table("table or index", "MB", "share", "bytes a claim", title=title)
    for name, size in sorted(found.bytes.items(), key=lambda pair: -pair[1]):
        if size > total / 1000:
            table.add_row(name, f"{size / 1e6:,.1f}", f"{size / total:.1%}", f"{size / max(1, found.claims):,.0f}")
    return table


def _bytes(connection: sqlite3.Connection) -> dict[str, int]:
    """By table or index; of the whole file where SQLite was built without its statistics."""
    try:
        return dict(connection.execute("SELECT name, sum(pgsize) FROM dbstat WHERE aggregate = TRUE GROUP BY name").fetchall())
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


def _write(tables: Sequence[Table], command: str) -> None:
    """Between the two marks of the page, so that what stands around them stays."""
    page = RECORD.read_text("utf-8") if RECORD.exists() else f"# Performance\n\n{BEGIN}\n{END}\n"
    written = Console(file=StringIO(), width=300, highlight=False)
    for table in tables:
        table.box, title, caption = MARKDOWN, table.title, table.caption
        table.title = table.caption = None
        written.print(f"\n### {title}\n\n", table, f"\n{caption}\n" if caption else "")
    told = (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )
    lines = "\n".join(line.strip() for line in written.file.getvalue().splitlines())  # type: ignore[attr-defined]
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    RECORD.write_text(f"{before}{BEGIN}\n\n{told}: `{command}`\n{lines}\n{END}{after}", "utf-8")


def _short(microseconds: float) -> str:
    return f"{microseconds:,.0f} µs" if microseconds < 1000 else f"{microseconds / 1000:,.1f} ms"


def _tell(doing: str) -> None:
    print(doing, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
