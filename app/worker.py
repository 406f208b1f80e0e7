"""The worker: reads what waits: runs of extractors, feeds that are due, their entries.

A thread of the server, a process of its own, or many of both.
"""

import threading

import structlog

from app import feeds, jobs, queues, reread
from app.errors import Busy, DatelineError, NotFound, Unusable
from app.jobs import Job
from app.models.feeds import FeedEntryRow, FeedRow
from app.models.runs import ExtractionRunRow
from app.queues import ANY, Which
from app.readers import Extractors, extract
from app.store import articles
from app.store.database import Database
from app.web import Web

log = structlog.get_logger("dateline.worker")


def work(database: Database, extractors: Extractors, lease_s: float, stop: threading.Event, web: Web) -> None:
    """Read until told to stop; the reading that is going on then is finished. What waits in one queue does not hold up another."""
    tasks: queues.Tasks = {
        ExtractionRunRow: lambda which: work_once(database, extractors, lease_s, which),
        FeedRow: lambda which: feeds.look_once(database, web, lease_s, which),
        FeedEntryRow: lambda which: feeds.read_once(database, web, extractors, lease_s, which),
    }
    queues.of(database).work(queues.Work(database, tasks, lease_s, stop))


def work_once(database: Database, extractors: Extractors, lease_s: float, which: Which = ANY) -> bool:
    """Take one run and read it; False when none is due."""
    job = jobs.take(database, lease_s, which)
    if job is None:
        return False
    try:
        _read(database, extractors, job)
    except (Unusable, NotFound) as error:  # it would be so the next time too
        _put_back(database, job, str(error), for_good=True)
    except DatelineError as error:
        _put_back(database, job, str(error))
    except Exception as error:  # an extractor may be anybody's
        log.exception("extractor", extractor=job.requested, article=job.article_id)
        _put_back(database, job, f"the extractor failed with {type(error).__name__}; the log says more")
    return True


def _read(database: Database, extractors: Extractors, job: Job) -> None:
    with database.reading() as session:
        article = articles.row(session, job.article_id)
        text, published = articles.text_of(session, article), article.published
    found = extract(extractors.find(job.requested), text, published)
    with database.transaction() as session:
        if not jobs.holds(session, job):
            return  # a newer text or run has taken its place
        article = articles.row(session, job.article_id)
        if article.published != published:
            raise Busy("the article was given another date while it was read")
        reread.store_found(session, article, text, found)
        jobs.finish(session, job, found)
        articles.touch(session, article, found.extractor)


def _put_back(database: Database, job: Job, error: str, *, for_good: bool = False) -> None:
    log.warning("not read", extractor=job.requested, article=job.article_id, attempt=job.attempt, detail=error)
    with database.transaction() as session:
        jobs.put_back(session, job, error, for_good=for_good)
