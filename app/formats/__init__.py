"""Lists written in other formats than JSON: one module for each, found in this table by its name or media type.

A format is a module with what `Format` says: `CONTENT_TYPE` is the media type with its parameters, `PAGED` whether it holds one
page, or else all that is found, `ATTACHED` whether a browser is to save it, `SCHEMA` what stands in the OpenAPI document.
"""

from typing import Any, Protocol, cast

from app.formats import atom, csv, jsonl, jsonld
from app.formats.listing import Listing
from app.models.fields import Json, Shape

JSON = "json"  # a page with `next`, `total` and `applied`: what every list has, and no module here


class Writer(Protocol):
    """Writes one list, piece by piece: the bytes of all pieces together are the answer."""

    def __init__(self, listing: Listing) -> None: ...

    def begin(self) -> bytes: ...

    def rows(self, items: list[Json]) -> bytes:
        """In the order of the list. Called once for a format that is PAGED."""
        ...

    def end(self, cursor: str | None) -> bytes:
        """With the cursor of the next page, where a page was asked for and there is one."""
        ...


class Format(Protocol):
    NAME: str
    MEDIA_TYPE: str
    CONTENT_TYPE: str
    PAGED: bool
    ATTACHED: bool
    SCHEMA: dict[str, Any]
    Writer: type[Writer]

    def offers(self, shape: type[Shape]) -> bool:
        """Whether items of this shape can be written in it."""
        ...


_ALL = cast("tuple[Format, ...]", (jsonl, csv, jsonld, atom))
BY_NAME = {form.NAME: form for form in _ALL}
BY_MEDIA_TYPE = {form.MEDIA_TYPE: form for form in _ALL}


def offered(shape: type[Shape]) -> list[Format]:
    """The formats that a list of such items has beside JSON."""
    return [form for form in _ALL if form.offers(shape)]
