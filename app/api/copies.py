"""Copies of an article: list, join, part."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request, Response

from app import copies as judging
from app.api import reads
from app.api.articles import CLIENT
from app.api.deps import PathId, WriteDatabase, asked, parameters
from app.models.copies import Copy, CopyDraft, CopyPage
from app.models.lists import ListQuery
from app.store import copies
from app.store.asking import Source

router = APIRouter(tags=["articles"])


@router.get("/articles/{article_id:int}/copies", response_model=CopyPage, openapi_extra=parameters(ListQuery))
async def list_copies(request: Request, article_id: PathId, query: Annotated[ListQuery, asked(ListQuery)]) -> Response:
    """The other articles that carry nearly the same text, the story's first one first."""
    return await reads.page(request, query, partial(copies.find, article_id=article_id), source=Source.WRITTEN_FIRST)


@router.post("/articles/{article_id:int}/copies", response_model=Copy, status_code=201)
def join_copies(article_id: PathId, draft: CopyDraft, database: WriteDatabase) -> Response:
    """Say that another article carries the same story, and bring their stories together."""
    return reads.written(judging.join(database, article_id, draft, CLIENT), 201)


@router.delete("/articles/{article_id:int}/copies/{other:int}", status_code=204)
def part_copies(article_id: PathId, other: PathId, database: WriteDatabase) -> None:
    """Say that another article is no copy of this one; the two are never joined again, unless somebody says so."""
    judging.part(database, article_id, other, CLIENT)
