"""Runs that wait: an extractor that takes long reads after the answer, and a worker takes the runs up one by one.

What waits is the table of runs itself, so that a run is there exactly when its article is, and `queues` tells workers of it. A
worker takes a run on a lease: if the worker is killed, the lease runs out and another one takes it up.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from app import queues
from app.models.articles import ArticleRow
from app.models.extraction import Extraction
from app.models.runs import ExtractionRunRow
from app.queues import ANY, Which
from app.store import articles, rows, runs
from app.store.database import Database

PAUSES_S = (15, 120)  # before the second and the third attempt; behind the last one a run has failed
MOST_ATTEMPTS = len(PAUSES_S) + 1


@dataclass(frozen=True, slots=True)
class Job:
    """One attempt at a run. `attempt` counts from 1 and tells this worker's hold on the run from that of a later one."""

    run_id: int
    article_id: int
    revision: int
    requested: str
    attempt: int


def enqueue(session: Session, article: ArticleRow, requested: str, extractor: str) -> None:
    """The current revision is to be read; what still waited for this article before is superseded."""
    run = runs.add(session, article, requested, extractor)
    queues.tell(session, ExtractionRunRow, col(ExtractionRunRow.id) == run.id)


def tell(session: Session, article_ids: Collection[int]) -> None:
    """The runs of these articles, which were stored with them, are to be made."""
    for some in rows.some_at_once(article_ids):
        queues.tell(session, ExtractionRunRow, col(ExtractionRunRow.article_id).in_(some))


def take(database: Database, lease_s: float, which: Which = ANY) -> Job | None:
    """The run that has been due the longest, or that one, this worker's own for that many seconds; None when none is due.

    One that is no longer wanted, or was taken up too often without an end, is put away on the way.
    """
    while True:
        with database.reading() as session:  # looking does not keep writers waiting
            if _longest_due(session, which) is None:
                return None
        with database.transaction() as session:
            run = _longest_due(session, which)
            if run is None:
                return None
            article = session.get_one(ArticleRow, run.article_id)
            if article.withdrawn_at is not None or article.revision != run.revision:
                runs.supersede(session, run.article_id)
            elif run.attempts >= MOST_ATTEMPTS:
                _fail(session, run, article, f"{run.attempts} workers were ended before they had read it", None)
            elif job := _lease(session, run, lease_s):
                articles.touch(session, article, run.extractor)  # it shows now that it is being read
                return job


def holds(session: Session, job: Job) -> bool:
    """Whether the run is still this attempt's: it was not superseded, and no other worker has taken it up."""
    run = session.get_one(ExtractionRunRow, job.run_id)
    return run.state == "running" and run.attempts == job.attempt


def finish(session: Session, job: Job, found: Extraction) -> None:
    """It has been read, and what was found is stored in this transaction."""
    runs.complete(session, session.get_one(ExtractionRunRow, job.run_id), found)


def put_back(session: Session, job: Job, error: str, *, for_good: bool = False) -> None:
    """The attempt has failed: try again after a pause, or, after the last one or `for_good`, give up and show the error."""
    if not holds(session, job):
        return
    is_over = for_good or job.attempt >= MOST_ATTEMPTS
    again_at = None if is_over else datetime.now(UTC) + timedelta(seconds=PAUSES_S[job.attempt - 1])
    _fail(session, session.get_one(ExtractionRunRow, job.run_id), session.get_one(ArticleRow, job.article_id), error, again_at)


def _longest_due(session: Session, which: Which) -> ExtractionRunRow | None:
    due = select(ExtractionRunRow).where(*which.of(ExtractionRunRow))
    return session.exec(due.order_by(col(ExtractionRunRow.due_at), col(ExtractionRunRow.id)).limit(1)).first()


def _lease(session: Session, run: ExtractionRunRow, lease_s: float) -> Job | None:
    """Taken by one statement, so that of two workers who have seen the run only one gets it, in every database."""
    now = datetime.now(UTC)
    seen = (
        col(ExtractionRunRow.id) == run.id,
        col(ExtractionRunRow.attempts) == run.attempts,
        col(ExtractionRunRow.due_at).is_not(None),
    )
    mine = {"state": "running", "attempts": run.attempts + 1, "started_at": now, "due_at": now + timedelta(seconds=lease_s)}
    job = Job(run.id, run.article_id, run.revision, run.requested or run.extractor, run.attempts + 1)
    taken = session.connection().execute(update(ExtractionRunRow).where(*seen).values(**mine))
    return job if taken.rowcount == 1 else None


def _fail(session: Session, run: ExtractionRunRow, article: ArticleRow, error: str, again_at: datetime | None) -> None:
    runs.fail(session, run, error, again_at)
    queues.tell(session, ExtractionRunRow, col(ExtractionRunRow.id) == run.id)
    articles.touch(session, article, run.extractor)
