"""Articles: post, search, read, change, delete."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from app import edit, ingest, reread
from app.api import conditional, examples
from app.api.deps import IfMatch, Installed, PathId, ReadDatabase, WriteDatabase
from app.api.lists import with_next
from app.models.articles import ArticlePage, ArticlePatch, ArticleQuery, LookupQuery, Revision, RevisionPage
from app.models.claims import Claim, ClaimDraft, ClaimPage, ClaimQuery
from app.models.documents import Article, ArticleDraft
from app.models.fields import MAX_ID
from app.models.lists import ListQuery
from app.models.rereading import ExtractQuery, Rereading
from app.store import article_reading, article_search, articles, claim_search

router = APIRouter(tags=["articles"])
CLIENT = "client"  # who made it, as long as there are no keys
OnConflict = Annotated[
    Literal["refuse", "revise"], Query(description="For an address that is stored with another text: 409, or a new revision.")
]


@router.post("/articles", status_code=201, responses=examples.STORED)
def create_article(
    request: Request, draft: ArticleDraft, database: WriteDatabase, extractors: Installed, on_conflict: OnConflict = "refuse"
) -> Article:
    """Store an article and the claims in it.

    The same address and text again answer 200 with what is stored, and change nothing.
    """
    stored = ingest.store_article(database, draft, extractors, CLIENT, revise=on_conflict == "revise")
    status = 201 if stored.outcome == "created" else 200
    return conditional.answer(request, stored.article, status, location=f"/articles/{stored.article.id}")


@router.get("/articles")
def search_articles(
    request: Request, response: Response, query: Annotated[ArticleQuery, Query()], database: ReadDatabase
) -> ArticlePage:
    """Find articles by words, entity, outlet, publication and the time they speak about."""
    with database.reading() as session:
        return with_next(request, response, article_search.find(session, query))


@router.get("/articles/lookup")
def lookup_article(request: Request, query: Annotated[LookupQuery, Query()], database: ReadDatabase) -> Article:
    """The article with that address, after normalising."""
    with database.reading() as session:
        return conditional.answer(request, article_reading.get(session, articles.by_url(session, query.url)))


@router.get("/articles/{article_id:int}")
def get_article(request: Request, article_id: PathId, database: ReadDatabase) -> Article:
    """The whole article: text, entities with their places, dates, claims."""
    with database.reading() as session:
        return conditional.answer(request, article_reading.get(session, article_id))


@router.patch("/articles/{article_id:int}")
def update_article(
    request: Request, article_id: PathId, patch: ArticlePatch, database: WriteDatabase, extractors: Installed, if_match: IfMatch
) -> Article:
    """Change metadata, or the text: a new revision, to which the claims that still stand are carried over."""
    changed = edit.change_article(database, article_id, patch, extractors, CLIENT, if_match)
    return conditional.answer(request, changed)


@router.delete("/articles/{article_id:int}", status_code=204)
def delete_article(article_id: PathId, database: WriteDatabase, if_match: IfMatch) -> None:
    """Take the article and its claims out of every search; `/changes` remembers."""
    edit.delete_article(database, article_id, CLIENT, if_match)


@router.post("/articles/{article_id:int}/extract", responses=examples.QUEUED)
def extract_article(
    response: Response, article_id: PathId, query: Annotated[ExtractQuery, Query()], database: WriteDatabase, extractors: Installed
) -> Rereading:
    """Read the current text again.

    What is found takes the place of what extractors found before. A claim that somebody sent, judged or corrected stays as it is,
    and what was rejected or deleted does not come back. An extractor that takes long answers 202 and reads afterwards.
    """
    reread_ = reread.read_again(database, extractors, article_id, query.extractor, keep=not query.dry_run)
    response.status_code = 202 if reread_.extraction.state == "queued" else 200
    return reread_


@router.get("/articles/{article_id:int}/revisions")
def list_revisions(
    request: Request, response: Response, article_id: PathId, query: Annotated[ListQuery, Query()], database: ReadDatabase
) -> RevisionPage:
    """Every text the article had, newest first."""
    with database.reading() as session:
        return with_next(request, response, article_reading.revisions(session, article_id, query))


@router.get("/articles/{article_id:int}/revisions/{number:int}")
def get_revision(
    request: Request, article_id: PathId, number: Annotated[int, Path(ge=1, le=MAX_ID)], database: ReadDatabase
) -> Revision:
    """One text the article had."""
    with database.reading() as session:
        return conditional.answer(request, article_reading.revision(session, article_id, number))


@router.get("/articles/{article_id:int}/claims")
def list_article_claims(
    request: Request, response: Response, article_id: PathId, query: Annotated[ListQuery, Query()], database: ReadDatabase
) -> ClaimPage:
    """The claims of one article; rejected ones are left out."""
    with database.reading() as session:
        articles.row(session, article_id)
        asked: dict[str, Any] = {**query.model_dump(), "article": [article_id]}
        return with_next(request, response, claim_search.find(session, ClaimQuery(**asked)))


@router.post("/articles/{article_id:int}/claims", status_code=201, responses=examples.CREATED)
def create_claim(request: Request, article_id: PathId, draft: ClaimDraft, database: WriteDatabase) -> Claim:
    """Add a claim to the article's current text."""
    claim = edit.add_claim(database, article_id, draft, CLIENT)
    return conditional.answer(request, claim, 201, location=f"/claims/{claim.id}")
