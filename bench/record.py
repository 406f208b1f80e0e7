"""What bench/search.py has measured, as tables and as the record in docs/performance.md."""

import os
import platform
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

from rich.box import MARKDOWN
from rich.console import Console
from rich.table import Table

from bench.serving import CONNECTIONS, PROJECT, Rate

RECORD = PROJECT / "docs" / "performance.md"
BEGIN, END = "<!-- what follows is written by bench/search.py -->", "<!-- up to here -->"
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
    text_bytes: int = 0  # of the articles, in UTF-8: what any archive must hold
    memory_mb: list[float] = field(default_factory=list)  # of each worker


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
    title = f"Through HTTP, {found.articles:,} articles: answers a second of {CONNECTIONS} connections"
    memory = ", ".join(f"{mb:.0f} MB" for mb in found.memory_mb)
    table = Table("question", "bytes", title=title, caption=f"Memory of each of {WORKERS[-1]} workers under load: {memory}")
    for workers in WORKERS:
        table.add_column(f"workers: {workers}")
        table.add_column("of bare route")
    table.add_column("99 %, 1 worker")
    table.add_column("Datasette")
    table.add_column("times Datasette")
    for name, served in found.served.items():
        rates = [(served.dateline[workers].per_second, served.constant[workers].per_second) for workers in WORKERS]
        cells = [cell for ours, bare in rates for cell in (f"{ours:,.0f}", f"{ours / bare:.0%} of {bare:,.0f}")]
        own, other = served.dateline[1], served.datasette
        beside = (f"{other.per_second:,.1f}", f"{own.per_second / other.per_second:.1f}") if other else ("no answer", "")
        table.add_row(name, f"{served.size_bytes:,}", *cells, f"{own.p99_ms:.1f} ms", *beside)
    return table


def _shares(found: Measured) -> Table:
    total = sum(found.bytes.values())
    title = f"The file, {found.articles:,} articles, {found.claims:,} claims: {total / 1e6:,.0f} MB"
    beyond = (total - found.text_bytes) / max(1, found.claims)
    caption = f"Beyond the {found.text_bytes / 1e6:,.0f} MB of the texts themselves: {beyond:,.0f} bytes a claim"
    table = Table("table or index", "MB", "share", "bytes a claim", title=title, caption=caption)
    for name, size in sorted(found.bytes.items(), key=lambda pair: -pair[1]):
        if size > total / 1000:
            table.add_row(name, f"{size / 1e6:,.1f}", f"{size / total:.1%}", f"{size / max(1, found.claims):,.0f}")
    return table


def write(tables: Sequence[Table], command: str) -> None:
    """Between the two marks of the page; what stands around them stays."""
    page = RECORD.read_text("utf-8")
    file = StringIO()
    written = Console(file=file, width=300, highlight=False)
    for table in tables:
        table.box, title, caption = MARKDOWN, table.title, table.caption
        table.title = table.caption = None
        written.print(f"\n### {title}\n\n", table, f"\n{caption}\n" if caption else "")
    lines = "\n".join(line.strip() for line in file.getvalue().splitlines())
    shown = re.sub(r"\n{3,}", "\n\n", lines).strip()
    versions = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    told = f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores of {_processor()}, {versions}: `{command}`"
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    RECORD.write_text(f"{before}{BEGIN}\n\n{told}\n\n{shown}\n\n{END}{after}", "utf-8")


def _processor() -> str:
    """Its model, where the system tells it."""
    told = Path("/proc/cpuinfo")
    model = re.search(r"model name\s*:\s*(.+)", told.read_text()) if told.exists() else None
    return model[1] if model else platform.machine()


def _short(microseconds: float) -> str:
    return f"{microseconds:,.0f} µs" if microseconds < 1000 else f"{microseconds / 1000:,.1f} ms"
