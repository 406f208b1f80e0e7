"""The service: routes, problems and the edge put together around one archive."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from app import __version__, extract, logs
from app.api import articles, claims, entities, openapi, problems, service
from app.api.deps import CHECKED
from app.api.edge import Edge
from app.settings import Settings
from app.store import schema
from app.store.database import Database


def create_app(settings: Settings | None = None) -> FastAPI:
    """The ASGI application. The archive is opened and brought to the newest schema when it starts, not here: workers fork."""
    settings = settings or Settings()
    logs.configure(settings.log_level, settings.log_format)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.database = open_archive(settings)
        app.state.extractor = extract.find(settings.extractor, settings.for_extractors())
        yield
        app.state.database.close()

    app = FastAPIOffline(
        title="Dateline",
        version=__version__,
        lifespan=lifespan,
        generate_unique_id_function=lambda route: route.name,
        redoc_url=None,
    )
    for router in (articles.router, claims.router, entities.router, service.router):
        app.include_router(router, dependencies=CHECKED, max_body_size=settings.max_body_bytes)
    problems.install(app)
    app.openapi = lambda: openapi.document(app)  # type: ignore[method-assign]
    app.add_middleware(Edge, document=app.openapi)
    return app


def open_archive(settings: Settings) -> Database:
    """The archive with the newest schema.

    Raises:
        StorageUnavailable, StorageFull, Busy.
    """
    database = Database(settings.database_url, busy_timeout_s=settings.busy_timeout_s, synchronous=settings.synchronous)
    schema.upgrade(database)
    return database
