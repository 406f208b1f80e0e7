"""What routes are given: the only place for `Depends`."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Path, Request
from starlette.exceptions import HTTPException

from app.api import conditional
from app.api.nearest import nearest
from app.edit import Guard
from app.errors import Fault, Unusable
from app.models.fields import MAX_ID
from app.readers import Extractors
from app.store.database import Database

WRITERS = 8  # threads that may wait to write; the other 32 of the pool go on reading


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


def _extractors(request: Request) -> Extractors:
    extractors: Extractors = request.app.state.extractors
    return extractors


async def _place_among_writers(request: Request) -> AsyncIterator[Database]:
    yield _database(request)


def only_what_is_known(request: Request) -> None:
    """Refuse unknown parameters, other formats than JSON, and bodies of another kind, alike on every route.

    Raises:
        Unusable, HTTPException.
    """
    operation = request.app.openapi()["paths"][request.scope["route"].path_format][_method(request)]
    known = {parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "query"}
    single = {p["name"] for p in operation.get("parameters", []) if p["in"] == "query" and p["schema"].get("type") != "array"}
    given = [name for name, _ in request.query_params.multi_items()]
    faults = [Fault(f"/{name}"[:100], nearest(name, known)) for name in sorted(set(given) - known)]
    faults += [Fault(f"/{name}", "is given more than once; one value is accepted") for name in single if given.count(name) > 1]
    if request.method == "POST" and "requestBody" not in operation and _brings_body(request):
        faults.append(Fault("", "this request takes no body; what can be said stands in its parameters"))
    if faults:
        raise Unusable(faults)
    if "requestBody" in operation and not _is_json(request.headers.get("content-type", "")):
        raise HTTPException(415)
    if not _accepts_json(request.headers.get("accept", "*/*")):
        raise HTTPException(406)


def _method(request: Request) -> str:
    return request.method.lower()


def _brings_body(request: Request) -> bool:
    return request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers


def _is_json(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def _accepts_json(accept: str) -> bool:
    kinds = [part.strip().lower() for part in accept.split(",") if part.strip()]
    refused = {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    wanted = [k.split(";")[0].strip() for k in kinds if not refused & {p.strip() for p in k.split(";")[1:]}]
    return not kinds or bool({"*/*", "application/*", "application/json"} & set(wanted))


CHECKED = [Depends(only_what_is_known)]
ReadDatabase = Annotated[Database, Depends(_database)]
WriteDatabase = Annotated[Database, Depends(_place_among_writers, scope="function", max_concurrency=WRITERS)]
Installed = Annotated[Extractors, Depends(_extractors)]
IfMatch = Annotated[Guard, Depends(conditional.guard)]
PathId = Annotated[int, Path(ge=1, le=MAX_ID, json_schema_extra={"format": "int64"}, examples=[1])]
