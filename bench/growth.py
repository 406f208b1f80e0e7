"""The main questions on PostgreSQL beside SQLite: `python3 run.py bench growth --sqlite sqlite:///FILE.db --postgresql postgresql+psycopg://…`.

Both archives hold the same articles with the same ids, or the larger one more copies of them (bench/multiply.py). Each question is
asked through the program's own functions, of both in turn, so that whatever else the machine does burdens both alike. Of PostgreSQL
each statement is explained: one that reads a table of more than a few thousand rows from its beginning to its end is a failure.
"""

import argparse
import json
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from rich import box
from rich.console import Console
from rich.table import Table
from sqlalchemy import make_url
from sqlmodel import Session, text

sys.path.insert(0, str(Path(__file__).parent.parent))

from app.main import open_archive
from app.settings import Settings
from app.store.database import Database
from bench.questions import Question, answered, deep_page, questions
from bench.record import Times

FEWEST, MOST = 5, 1_000  # times that a question is asked
FEW_ROWS = 10_000  # a table up to this may be read whole


@dataclass
class Asked:
    """What one question took on each engine, and the indexes that PostgreSQL read; `whole` are large tables that it read whole."""

    sqlite: Times
    postgresql: Times
    indexes: list[str] = field(default_factory=list)
    whole: list[str] = field(default_factory=list)


class Noting(psycopg.ClientCursor[Any]):
    """Keeps what is asked, with its values written into it."""

    asked: list[str] | None = None

    def execute(self, query: Any, params: Any = None, **how: Any) -> Any:
        if Noting.asked is not None:
            Noting.asked.append(self.mogrify(query, params))
        return super().execute(query, params, **how)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sqlite", required=True, metavar="URL")
    parser.add_argument("--postgresql", required=True, metavar="URL")
    parser.add_argument("--made-of", type=int, help="articles that bench corpus made, where bench multiply made the others")
    parser.add_argument("--seconds", type=float, default=3, help="for each question, of both engines together")
    parser.add_argument("--only", default="", help="questions whose name holds this")
    parser.add_argument("--plans", action="store_true", help="print each statement with its plan")
    asked = parser.parse_args()
    with closing(_opened(asked.sqlite)) as sqlite, closing(_opened(asked.postgresql)) as postgresql:
        found = {
            question.name: measured(sqlite, postgresql, question, other, asked.seconds, asked.plans)
            for question, other in _questions(sqlite, postgresql, asked.made_of)
            if asked.only in question.name
        }
        sizes = [_sizes(database) for database in (sqlite, postgresql)]
    console = Console(highlight=False, width=1000)
    console.print(_table(found, sizes))
    failed = {name: one.whole for name, one in found.items() if one.whole}
    for name, tables in failed.items():
        console.print(f"read whole: {', '.join(tables)}: {name}")
    sys.exit(1 if failed else 0)


def _opened(address: str) -> Database:
    return open_archive(Settings(database_url=address, _env_file=None), new=False)


def _questions(sqlite: Database, postgresql: Database, made_of: int | None) -> Iterator[tuple[Question, Question]]:
    """Each question, as it is put to SQLite and as it is put to PostgreSQL."""
    with closing(sqlite3.connect(str(make_url(str(sqlite.engine.url)).database))) as connection:
        for question in questions(connection, made_of):
            yield question, question
    yield (Question("claims, first page", "/claims?total=none"),) * 2
    deep = []
    for database in (sqlite, postgresql):
        with database.reading() as session:
            deep.append(Question("claims, the 10,000th page", deep_page(session)))
    yield deep[0], deep[1]


def measured(
    sqlite: Database, postgresql: Database, question: Question, other: Question, seconds: float, shows_plans: bool
) -> Asked:
    _tell(question.name)
    took: tuple[list[float], list[float]] = ([], [])
    put = ((sqlite, question.path), (postgresql, other.path))
    for database, path in put:
        _ask(database, path)
    until = time.perf_counter() + seconds
    while len(took[0]) < FEWEST or (len(took[0]) < MOST and time.perf_counter() < until):
        for (database, path), times in zip(put, took, strict=True):
            began = time.perf_counter()
            _ask(database, path)
            times.append((time.perf_counter() - began) * 1e6)
    found = Asked(_times(took[0]), _times(took[1]))
    _explain(found, postgresql, other.path, shows_plans)
    return found


def _ask(database: Database, path: str) -> None:
    with database.reading() as session:
        answered(session, path)


def _times(took: list[float]) -> Times:
    took.sort()
    return Times(took[len(took) // 2], took[int(len(took) * 0.99)])


def _explain(found: Asked, postgresql: Database, path: str, shows_plans: bool) -> None:
    with postgresql.reading() as session:
        for told in _statements(session, path):
            (plan,) = session.connection().exec_driver_sql(f"EXPLAIN (FORMAT JSON) {told.replace('%', '%%')}").scalar_one()
            if shows_plans:
                _tell(f"{told}\n{json.dumps(plan['Plan'], indent=1)}")
            for node in _nodes(plan["Plan"]):
                if "Index Name" in node and node["Index Name"] not in found.indexes:
                    found.indexes.append(node["Index Name"])
                if node["Node Type"] == "Seq Scan" and _rows(session, node["Relation Name"]) > FEW_ROWS:
                    found.whole.append(node["Relation Name"])


def _statements(session: Session, path: str) -> list[str]:
    """What is asked of the database for an answer, each statement once."""
    own: Any = session.connection().connection.driver_connection
    own.cursor_factory, before = Noting, own.cursor_factory
    Noting.asked = []
    try:
        answered(session, path)
        return list(dict.fromkeys(told for told in Noting.asked if told.lstrip().upper().startswith(("SELECT", "WITH"))))
    finally:
        own.cursor_factory, Noting.asked = before, None


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


def _rows(session: Session, table: str) -> float:
    return float(
        session.execute(text("SELECT reltuples FROM pg_class WHERE oid = CAST(:name AS regclass)"), {"name": table}).scalar_one()
    )


def _sizes(database: Database) -> tuple[int, int]:
    with database.reading() as session:
        articles, claims = (session.execute(text(f"SELECT count(*) FROM {noun}")).scalar_one() for noun in ("article", "claim"))
    return int(articles), int(claims)


def _table(found: dict[str, Asked], sizes: list[tuple[int, int]]) -> Table:
    table = Table("p50 / p99", box=box.MARKDOWN)
    for name, (articles, claims) in zip(("SQLite", "PostgreSQL"), sizes, strict=True):
        table.add_column(f"{name}: {articles:,} articles, {claims:,} claims", justify="right")
    table.add_column("times", justify="right")
    table.add_column("indexes read")
    for name, one in found.items():
        ratio = f"{one.postgresql.p50_us / one.sqlite.p50_us:.1f}"
        table.add_row(name, str(one.sqlite), str(one.postgresql), ratio, ", ".join(one.indexes))
    return table


def _tell(doing: str) -> None:
    print(doing, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
