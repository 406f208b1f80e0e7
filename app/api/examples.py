"""Answers that routes declare for themselves, and the examples of the OpenAPI document."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from app.models.documents import Article
from app.models.feeds import Feed
from app.models.rereading import Rereading

_LOCATION = {"Location": {"description": "The address of what is stored.", "schema": {"type": "string"}}}
CREATED: dict[int | str, dict[str, Any]] = {201: {"description": "Stored", "headers": _LOCATION}}
QUEUED: dict[int | str, dict[str, Any]] = {
    202: {"model": Rereading, "description": "It will be read; `extraction` tells when it is"}
}
STORED: dict[int | str, dict[str, Any]] = {
    200: {
        "model": Article,
        "description": "It was stored already; or, with on_conflict=revise, the text is its next revision",
        "headers": _LOCATION,
    },
    **CREATED,
}

FOLLOWED: dict[int | str, dict[str, Any]] = {
    200: {"model": Feed, "description": "It is followed already", "headers": _LOCATION},
    **CREATED,
}


@cache
def _all() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(files("app.api").joinpath("examples.json").read_text("utf-8"))
    return found


def answers() -> dict[str, Any]:
    """Operation id → one real answer; made by tests/make_examples.py."""
    return _all()["answers"]


def requests() -> dict[str, Any]:
    """Operation id → a body that gave that answer."""
    return _all()["requests"]
