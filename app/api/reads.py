"""The one way from a question to the bytes of its answer, for every route that reads.

A short read costs less than the way to a thread and back, so it is done in the event loop, within a bound; what does not end within
it, and what is known to take longer, is read in a thread. See docs/decisions/0009-way-out.md.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar
from urllib.parse import urlencode

import orjson
from fastapi import Request, Response
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from app.api import conditional
from app.errors import Busy
from app.models.fields import Json
from app.models.lists import ListQuery
from app.store.database import Database, TakesLong

T = TypeVar("T")
Q = TypeVar("Q", bound=ListQuery)


async def one(request: Request, ask: Callable[[Session], Json]) -> Response:
    """A single resource, with its ETag."""
    return conditional.answer(request, await read(request, ask))


async def page(request: Request, query: Q, ask: Callable[[Session, Q], tuple[Json, str | None]]) -> Response:
    """One page of a list with the address of the next, in the body and in the header `Link` (RFC 8288)."""
    found, cursor = await read(request, lambda session: ask(session, query), is_heavy=query.is_heavy)
    headers = {}
    if cursor is not None:
        kept = [pair for pair in request.query_params.multi_items() if pair[0] != "cursor"]
        found["next"] = f"{str(request.url).partition('?')[0]}?{urlencode([*kept, ('cursor', cursor)])}"
        headers["Link"] = f'<{found["next"]}>; rel="next"'
    return written(found, headers=headers)


async def read(request: Request, ask: Callable[[Session], T], *, is_heavy: bool = False) -> T:
    """What `ask` makes of one moment of the archive."""
    return await from_archive(request.app.state.database, ask, is_heavy=is_heavy)


async def from_archive(database: Database, ask: Callable[[Session], T], *, is_heavy: bool = False) -> T:
    if not is_heavy:
        with suppress(TakesLong, Busy), database.reading_shortly() as session:
            return ask(session)
    return await run_in_threadpool(_read, database, ask)


def written(found: Json, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(found), status, headers, "application/json")


def _read(database: Database, ask: Callable[[Session], T]) -> T:
    with database.reading() as session:
        return ask(session)
