"""The service: routes, problems and the edge put together around one archive."""

import gc
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import lru_cache

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from app import __version__, extract, logs, reindex, worker
from app.api import across, articles, claims, entities, openapi, problems, service
from app.api.deps import CHECKED
from app.api.edge import Edge
from app.readers import Extractors
from app.settings import Settings
from app.store import schema
from app.store.database import Database

WAIT_FOR_WORKER_S = 2.0
MOST_EXTRACTORS = 16  # kept ready


def create_app(settings: Settings | None = None) -> FastAPI:
    """The ASGI application. The archive is opened and brought to the newest schema when it starts, not here: workers fork."""
    settings = settings or Settings()
    logs.configure(settings.log_level, settings.log_format)
    requests = logs.Requests(as_text=logs.is_text(settings.log_format))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.database = open_archive(settings)
        app.state.extractors = installed(settings)
        gc.freeze()  # what is there now stays, and is not looked through for garbage again and again
        with _working(settings, app.state.database, app.state.extractors):
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
    for router in (across.router, articles.router, claims.router, entities.router, service.router):
        app.include_router(router, dependencies=CHECKED, max_body_size=settings.max_body_bytes)
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


@contextmanager
def _working(settings: Settings, database: Database, extractors: Extractors) -> Iterator[None]:
    """With a worker beside the server. One that is still reading when the server ends is not waited for: its lease runs out."""
    stop = threading.Event()
    thread = threading.Thread(
        target=worker.work, args=(database, extractors, settings.worker_lease_s, stop), name="worker", daemon=True
    )
    if settings.worker:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        if settings.worker:
            thread.join(timeout=WAIT_FOR_WORKER_S)


def open_archive(settings: Settings, *, new: bool = True) -> Database:
    """The archive with the newest schema, all of it in the search; made when there is none, unless `new` is false.

    Raises:
        StorageUnavailable, StorageFull, Busy.
    """
    database = Database(settings.database_url, busy_timeout_s=settings.busy_timeout_s, synchronous=settings.synchronous)
    if not new:
        database.refuse_new()
    schema.upgrade(database)
    reindex.put_in_missing(database)
    return database
