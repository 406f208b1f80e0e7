"""Many articles in one request: what is answered for each line."""

from typing import Literal

from pydantic import Field

from app.models.fields import Shape
from app.models.problems import ProblemError

BulkStatus = Literal["created", "unchanged", "revised", "invalid", "conflict", "failed"]


class BulkResult(Shape):
    """What became of one line."""

    line: int = Field(description="Its number in the body, from 1; lines that hold nothing count too.")
    status: BulkStatus = Field(
        description="`invalid`: it cannot be stored as it is. `conflict`: the article is stored with another text. "
        "`failed`: the archive or the extractor could not do its work; the same line may be sent again."
    )
    id: int | None = Field(description="The article's; null when nothing is stored under its address.")
    address: str | None = Field(description="Where the article is: `/articles/` and its id.")
    change: int | None = Field(
        description="For the header `Dateline-Change` of a read that is to show it; null when nothing was read or stored.",
        json_schema_extra={"format": "int64"},
    )
    problem: str | None = Field(
        description="With `invalid`, `conflict` and `failed`: the kind of problem, explained at this address."
    )
    errors: list[ProblemError] = Field(description="Each thing that is wrong; a pointer leads into the line.")
