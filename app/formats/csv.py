"""CSV by RFC 4180, in UTF-8 with a header row, harmless in a spreadsheet.

A column is named by the path of its value in the JSON: `speaker.entity.name`. A list becomes one cell, its parts joined by `; `: of
things that have several fields, what names them (`_NAMING`).
"""

import csv
import io
from collections.abc import Callable, Iterator
from types import UnionType
from typing import Any, Union, get_args, get_origin

from app.formats.listing import Listing
from app.models.fields import Json, Shape

NAME = "csv"
MEDIA_TYPE = "text/csv"
CONTENT_TYPE = "text/csv; charset=utf-8; header=present"
PAGED = False
ATTACHED = True
SCHEMA: dict[str, Any] = {"type": "string", "description": "RFC 4180 with a header row."}
# What spreadsheets take for a formula, or skip to look for one behind it: https://owasp.org/www-community/attacks/CSV_Injection
HARMFUL = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NAMING = ("name", "exact", "entity", "quote", "edtf", "text", "kind")  # of these fields the first that is not null
_JOINT = "; "
_Read = Callable[[Any], Any]


def offers(_shape: type[Shape]) -> bool:
    return True


class Writer:
    def __init__(self, listing: Listing) -> None:
        self._columns = dict(columns(listing.shape))

    def begin(self) -> bytes:
        return _written([list(self._columns)])

    def rows(self, items: list[Json]) -> bytes:
        reads = list(self._columns.values())
        return _written([[_cell(read(item)) for read in reads] for item in items])

    def end(self, _cursor: str | None) -> bytes:
        return b""


def columns(shape: type[Shape], path: str = "", reach: _Read = lambda item: item) -> Iterator[tuple[str, _Read]]:
    """Name and way to the value, for every field; a field that is a shape of its own has a column for each of its fields."""
    for name, field in shape.model_fields.items():
        kind, step = _without_null(field.annotation), _step(reach, name)
        if isinstance(kind, type) and issubclass(kind, Shape):
            yield from columns(kind, f"{path}{name}.", step)
        else:
            yield path + name, step


def _step(reach: _Read, name: str) -> _Read:
    def read(item: Any) -> Any:
        inside = reach(item)
        return None if inside is None else inside[name]

    return read


def _without_null(annotation: Any) -> Any:
    if get_origin(annotation) not in (Union, UnionType):
        return annotation
    kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
    return kinds[0] if len(kinds) == 1 else annotation


def _cell(value: Any) -> str | int | float | None:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(HARMFUL) else value
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    return _cell(_text(value))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return _JOINT.join(map(_text, value))
    if isinstance(value, dict):
        naming = next((value[name] for name in _NAMING if value.get(name) is not None), None)
        return _text(naming if naming is not None else [part for part in value.values() if part is not None])
    return str(value)


def _written(rows: list[list[Any]]) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue().encode()
