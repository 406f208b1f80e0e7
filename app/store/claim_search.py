"""Which claims answer a question: one condition for each filter."""

from typing import Any

from sqlalchemy import Select, exists, false, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.folding import name_key
from app.models.articles import ArticleAuthorRow, ArticleRow
from app.models.claim_rows import ClaimHedgeRow, ClaimLinkRow, ClaimPartyRow, ClaimRow
from app.models.claims import ClaimQuery
from app.models.dates import ClaimDateRow
from app.models.fields import Json
from app.models.times import day_range
from app.store import claim_reading
from app.store.filters import (
    Understood,
    from_sources,
    in_languages,
    published_between,
    recorded_between,
    sort_of,
    speaks_about,
    understand,
    with_words,
)
from app.store.fulltext import engine
from app.store.pages import Order, page, read_moment, walk, walk_ranked

_ROLES = {"entity": "any", "speaker": "speaker", "subject": "subject"}
_BY_PUBLICATION = {"-published": True, "published": False}
_Driver = tuple[str, int] | None  # role and entity whose links are walked; None walks the claims themselves


def find(session: Session, query: ClaimQuery) -> tuple[Json, str | None]:
    """One page, and the cursor of the next."""
    understood = understand(session, query, list(_ROLES))
    sort = sort_of(query, understood.asked)
    if sort == "relevance" and understood.asked is not None:
        rows, newest_first = _rows(session, query, understood, None)
        found = walk_ranked(session, rows, engine(session).ranked("claim", understood.asked), newest_first, query)
    else:
        drivers: list[_Driver] = [(_ROLES[parameter], entity_id) for parameter, entity_id in understood.drivers] or [None]
        found = walk(session, [_ordered(session, query, understood, sort, driver) for driver in drivers], query)
    notes = [] if query.status else ["rejected claims are left out; status=rejected asks for them"]
    items = claim_reading.read(session, found.ids, understood.asked)
    return page(items, found, understood.applied(query, sort, notes))


def _ordered(session: Session, query: ClaimQuery, understood: Understood, sort: str, driver: _Driver) -> tuple[Select[Any], Order]:
    rows, by_publication = _rows(session, query, understood, driver)
    claim_id = col(ClaimRow.id)
    orders = {
        "-recorded": Order(col(ClaimRow.recorded_at), claim_id, descending=True, read=read_moment),
        "-said": Order(col(ClaimRow.said), claim_id, descending=True),
        "about": Order(col(ClaimRow.about), claim_id, descending=False),
    }
    if sort in _BY_PUBLICATION:
        return rows, Order(by_publication.key, by_publication.id, descending=_BY_PUBLICATION[sort])
    return rows, orders[sort]


def _rows(session: Session, query: ClaimQuery, understood: Understood, driver: _Driver) -> tuple[Select[Any], Order]:
    """The claims that pass every filter, and their order newest first, read from the driver's links where there is one."""
    key, row_id = col(ClaimRow.published), col(ClaimRow.id)
    rows: Select[Any] = select(row_id).where(col(ClaimRow.withdrawn_at).is_(None))
    if driver is not None:
        key, row_id = col(ClaimLinkRow.published), col(ClaimLinkRow.claim_id)
        links = select(row_id).join(ClaimRow, col(ClaimRow.id) == row_id)
        rows = links.where(ClaimLinkRow.role == driver[0], ClaimLinkRow.entity_id == driver[1])
    for parameter, ids in understood.groups if driver is None else understood.groups[1:]:
        rows = rows.where(_takes_part(_ROLES[parameter], ids))
    rows = rows.where(*published_between(key, col(ClaimRow.published_latest), query))
    rows = rows.where(*recorded_between(col(ClaimRow.recorded_at), query))
    rows = _by_article(rows, query)
    rows = _by_own_columns(rows, query)
    if about := speaks_about(col(ClaimDateRow.earliest), col(ClaimDateRow.latest), query):
        # The index of dates is read once. As EXISTS, SQLite would read it again for each claim that is met.
        rows = rows.where(row_id.in_(select(ClaimDateRow.claim_id).where(ClaimDateRow.role == "about", *about)))
    if understood.asked is not None:
        rows = with_words(session, rows, col(ClaimRow.id), "claim", understood.asked)
    return rows, Order(key, row_id, descending=True)


def _by_article(rows: Select[Any], query: ClaimQuery) -> Select[Any]:
    conditions = [*from_sources(col(ArticleRow.source_id), query), *in_languages(col(ArticleRow.language), query)]
    if conditions:
        rows = rows.where(select(ArticleRow.id).where(ArticleRow.id == ClaimRow.article_id, *conditions).exists())
    if query.author:
        keys = [name_key(name) for name in query.author]
        written = select(ArticleAuthorRow.article_id).where(col(ArticleAuthorRow.key).in_(keys))
        rows = rows.where(col(ClaimRow.article_id).in_(written))
    if query.article:
        rows = rows.where(col(ClaimRow.article_id).in_(query.article))
    return rows


def _by_own_columns(rows: Select[Any], query: ClaimQuery) -> Select[Any]:
    rows = rows.where(col(ClaimRow.status).in_(query.status) if query.status else col(ClaimRow.status) != "rejected")
    if query.kind:
        rows = rows.where(col(ClaimRow.kind).in_(query.kind))
    if query.min_confidence is not None:
        rows = rows.where(func.coalesce(ClaimRow.confidence, 1) >= query.min_confidence)
    if query.negated is not None:
        rows = rows.where(col(ClaimRow.negated).is_(query.negated))
    if query.hedged is not None:
        hedged = select(ClaimHedgeRow.claim_id).where(ClaimHedgeRow.claim_id == ClaimRow.id).exists()
        rows = rows.where(hedged if query.hedged else ~hedged)
    if query.speaker_kind:
        speakers = select(ClaimPartyRow.claim_id).where(ClaimPartyRow.role == "speaker", ClaimPartyRow.claim_id == ClaimRow.id)
        rows = rows.where(speakers.where(col(ClaimPartyRow.kind).in_(query.speaker_kind)).exists())
    if query.said_from is not None or query.said_to is not None:
        first, last = day_range(query.said_from, query.said_to)
        rows = rows.where(col(ClaimRow.said) > 0, col(ClaimRow.said) <= last, col(ClaimRow.said_latest) >= first)
    return rows


def _takes_part(role: str, ids: list[int]) -> Any:
    """A point read of the links for each entity: their key holds the claim's date too."""
    if not ids:
        return false()
    other = aliased(ClaimLinkRow)
    return exists().where(
        col(other.entity_id).in_(ids),
        col(other.role) == role,
        col(other.published) == ClaimRow.published,
        col(other.claim_id) == ClaimRow.id,
    )
