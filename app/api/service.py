"""What the service says of itself: its health, and what its problems mean."""

import shutil
from pathlib import Path
from typing import Literal

from fastapi import APIRouter, Request
from pydantic import Field
from sqlalchemy import make_url

from app import __version__
from app.api.problems import TYPES, ProblemType
from app.errors import NotFound, StorageFull, StorageUnavailable
from app.models.fields import Shape
from app.store import schema
from app.store.database import Database

router = APIRouter(tags=["service"])
LEAST_FREE_BYTES = 50_000_000


class Health(Shape):
    status: Literal["ok"]
    version: str = Field(description="Of the program.")


@router.get("/health/live")
async def get_liveness() -> Health:
    """Whether the process answers."""
    return Health(status="ok", version=__version__)


@router.get("/health/ready")
def get_readiness(request: Request) -> Health:
    """Whether it can do its work: the archive opens, has the right schema, and there is room to write."""
    database: Database = request.app.state.database
    stands_at = schema.current(database)
    if stands_at != schema.newest():
        raise StorageUnavailable(f"the archive's schema is {stands_at}, this program needs {schema.newest()}; start dateline serve")
    if _free_bytes(database) < LEAST_FREE_BYTES:
        raise StorageFull(f"less than {LEAST_FREE_BYTES // 1_000_000} MB are free")
    return Health(status="ok", version=__version__)


@router.get("/problems/{name}")
async def get_problem_type(name: str) -> ProblemType:
    """What a kind of problem means, and what to do about it."""
    if name not in TYPES:
        raise NotFound(f"there is no kind of problem {name[:60]!r}; known are: {', '.join(TYPES)}")
    return TYPES[name]


def _free_bytes(database: Database) -> int:
    return shutil.disk_usage(Path(str(make_url(database.url).database)).resolve().parent).free
