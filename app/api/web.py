"""The web in: a page fetched, and the feeds that are followed."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request, Response

from app import feeds, fetch
from app.api import conditional, examples, reads
from app.api.articles import CLIENT, OnConflict
from app.api.deps import FetchDatabase, IfMatch, Installed, PathId, Reach, WriteDatabase, asked, parameters
from app.models.documents import Article, FetchDraft
from app.models.feeds import Feed, FeedDraft, FeedEntryPage, FeedEntryQuery, FeedPage, FeedPatch
from app.models.lists import ListQuery
from app.store import feeds as store
from app.store.asking import Source

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


@router.post("/feeds", response_model=Feed, status_code=201, responses=examples.FOLLOWED)
def create_feed(request: Request, draft: FeedDraft, database: WriteDatabase, web: Reach) -> Response:
    """Follow a feed: a worker looks at it now and then, and stores what is new in it.

    The same address again answers 200 with the feed that is there.
    """
    feed, is_new = feeds.follow(database, web, draft)
    return conditional.answer(request, feed, 201 if is_new else 200, location=f"/feeds/{feed['id']}")


@router.get("/feeds", response_model=FeedPage, openapi_extra=parameters(ListQuery))
async def list_feeds(request: Request, query: Annotated[ListQuery, asked(ListQuery)]) -> Response:
    """The feeds that are followed, with what came of the last look at each."""
    return await reads.page(request, query, store.find, source=Source.WRITTEN_FIRST)


@router.get("/feeds/{feed_id:int}", response_model=Feed)
async def get_feed(request: Request, feed_id: PathId) -> Response:
    """One feed with its state."""
    return await reads.one(request, lambda session: store.get(session, feed_id))


@router.patch("/feeds/{feed_id:int}", response_model=Feed)
def update_feed(request: Request, feed_id: PathId, patch: FeedPatch, database: WriteDatabase, if_match: IfMatch) -> Response:
    """Change how it is followed: how often, as which outlet, or whether at all."""
    return conditional.answer(request, feeds.change(database, feed_id, patch, if_match))


@router.delete("/feeds/{feed_id:int}", status_code=204)
def delete_feed(feed_id: PathId, database: WriteDatabase, if_match: IfMatch) -> None:
    """Follow it no longer, and forget its entries; the articles stay."""
    feeds.unfollow(database, feed_id, if_match)


@router.get("/feeds/{feed_id:int}/entries", response_model=FeedEntryPage, openapi_extra=parameters(FeedEntryQuery))
async def list_feed_entries(request: Request, feed_id: PathId, query: Annotated[FeedEntryQuery, asked(FeedEntryQuery)]) -> Response:
    """What the feed has listed, and what became of each: the newest first."""
    return await reads.page(request, query, partial(store.find_entries, feed_id=feed_id), source=Source.WRITTEN_FIRST)
