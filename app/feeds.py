"""Feeds followed: looked at when they are due, and what is new in them fetched as articles.

As with runs, the tables are what waits: a worker takes a feed or an entry on a lease, so that each is taken by one, and by another
when that one was killed; `queues` is told what is due. Nothing waits for the network inside a transaction.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from sqlmodel import Session, col

from app import fetch, queues
from app.edit import Guard
from app.errors import AlreadyStored, DatelineError, SiteFailed, Unusable
from app.models.feeds import FeedDraft, FeedEntryRow, FeedPatch, FeedRow
from app.models.fields import Json
from app.queues import ANY, Which
from app.readers import Extractors
from app.store import addresses, feeds, rows
from app.store.database import Database
from app.urls import is_web_address
from app.web import Web
from app.web.feeds import Listed, get_feed
from app.web.pages import MOST_URL, get_page

MADE_BY = "feed"
MOST_NEW = 50  # entries taken of one look; the others are there the next time
LONGEST_S = 86_400.0  # from one look to the next, whatever has failed
PAUSES_S = (60.0, 600.0, 3600.0)  # before an entry is tried again; behind the last one it has failed
MOST_ATTEMPTS = len(PAUSES_S) + 1
GONE, NOT_FOUND = 410, 404  # a page may be listed before it is there
log = structlog.get_logger("dateline.feeds")


@dataclass(frozen=True, slots=True)
class Taken:
    """A worker's hold on a feed or an entry. `count` tells it from a later one's."""

    row: Any
    counter: str
    count: int


def follow(database: Database, web: Web, draft: FeedDraft) -> tuple[Json, bool]:
    """The feed, and whether it is new; a worker looks at it next.

    Raises:
        AddressRefused: when no look could ever reach it. AlreadyStored: when it is followed in another way.
    """
    web.check(draft.url)
    with database.transaction() as session:
        feed_id, is_new = feeds.add(session, draft)
        if is_new:
            _tell(session, feed_id)
        return feeds.get(session, feed_id), is_new


def change(database: Database, feed_id: int, patch: FeedPatch, guard: Guard) -> Json:
    """Raises NotFound, and Stale by the guard."""
    with database.transaction() as session:
        guard(feeds.get(session, feed_id))
        feeds.change(session, feed_id, patch)
        _tell(session, feed_id)
        return feeds.get(session, feed_id)


def unfollow(database: Database, feed_id: int, guard: Guard) -> None:
    """The feed and its entries are gone, its articles stay. Raises NotFound, and Stale by the guard."""
    with database.transaction() as session:
        guard(feeds.get(session, feed_id))
        feeds.remove(session, feed_id)


def look_now(database: Database, feed_id: int) -> None:
    with database.transaction() as session:
        feed = feeds.row(session, feed_id)
        feed.due_at = datetime.now(UTC)
        session.add(feed)
        _tell(session, feed_id)


def look_once(database: Database, web: Web, lease_s: float, which: Which = ANY) -> bool:
    """Look at a feed that is due; False when none is."""
    taken = _take(database, FeedRow, "looks", lease_s, which.of(FeedRow))
    if taken is None:
        return False
    feed: FeedRow = taken.row
    try:
        listed = get_feed(web, feed.url, feed.etag, feed.last_modified)
    except DatelineError as error:
        _put_off(database, taken, error)
    except Exception as error:  # a defect must not stop the other feeds
        log.exception("feed", feed=feed.id)
        _put_off(database, taken, SiteFailed(f"the look failed with {type(error).__name__}; the log says more"))
    else:
        with database.transaction() as session:
            if (kept := _held(session, taken)) is not None:
                _keep(session, kept, listed)
    return True


def read_once(
    database: Database, web: Web, extractors: Extractors, lease_s: float, which: Which = ANY, *, feed_id: int | None = None
) -> bool:
    """Fetch the entry that has been due the longest, of one feed or of any, or that one; False when none is due."""
    of_feed = [] if feed_id is None else [col(FeedEntryRow.feed_id) == feed_id]
    taken = _take(database, FeedEntryRow, "attempts", lease_s, [*which.of(FeedEntryRow), *of_feed])
    if taken is None:
        return False
    entry: FeedEntryRow = taken.row
    if taken.count > MOST_ATTEMPTS:
        _end(database, taken, "failed", error=f"{MOST_ATTEMPTS} workers were ended before they had read it")
        return True
    try:
        article_id, outcome = _fetch(database, web, extractors, entry)
        _end(database, taken, "stored" if outcome == "created" else "known", article_id=article_id)
    except AlreadyStored as error:  # it is there with another text: a feed adds no revisions
        _end(database, taken, "known", article_id=int(error.path.rpartition("/")[2]))
    except DatelineError as error:
        if isinstance(error, Unusable) and getattr(error, "status", None) != NOT_FOUND:  # it would be so the next time too
            _end(database, taken, "failed", error=str(error))
        else:
            _try_again(database, taken, str(error), getattr(error, "retry_after_s", None))
    except Exception as error:  # a defect must not stop the other entries
        log.exception("entry", feed=entry.feed_id, entry=entry.id)
        _try_again(database, taken, f"it failed with {type(error).__name__}; the log says more", None)
    return True


def _fetch(database: Database, web: Web, extractors: Extractors, entry: FeedEntryRow) -> tuple[int, str]:
    """What the page does not say of itself, the feed says; the text is always the page's."""
    with database.reading() as session:
        source = feeds.row(session, entry.feed_id).source
        known = addresses.known(session, [entry.url])
    if known:
        return known[entry.url], "unchanged"
    page = get_page(web, entry.url)
    page = replace(
        page,
        title=page.title or entry.title,
        authors=page.authors or ([entry.author] if entry.author else []),
        published=page.published or entry.published,
    )
    stored = fetch.store_read(database, page, entry.url, extractors, MADE_BY, source=source)
    return int(stored.article["id"]), stored.outcome


def _tell(session: Session, feed_id: int) -> None:
    queues.tell(session, FeedRow, col(FeedRow.id) == feed_id)


def _take(database: Database, kind: Any, counter: str, lease_s: float, where: list[Any]) -> Taken | None:
    with database.reading() as session:  # looking does not keep writers waiting
        if feeds.longest_due(session, kind, where) is None:
            return None
    with database.transaction() as session:
        row = feeds.longest_due(session, kind, where)
        if row is None or not feeds.lease(session, row, counter, lease_s):
            return None
        return Taken(row, counter, getattr(row, counter))


def _held(session: Session, taken: Taken) -> Any:
    """The row, as long as it is there and no other worker has taken it up; else None."""
    row = session.get(type(taken.row), taken.row.id)
    return row if row is not None and getattr(row, taken.counter) == taken.count and row.due_at is not None else None


def _keep(session: Session, feed: FeedRow, listed: Listed | None) -> None:
    now = datetime.now(UTC)
    feed.outcome, feed.status, feed.error, feed.failures = "unchanged", None, None, 0
    feed.looked_at, feed.due_at = now, now + timedelta(seconds=feed.every_s)
    if listed is not None:
        feed.outcome, feed.title = "changed", listed.title
        is_whole = _add_entries(session, feed, listed, now)
        feed.etag, feed.last_modified = (listed.etag, listed.last_modified) if is_whole else (None, None)
    session.add(feed)
    _tell(session, feed.id)


def _add_entries(session: Session, feed: FeedRow, listed: Listed, now: datetime) -> bool:
    """Put in what is new, the oldest first; whether that was all."""
    by_key = {hashlib.blake2b(entry.key.encode("utf-8", "replace"), digest_size=16).hexdigest(): entry for entry in listed.entries}
    unknown = feeds.unknown(session, feed.id, list(by_key))
    new = [(key, entry) for key, entry in by_key.items() if key in unknown]
    usable = {entry.link for _, entry in new if is_web_address(entry.link) and len(entry.link) <= MOST_URL}
    known = addresses.known(session, list(usable))
    rows.add(
        session,
        FeedEntryRow,
        [
            {
                "feed_id": feed.id,
                "key": key,
                "url": entry.link[:MOST_URL],
                "title": entry.title,
                "author": entry.author,
                "published": entry.published,
                "state": "known" if entry.link in known else "waiting" if entry.link in usable else "failed",
                "attempts": 0,
                "error": None if entry.link in usable else "its link is no address of the web",
                "article_id": known.get(entry.link),
                "due_at": now if entry.link in usable and entry.link not in known else None,
                "recorded_at": now,
            }
            for key, entry in reversed(new[:MOST_NEW])
        ],
    )
    queues.tell(session, FeedEntryRow, (col(FeedEntryRow.feed_id) == feed.id) & (col(FeedEntryRow.recorded_at) == now))
    return len(new) <= MOST_NEW


def _put_off(database: Database, taken: Taken, error: DatelineError) -> None:
    """The look has failed: the next one is twice as far away, or as far as the site says; none when the feed is gone."""
    log.warning("feed not read", feed=taken.row.id, url=taken.row.url, detail=str(error))
    with database.transaction() as session:
        feed = _held(session, taken)
        if feed is None:
            return
        now = datetime.now(UTC)
        feed.outcome, feed.error, feed.status = "failed", str(error), getattr(error, "status", None)
        feed.failures, feed.looked_at = feed.failures + 1, now
        pause_s = max(feed.every_s * 2.0 ** min(feed.failures, 20), getattr(error, "retry_after_s", None) or 0)
        feed.due_at = now + timedelta(seconds=min(pause_s, LONGEST_S))
        if feed.status == GONE:
            feed.active, feed.due_at = False, None
        session.add(feed)
        _tell(session, feed.id)


def _end(database: Database, taken: Taken, state: str, *, error: str | None = None, article_id: int | None = None) -> None:
    with database.transaction() as session:
        if (entry := _held(session, taken)) is not None:
            entry.state, entry.error, entry.article_id, entry.due_at = state, error, article_id, None
            session.add(entry)


def _try_again(database: Database, taken: Taken, error: str, retry_after_s: float | None) -> None:
    if taken.count >= MOST_ATTEMPTS:
        _end(database, taken, "failed", error=error)
        return
    with database.transaction() as session:
        if (entry := _held(session, taken)) is not None:
            pause_s = min(max(PAUSES_S[taken.count - 1], retry_after_s or 0), LONGEST_S)
            entry.error, entry.due_at = error, datetime.now(UTC) + timedelta(seconds=pause_s)
            session.add(entry)
            queues.tell(session, FeedEntryRow, col(FeedEntryRow.id) == entry.id)
