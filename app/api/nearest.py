"""A misspelt parameter or field is an error that names the one that was probably meant."""

import difflib
from collections.abc import Iterable, Sequence
from typing import Any

from fastapi import Request


def nearest(given: str, known: Iterable[str]) -> str:
    names = sorted(known)
    close = difflib.get_close_matches(given.casefold(), names, n=1, cutoff=0.5)
    shown = given[:60]
    if close:
        return f"there is no {shown!r} here; did you mean {close[0]!r}?"
    return f"there is no {shown!r} here; known are: {', '.join(names)}" if names else f"there is no {shown!r} here; none is known"


def nearest_field(request: Request, path: Sequence[Any]) -> str:
    """For a body's field, by the service's own OpenAPI document."""
    document = request.app.openapi()
    operation = document["paths"][request.scope["route"].path_format][request.method.lower()]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    for part in path[:-1]:
        schema = _step(document, schema, part)
    return nearest(str(path[-1]), _resolved(document, schema).get("properties", {}))


def _step(document: dict[str, Any], schema: dict[str, Any], part: Any) -> dict[str, Any]:
    schema = _resolved(document, schema)
    following: dict[str, Any] = schema.get("items", {}) if isinstance(part, int) else schema.get("properties", {}).get(part, {})
    return following


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    choices = [choice for choice in schema.get("anyOf", []) if choice.get("type") != "null"]
    if choices:
        schema = choices[0]
    if "$ref" in schema:
        found: dict[str, Any] = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
        return found
    return schema
