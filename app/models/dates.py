"""Where the dates that texts and claims speak about are kept."""

from sqlalchemy import CheckConstraint, ForeignKey
from sqlmodel import Column, Field, SQLModel

from app.models.fields import BIG


class DateColumns(SQLModel):
    """`earliest` and `latest` are day numbers (0001-01-01 is 1), open ends the first or last day there is; null: not placed."""

    text: str | None = None
    edtf: str | None = None
    earliest: int | None = None
    latest: int | None = None
    precision: str | None = None
    start: int | None = None
    end: int | None = None
    modifier: str | None = None
    anchor: str | None = None
    inferred: bool = False
    timex: str | None = None


class ClaimDateRow(DateColumns, table=True):
    """`role` is `about`, or `said` for the one day on which the claim was made."""

    __tablename__ = "claim_date"
    __table_args__ = (
        CheckConstraint("role IN ('about', 'said')", name="role"),
        {"sqlite_with_rowid": False},
    )
    claim_id: int = Field(default=None, sa_column=Column(BIG, ForeignKey("claim.id"), primary_key=True))
    role: str = Field(primary_key=True)
    position: int = Field(primary_key=True)


class ArticleDateRow(DateColumns, table=True):
    __tablename__ = "article_date"
    __table_args__ = ({"sqlite_with_rowid": False},)
    article_id: int = Field(sa_column=Column(BIG, ForeignKey("article.id"), primary_key=True))
    revision: int = Field(primary_key=True)
    position: int = Field(primary_key=True)
