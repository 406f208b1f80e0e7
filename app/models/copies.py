"""Copies: articles that carry nearly the same text are one story, as long as nobody says otherwise."""

from datetime import datetime
from typing import Literal

from pydantic import Field as Described
from sqlalchemy import CheckConstraint, ForeignKey
from sqlmodel import Column, Field, LargeBinary, SQLModel

from app.models.articles import ArticleRef
from app.models.fields import BIG, Draft, Id, Instant, Shape
from app.models.lists import Page

Verdict = Literal["same", "different"]


class ArticleSignatureRow(SQLModel, table=True):
    """By which text and which time an article was last given its place among the stories.

    `keys`: those of `likeness.keys`, eight bytes each, the lowest first; none for a text that is too short.
    """

    __tablename__ = "article_signature"
    __table_args__ = ({"sqlite_with_rowid": False},)
    article_id: int = Field(sa_column=Column(BIG, ForeignKey("article.id"), primary_key=True))
    revision: int
    earliest: int = Field(sa_type=BIG)
    keys: bytes = Field(sa_type=LargeBinary)


class CopyKeyRow(SQLModel, table=True):
    """(one key of a text, the article): the articles that share it are compared. Of each key at most a few articles are kept.

    No foreign key, for it would be checked for each row again.
    """

    __tablename__ = "copy_key"
    __table_args__ = ({"sqlite_with_rowid": False},)
    key: int = Field(primary_key=True, sa_type=BIG)
    article_id: int = Field(primary_key=True, sa_type=BIG)


class ArticleStoryRow(SQLModel, table=True):
    """An article of a story that has several. A story is called by the id of its first article.

    `is_head`: other texts are compared with this one, which is the first of those that are alike.
    """

    __tablename__ = "article_story"
    article_id: int = Field(sa_column=Column(BIG, ForeignKey("article.id"), primary_key=True))
    story_id: int = Field(sa_column=Column(BIG, ForeignKey("article.id"), index=True, nullable=False))
    is_head: bool


class ClaimReprintRow(SQLModel, table=True):
    """A claim whose words are also a claim of an article that stands earlier in its story; `first_id` is the earliest of them."""

    __tablename__ = "claim_reprint"
    claim_id: int = Field(sa_column=Column(BIG, ForeignKey("claim.id"), primary_key=True))
    first_id: int = Field(sa_column=Column(BIG, ForeignKey("claim.id"), index=True, nullable=False))


class CopyJudgementRow(SQLModel, table=True):
    """What a person said of two articles, the lower id first. It outlives every text that they have."""

    __tablename__ = "copy_judgement"
    __table_args__ = (
        CheckConstraint("verdict IN ('same', 'different')", name="verdict"),
        CheckConstraint("article_a < article_b", name="pair"),
    )
    article_a: int = Field(sa_column=Column(BIG, ForeignKey("article.id"), primary_key=True))
    article_b: int = Field(sa_column=Column(BIG, ForeignKey("article.id"), primary_key=True, index=True))
    verdict: str
    made_by: str
    recorded_at: datetime


class UnsignedArticleRow(SQLModel, table=True):
    """An article that an older program has stored, and that is to be given its place among the stories."""

    __tablename__ = "unsigned_article"
    __table_args__ = ({"sqlite_with_rowid": False},)
    article_id: int = Field(sa_column=Column(BIG, ForeignKey("article.id"), primary_key=True))


class CopyDraft(Draft):
    article: Id = Described(description="The article that carries the same story.")


class CopyJudgement(Shape):
    """What a person said about this one and the article asked for."""

    verdict: Verdict
    made_by: str
    recorded_at: Instant


class Copy(Shape):
    """An article of the same story."""

    article: ArticleRef
    score: float = Described(ge=0, le=1, description="How much of the shorter text stands in the longer one.")
    is_first: bool = Described(description="Whether it is the story's first: the earliest published, undated ones last.")
    judgement: CopyJudgement | None = Described(description="null as long as only the program has joined them.")


class CopyPage(Page[Copy]):
    """One page of copies."""
