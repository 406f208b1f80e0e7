"""What routes are given: the only place for `Depends`."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from anyio import CapacityLimiter
from fastapi import Depends, Path, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException

from app.api import conditional
from app.api.edge import KNOWN_CHANGE, NOTED
from app.api.negotiation import JSON, accepted
from app.edit import Guard
from app.errors import Fault, Unusable
from app.faults import nearest
from app.models.fields import MAX_ID
from app.readers import Extractors
from app.store.database import Database
from app.web import Web

Q = TypeVar("Q", bound=BaseModel)
CHANGE = "Dateline-Change"  # a header, of answers to writes and of requests
BULK_WRITERS = 2  # batches of bulk requests that are read and stored at once
FETCHERS = 4  # threads that may wait for the web, apart from those that only write
WRITERS = 8  # threads that may wait to write; the other 32 of the pool go on reading


@dataclass(frozen=True, slots=True)
class _Rules:
    """What an operation takes, by the OpenAPI document."""

    known: frozenset[str]
    single: frozenset[str]
    takes: frozenset[str]  # media types of the body; empty when there is none
    gives: frozenset[str]  # media types of what is answered


@dataclass(frozen=True, slots=True)
class BulkBounds:
    """What keeps a body of any length from taking the whole service: how long a line may be, and turns for batches to be stored."""

    most_bytes: int
    turns: CapacityLimiter

    @classmethod
    def of(cls, most_bytes: int) -> "BulkBounds":
        return cls(most_bytes, CapacityLimiter(BULK_WRITERS))


_rules: dict[tuple[str, str], _Rules] = {}  # one document holds for every application in the process


class _Asked(Generic[Q]):
    """The query string read into a query at once; FastAPI looks for each of thirty fields on its own, at the price of a read."""

    def __init__(self, model: type[Q]) -> None:
        self.model = model
        self._lists = {p["name"] for p in parameters(model)["parameters"] if p["schema"].get("type") == "array"}

    async def __call__(self, request: Request) -> Q:
        return self.read(request.query_params.multi_items())

    def read(self, pairs: Iterable[tuple[str, str]]) -> Q:
        """Raises RequestValidationError."""
        given: dict[str, Any] = {}
        for name, value in pairs:
            if name in self._lists:
                given.setdefault(name, []).append(value)
            else:
                given[name] = value
        try:
            return self.model.model_validate(given)
        except ValidationError as error:
            raise RequestValidationError([{**fault, "loc": ("query", *fault["loc"])} for fault in error.errors()]) from None


def query_of(model: type[Q], pairs: Sequence[tuple[str, str]]) -> Q:
    """The query that an address with these parameters asks, for who asks without HTTP; refused is what is refused there.

    Raises:
        Unusable, RequestValidationError.
    """
    properties = parameters(model)["parameters"]
    known = frozenset(p["name"] for p in properties)
    single = frozenset(p["name"] for p in properties if p["schema"].get("type") != "array")
    if faults := _faults([name for name, _ in pairs], known, single):
        raise Unusable(faults)
    return _Asked(model).read(pairs)


def asked(model: type[BaseModel]) -> Any:
    """What the query string asks; the route names `parameters` of the same model for the OpenAPI document."""
    return Depends(_Asked(model))


def parameters(model: type[BaseModel]) -> dict[str, Any]:
    """The fields of a query as OpenAPI declares parameters."""
    schema = model.model_json_schema()
    found = []
    for name, field in schema["properties"].items():
        if field.get("default", "") is None:
            del field["default"]
        found.append({"name": name, "in": "query", "required": name in schema.get("required", ()), "schema": field})
    return {"parameters": found}


def _noting(request: Request) -> Database:
    database: Database = request.app.state.database
    return database.noting(request.scope[NOTED])


async def _extractors(request: Request) -> Extractors:
    extractors: Extractors = request.app.state.extractors
    return extractors


async def _place_among_writers(request: Request) -> AsyncIterator[Database]:
    yield _noting(request)


async def _bulk_bounds(request: Request) -> BulkBounds:
    bounds: BulkBounds = request.app.state.bulk_bounds
    return bounds


async def _place_among_fetchers(request: Request) -> AsyncIterator[Database]:
    yield _noting(request)


async def _web(request: Request) -> Web:
    web: Web = request.app.state.web
    return web


async def _guard(request: Request) -> Guard:
    return conditional.guard(request)


async def only_what_is_known(request: Request) -> None:
    """Refuse unknown parameters, formats that are not there, and bodies of another kind, alike on every route.

    Raises:
        Unusable, HTTPException.
    """
    operation = (request.scope["route"].path_format, request.method.lower())
    rules = _rules.get(operation) or _rules_of(request.app.openapi(), *operation)
    given = [name for name, _ in request.query_params.multi_items()] if request.scope["query_string"] else []
    faults = _faults(given, rules.known, rules.single)
    if request.method == "POST" and not rules.takes and _brings_body(request):
        faults.append(Fault("", "this request takes no body; what can be said stands in its parameters"))
    known, fault = known_change(request.headers)
    if faults := [*faults, *fault]:
        raise Unusable(faults)
    request.scope[KNOWN_CHANGE] = known
    if rules.takes and not _is_one_of(rules.takes, request.headers.get("content-type", "")):
        raise HTTPException(415, None if JSON in rules.takes else f"Send `Content-Type: {max(rules.takes)}`.")
    if "format" not in given and not accepted(request.headers.get("accept", "*/*"), rules.gives):
        raise HTTPException(406, f"this address answers {', '.join(sorted(rules.gives))}; ask for one of them in Accept")


def known_change(headers: Headers) -> tuple[int | None, list[Fault]]:
    """The number in `Dateline-Change`, and what is wrong with it."""
    given = headers.get(CHANGE)
    if given is None:
        return None, []
    if given.isascii() and given.isdigit() and int(given[:20]) <= MAX_ID:
        return int(given), []
    return None, [Fault(f"/{CHANGE}", f"{given[:40]!r} is no number of a change; send back what an answer had in {CHANGE}")]


def _faults(given: list[str], known: frozenset[str], single: frozenset[str]) -> list[Fault]:
    faults = [Fault(f"/{name}"[:100], nearest(name, known)) for name in sorted(set(given) - known)]
    if len(set(given)) < len(given):
        twice = [name for name in sorted(single) if given.count(name) > 1]
        faults += [Fault(f"/{name}", "is given more than once; one value is accepted") for name in twice]
    return faults


def _rules_of(document: dict[str, Any], path: str, method: str) -> _Rules:
    operation = document["paths"][path][method]
    parameters = [parameter for parameter in operation.get("parameters", []) if parameter["in"] == "query"]
    single = frozenset(parameter["name"] for parameter in parameters if parameter["schema"].get("type") != "array")
    known = frozenset(parameter["name"] for parameter in parameters)
    takes = frozenset(operation.get("requestBody", {}).get("content", ()))
    good = (answer for status, answer in operation["responses"].items() if status.startswith("2"))
    gives = frozenset(kind for answer in good for kind in answer.get("content", ()))
    rules = _rules[path, method] = _Rules(known, single, takes, gives or frozenset({JSON}))
    return rules


def _brings_body(request: Request) -> bool:
    return request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers


def _is_one_of(takes: frozenset[str], content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind in takes or (JSON in takes and kind.startswith("application/") and kind.endswith("+json"))


CHECKED = [Depends(only_what_is_known)]
WriteDatabase = Annotated[Database, Depends(_place_among_writers, scope="function", max_concurrency=WRITERS)]
FetchDatabase = Annotated[Database, Depends(_place_among_fetchers, scope="function", max_concurrency=FETCHERS)]
Reach = Annotated[Web, Depends(_web)]
Installed = Annotated[Extractors, Depends(_extractors)]
Bounds = Annotated[BulkBounds, Depends(_bulk_bounds)]
IfMatch = Annotated[Guard, Depends(_guard)]
PathId = Annotated[int, Path(ge=1, le=MAX_ID, json_schema_extra={"format": "int64"}, examples=[1])]
