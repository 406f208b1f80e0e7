"""The one way from a question to the bytes of its answer, for every route that reads.

A short read costs less than the way to a thread and back, so it is done in the event loop, within a bound; what does not end within
it, and what is known to take longer, is read in a thread. See docs/decisions/0009-way-out.md.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import TypeVar

import orjson
import structlog
from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from sqlmodel import Session
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool

from app.api import conditional, negotiation
from app.api.edge import HEAD_ONLY, KNOWN_CHANGE
from app.errors import Busy
from app.export import Export, shape_of
from app.formats import Format
from app.formats.listing import Listing, behind
from app.models.fields import Json
from app.models.lists import ListQuery
from app.store import asking
from app.store.asking import Source
from app.store.database import Database
from app.store.engines import TakesLong

T = TypeVar("T")
Q = TypeVar("Q", bound=ListQuery)
log = structlog.get_logger("dateline")


async def one(request: Request, ask: Callable[[Session], Json]) -> Response:
    """A single resource, with its ETag."""
    return conditional.answer(request, await read(request, ask, source=Source.WRITTEN_FIRST))


async def page(
    request: Request, query: Q, ask: Callable[[Session, Q], tuple[Json, str | None]], *, source: Source = Source.REPLICA_FIRST
) -> Response:
    """A list: one page with the address of the next, in the body and in the header `Link` (RFC 8288), or in another format."""
    form = negotiation.wanted(request, query)
    if form is not None:
        return await exported(request, query, ask, form, source)
    found, cursor = await read(request, lambda session: ask(session, query), is_heavy=query.is_heavy, source=source)
    headers = {"Vary": "Accept"}
    if cursor is not None:
        found["next"] = behind(_address(request), request.query_params.multi_items(), cursor)
        headers["Link"] = f'<{found["next"]}>; rel="next"'
    return written(found, headers=headers)


async def exported(
    request: Request, query: Q, ask: Callable[[Session, Q], tuple[Json, str | None]], form: Format, source: Source
) -> Response:
    """Streamed in short reads, each in a thread; while the client is slow, neither a thread nor the archive is held."""
    asked = [pair for pair in request.query_params.multi_items() if pair[0] != "format"]
    shape = shape_of(request.scope["route"].response_model, query)
    listing = Listing(shape, str(request.base_url).rstrip("/"), _address(request), (*asked, ("format", form.NAME)))
    walk = Export(partial(_put, request.app.state.database, source, after(request)), ask, query, form, listing)
    pieces = walk.pieces()
    first = await run_in_threadpool(next, pieces)
    headers = {"Vary": "Accept", "Content-Type": form.CONTENT_TYPE}
    if form.ATTACHED:
        name = request.url.path.strip("/").replace("/", "-")
        headers["Content-Disposition"] = f'attachment; filename="{name}.{form.NAME}"'
    if walk.total is not None:
        headers["X-Total-Count"] = f"{walk.total['value']};relation={walk.total['relation']}"
    if walk.cursor is not None:
        headers["Link"] = f'<{listing.behind(walk.cursor)}>; rel="next"'
    if walk.is_done:
        return Response(first, headers=headers)
    return StreamingResponse(iter(()) if HEAD_ONLY in request.scope else _rest(first, pieces), headers=headers)


async def _rest(first: bytes, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    try:
        async for piece in iterate_in_threadpool(pieces):
            yield piece
    except Exception as error:
        # Raised on, it makes the server break off the connection: what was sent must not look like all there is.
        log.error("broken off", exc_info=error)
        raise


async def read(
    request: Request, ask: Callable[[Session], T], *, is_heavy: bool = False, source: Source = Source.REPLICA_FIRST
) -> T:
    """What `ask` makes of one moment of the archive."""
    return await from_archive(request.app.state.database, ask, is_heavy=is_heavy, source=source, after=after(request))


async def from_archive(
    database: Database, ask: Callable[[Session], T], *, source: Source, is_heavy: bool = False, after: int | None = None
) -> T:
    """The same, of a moment at which the change `after` had been made."""
    if not is_heavy:
        with suppress(TakesLong, Busy), database.reading_shortly() as session:
            return asking.confirmed(ask, after)(session)
    return await run_in_threadpool(asking.put, database, ask, source, after)


def after(request: Request) -> int | None:
    """The change that the caller knows of."""
    known: int | None = request.scope.get(KNOWN_CHANGE)
    return known


def written(found: Json, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(found), status, headers, "application/json")


def _address(request: Request) -> str:
    return str(request.url).partition("?")[0]


def _put(database: Database, source: Source, after: int | None, ask: Callable[[Session], T]) -> T:
    return asking.put(database, ask, source, after)
