"""The service: routes, problems and the edge put together around one archive."""

import asyncio
import gc
import signal
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import lru_cache
from types import FrameType
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.concurrency import run_in_threadpool

from app import __version__, extract, likeness, logs, moving, queues, reindex, shorten, worker
from app.api import across, articles, bulk, changes, claims, copies, entities, openapi, problems, service
from app.api import web as web_routes
from app.api.deps import CHECKED, BulkBounds
from app.api.edge import Edge
from app.api.following import Feed
from app.errors import DatelineError
from app.readers import Extractors
from app.settings import Settings
from app.store import schema
from app.store.database import Database
from app.web import Web
from app.web.addresses import Allowed

WAIT_FOR_WORKER_S = 2.0
BETWEEN_SHORTENINGS_S = 3600.0
MOST_EXTRACTORS = 16  # kept ready
log = structlog.get_logger("dateline")


def create_app(settings: Settings | None = None) -> FastAPI:
    """The ASGI application. The archive is opened and brought to the newest schema when it starts, not here: workers fork."""
    settings = settings or Settings()
    logs.configure(settings.log_level, settings.log_format)
    requests = logs.Requests(as_text=logs.is_text(settings.log_format))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.database = open_archive(settings)
        app.state.extractors = installed(settings)
        app.state.bulk_bounds = BulkBounds.of(settings.max_body_bytes)
        app.state.web = web(settings)
        app.state.feed = Feed(app.state.database)
        threading.Thread(target=likeness.load, name="likeness", daemon=True).start()
        gc.freeze()  # what is there now stays, and is not looked through for garbage again and again
        with _working(settings, app.state.database, app.state.extractors, app.state.web), _ending(app.state.feed):
            async with _shortening(settings, app.state.database):
                yield
        gc.unfreeze()
        app.state.database.close()
        requests.flush()

    app = FastAPIOffline(
        title="Dateline",
        version=__version__,
        lifespan=lifespan,
        generate_unique_id_function=lambda route: route.name,
        redoc_url=None,
    )
    routers = (across, articles, claims, copies, entities, changes, web_routes, service)
    for module in routers:
        app.include_router(module.router, dependencies=CHECKED, max_body_size=settings.max_body_bytes)
    app.include_router(bulk.router, dependencies=CHECKED)  # of any length; it bounds each line
    problems.install(app)
    app.openapi = lambda: openapi.document(app)  # type: ignore[method-assign]
    app.add_middleware(Edge, document=app.openapi, requests=requests)
    return app


def installed(settings: Settings) -> Extractors:
    """The extractors as they are set.

    Raises:
        NotFound, ExtractorUnavailable: when the one that is set cannot be used.
    """
    find = lru_cache(MOST_EXTRACTORS)(
        lambda name: extract.find(name, settings.for_extractors())
    )  # looking through what is installed takes long
    extractors = Extractors(settings.extractor, find, frozenset(settings.extractors))
    extractors.find(extractors.default)
    return extractors


def web(settings: Settings) -> Web:
    """The web as it may be reached.

    Raises:
        Unusable: when DATELINE_FETCH_ALLOW names what is neither a host with a port nor a network.
    """
    return Web(settings.user_agent, Allowed.read(settings.fetch_allow))


@contextmanager
def _working(settings: Settings, database: Database, extractors: Extractors, web: Web) -> Iterator[None]:
    """With a worker beside the server. One that is still reading when the server ends is not waited for: its lease runs out."""
    stop = threading.Event()
    thread = threading.Thread(
        target=worker.work, args=(database, extractors, settings.worker_lease_s, stop, web), name="worker", daemon=True
    )
    if settings.worker:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        if settings.worker:
            thread.join(timeout=WAIT_FOR_WORKER_S)


def connect(settings: Settings) -> Database:
    """The archive as it is, whatever its schema.

    Raises:
        StorageUnavailable.
    """
    return Database(settings.database_url, busy_timeout_s=settings.busy_timeout_s, synchronous=settings.synchronous)


@contextmanager
def _ending(feed: Feed) -> Iterator[None]:
    """Streams have no end of their own, and a server waits for them before it ends: the signal that tells it to ends them too."""
    loop = asyncio.get_running_loop()
    theirs: dict[int, Any] = {}

    def end(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(feed.close)
        theirs[number](number, frame)

    if threading.current_thread() is threading.main_thread():
        theirs = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        theirs = {number: handler for number, handler in theirs.items() if callable(handler)}
    for number in theirs:
        signal.signal(number, end)
    try:
        yield
    finally:
        feed.close()
        for number, handler in theirs.items():
            signal.signal(number, handler)


@asynccontextmanager
async def _shortening(settings: Settings, database: Database) -> AsyncIterator[None]:
    """With the log of changes shortened now and then, where it is not to be kept as a whole."""
    task = asyncio.create_task(_shorten(database, settings.changes_keep_days)) if settings.changes_keep_days else None
    yield
    if task is not None:
        task.cancel()


async def _shorten(database: Database, keep_days: float) -> None:
    while True:
        try:
            await run_in_threadpool(shorten.forget_old_changes, database, keep_days)
        except DatelineError as error:
            log.warning("changes not forgotten", detail=str(error))
        await asyncio.sleep(BETWEEN_SHORTENINGS_S)


def open_archive(settings: Settings, *, new: bool = True) -> Database:
    """The archive with the newest schema, all of it in the search; made when there is none, unless `new` is false.

    Raises:
        StorageUnavailable, StorageFull, Busy.
    """
    database = connect(settings)
    if not new:
        database.refuse_new()
    moving.refuse_half_filled(database)
    schema.upgrade(database)
    queues.choose(database, settings.queue)
    reindex.put_in_missing(database)
    reindex.find_copies(database)
    return database
