"""Across many: timelines, facets, who is named beside whom; and two revisions beside one another."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.api import conditional, reads
from app.api.deps import PathId, asked, parameters
from app.models.differences import Difference, DiffQuery
from app.models.facets import ArticleFacetsQuery, ClaimFacetsQuery, Facets, RelatedEntities, RelatedQuery
from app.models.timelines import ArticleTimelineQuery, ClaimTimelineQuery, Timeline
from app.store import article_search, claim_search, differences, related
from app.store.asking import Source

router = APIRouter()


@router.get("/articles/timeline", response_model=Timeline, openapi_extra=parameters(ArticleTimelineQuery), tags=["articles"])
async def get_articles_timeline(request: Request, query: Annotated[ArticleTimelineQuery, asked(ArticleTimelineQuery)]) -> Response:
    """How many articles there are in each day, week, month or year, by publication or by the time they speak about.

    With every filter of the search. A count is what the search finds in the days of that period.
    """
    found = await reads.read(request, lambda session: article_search.timeline(session, query), is_heavy=query.is_heavy)
    return reads.written(found)


@router.get("/claims/timeline", response_model=Timeline, openapi_extra=parameters(ClaimTimelineQuery), tags=["claims"])
async def get_claims_timeline(request: Request, query: Annotated[ClaimTimelineQuery, asked(ClaimTimelineQuery)]) -> Response:
    """How many claims there are in each day, week, month or year, by publication, by saying or by the time they speak about.

    With every filter of the search. A count is what the search finds in the days of that period.
    """
    found = await reads.read(request, lambda session: claim_search.timeline(session, query), is_heavy=query.is_heavy)
    return reads.written(found)


@router.get("/articles/facets", response_model=Facets, openapi_extra=parameters(ArticleFacetsQuery), tags=["articles"])
async def get_articles_facets(request: Request, query: Annotated[ArticleFacetsQuery, asked(ArticleFacetsQuery)]) -> Response:
    """Which outlets, authors, languages and entities the matching articles have most, with every filter of the search."""
    return reads.written(await reads.read(request, lambda session: article_search.count_values(session, query), is_heavy=True))


@router.get("/claims/facets", response_model=Facets, openapi_extra=parameters(ClaimFacetsQuery), tags=["claims"])
async def get_claims_facets(request: Request, query: Annotated[ClaimFacetsQuery, asked(ClaimFacetsQuery)]) -> Response:
    """Which speakers, subjects, outlets, kinds … the matching claims have most, with every filter of the search."""
    return reads.written(await reads.read(request, lambda session: claim_search.count_values(session, query), is_heavy=True))


@router.get(
    "/entities/{entity_id:int}/related",
    response_model=RelatedEntities,
    openapi_extra=parameters(RelatedQuery),
    tags=["entities"],
)
async def get_related_entities(
    request: Request, entity_id: PathId, query: Annotated[RelatedQuery, asked(RelatedQuery)]
) -> Response:
    """Which entities are named together with it most, in articles or in claims."""
    found = await reads.read(request, lambda session: related.find(session, entity_id, query), is_heavy=True)
    return conditional.answer(request, found)


@router.get("/articles/{article_id:int}/diff", response_model=Difference, tags=["articles"])
async def get_article_diff(request: Request, article_id: PathId, query: Annotated[DiffQuery, Query()]) -> Response:
    """What is different between two revisions, word by word, with places in both."""
    found = await reads.read(
        request, lambda session: differences.between(session, article_id, query), is_heavy=True, source=Source.WRITTEN_FIRST
    )
    return conditional.answer(request, found)
