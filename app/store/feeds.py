"""Feeds and their entries: rows written, taken on a lease, and read into answers. Nothing here commits."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy
from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from app.errors import AlreadyStored, NotFound
from app.models.feeds import FeedDraft, FeedEntryQuery, FeedEntryRow, FeedPatch, FeedRow
from app.models.fields import Json
from app.models.lists import Applied, ListQuery
from app.store import rows
from app.store.pages import Order, page, walk
from app.store.prepared import IDS, Prepared, instant, table
from app.urls import address_key

_feed, _entry = table(FeedRow).c, table(FeedEntryRow).c
_PLAIN = ("id", "url", "title", "source", "every_s", "active", "outcome", "status", "error", "failures")
_MOMENTS = ("looked_at", "due_at", "recorded_at")
_FEEDS = Prepared(
    sqlalchemy.select(*(_feed[name] for name in _PLAIN), *(instant(_feed[name]) for name in _MOMENTS))
    .where(_feed.id.in_(IDS))
    .order_by(_feed.id)
)
_STATES = ("waiting", "stored", "known", "failed")
_COUNTS = Prepared(
    sqlalchemy.select(_entry.feed_id, _entry.state, func.count())
    .where(_entry.feed_id.in_(IDS))
    .group_by(_entry.feed_id, _entry.state)
)
_ENTRY_PLAIN = ("id", "url", "title", "published", "state", "attempts", "error", "article_id")
_ENTRIES = Prepared(
    sqlalchemy.select(*(_entry[name] for name in _ENTRY_PLAIN), instant(_entry.due_at), instant(_entry.recorded_at))
    .where(_entry.id.in_(IDS))
    .order_by(_entry.id.desc())
)


def row(session: Session, feed_id: int) -> FeedRow:
    found = session.get(FeedRow, feed_id)
    if found is None:
        raise NotFound(f"there is no feed {feed_id}")
    return found


def add(session: Session, draft: FeedDraft) -> tuple[int, bool]:
    """Its id, and whether it is new; due at once.

    Raises:
        AlreadyStored: when it is followed in another way than the draft says.
    """
    key = address_key(draft.url)
    known = session.exec(select(FeedRow).where(FeedRow.key == key)).first()
    if known is not None:
        told = draft.model_dump(exclude_unset=True, exclude={"url"})
        if any(getattr(known, name) != value for name, value in told.items()):
            raise AlreadyStored(f"feed {known.id} is that address already; PATCH changes how it is followed", f"/feeds/{known.id}")
        return known.id, False
    now = datetime.now(UTC)
    feed = FeedRow(key=key, due_at=now, recorded_at=now, **draft.model_dump())
    session.add(feed)
    session.flush()
    return feed.id, True


def change(session: Session, feed_id: int, patch: FeedPatch) -> None:
    feed, given = row(session, feed_id), patch.model_dump(exclude_unset=True)
    was_active = feed.active
    feed.sqlmodel_update(given)
    if feed.active and (not was_active or "every_s" in given):
        feed.due_at, feed.failures = datetime.now(UTC), 0
    if not feed.active:
        feed.due_at = None
    session.add(feed)
    session.flush()


def remove(session: Session, feed_id: int) -> None:
    """With its entries; the articles stay."""
    session.execute(delete(FeedEntryRow).where(col(FeedEntryRow.feed_id) == feed_id))
    session.execute(delete(FeedRow).where(col(FeedRow.id) == feed_id))


def longest_due(session: Session, kind: Any, where: Sequence[Any]) -> Any:
    """The row of that table that has been due the longest, of those that match; None when none does."""
    return session.exec(select(kind).where(*where).order_by(kind.due_at, kind.id).limit(1)).first()


def lease(session: Session, taken: Any, counter: str, lease_s: float) -> bool:
    """By one statement, so that of two workers who have seen the row only one gets it, in every database."""
    kind, now = type(taken), datetime.now(UTC)
    count = getattr(taken, counter)
    seen = (kind.id == taken.id, getattr(kind, counter) == count, kind.due_at.is_not(None))
    mine = {counter: count + 1, "due_at": now + timedelta(seconds=lease_s)}
    done = session.connection().execute(update(kind).where(*seen).values(**mine))
    session.refresh(taken)
    return done.rowcount == 1


def unknown(session: Session, feed_id: int, keys: Sequence[str]) -> set[str]:
    """Of these keys of entries those that the feed has not listed before."""
    known: set[str] = set()
    for some in rows.some_at_once(keys):
        wanted = select(FeedEntryRow.key).where(FeedEntryRow.feed_id == feed_id, col(FeedEntryRow.key).in_(some))
        known |= set(session.exec(wanted))
    return set(keys) - known


def get(session: Session, feed_id: int) -> Json:
    row(session, feed_id)
    return _read(session, [feed_id])[0]


def find(session: Session, query: ListQuery) -> tuple[Json, str | None]:
    """Feeds in the order in which they were added."""
    found = walk(session, select(FeedRow.id), Order(col(FeedRow.id), col(FeedRow.id), descending=False), query)
    return page(_read(session, found.ids), found, Applied(sort="id", q=None, entities=[], ranges=[], notes=[]))


def find_entries(session: Session, query: FeedEntryQuery, feed_id: int) -> tuple[Json, str | None]:
    """Entries of a feed, the newest first."""
    row(session, feed_id)
    wanted = select(FeedEntryRow.id).where(FeedEntryRow.feed_id == feed_id)
    if query.state:
        wanted = wanted.where(col(FeedEntryRow.state).in_(query.state))
    found = walk(session, wanted, Order(col(FeedEntryRow.id), col(FeedEntryRow.id), descending=True), query)
    names = (*_ENTRY_PLAIN[:-1], "article", "due_at", "recorded_at")
    items = [dict(zip(names, values, strict=True)) for values in _ENTRIES.rows(session, found.ids)]
    return page(items, found, Applied(sort="-id", q=None, entities=[], ranges=[], notes=[]))


def _read(session: Session, ids: Sequence[int]) -> list[Json]:
    counts: dict[int, dict[str, int]] = {feed_id: dict.fromkeys(_STATES, 0) for feed_id in ids}
    for feed_id, state, count in _COUNTS.rows(session, ids):
        counts[feed_id][state] = count
    found = []
    for values in _FEEDS.rows(session, ids):
        told: Json = dict(zip((*_PLAIN, *_MOMENTS), values, strict=True))
        recorded_at = told.pop("recorded_at")
        found.append({**told, "active": bool(told["active"]), "entries": counts[told["id"]], "recorded_at": recorded_at})
    return found
