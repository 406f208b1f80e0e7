"""What is stored but in no search yet, or not looked at for copies: after a migration that made it so, or when an archive moves."""

import time
from collections.abc import Callable

import structlog
from sqlalchemy import func
from sqlmodel import Session, col, select

from app.errors import Busy
from app.models.articles import ArticleRow
from app.models.copies import UnsignedArticleRow
from app.store import copies, indexing
from app.store.database import Database
from app.store.time_keys import LOWEST

AT_ONCE = 500  # articles in one transaction
PATIENCE_S = 60  # with others who hold the database and put in nothing
BEFORE_ALL = LOWEST - 1
_MISSING = (col(ArticleRow.time_key).is_(None), col(ArticleRow.withdrawn_at).is_(None))
_Next = Callable[[Session, int, int], list[int]]  # behind this id, so many at the most
log = structlog.get_logger("dateline")


def put_in_missing(database: Database) -> None:
    """Every article that has no place in time. What is killed goes on from there at the next start; many may do it at once.

    Raises:
        Busy: when others hold the database and put in nothing. StorageFull, StorageUnavailable.
    """
    with database.reading() as session:
        if not _missing(session, 0, 1):  # one read of an index, at almost every start
            return
        articles = session.exec(select(func.count()).select_from(ArticleRow).where(*_MISSING)).one()
    log.info("indexing", articles=articles)
    began = time.monotonic()
    _take_up(database, _missing, lambda session, ids: indexing.put_in(session, ids))
    log.info("indexed", articles=articles, seconds=round(time.monotonic() - began, 1))


def find_copies(database: Database) -> None:
    """The same for articles that were stored before anybody looked for copies."""
    with database.reading() as session:
        if not copies.unsigned(session, 0, 1):
            return
        articles = session.exec(select(func.count()).select_from(UnsignedArticleRow)).one()
    log.info("looking for copies", articles=articles)
    began = time.monotonic()
    _take_up(database, copies.unsigned, lambda session, ids: indexing.settle(session, ids))
    log.info("looked for copies", articles=articles, seconds=round(time.monotonic() - began, 1))


def put_in_next(session: Session, behind: int) -> tuple[int, int]:
    """The next articles whose place in time is behind that one: how many, and the last place. Nothing of them is indexed yet.

    In this order an index of places only grows at its end.
    """
    placed = select(ArticleRow.id, ArticleRow.time_key).where(col(ArticleRow.time_key) > behind)
    found = session.exec(placed.order_by(col(ArticleRow.time_key)).limit(AT_ONCE)).all()
    if not found:
        return 0, behind
    indexing.put_settled(session, [article_id for article_id, _ in found])  # stories have moved as they were
    return len(found), found[-1][1] or behind


def _take_up(database: Database, missing: _Next, work: Callable[[Session, list[int]], None]) -> None:
    last = 0
    while ids := _take_up_next(database, missing, work, last):
        last = max(ids)


def _take_up_next(database: Database, missing: _Next, work: Callable[[Session, list[int]], None], last: int) -> list[int]:
    """The next articles behind the id `last`; none when nothing is left."""
    before, until = _first(database, missing), time.monotonic() + PATIENCE_S
    while True:
        try:
            with database.transaction() as session:  # as the only writer, who sees what another process has put in
                if ids := missing(session, last, AT_ONCE):
                    work(session, ids)
            return ids
        except Busy:
            if (left := _first(database, missing)) != before:
                before, until = left, time.monotonic() + PATIENCE_S
            elif time.monotonic() > until:
                raise


def _first(database: Database, missing: _Next) -> list[int]:
    with database.reading() as session:
        return missing(session, 0, 1)


def _missing(session: Session, last: int, most: int) -> list[int]:
    rows = select(ArticleRow.id).where(*_MISSING, col(ArticleRow.id) > last).order_by(col(ArticleRow.id)).limit(most)
    return list(session.exec(rows))
