"""The log of changes: one strictly rising sequence by which a copy elsewhere is kept true."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field as Described
from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from app.models.fields import BIG, MAX_ID, Instant, Shape
from app.models.lists import ListQuery, Page

ChangedKind = Literal["article", "claim", "entity"]
Action = Literal["created", "changed", "deleted"]


class ChangeRow(SQLModel, table=True):
    __tablename__ = "change"
    __table_args__ = (
        CheckConstraint("kind IN ('article', 'claim', 'entity')", name="kind"),
        CheckConstraint("action IN ('created', 'changed', 'deleted')", name="action"),
        Index("ix_change_object", "kind", "object_id"),
        {"sqlite_autoincrement": True},
    )
    seq: int = Field(default=None, primary_key=True, sa_type=BIG)
    kind: str
    object_id: int = Field(sa_type=BIG)
    action: str
    made_by: str
    recorded_at: datetime


class Change(Shape):
    """A deleted thing is a tombstone: its `action` is `deleted`, and its id never comes again."""

    seq: int = Described(json_schema_extra={"format": "int64"})
    kind: ChangedKind
    id: int = Described(description="Of the article, claim or entity.", json_schema_extra={"format": "int64"})
    action: Action
    made_by: str
    recorded_at: Instant


class ChangePage(Page[Change]):
    latest: int = Described(description="The newest `seq` there is; ask again with `since` = the last `seq` you saw.")


class ChangeQuery(ListQuery):
    since: Annotated[int, Described(ge=0, le=MAX_ID)] = Described(0, description="Only changes after this `seq`.")
    kind: list[ChangedKind] = Described([], max_length=3)
