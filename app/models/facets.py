"""Facets: which outlets, people, languages … there are among the matches, how often each, and who is named beside an entity."""

from typing import Annotated, Literal

from pydantic import Field

from app.models.articles import ArticleFilters, SharedFilters
from app.models.claims import ClaimFilters
from app.models.extraction import EntityType
from app.models.fields import Shape
from app.models.lists import Applied, EntityRef, RangedQuery, Total

ArticleFacet = Literal["source", "author", "language", "entity"]
ClaimFacet = Literal["source", "author", "language", "entity", "speaker", "subject", "kind", "status"]
CountsWanted = Literal["capped", "exact"]


class CountedQuery(RangedQuery):
    total: CountsWanted = Field(
        "capped", description="capped: of more than 10,000 matches the newest 10,000 are looked at. exact: all of them."
    )


class ArticleFacetsQuery(ArticleFilters, CountedQuery):
    """Every filter of the articles."""

    facet: Annotated[list[ArticleFacet], Field(min_length=1, max_length=20, description="What to count by.")]


class ClaimFacetsQuery(ClaimFilters, CountedQuery):
    """Every filter of the claims."""

    facet: Annotated[list[ClaimFacet], Field(min_length=1, max_length=20, description="What to count by.")]


class FacetValue(Shape):
    value: str = Field(description="What the filter of the same name takes: for an entity its id.")
    count: int = Field(ge=0)
    entity: EntityRef | None = Field(description="Whom the value means, where it is an entity.")


class Facet(Shape):
    """The most frequent values of one filter among the matches.

    A count is the total of the same search with that filter added. A match with several values counts with each; `language` `en`
    counts `en-GB` too.
    """

    facet: ClaimFacet
    items: list[FacetValue] = Field(description="The 20 most frequent, the most frequent first.")
    values: int = Field(ge=0, description="How many different ones there are.")
    none: int = Field(ge=0, description="Matches that have no such value.")


class _Counted(Shape):
    total: Total = Field(description="How many match.")
    counted: int = Field(ge=0, description="How many of them were looked at, the newest ones.")
    relation: Literal["eq", "gte"] = Field(
        description="eq: the counts are exact. gte: not all were looked at, so they may be more."
    )


class Facets(_Counted):
    """One for each facet that was asked for. Its own filter narrows a facet as every other does."""

    facets: list[Facet]
    applied: Applied


class RelatedQuery(SharedFilters, CountedQuery):
    together: Literal["article", "claim"] = Field(
        "article", description="article: named in the same one. claim: both are speaker or subject of the same one."
    )
    type: list[EntityType] = Field([], max_length=5, description="Only entities of these types.")
    limit: int = Field(20, ge=1, le=200, description="How many at the most.")


class RelatedEntity(EntityRef):
    count: int = Field(ge=0, description="In how many of the articles or claims it stands beside the other.")


class RelatedEntities(_Counted):
    """Who stands beside an entity, the most frequent first. `total` counts the articles or claims of the entity."""

    items: list[RelatedEntity]
    applied: Applied
