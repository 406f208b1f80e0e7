"""Runs: which extractor read which text, or is to read it, and what came of it."""

import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator
from pydantic import Field as Described
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlmodel import Column, Field, SQLModel
from sqlmodel import Text as TextColumn

from app.models.fields import BIG, Instant, Shape

RunState = Literal["queued", "running", "done", "failed"]
_NAME = r"^[A-Za-z0-9_][A-Za-z0-9_.:/@+-]*$"


def _name(given: str) -> str:
    """In words what the pattern says: whoever has mistyped a name is not to read an expression."""
    if not re.fullmatch(_NAME, given):
        raise ValueError("Input should be the name of an extractor, such as rules: letters, digits and _ . : / @ + -")
    return given


ExtractorName = Annotated[
    str,
    Described(
        max_length=200,
        json_schema_extra={"pattern": _NAME},
        description="One that is offered; DATELINE_EXTRACTORS says which are.",
        examples=["rules"],
    ),
    AfterValidator(_name),
]
Extract = Annotated[
    Annotated[bool, Described(strict=True)] | ExtractorName,
    Described(
        description="true: the extractor that the service is set to; false: none; or the name of one that is offered.",
        examples=[True],
    ),
]


class ExtractionRunRow(SQLModel, table=True):
    """One reading of one revision; `superseded` when a newer text or a newer run took its place before it was done.

    `requested` is the name by which the extractor is found, `extractor` its name and version. `warnings` is a JSON list.
    `due_at` is from when a worker may take it: the end of a pause while it is queued, of the lease while it is running, else null.
    """

    __tablename__ = "extraction_run"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'running', 'done', 'failed', 'superseded')", name="state"),
        Index("ix_extraction_run_article", "article_id", "revision"),
        Index("ix_extraction_run_due", "due_at", "id"),
        {"sqlite_autoincrement": True},
    )
    id: int = Field(default=None, primary_key=True, sa_type=BIG)
    article_id: int = Field(sa_column=Column(BIG, ForeignKey("article.id"), nullable=False))
    revision: int
    extractor: str
    text_hash: str
    claims: int
    recorded_at: datetime
    requested: str | None = None
    state: str = "done"
    warnings: str = Field(default="[]", sa_type=TextColumn)
    error: str | None = Field(default=None, sa_type=TextColumn)
    attempts: int = 0
    due_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None


class ArticleExtraction(Shape):
    """How the current revision was read, or is being read."""

    extractor: str = Described(description="Its name and version.")
    state: RunState = Described(description="`queued` and `running`: its claims come later. `failed`: `error` says why.")
    claims: int | None = Described(description="How many it found; null until it is done.")
    warnings: list[str] = Described(description="What a reader should know: why nothing was looked for, what was dropped and why.")
    error: str | None
    recorded_at: Instant = Described(description="When it was asked for.")
    finished_at: Instant | None
