"""CSV with a header: a column for each field of a draft, a row for each article.

Comma, semicolon or tab, whichever makes most of the header. Authors stand with semicolons between them, claims as JSON; what is
empty is left out.
"""

import csv
import json
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from app.errors import Fault, Unusable
from app.faults import nearest
from app.intake.jsonl import draft
from app.intake.lines import Item, Line, too_long
from app.models.documents import ArticleDraft

COLUMNS = tuple(ArticleDraft.model_fields)
_TRUTHS = {"true": True, "false": False}


class _TooLong(Exception):
    pass


class _Texts:
    """The lines as text with their ends, as the module csv wants them. What is not UTF-8 becomes halves of surrogate pairs."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines = iter(lines)
        self.number = 0

    def __iter__(self) -> "_Texts":
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.number = line.number
        if line.sent is None:
            raise _TooLong
        return line.sent.decode("utf-8", "surrogateescape") + "\n"


def items(lines: Iterable[Line], most: int) -> Iterator[Item]:
    """One for each row, by the number of the line that it begins in.

    Raises:
        Unusable: when the header cannot be used.
    """
    csv.field_size_limit(most)
    texts = _Texts(lines)
    delimiter, columns = _header(texts)
    rows = csv.reader(texts, delimiter=delimiter, strict=True)
    while True:
        number = texts.number + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            until = f" (up to line {texts.number})" if texts.number > number else ""
            yield Item(number, None, (Fault("", f"this row is not CSV{until}: {error}; quotes inside quotes are doubled"),))
        except _TooLong:
            yield Item(number, None, (too_long(most),))
        else:
            if row:
                yield _item(number, columns, row)


def is_header(line: str) -> bool:
    """Whether a file that begins with this line is probably a table of articles."""
    return bool(set(_split(line)[1]) & set(COLUMNS))


def _header(texts: _Texts) -> tuple[str, list[str]]:
    try:
        first = next((text for text in texts if text.strip()), "")
    except _TooLong:
        first = ""
    delimiter, columns = _split(first)
    faults = [Fault(f"/{name}"[:100], nearest(name, COLUMNS)) for name in columns if name not in COLUMNS]
    faults += [Fault(f"/{name}", f"the column {name!r} is there twice") for name in COLUMNS if columns.count(name) > 1]
    if not faults and "text" not in columns:
        faults = [Fault("/text", f"there is no column 'text'; a table may have: {', '.join(COLUMNS)}")]
    if faults:
        raise Unusable(faults[:10])
    return delimiter, columns


def _split(header: str) -> tuple[str, list[str]]:
    found = [(delimiter, _names(header, delimiter)) for delimiter in ",;\t"]
    return max(found, key=lambda one: (len(set(one[1]) & set(COLUMNS)), len(one[1])))


def _names(header: str, delimiter: str) -> list[str]:
    try:
        row = next(csv.reader([header], delimiter=delimiter), [])
    except csv.Error:
        return []
    return [name.strip().lower().encode("utf-8", "backslashreplace").decode() for name in row]


def _item(number: int, columns: list[str], row: list[str]) -> Item:
    if len(row) != len(columns):
        return Item(number, None, (Fault("", f"this row has {len(row)} cells, the header {len(columns)}"),), _sent(row))
    cells = {name: cell for name, cell in zip(columns, row, strict=True) if cell.strip()}
    if wrong := [name for name, cell in cells.items() if any("\udc80" <= c <= "\udcff" for c in cell)]:
        return Item(number, None, tuple(Fault(f"/{name}", "is not UTF-8") for name in wrong), _sent(cells))
    fields: dict[str, Any] = dict(cells)
    if "authors" in fields:
        fields["authors"] = [author.strip() for author in cells["authors"].split(";") if author.strip()]
    if "extract" in fields:
        fields["extract"] = _TRUTHS.get(cells["extract"].strip().lower(), cells["extract"])
    if "claims" in fields:
        try:
            fields["claims"] = json.loads(cells["claims"])
        except (ValueError, RecursionError):
            return Item(number, None, (Fault("/claims", "is not JSON: a list of claims is wanted"),), _sent(cells))
    return draft(number, fields, _sent(fields))


def _sent(row: Any) -> bytes:
    """As a line of JSON, which can be mended and sent again."""
    try:
        return orjson.dumps(row)
    except TypeError:  # halves of surrogate pairs
        return json.dumps(row).encode()
