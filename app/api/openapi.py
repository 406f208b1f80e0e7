"""The OpenAPI document: what FastAPI makes, put right for the people and programs that read it.

Every error is declared as the one Problem; conditional headers are named; each operation has an example. It is valid OpenAPI 3.1,
which FastAPI's own output is not always.
"""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.api import generators, negotiation
from app.api.edge import CHANGE
from app.api.examples import answers, requests
from app.api.problems import MEDIA_TYPE, TYPES, Problem
from app.models.bulk import BulkResult
from app.models.problems import ProblemError

_DESCRIPTION = """Stores news articles and the claims in them, and answers who said what, about whom, about when, how hedged, and
where exactly it stands. Offsets count Unicode code points, from 0, end exclusive: `text[start:end] == exact`.
Dates are EDTF: `2014`, `2017-12`, `2024-02-13`. Different filters narrow, one repeated widens; an unknown one is a 422."""
_TAGS = {
    "articles": "One text published by one outlet at one address, with its revisions.",
    "claims": "Statements made in articles: exact words, speaker, subjects, dates, hedges.",
    "entities": "People, organizations, places, events, with every name they go by.",
    "web": "Pages of the web fetched, and feeds that are followed.",
    "service": "Changes, health, and what problems mean.",
}
_KNOWN = {"type": "string", "pattern": "^[0-9]{1,15}$", "examples": ["4711"]}  # as text: nobody counts with it
_CHANGES_STATE = {"post", "patch", "delete"}


_SEQ = {"type": "integer", "format": "int64"}
_REF = "#/components/schemas/{model}"
_made: dict[str, Any] = {}


def document(app: FastAPI) -> dict[str, Any]:
    """Made once for each process: every application in it has the same routes, and making it takes a fifth of a second."""
    if not _made:
        _made.update(_make(app))
    return _made


def _make(app: FastAPI) -> dict[str, Any]:
    made = get_openapi(
        title=app.title,
        version=app.version,
        routes=app.routes,
        summary="Who said what, about whom, about when, how hedged, and where exactly it stands.",
        description=_DESCRIPTION,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        servers=[{"url": "/", "description": "This server"}],
        tags=[{"name": name, "description": text} for name, text in _TAGS.items()],
        separate_input_output_schemas=True,
    )
    schemas = made["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for shape in (ProblemError, Problem, BulkResult):  # which no route answers as its own
        schemas[shape.__name__] = shape.model_json_schema(mode="serialization", ref_template=_REF)
    for schema in schemas.values():
        schema.pop("$defs", None)
        generators.tidy(schema)
    schemas |= generators.enumerations()
    for path, operations in made["paths"].items():
        for method, operation in operations.items():
            _complete(path, method, operation)
    return made


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    first, _, rest = operation["description"].partition("\n\n")  # the route's docstring
    operation["summary"], operation["description"] = first.rstrip("."), rest or first
    parameters = operation.setdefault("parameters", [])
    negotiation.declare(operation)
    for parameter in parameters:
        generators.tidy_parameter(parameter)
    responses = operation.pop("responses")  # behind what is sent
    is_single = "{" in path or path.endswith("lookup")
    is_judgement = path.endswith("/merge")
    if method in ("patch", "delete") and not is_judgement:
        parameters.append(_header("If-Match", "The ETag that was read; another state is answered with 412."))
    if (
        method == "get"
        and is_single
        and not path.startswith("/problems")
        and not path.endswith(("/claims", "/revisions", "/entries"))
    ):
        parameters.append(_header("If-None-Match", "The ETag at hand; the same state is answered with 304."))
        responses["304"] = {"description": "The state is the one at hand"}
    if method == "get" and not path.startswith(("/health", "/problems")):
        parameters.append(_change())
    for slug in _errors(path, method, operation):
        kind = TYPES[slug]
        content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        responses.setdefault(str(kind.status), {"description": kind.title, "content": content})
        responses[str(kind.status)] = {"description": kind.title, "content": content}
    if "308" in responses:
        responses["308"]["headers"] = {"Location": _text("The same address of the entity that stands for it.")}
    if example := requests().get(operation["operationId"]):
        operation["requestBody"]["content"]["application/json"]["example"] = example
    _describe_answers(
        operation,
        responses,
        has_etag=(is_single or method in ("post", "patch")) and not path.endswith(("/extract", "/bulk")),
        is_write=method in _CHANGES_STATE and not path.endswith("/bulk"),
    )
    if not parameters:
        del operation["parameters"]
    operation["responses"] = dict(sorted(responses.items()))


def _errors(path: str, method: str, operation: dict[str, Any]) -> list[str]:
    found = ["bad-request", "not-acceptable", "invalid", "internal", "busy"]
    if path.endswith("/bulk"):  # the rest is told line by line
        return [*found, "unsupported-media-type"]
    if "{" in path or path.endswith("lookup"):
        found.append("not-found")
    if method in _CHANGES_STATE:
        found.append("storage-full")
    if "requestBody" in operation:
        found += ["too-large", "unsupported-media-type"]
    if method in ("post", "patch") and not path.startswith("/claims") and not path.endswith(("/claims", "/extract")):
        found.append("already-stored")
    if method in ("patch", "delete") and not path.endswith("/merge"):
        found.append("stale")
    if path.startswith("/entities/{") and not path.endswith("/merge"):
        found.append("merged")
    if path == "/articles/fetch":
        found += ["site-failed", "site-too-slow"]
    if method == "get" and not path.startswith(("/health", "/problems")):
        found.append("log-too-short")
    if path == "/health/ready":
        found.append("storage-full")
    return found


def _describe_answers(operation: dict[str, Any], responses: dict[str, Any], *, has_etag: bool, is_write: bool) -> None:
    for status in ("200", "201", "202", "204"):
        answer = responses.get(status)
        if answer is None:
            continue
        headers = answer.setdefault("headers", {})
        if is_write:
            told = "The newest change of this write, by its number in /changes: a read that sends it back shows the write."
            headers[CHANGE] = {"description": told, "schema": _SEQ}
        schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
        if schema.get("$ref", "").endswith("Page"):
            headers["Link"] = _text('The next page: `<…>; rel="next"`.')
        elif has_etag and status in ("200", "201"):
            headers["ETag"] = _text("Names this state, for If-Match and If-None-Match.")
        if (example := answers().get(operation["operationId"])) and "content" in answer:
            answer["content"]["application/json"]["example"] = example
        if not headers:
            del answer["headers"]


def _text(description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}}


def _change() -> dict[str, Any]:
    told = "What an answer to a write had in this header: the read is answered from a state that holds that write."
    return {"name": CHANGE, "in": "header", "required": False, "description": told, "schema": _KNOWN}


def _header(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, **_text(description)}
