"""Claims: search, read, judge, delete."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from app import edit
from app.api import conditional, reads
from app.api.articles import CLIENT
from app.api.deps import IfMatch, PathId, WriteDatabase, asked, parameters
from app.models.claims import Claim, ClaimPage, ClaimPatch, ClaimQuery
from app.store import claim_reading, claim_search

router = APIRouter(tags=["claims"])


@router.get("/claims", response_model=ClaimPage, openapi_extra=parameters(ClaimQuery))
async def search_claims(request: Request, query: Annotated[ClaimQuery, asked(ClaimQuery)]) -> Response:
    """Find claims by speaker, subject, words, the time they were made and the time they speak about."""
    return await reads.page(request, query, claim_search.find)


@router.get("/claims/{claim_id:int}", response_model=Claim)
async def get_claim(request: Request, claim_id: PathId) -> Response:
    """One claim with its exact words and place."""
    return await reads.one(request, lambda session: claim_reading.get(session, claim_id))


@router.patch("/claims/{claim_id:int}", response_model=Claim)
def update_claim(request: Request, claim_id: PathId, patch: ClaimPatch, database: WriteDatabase, if_match: IfMatch) -> Response:
    """Confirm or reject a claim, or correct its speakers, subjects, dates, hedges or kind."""
    return conditional.answer(request, edit.change_claim(database, claim_id, patch, CLIENT, if_match))


@router.delete("/claims/{claim_id:int}", status_code=204)
def delete_claim(claim_id: PathId, database: WriteDatabase, if_match: IfMatch) -> None:
    """Take the claim out of every search; `/changes` remembers."""
    edit.delete_claim(database, claim_id, CLIENT, if_match)
