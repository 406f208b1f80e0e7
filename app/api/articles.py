"""Articles: post, search, read, change, delete."""

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from sqlmodel import Session

from app import edit, ingest, reread
from app.api import conditional, examples, reads
from app.api.deps import IfMatch, Installed, PathId, WriteDatabase, asked, parameters
from app.models.articles import ArticlePage, ArticlePatch, ArticleQuery, LookupQuery, Revision, RevisionPage
from app.models.claims import Claim, ClaimDraft, ClaimPage, ClaimQuery
from app.models.documents import Article, ArticleDraft
from app.models.fields import MAX_ID, Json
from app.models.lists import ListQuery
from app.models.rereading import ExtractQuery, Rereading
from app.store import article_reading, article_search, articles, claim_search
from app.store.asking import Source

router = APIRouter(tags=["articles"])
CLIENT = "client"  # who made it, as long as there are no keys
OnConflict = Annotated[
    Literal["refuse", "revise"], Query(description="For an address that is stored with another text: 409, or a new revision.")
]


@router.post("/articles", response_model=Article, status_code=201, responses=examples.STORED)
def create_article(
    request: Request, draft: ArticleDraft, database: WriteDatabase, extractors: Installed, on_conflict: OnConflict = "refuse"
) -> Response:
    """Store an article and the claims in it.

    The same address and text again answer 200 with what is stored, and change nothing.
    """
    stored = ingest.store_article(database, draft, extractors, CLIENT, revise=on_conflict == "revise")
    status = 201 if stored.outcome == "created" else 200
    return conditional.answer(request, stored.article, status, location=f"/articles/{stored.article['id']}")


@router.get("/articles", response_model=ArticlePage, openapi_extra=parameters(ArticleQuery))
async def search_articles(request: Request, query: Annotated[ArticleQuery, asked(ArticleQuery)]) -> Response:
    """Find articles by words, entity, outlet, publication and the time they speak about."""
    return await reads.page(request, query, article_search.find)


@router.get("/articles/lookup", response_model=Article)
async def lookup_article(request: Request, query: Annotated[LookupQuery, Query()]) -> Response:
    """The article with that address, after normalising."""
    return await reads.one(request, lambda session: article_reading.get(session, articles.by_url(session, query.url)))


@router.get("/articles/{article_id:int}", response_model=Article)
async def get_article(request: Request, article_id: PathId) -> Response:
    """The whole article: text, entities with their places, dates, claims."""
    return await reads.one(request, lambda session: article_reading.get(session, article_id))


@router.patch("/articles/{article_id:int}", response_model=Article)
def update_article(
    request: Request, article_id: PathId, patch: ArticlePatch, database: WriteDatabase, extractors: Installed, if_match: IfMatch
) -> Response:
    """Change metadata, or the text: a new revision, to which the claims that still stand are carried over."""
    changed = edit.change_article(database, article_id, patch, extractors, CLIENT, if_match)
    return conditional.answer(request, changed)


@router.delete("/articles/{article_id:int}", status_code=204)
def delete_article(article_id: PathId, database: WriteDatabase, if_match: IfMatch) -> None:
    """Take the article and its claims out of every search; `/changes` remembers."""
    edit.delete_article(database, article_id, CLIENT, if_match)


@router.post("/articles/{article_id:int}/extract", response_model=Rereading, responses=examples.QUEUED)
def extract_article(
    article_id: PathId, query: Annotated[ExtractQuery, Query()], database: WriteDatabase, extractors: Installed
) -> Response:
    """Read the current text again.

    What is found takes the place of what extractors found before. A claim that somebody sent, judged or corrected stays as it is,
    and what was rejected or deleted does not come back. An extractor that takes long answers 202 and reads afterwards.
    """
    told = reread.read_again(database, extractors, article_id, query.extractor, keep=not query.dry_run)
    return reads.written(told, 202 if told["extraction"]["state"] == "queued" else 200)


@router.get("/articles/{article_id:int}/revisions", response_model=RevisionPage, openapi_extra=parameters(ListQuery))
async def list_revisions(request: Request, article_id: PathId, query: Annotated[ListQuery, asked(ListQuery)]) -> Response:
    """Every text the article had, newest first."""
    return await reads.page(request, query, partial(article_reading.revisions, article_id=article_id), source=Source.WRITTEN_FIRST)


@router.get("/articles/{article_id:int}/revisions/{number:int}", response_model=Revision)
async def get_revision(request: Request, article_id: PathId, number: Annotated[int, Path(ge=1, le=MAX_ID)]) -> Response:
    """One text the article had."""
    return await reads.one(request, lambda session: article_reading.revision(session, article_id, number))


@router.get("/articles/{article_id:int}/claims", response_model=ClaimPage, openapi_extra=parameters(ListQuery))
async def list_article_claims(request: Request, article_id: PathId, query: Annotated[ListQuery, asked(ListQuery)]) -> Response:
    """The claims of one article; rejected ones are left out."""

    def ask(session: Session, query: ListQuery) -> tuple[Json, str | None]:
        articles.row(session, article_id)
        return claim_search.find(session, ClaimQuery(**query.model_dump(), article=[article_id]))

    return await reads.page(request, query, ask, source=Source.WRITTEN_FIRST)


@router.post("/articles/{article_id:int}/claims", response_model=Claim, status_code=201, responses=examples.CREATED)
def create_claim(request: Request, article_id: PathId, draft: ClaimDraft, database: WriteDatabase) -> Response:
    """Add a claim to the article's current text."""
    claim = edit.add_claim(database, article_id, draft, CLIENT)
    return conditional.answer(request, claim, 201, location=f"/claims/{claim['id']}")
