"""The log of changes: one strictly rising sequence by which a copy elsewhere is kept true."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Described
from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from app.models.fields import BIG, MAX_ID, Instant, Shape
from app.models.lists import ListQuery, Page

ChangedKind = Literal["article", "claim", "entity"]
Action = Literal["created", "changed", "revised", "deleted", "merged", "unmerged"]


class ChangeRow(SQLModel, table=True):
    __tablename__ = "change"
    __table_args__ = (
        CheckConstraint("kind IN ('article', 'claim', 'entity')", name="kind"),
        CheckConstraint("action IN ('created', 'changed', 'revised', 'deleted', 'merged', 'unmerged')", name="action"),
        Index("ix_change_object", "kind", "object_id"),
        {"sqlite_autoincrement": True},
    )
    seq: int = Field(default=None, primary_key=True, sa_type=BIG)
    kind: str
    object_id: int = Field(sa_type=BIG)
    action: str
    made_by: str
    recorded_at: datetime
    revision: int | None = None
    into_id: int | None = Field(default=None, sa_type=BIG)


class Change(Shape):
    """A deleted thing is a tombstone: its `action` is `deleted`, and its id never comes again.

    `revised` is an article with another text, `changed` one with other metadata. `merged` and `unmerged` are entities.
    """

    seq: int = Described(json_schema_extra={"format": "int64"})
    kind: ChangedKind
    id: int = Described(description="Of the article, claim or entity.", json_schema_extra={"format": "int64"})
    action: Action
    made_by: str
    recorded_at: Instant
    revision: int | None = Described(description="With `revised`: the number of the new text, else null.")
    into: int | None = Described(
        description="With `merged` and `unmerged`: the entity that it was merged into, else null.",
        json_schema_extra={"format": "int64"},
    )


class ChangePage(Page[Change]):
    latest: int = Described(description="The newest `seq` there is; ask again with `since` = the last `seq` you saw.")


class ChangeQuery(ListQuery):
    since: Annotated[int, Described(ge=0, le=MAX_ID)] | None = Described(
        None,
        description="Only changes after this `seq`, else all that the log holds; 410 when that begins later, or ends before it.",
    )
    kind: list[ChangedKind] = Described([], max_length=3)
    action: list[Action] = Described([], max_length=6)


class ChangeStreamQuery(BaseModel):
    """`since` is for the first connection; afterwards the header `Last-Event-ID` says where the stream was left."""

    model_config = ConfigDict(frozen=True)
    since: Annotated[int, Described(ge=0, le=MAX_ID)] | None = Described(
        None, description="Only changes after this `seq`; without it, and without `Last-Event-ID`, what changes from now on."
    )
    kind: list[ChangedKind] = Described([], max_length=3)
    action: list[Action] = Described([], max_length=6)
