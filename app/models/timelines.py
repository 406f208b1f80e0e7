"""Timelines: how many articles or claims there are in each interval."""

from datetime import date
from typing import Literal

from pydantic import Field

from app.models.articles import ArticleFilters
from app.models.claims import ClaimFilters
from app.models.fields import Shape
from app.models.lists import Applied, RangedQuery

Interval = Literal["day", "week", "month", "year"]


class TimelineQuery(RangedQuery):
    interval: Interval = Field("month", description="A week begins on Monday.")


class ArticleTimelineQuery(ArticleFilters, TimelineQuery):
    """Every filter of the articles."""


class ClaimTimelineQuery(ClaimFilters, TimelineQuery):
    """Every filter of the claims."""


class Period(Shape):
    """One interval, both days inclusive."""

    earliest: date
    latest: date
    count: int = Field(ge=0)


class Timeline(Shape):
    """Periods without a gap, from the oldest match or the beginning of the range to the newest or its end.

    What is dated to a month or a year counts at its beginning, or in the first period when that lies before it.
    """

    interval: Interval
    items: list[Period]
    undated: int = Field(ge=0, description="Matches without a date of publication, which stand in no period.")
    applied: Applied
