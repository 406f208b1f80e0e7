"""What is wrong with something that was sent, in sentences that name the place and what was probably meant."""

import difflib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from app.errors import Fault

Misspelt = Callable[[Sequence[Any]], str]  # what is said of the unknown field at the end of a path


def fault(error: dict[str, Any], path: Sequence[Any], misspelt: Misspelt) -> Fault:
    """One of Pydantic's findings. Never with the input itself: it may be large, or hold what cannot be written."""
    if field := (error.get("ctx") or {}).get("field"):
        path = [*path, field]
    detail = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        detail = misspelt(path)
    elif error["type"] == "model_attributes_type":
        detail = "Input should be a JSON object"
    return Fault("".join(f"/{_escaped(str(part))}" for part in path), printable(detail))


def in_body(errors: Iterable[dict[str, Any]], body: Any, misspelt: Misspelt) -> list[Fault]:
    """Pydantic's findings in a body, each place once."""
    return once_each(
        fault(error, error["loc"] if error["type"] == "missing" else standing_in(body, error["loc"]), misspelt) for error in errors
    )


def once_each(faults: Iterable[Fault]) -> list[Fault]:
    """Of a value that may be one of several kinds, what each of them asks for, in one."""
    said: dict[str, list[str]] = {}
    for one in faults:
        said.setdefault(one.pointer, []).append(one.detail)
    return [Fault(pointer, ", or: ".join(details)) for pointer, details in said.items()]


def standing_in(body: Any, path: Sequence[Any]) -> Sequence[Any]:
    """The part of the path that leads through the body; behind it pydantic names which of several kinds it has tried."""
    for depth, part in enumerate(path):
        is_there = part in body if isinstance(body, dict) else isinstance(body, list) and isinstance(part, int)
        if not is_there:
            return path[:depth]
        body = body[part]
    return path


def nearest(given: str, known: Iterable[str]) -> str:
    """What is said of a name that nothing has: the one that was probably meant, or all that there are."""
    names = sorted(known)
    close = difflib.get_close_matches(given.casefold(), names, n=1, cutoff=0.5)
    shown = given[:60]
    if close:
        return f"there is no {shown!r} here; did you mean {close[0]!r}?"
    return f"there is no {shown!r} here; known are: {', '.join(names)}" if names else f"there is no {shown!r} here; none is known"


def nearest_field(path: Sequence[Any], schema: dict[str, Any], schemas: dict[str, Any]) -> str:
    """The same for the field at the end of the path; `schemas` are those that the schema refers to, by their names."""
    for part in path[:-1]:
        schema = _step(schema, part, schemas)
    return nearest(str(path[-1]), _resolved(schema, schemas).get("properties", {}))


def _step(schema: dict[str, Any], part: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    schema = _resolved(schema, schemas)
    following: dict[str, Any] = schema.get("items", {}) if isinstance(part, int) else schema.get("properties", {}).get(part, {})
    return following


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    choices = [choice for choice in schema.get("anyOf", []) if choice.get("type") != "null"]
    if choices:
        schema = choices[0]
    if "$ref" in schema:
        found: dict[str, Any] = schemas[schema["$ref"].rsplit("/", 1)[-1]]
        return found
    return schema


def _escaped(part: str) -> str:
    return printable(part[:100]).replace("~", "~0").replace("/", "~1")


def printable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
