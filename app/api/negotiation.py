"""In which format a list is answered: as `format=` says, else as `Accept` prefers (RFC 9110, section 12.5.1)."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from fastapi import Request

from app import export, formats
from app.errors import Fault, Unusable
from app.formats import Format
from app.models.fields import Shape
from app.models.lists import ListQuery, Page

JSON = "application/json"
MOST_ACCEPTS = 200  # headers remembered; a browser has a few
_ANY = {"*/*", JSON, "application/*"}  # what is sent by most who ask for a page


def wanted(request: Request, query: ListQuery) -> Format | None:
    """None for a page of JSON.

    Raises:
        Unusable: when the list, or its items as they are asked for, cannot be written so.
    """
    form = _by_name(request, query) if query.format is not None else _by_accept(request, query)
    if form is None and getattr(query, "detail", None) == "full":
        names = ", ".join(form.NAME for form in _offered(request, query))
        raise Unusable([Fault("/detail", f"whole articles are not in a page of JSON; format may be: {names}")])
    return form


def _by_name(request: Request, query: ListQuery) -> Format | None:
    if query.format == formats.JSON:
        return None
    return named(query.format or formats.JSON, _offered(request, query), [formats.JSON])


def named(name: str, offered: list[Format], others: Sequence[str] = ()) -> Format:
    """Raises Unusable when there is none of that name; `others` are the names that are accepted besides."""
    found = next((form for form in offered if name == form.NAME), None)
    if found is None:
        names = ", ".join([*others, *(form.NAME for form in offered)])
        raise Unusable([Fault("/format", f"this list cannot be written as {name}; accepted are: {names}")])
    return found


def _by_accept(request: Request, query: ListQuery) -> Format | None:
    accept = request.headers.get("accept", "*/*")
    if accept in _ANY:
        return None
    types = frozenset({JSON, *(form.MEDIA_TYPE for form in _offered(request, query))})
    return formats.BY_MEDIA_TYPE.get(accepted(accept, types)[0])  # one at least is: others were refused before


def _offered(request: Request, query: ListQuery) -> list[Format]:
    return formats.offered(export.shape_of(request.scope["route"].response_model, query))


@lru_cache(MOST_ACCEPTS)
def accepted(accept: str, gives: frozenset[str]) -> list[str]:
    """Of the media types that can be given, those that the header takes, the most wanted first; of equals JSON, then as they stand.

    Of the ranges that a type falls under, the most precise one says how much it is wanted; with `q=0` it is refused.
    """
    ranges: dict[str, tuple[float, int]] = {}
    for place, part in enumerate(part for part in accept.lower().split(",") if part.strip()):
        kind, *parameters = (word.strip() for word in part.split(";"))
        ranges.setdefault(kind, (_quality(parameters), place))
    ranges = ranges or {"*/*": (1.0, 0)}
    found = []
    for kind in gives:
        precise = next((r for r in (kind, f"{kind.partition('/')[0]}/*", "*/*") if r in ranges), None)
        if precise is not None and ranges[precise][0] > 0:
            quality, place = ranges[precise]
            found.append((-quality, place, kind != JSON, kind))
    return [kind for *_, kind in sorted(found)]


def _quality(parameters: list[str]) -> float:
    """1 where none is given, or none that can be read."""
    given = next((p.partition("=")[2] for p in parameters if p.partition("=")[0].strip() == "q"), "1")
    try:
        return min(max(float(given), 0.0), 1.0)
    except ValueError:
        return 1.0


def declare(operation: dict[str, Any]) -> None:
    """In the OpenAPI document, in place: which formats a list has. JSON stays the first, which generated clients ask for."""
    answer = operation["responses"].get("200", {}).get("content", {})
    schema = answer.get(JSON, {}).get("schema", {})
    shape = _lists().get(schema.get("$ref", "").rpartition("/")[2])
    if shape is None:
        return
    offered = formats.offered(shape)
    answer |= {form.MEDIA_TYPE: {"schema": dict(form.SCHEMA)} for form in offered}
    for parameter in operation["parameters"]:
        if parameter["name"] == "format":
            parameter["schema"]["anyOf"][0]["enum"] = [formats.JSON, *(form.NAME for form in offered)]


def _lists() -> dict[str, type[Shape]]:
    """The shape of a page by its name → that of its items."""
    return {page.__name__: page.item() for of_items in Page.__subclasses__() for page in of_items.__subclasses__()}
