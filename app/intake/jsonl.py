"""JSON Lines: an `ArticleDraft` in each line."""

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from pydantic import ValidationError

from app.errors import Fault
from app.faults import in_body, nearest_field
from app.intake.lines import Item, Line, too_long
from app.models.documents import ArticleDraft

MOST_FAULTS = 100


def items(lines: Iterable[Line], most: int) -> Iterator[Item]:
    """One for each line that holds something. `most` is the length in bytes that was allowed."""
    return (item(line, most) for line in lines if line.sent is None or line.sent.strip())


def item(line: Line, most: int) -> Item:
    if line.sent is None:
        return Item(line.number, None, (too_long(most),))
    try:
        return Item(line.number, ArticleDraft.model_validate_json(line.sent))
    except ValidationError:
        return _in_words(line.number, line.sent)  # as a single article's body is read, so that it is told the same


def _in_words(number: int, sent: bytes) -> Item:
    body, fault = _body(sent)
    if fault is not None:
        return Item(number, None, (fault,), sent)
    return draft(number, body, sent)


def draft(number: int, body: Any, sent: bytes) -> Item:
    try:
        return Item(number, ArticleDraft.model_validate(body, from_attributes=True))
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        faults = in_body([dict(one) for one in found], body, _misspelt)
        return Item(number, None, tuple(faults[:MOST_FAULTS]), sent)


def _body(sent: bytes) -> tuple[Any, Fault | None]:
    try:
        return json.loads(sent.decode()), None
    except UnicodeDecodeError as error:
        return None, Fault("", f"the line is not UTF-8: it holds the byte 0x{sent[error.start]:02x} at {error.start}")
    except json.JSONDecodeError as error:
        return None, Fault("", f"the line is not JSON: {error.msg} at character {error.pos}")
    except RecursionError:
        return None, Fault("", "the line is not JSON that can be read: it is nested too deep")
    except ValueError:
        return None, Fault("", "the line is not JSON that can be read: it holds a number of too many digits")


def _misspelt(path: Sequence[Any]) -> str:
    schema = _schema()
    return nearest_field(path, schema, schema["$defs"])


@cache
def _schema() -> dict[str, Any]:
    return ArticleDraft.model_json_schema()
