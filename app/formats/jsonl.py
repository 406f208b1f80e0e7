"""JSON Lines: each item as it stands in a page, on a line of its own."""

from typing import Any

import orjson

from app.formats.listing import Listing
from app.models.fields import Json, Shape

NAME = "jsonl"
MEDIA_TYPE = CONTENT_TYPE = "application/x-ndjson"
PAGED = False
ATTACHED = False
SCHEMA: dict[str, Any] = {"type": "string", "description": "One item of the list on each line, as JSON."}


def offers(_shape: type[Shape]) -> bool:
    return True


class Writer:
    def __init__(self, listing: Listing) -> None:
        pass

    def begin(self) -> bytes:
        return b""

    def rows(self, items: list[Json]) -> bytes:
        return b"".join([orjson.dumps(item, option=orjson.OPT_APPEND_NEWLINE) for item in items])

    def end(self, _cursor: str | None) -> bytes:
        return b""
