"""Timelines: how many articles or claims there are in each interval."""

from datetime import date
from typing import Literal

from pydantic import Field

from app.models.articles import ArticleFilters
from app.models.claims import ClaimFilters
from app.models.fields import Shape
from app.models.lists import Applied, RangedQuery

Interval = Literal["day", "week", "month", "year"]
ArticleDate = Literal["published", "about"]
ClaimDate = Literal["published", "said", "about"]


class TimelineQuery(RangedQuery):
    interval: Interval = Field("month", description="A week begins on Monday.")

    @property
    def is_heavy(self) -> bool:
        """Publication is counted in few statements, or in many; of the other dates all are read."""
        return getattr(self, "date", None) != "published" or self.interval in ("day", "week")


class ArticleTimelineQuery(ArticleFilters, TimelineQuery):
    """Every filter of the articles."""

    date: ArticleDate = Field("published", description="What is counted by: publication, or the time that the text speaks about.")


class ClaimTimelineQuery(ClaimFilters, TimelineQuery):
    """Every filter of the claims."""

    date: ClaimDate = Field("published", description="What is counted by: publication, saying, or the time spoken about.")


class Period(Shape):
    """One interval, both days inclusive; of the first and the last one only what lies in the range that was asked for."""

    earliest: date
    latest: date
    count: int = Field(ge=0, description="What the same search finds with the range set to these days.")


class Timeline(Shape):
    """Periods without a gap, from the beginning of the range to its end; where it is open, from the first match or to the last.

    A count is the total of the same search with `X_from` and `X_to` set to the days of the period, X being the date that is counted
    by; so what touches several periods counts in each of them (a month in a timeline of days, `../2021` in all until then, a claim
    about two years), and the counts may come to more than there are matches. Open ends do not make a timeline longer. Where the
    range is open, it goes no farther than some 4,400 intervals before the newest publication and 500 behind it.
    """

    interval: Interval
    date: ClaimDate
    items: list[Period]
    undated: int = Field(ge=0, description="Matches without such a date, which stand in no period; 0 with a range.")
    before: int = Field(ge=0, description="Matches with a time before the first period, in a range that is open at its beginning.")
    after: int = Field(ge=0, description="Matches with a time behind the last period, in a range that is open at its end.")
    applied: Applied
