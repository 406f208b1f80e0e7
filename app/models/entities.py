"""Entities: people, organizations, places, events, with every name they go by."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel
from pydantic import Field as Described
from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlmodel import Column, Field, SQLModel
from sqlmodel import Text as TextColumn

from app.models.extraction import EntityType, NameKind
from app.models.fields import BIG, DERIVED, Draft, Id, Instant, Line, Name, Shape, WikidataId, omitted
from app.models.lists import EntityRef, ListQuery, Page, Searched

_IS_MERGED = text("merged_into IS NOT NULL")

_COUNTED: dict[str, Any] = {"server_default": "0", "info": DERIVED}


class EntityRow(SQLModel, table=True):
    """`mentions` counts the places in current revisions that name it: the order of suggestions.

    `articles` and the `claims` count its links, all, as speaker and as subject: the totals of a search for it alone.

    `merged_into` is the entity that stands for it: what it was merged into, to the end. Such a one counts only the places that name
    it itself; who stands for others counts theirs too.
    """

    __tablename__ = "entity"
    __table_args__ = (
        CheckConstraint("type IN ('person', 'organization', 'place', 'event', 'other')", name="type"),
        Index("ix_entity_mentions", "mentions", "id"),
        Index("ix_entity_sorted", "name_key", "id"),
        Index("ix_entity_merged_into", "merged_into", sqlite_where=_IS_MERGED, postgresql_where=_IS_MERGED),
        {"sqlite_autoincrement": True},
    )
    id: int = Field(default=None, primary_key=True, sa_type=BIG)
    type: str
    name: str
    name_key: str
    role: str | None = None
    description: str | None = Field(default=None, sa_type=TextColumn)
    wikidata_id: str | None = Field(default=None, unique=True)
    mentions: int = 0
    articles: int = Field(default=0, sa_column_kwargs=_COUNTED)
    claims: int = Field(default=0, sa_column_kwargs=_COUNTED)
    claims_made: int = Field(default=0, sa_column_kwargs=_COUNTED)
    claims_about: int = Field(default=0, sa_column_kwargs=_COUNTED)
    recorded_at: datetime
    changed_at: datetime
    withdrawn_at: datetime | None = None
    merged_into: int | None = Field(default=None, sa_type=BIG)


class EntityMergeRow(SQLModel, table=True):
    """Somebody's judgement that two entities are one; nothing else is rewritten, so that it can be taken back."""

    __tablename__ = "entity_merge"
    __table_args__ = (CheckConstraint("entity_id <> into_id", name="two"), Index("ix_entity_merge_into", "into_id"))
    entity_id: int = Field(sa_column=Column(BIG, ForeignKey("entity.id"), primary_key=True))
    into_id: int = Field(sa_column=Column(BIG, ForeignKey("entity.id"), nullable=False))
    made_by: str
    recorded_at: datetime


class EntityNameRow(SQLModel, table=True):
    """One name of an entity. `key` is the name folded by `folding.name_key`; `added_by` an extractor or whoever sent it."""

    __tablename__ = "entity_name"
    __table_args__ = (
        CheckConstraint("kind IN ('preferred', 'alias', 'acronym', 'weak')", name="kind"),
        Index("ix_entity_name_key", "key", "entity_id", "kind"),
    )
    entity_id: int = Field(sa_column=Column(BIG, ForeignKey("entity.id"), primary_key=True))
    name: str = Field(primary_key=True)
    key: str
    kind: str
    added_by: str


class NameWordRow(SQLModel, table=True):
    """Each word of each name, for finding an entity by the words that someone remembers."""

    __tablename__ = "entity_name_word"
    __table_args__ = (Index("ix_entity_name_word_entity", "entity_id"), {"sqlite_with_rowid": False})
    word: str = Field(primary_key=True)
    entity_id: int = Field(sa_column=Column(BIG, ForeignKey("entity.id"), primary_key=True))


Aliases = Annotated[list[Name], Described(max_length=200)]


class EntityDraft(Draft):
    name: Name
    type: EntityType
    aliases: Aliases = Described([])
    description: Line | None = None
    wikidata_id: WikidataId | None = None


class EntityPatch(Draft):
    """What is left out stays as it is. `aliases` replaces all of them; null clears `description` and `wikidata_id`."""

    name: Name = omitted()
    type: EntityType = omitted()
    aliases: Aliases = omitted()
    description: Line | None = None
    wikidata_id: WikidataId | None = None


class EntityMerge(Draft):
    into: Id = Described(description="The entity that is kept.", examples=[12])


class EntityName(Shape):
    name: str
    kind: NameKind = Described(description="weak: too common to tell entities apart, such as a bare surname.")
    added_by: str = Described(description="Name and version of the extractor that found it, or who sent it.")


class Entity(Shape):
    id: int = Described(json_schema_extra={"format": "int64"})
    name: str
    type: EntityType
    role: str | None = Described(description="What the articles call it: “Iraqi Prime Minister”.")
    aliases: list[EntityName]
    description: str | None
    wikidata_id: str | None
    merged: list[EntityRef] = Described(description="The entities that were merged into it, and whose names mean it too.")
    mentions: int = Described(description="In how many places of current texts it is named, or one that was merged into it.")
    recorded_at: Instant
    changed_at: Instant


class EntityPage(Page[Entity]):
    """One page of entities."""


class EntityQuery(ListQuery):
    q: Searched | None = Described(None, description="Words of any of its names; the last one may be a beginning.")
    type: list[EntityType] = Described([], max_length=5)
    sort: Literal["name", "-mentions"] = "-mentions"


class SuggestQuery(BaseModel):
    q: Searched = Described(description="What has been typed so far: the beginning of any name.")


class Suggestions(Shape):
    items: list[Entity]
