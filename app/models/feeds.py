"""Feeds: lists of a site's newest articles, asked again and again, and what became of each entry."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field as Described
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlmodel import Column, Field, SQLModel
from sqlmodel import Text as TextColumn

from app.models.fields import BIG, Draft, Instant, Name, Shape, Url, omitted
from app.models.lists import ListQuery, Page

EntryState = Literal["waiting", "stored", "known", "failed"]
Outcome = Literal["changed", "unchanged", "failed"]
Every = Annotated[
    int, Described(ge=60, le=604_800, strict=True, description="Seconds from one look to the next; failures make it longer.")
]


class FeedRow(SQLModel, table=True):
    """`key` is the address normalised. At `due_at` a worker may take it: the next look, or, while one looks, the end of its lease.

    `looks` counts them, and tells one worker's hold on the feed from that of a later one. `failures` are those in a row.
    `etag` and `last_modified` are null when the next answer must be whole.
    """

    __tablename__ = "feed"
    __table_args__ = (Index("ix_feed_due", "due_at", "id"), {"sqlite_autoincrement": True})
    id: int = Field(default=None, primary_key=True, sa_type=BIG)
    url: str
    key: str = Field(unique=True)
    title: str | None = None
    source: str | None = None
    every_s: int
    active: bool = True
    etag: str | None = None
    last_modified: str | None = None
    outcome: str | None = None
    status: int | None = None
    error: str | None = Field(default=None, sa_type=TextColumn)
    failures: int = 0
    looks: int = 0
    due_at: datetime | None = None
    looked_at: datetime | None = None
    recorded_at: datetime


class FeedEntryRow(SQLModel, table=True):
    """What a feed has listed. `key` is a hash of its id, else of its address; `due_at` as of a feed, null when it is done."""

    __tablename__ = "feed_entry"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'stored', 'known', 'failed')", name="state"),
        Index("ix_feed_entry_key", "feed_id", "key", unique=True),
        Index("ix_feed_entry_state", "feed_id", "state", "id"),
        Index("ix_feed_entry_due", "due_at", "id"),
        {"sqlite_autoincrement": True},
    )
    id: int = Field(default=None, primary_key=True, sa_type=BIG)
    feed_id: int = Field(sa_column=Column(BIG, ForeignKey("feed.id"), nullable=False))
    key: str
    url: str
    title: str | None = None
    author: str | None = None
    published: str | None = None
    state: str
    attempts: int = 0
    error: str | None = Field(default=None, sa_type=TextColumn)
    article_id: int | None = Field(default=None, sa_column=Column(BIG, ForeignKey("article.id")))
    due_at: datetime | None = None
    recorded_at: datetime


class FeedDraft(Draft):
    url: Url
    source: Name | None = Described(None, description="The outlet of its articles; without it what each page says.")
    every_s: Every = 900


class FeedPatch(Draft):
    """What is left out stays as it is; null clears `source`. `active: true` has the feed looked at now."""

    source: Name | None = None
    every_s: Every = omitted()
    active: Annotated[bool, Described(strict=True)] = omitted()


class FeedEntries(Shape):
    """How many of its entries are in which state; see the entries themselves."""

    waiting: int
    stored: int
    known: int
    failed: int


class Feed(Shape):
    id: int = Described(json_schema_extra={"format": "int64"})
    url: str
    title: str | None = Described(description="What it calls itself; null until it was looked at.")
    source: str | None
    every_s: int
    active: bool = Described(description="false: it is not looked at any more; a site says so with 410, or you.")
    outcome: Outcome | None = Described(description="Of the last look; null before the first.")
    status: int | None = Described(description="What the site answered to the last look, when it did not give the feed.")
    error: str | None = Described(description="Why the last look failed.")
    failures: int = Described(description="How many looks have failed in a row.")
    looked_at: Instant | None
    due_at: Instant | None = Described(description="When it is looked at again; null when it is not active.")
    entries: FeedEntries
    recorded_at: Instant


class FeedPage(Page[Feed]):
    """One page of feeds."""


class FeedEntry(Shape):
    id: int = Described(json_schema_extra={"format": "int64"})
    url: str
    title: str | None
    published: str | None
    state: EntryState = Described(
        description="`waiting`: its page is not read yet. `stored`: it became an article. `known`: its article was there already. "
        "`failed`: `error` says why; it is not tried again."
    )
    attempts: int
    error: str | None
    article: int | None = Described(json_schema_extra={"format": "int64"})
    due_at: Instant | None = Described(description="When it is tried again.")
    recorded_at: Instant


class FeedEntryPage(Page[FeedEntry]):
    """One page of a feed's entries."""


class FeedEntryQuery(ListQuery):
    state: list[EntryState] = Described([], max_length=4)
