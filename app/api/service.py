"""What the service says of itself: its health, and what its problems mean."""

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import Field

from app import __version__
from app.api.problems import TYPES, ProblemType
from app.errors import NotFound, StorageFull, StorageUnavailable
from app.models.fields import Shape
from app.store import health, schema
from app.store.database import Database

router = APIRouter(tags=["service"])
LEAST_FREE_BYTES = 50_000_000


class Health(Shape):
    status: Literal["ok"]
    version: str = Field(description="Of the program.")


class Readiness(Health):
    replica_lag_s: float | None = Field(description="Seconds that the replica is behind; null where there is none.")


@router.get("/health/live")
async def get_liveness() -> Health:
    """Whether the process answers."""
    return Health(status="ok", version=__version__)


@router.get("/health/ready")
def get_readiness(request: Request) -> Readiness:
    """Whether it can do its work: the archive can be written, has the right schema and room, and its replica is not far behind."""
    database: Database = request.app.state.database
    health.refuse_server(database)
    stands_at = schema.current(database)
    if stands_at != schema.newest():
        raise StorageUnavailable(f"the archive's schema is {stands_at}, this program needs {schema.newest()}; start dateline serve")
    if (free := health.free_bytes(database)) is not None and free < LEAST_FREE_BYTES:
        raise StorageFull(f"less than {LEAST_FREE_BYTES // 1_000_000} MB are free")
    lag_s, most_s = health.replica_lag_s(database), request.app.state.max_replica_lag_s
    if lag_s is not None and lag_s > most_s:
        raise StorageUnavailable(f"the replica is {lag_s:.0f} s behind; more than {most_s:g} s are not allowed")
    return Readiness(status="ok", version=__version__, replica_lag_s=lag_s)


@router.get("/problems/{name}")
async def get_problem_type(name: str) -> ProblemType:
    """What a kind of problem means, and what to do about it."""
    if name not in TYPES:
        raise NotFound(f"there is no kind of problem {name[:60]!r}; known are: {', '.join(TYPES)}")
    return TYPES[name]
