"""The ways from rows to bytes, side by side: `python3 run.py bench answers`. See docs/decisions/0009-way-out.md.

One worker each, `wrk` with 16 connections. The ways are bare Starlette routes over the program's own reading; the service is the
program itself.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import httpx
import orjson
from rich.console import Console
from rich.table import Table
from sqlmodel import Session
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.models.claims import ClaimPage, ClaimQuery
from app.models.documents import Article
from app.store import article_reading, claim_search
from app.store.database import Database
from bench import corpus, serving

_WAY, _ARCHIVE = "DATELINE_BENCH_WAY", "DATELINE_BENCH_ARCHIVE"
_SHAPES: dict[str, Any] = {"article": Article, "page": ClaimPage}
Encode = Callable[[str, Any], bytes]
WAYS: dict[str, tuple[Encode, bool]] = {  # how it is written, and whether it is read in the event loop
    "dicts → Pydantic → JSON, in a thread": (lambda kind, found: _through_shape(kind, found), False),
    "dicts → Pydantic → JSON, in the loop": (lambda kind, found: _through_shape(kind, found), True),
    "dicts → json, in the loop": (lambda _, found: json.dumps(found).encode(), True),
    "dicts → orjson, in a thread": (lambda _, found: orjson.dumps(found), False),
    "dicts → orjson, in the loop": (lambda _, found: orjson.dumps(found), True),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=3000, help="articles of the archive that is made")
    parser.add_argument("--seconds", type=float, default=2, help="for each measurement")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dateline-bench-") as folder:
        archive = Path(folder) / "answers.db"
        corpus.make(archive, asked.size, 1, shuffled=False)
        Console().print(measured(archive, Path(folder), asked.seconds))


def measured(archive: Path, folder: Path, seconds: float) -> Table:
    """Answers a second of each way, and how many that is of a hundred of the bare route."""
    with serving.service(archive, 1) as (address, _):
        page = f"/claims?speaker={_busy_speaker(address)}"
        paths = {"article": "/articles/7", "page": page}
        bodies = {kind: httpx.get(address + path, trust_env=False).content for kind, path in paths.items()}
        product = {kind: serving.ask(address + path, seconds).per_second for kind, path in paths.items()}
    bare: dict[str, float] = {}
    for kind, body in bodies.items():
        (folder / kind).write_bytes(body)
        with serving.constant(folder / kind, 1) as (address, _):
            bare[kind] = serving.ask(address, seconds).per_second
    table = Table("way", *(f"{kind}, {len(body) / 1000:.1f} kB" for kind, body in bodies.items()))
    _add(table, "bare Starlette, constant bytes", bare, bare)
    for way in WAYS:
        own = {_WAY: way, _ARCHIVE: str(archive)}
        with serving.application("bench.answers:way_app", own, 1) as (address, _):
            asked = {"article": "/article/7", "page": f"/page/{page.rpartition('=')[2]}"}
            _add(table, way, {kind: serving.ask(address + path, seconds).per_second for kind, path in asked.items()}, bare)
    _add(table, "the service", product, bare)
    return table


def _add(table: Table, way: str, found: dict[str, float], bare: dict[str, float]) -> None:
    table.add_row(way, *(f"{found[kind]:,.0f} ({100 * found[kind] / bare[kind]:.0f} %)" for kind in bare))


def _busy_speaker(address: str) -> int:
    """One who has said more than a page holds."""
    for entity in httpx.get(f"{address}/entities?limit=50", trust_env=False).json()["items"]:
        found = httpx.get(f"{address}/claims?speaker={entity['id']}", trust_env=False).json()
        if found["next"]:
            return int(entity["id"])
    raise RuntimeError("nobody in this archive says as much as a page holds; make a larger one with --size")


def way_app() -> Starlette:
    """One of the WAYS, as the environment says."""
    database, (encode, in_loop) = Database(f"sqlite:///{os.environ[_ARCHIVE]}"), WAYS[os.environ[_WAY]]

    def read(kind: str, number: int, session: Session) -> bytes:
        if kind == "article":
            return encode(kind, article_reading.get(session, number))
        return encode(kind, claim_search.find(session, ClaimQuery(speaker=[str(number)]))[0])

    def read_in_thread(kind: str, number: int) -> bytes:
        with database.reading() as session:
            return read(kind, number, session)

    async def answer(request: Request) -> Response:
        kind, number = request.path_params["kind"], request.path_params["number"]
        if not in_loop:
            return Response(await run_in_threadpool(read_in_thread, kind, number), media_type="application/json")
        with database.reading_shortly() as session:
            return Response(read(kind, number, session), media_type="application/json")

    async def ready(_: Request) -> Response:
        return Response()

    return Starlette(routes=[Route("/", ready), Route("/{kind}/{number:int}", answer)])


def _through_shape(kind: str, found: Any) -> bytes:
    body: str = _SHAPES[kind].model_validate(found).model_dump_json()
    return body.encode()


if __name__ == "__main__":
    main()
