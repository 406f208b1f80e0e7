"""How claims are kept: the claim, whatever hangs on it, and the links by which it is found."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlmodel import Column, Field, SQLModel
from sqlmodel import Text as TextColumn

from app.models.fields import BIG, DERIVED
from app.models.times import LAST_DAY

NOT_ABOUT = LAST_DAY + 1  # sorts behind every day


class ClaimRow(SQLModel, table=True):
    """`said` and `about` repeat what article and dates say, as keys of an order.

    `time_key`: its place in the order of publication, by which the search index knows it; null when it is in no search.
    `said`, `said_latest`: day numbers, 0 when unknown. `about`: the first day that it speaks about, NOT_ABOUT when none.
    `reviewed_by`: who sent, judged, corrected or deleted it; null as long as only an extractor has. `start`, `end` and `exact` are
    the first stretch of its words; the others are in `claim_part`.
    """

    __tablename__ = "claim"
    __table_args__ = (
        CheckConstraint("kind IN ('direct', 'indirect', 'mixed', 'narrated')", name="kind"),
        CheckConstraint("status IN ('extracted', 'confirmed', 'rejected')", name="status"),
        CheckConstraint("anchor IN ('exact', 'moved', 'orphaned')", name="anchor"),
        CheckConstraint('"start" >= 0 AND "start" < "end"', name="span"),
        Index("ix_claim_article", "article_id", "start", "id"),
        Index("ix_claim_time_key", "time_key", unique=True),
        Index("ix_claim_recorded", "recorded_at", "id"),
        Index("ix_claim_said", "said", "id"),
        Index("ix_claim_about", "about", "id"),
        {"sqlite_autoincrement": True},
    )
    id: int = Field(default=None, primary_key=True, sa_type=BIG)
    article_id: int = Field(sa_column=Column(BIG, ForeignKey("article.id"), nullable=False))
    revision: int
    start: int
    end: int
    exact: str = Field(sa_type=TextColumn)
    prefix: str
    suffix: str
    kind: str
    cue_start: int | None = None
    cue_end: int | None = None
    cue_exact: str | None = Field(default=None, sa_type=TextColumn)
    negated: bool = False
    status: str = "extracted"
    anchor: str = "exact"
    made_by: str
    rule: str | None = None
    confidence: float | None = None
    time_key: int | None = Field(default=None, sa_type=BIG)
    said: int
    said_latest: int
    about: int
    recorded_at: datetime
    changed_at: datetime
    withdrawn_at: datetime | None = None
    reviewed_by: str | None = None
    reviewed_at: datetime | None = None


class ClaimPartRow(SQLModel, table=True):
    """A further stretch of a claim's words, behind the first: “We will,” he said, “go on.”"""

    __tablename__ = "claim_part"
    __table_args__ = (CheckConstraint('"start" >= 0 AND "start" < "end"', name="span"), {"sqlite_with_rowid": False})
    claim_id: int = Field(default=None, sa_column=Column(BIG, ForeignKey("claim.id"), primary_key=True))
    position: int = Field(primary_key=True)
    start: int
    end: int
    exact: str = Field(sa_type=TextColumn)


class ClaimPartyRow(SQLModel, table=True):
    __tablename__ = "claim_party"
    __table_args__ = (
        CheckConstraint("role IN ('speaker', 'subject')", name="role"),
        CheckConstraint("kind IN ('named', 'unnamed', 'collective', 'author')", name="kind"),
        {"sqlite_with_rowid": False},
    )
    claim_id: int = Field(default=None, sa_column=Column(BIG, ForeignKey("claim.id"), primary_key=True))
    role: str = Field(primary_key=True)
    position: int = Field(primary_key=True)
    kind: str
    entity_id: int | None = Field(default=None, sa_column=Column(BIG, ForeignKey("entity.id")))
    text: str | None = None
    start: int | None = None
    end: int | None = None


class ClaimHedgeRow(SQLModel, table=True):
    __tablename__ = "claim_hedge"
    __table_args__ = ({"sqlite_with_rowid": False},)
    claim_id: int = Field(default=None, sa_column=Column(BIG, ForeignKey("claim.id"), primary_key=True))
    position: int = Field(primary_key=True)
    exact: str
    start: int
    end: int
    kind: str
    by: str


ANY, SPEAKER, SUBJECT = range(3)  # roles of a link


class ClaimLinkRow(SQLModel, table=True):
    """(entity, role, place in time), all in the key: a page by entity and dates is one range of this table and no join.

    `role` is SPEAKER, SUBJECT or, once for each pair, ANY. A rejected claim has no links: it is found by its tags.
    Made by `store/indexing.py` from the parties.
    """

    __tablename__ = "claim_link"
    __table_args__ = ({"sqlite_with_rowid": False, "info": DERIVED},)
    entity_id: int = Field(primary_key=True, sa_type=BIG)
    role: int = Field(primary_key=True)
    time_key: int = Field(primary_key=True, sa_type=BIG)
