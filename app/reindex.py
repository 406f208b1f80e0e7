"""What is stored but in no search yet, put into the index: after a migration that made the index anew, or when an archive moves."""

import time

import structlog
from sqlalchemy import func
from sqlmodel import Session, col, select

from app.errors import Busy
from app.models.articles import ArticleRow
from app.store import indexing
from app.store.database import Database
from app.store.time_keys import LOWEST

AT_ONCE = 500  # articles in one transaction
BEFORE_ALL = LOWEST - 1
_MISSING = (col(ArticleRow.time_key).is_(None), col(ArticleRow.withdrawn_at).is_(None))
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
    began, last = time.monotonic(), 0
    while ids := _put_in_next(database, last):
        last = max(ids)
    log.info("indexed", articles=articles, seconds=round(time.monotonic() - began, 1))


def put_in_next(session: Session, behind: int) -> tuple[int, int]:
    """The next articles whose place in time is behind that one: how many, and the last place. Nothing of them is indexed yet.

    In this order an index of places only grows at its end.
    """
    placed = select(ArticleRow.id, ArticleRow.time_key).where(col(ArticleRow.time_key) > behind)
    found = session.exec(placed.order_by(col(ArticleRow.time_key)).limit(AT_ONCE)).all()
    if not found:
        return 0, behind
    indexing.put_in(session, [article_id for article_id, _ in found])
    return len(found), found[-1][1] or behind


def _put_in_next(database: Database, last: int) -> list[int]:
    """The next articles behind the id `last`; none when nothing is left."""
    while True:
        before = _first_missing(database)
        try:
            with database.transaction() as session:  # as the only writer, who sees what another process has put in
                if ids := _missing(session, last, AT_ONCE):
                    indexing.put_in(session, ids)
            return ids
        except Busy:
            if _first_missing(database) == before:
                raise


def _first_missing(database: Database) -> list[int]:
    with database.reading() as session:
        return _missing(session, 0, 1)


def _missing(session: Session, last: int, most: int) -> list[int]:
    rows = select(ArticleRow.id).where(*_MISSING, col(ArticleRow.id) > last).order_by(col(ArticleRow.id)).limit(most)
    return list(session.exec(rows))
