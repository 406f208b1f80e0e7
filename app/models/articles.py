"""Articles: one text published by one outlet at one address, and the revisions of that text."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel
from pydantic import Field as Described
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlmodel import Column, Field, SQLModel
from sqlmodel import Text as TextColumn

from app.models.extraction import EntityType, MentionKind
from app.models.fields import BIG, DERIVED, Draft, Instant, LanguageTag, Line, Name, Shape, Text, Url, omitted
from app.models.lists import Filters, ListQuery, Page, RangedQuery, Searched
from app.models.runs import Extract
from app.models.times import Bound, PartialDate, Published


class SourceRow(SQLModel, table=True):
    """An outlet. `key` is its name folded, so that “Reuters” and “REUTERS” are one."""

    __tablename__ = "source"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id: int = Field(default=None, primary_key=True, sa_type=BIG)
    name: str
    key: str = Field(unique=True)
    recorded_at: datetime


class ArticleRow(SQLModel, table=True):
    """`published` is what was sent; `earliest` and `latest` are its ends in microseconds since 1970, UTC.

    `time_key` is its place in the order of publication, by which the search index knows it; null when it is in no search.
    `dateline_date` is the position, among the dates of the current revision, of the one that its dateline gives.
    """

    __tablename__ = "article"
    __table_args__ = (
        Index("ix_article_time_key", "time_key", unique=True),
        Index("ix_article_recorded", "recorded_at", "id"),
        {"sqlite_autoincrement": True},
    )
    id: int = Field(default=None, primary_key=True, sa_type=BIG)
    source_id: int | None = Field(default=None, sa_column=Column(BIG, ForeignKey("source.id")))
    title: str | None = None
    url: str | None = None
    external_id: str | None = None
    published: str | None = None
    earliest: int = Field(sa_type=BIG)
    latest: int = Field(sa_type=BIG)
    time_key: int | None = Field(default=None, sa_type=BIG)
    language: str | None = None
    dateline: str | None = None
    dateline_place: str | None = None
    dateline_agency: str | None = None
    dateline_date: int | None = None
    revision: int
    recorded_at: datetime
    changed_at: datetime
    withdrawn_at: datetime | None = None


class ArticleKeyRow(SQLModel, table=True):
    """What makes an article the same one when it is sent again: its address, its id at the source, or its very text."""

    __tablename__ = "article_key"
    key: str = Field(primary_key=True)
    article_id: int = Field(sa_column=Column(BIG, ForeignKey("article.id"), index=True, nullable=False))


class ArticleAuthorRow(SQLModel, table=True):
    __tablename__ = "article_author"
    __table_args__ = ({"sqlite_with_rowid": False},)
    article_id: int = Field(sa_column=Column(BIG, ForeignKey("article.id"), primary_key=True))
    position: int = Field(primary_key=True)
    name: str
    key: str


class RevisionRow(SQLModel, table=True):
    """One text that an article had. Never changed."""

    __tablename__ = "article_revision"
    article_id: int = Field(sa_column=Column(BIG, ForeignKey("article.id"), primary_key=True))
    number: int = Field(primary_key=True)
    text: str = Field(sa_type=TextColumn)
    text_hash: str
    recorded_at: datetime


class MentionRow(SQLModel, table=True):
    """One place in one revision that names an entity; its words are the revision's text from start to end."""

    __tablename__ = "mention"
    __table_args__ = (CheckConstraint('"start" >= 0 AND "start" < "end"', name="span"), {"sqlite_with_rowid": False})
    article_id: int = Field(sa_column=Column(BIG, ForeignKey("article.id"), primary_key=True))
    revision: int = Field(primary_key=True)
    start: int = Field(primary_key=True)
    end: int = Field(primary_key=True)
    entity_id: int = Field(sa_column=Column(BIG, ForeignKey("entity.id"), primary_key=True))
    kind: str


class ArticleLinkRow(SQLModel, table=True):
    """(entity, place in time), all in the key: a page by entity and dates is one range of this table and no join.

    Made by `store/indexing.py` from mentions and parties; no foreign keys, for they would be checked for each row again.
    """

    __tablename__ = "article_link"
    __table_args__ = ({"sqlite_with_rowid": False, "info": DERIVED},)
    entity_id: int = Field(primary_key=True, sa_type=BIG)
    time_key: int = Field(primary_key=True, sa_type=BIG)


class ArticleRef(Shape):
    """An article as a claim shows it."""

    id: int = Described(json_schema_extra={"format": "int64"})
    title: str | None
    source: str | None
    published: str | None = Described(description="A partial date, or an instant in UTC, as it was sent.")
    url: str | None


class ArticleSummary(ArticleRef):
    """An article in a list: all but its text and what was found in it."""

    authors: list[str]
    language: str | None
    revision: int
    claims: int = Described(description="How many claims it has, rejected ones left out.")
    copies: int = Described(description="How many other articles carry nearly the same text.")
    recorded_at: Instant
    changed_at: Instant
    snippet: str | None = Described(description="With `q`: words around the matches as HTML text, matches in `<mark>`.")


class ArticlePage(Page[ArticleSummary]):
    """One page of articles."""


class Mention(Shape):
    """One place that names an entity: `text[start:end]`, in code points."""

    start: int
    end: int
    text: str
    kind: MentionKind


class ArticleEntity(Shape):
    """An entity of the article with every place in the current revision that names it."""

    id: int = Described(json_schema_extra={"format": "int64"})
    name: str
    type: EntityType
    mentions: list[Mention]


class Dateline(Shape):
    """The line that opens a dispatch: `BAGHDAD (Dispatches) –`."""

    text: str
    place: str | None
    agency: str | None
    date: PartialDate | None = Described(description="The day that the dateline itself gives.")


class Revision(Shape):
    article: int = Described(json_schema_extra={"format": "int64"})
    number: int
    text: str
    recorded_at: Instant


class RevisionPage(Page[Revision]):
    """One page of revisions."""


class ArticlePatch(Draft):
    """What is left out stays as it is; null clears. A new `text` is a new revision, read as `extract` says."""

    title: Line | None = None
    text: Text = omitted()
    url: Url | None = None
    source: Name | None = None
    authors: list[Name] = omitted(max_length=100)
    published: Published | None = None
    language: LanguageTag | None = None
    external_id: Name | None = None
    extract: Extract = True


class LookupQuery(BaseModel):
    url: Url = Described(description="The address, tracking parameters and all.")


class SharedFilters(RangedQuery):
    """Different filters narrow; one repeated widens."""

    RANGES: ClassVar[tuple[str, ...]] = ("published", "about", "recorded")

    q: Searched | None = None
    source: Filters = Described([], description="The outlet's name.")
    language: list[Annotated[str, Described(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]] = Described([], max_length=20)
    author: Filters = Described([])
    published_from: Bound | None = None
    published_to: Bound | None = None
    about_from: Bound | None = Described(None, description="The time that the text speaks about.")
    about_to: Bound | None = None
    about_match: Literal["overlaps", "within", "covers"] = Described(
        "overlaps", description="How a date that is spoken about lies to the time asked for."
    )
    recorded_from: Bound | None = None
    recorded_to: Bound | None = None
    copies: Literal["all", "first"] = Described(
        "all", description="first: of each story only its first article, and what a copy says again not once more."
    )


class ArticleFilters(SharedFilters):
    """What an article is asked for."""

    entity: Filters = Described([], description="Whom it names: an id, a Wikidata id, or any name.")
    entity_match: Literal["any", "all"] = Described("any", description="all: every entity named must be there.")


class SearchQuery(ArticleFilters, ListQuery):
    """What the lists of articles and of claims have in common."""

    sort: Literal["-published", "published", "relevance", "-recorded"] | None = Described(
        None, description="`-published` without `q`, `relevance` with it."
    )

    @property
    def is_heavy(self) -> bool:
        """Ranking reads all that match."""
        return super().is_heavy or self.sort == "relevance" or (self.q is not None and self.sort is None)


class ArticleQuery(SearchQuery):
    WRITTEN: ClassVar[tuple[str, ...]] = (*ListQuery.WRITTEN, "detail")

    detail: Literal["summary", "full"] = Described(
        "summary", description="full, for every format but json: each article whole, with its text and claims."
    )
