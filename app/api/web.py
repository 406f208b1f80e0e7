"""The web in: a page fetched, and the feeds that are followed."""

from fastapi import APIRouter, Request, Response

from app import fetch
from app.api import conditional, examples
from app.api.articles import CLIENT, OnConflict
from app.api.deps import FetchDatabase, Installed, Reach
from app.models.documents import Article, FetchDraft

router = APIRouter(tags=["web"])


@router.post("/articles/fetch", response_model=Article, status_code=201, responses=examples.STORED)
def fetch_article(
    request: Request,
    draft: FetchDraft,
    database: FetchDatabase,
    web: Reach,
    extractors: Installed,
    on_conflict: OnConflict = "refuse",
) -> Response:
    """Get a page of the web and store the article on it.

    Text, title, date, authors, site and language are taken from the page. The same page again answers 200 and changes nothing.
    """
    stored = fetch.store_page(
        database,
        web,
        draft.url,
        extractors,
        CLIENT,
        source=draft.source,
        extract=draft.extract,
        revise=on_conflict == "revise",
    )
    status = 201 if stored.outcome == "created" else 200
    return conditional.answer(request, stored.article, status, location=f"/articles/{stored.article['id']}")
