"""Stored articles read again: by another extractor, by a newer one, or for the first time, by one that takes long."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from sqlmodel import Session, col, select

from app import jobs, readers
from app.errors import Busy, Fault, NotFound, Unusable
from app.languages import named
from app.models.articles import ArticleRow
from app.models.extraction import Extraction, Extractor
from app.models.fields import Json
from app.models.times import stretch
from app.readers import Extractors
from app.store import article_reading, articles, claim_reading, indexing, runs
from app.store.database import Database
from app.store.filters import moment_of
from app.store.retrying import retried
from app.supersede import Difference, put_found

TRIES = 3  # while others change the text under the reader's eyes
QUEUED_AT_ONCE = 100  # runs that are put into the queue in one transaction
Outcome = Literal["changed", "unchanged", "queued", "passed over", "in another language", "refused"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


@dataclass(frozen=True, slots=True)
class Before:
    """What a reader must know of an article, and whether it is still so when the reading is done."""

    text: str
    published: str | None
    language: str | None
    revision: int


def read_again(
    database: Database, extractors: Extractors, article_id: int, wanted: str | None, *, keep: bool, at_once: bool = False
) -> Json:
    """Let an extractor read the current text, and tell what changes. Without `keep`, nothing does.

    One that takes long is queued, unless it is to read `at_once`.

    Raises:
        NotFound, Unusable: no such extractor, or it does not read this language. ExtractorUnavailable. Busy.
    """
    name, extractor = readers.choose(extractors, wanted, "/extractor")
    for _ in range(TRIES):
        before = _before(database, article_id)
        if not readers.reads(extractor, before.language):
            raise Unusable([Fault("/extractor", f"{extractor.NAME} does not read {named(before.language or '')}")])
        found = None
        if at_once or not readers.is_deferred(extractor):
            found = readers.extract(extractor, before.text, before.published)
        elif not keep:
            raise Unusable([Fault("/dry_run", f"{name} reads after the answer; try it with: dateline extract --dry-run")])
        told = _store_if_unchanged(database, article_id, before, (name, extractor), found, keep=keep)
        if told is not None:
            return told
    raise Busy(f"the text of article {article_id} is being changed; try again in a moment")


def read_all(
    database: Database, extractors: Extractors, wanted: str | None, *, keep: bool, since: str | None = None
) -> Iterator[Outcome]:
    """Every article recorded since then, oldest first, in one transaction each; what this version has read is passed over.

    Raises:
        Unusable, ExtractorUnavailable, Busy: what has been read until then stays.
    """
    name, extractor = readers.choose(extractors, wanted, "/extractor")
    only = Extractors(name, lambda _: extractor)
    for article_id in _ids(database, since):
        yield _read_one(database, only, article_id, extractor, keep=keep)


def queue_all(database: Database, extractors: Extractors, wanted: str | None, *, since: str | None = None) -> Iterator[Outcome]:
    """Let workers read every article recorded since then, oldest first; what this version has read, or is to read, is passed over.

    Raises:
        Unusable, ExtractorUnavailable, Busy: what has been queued until then stays.
    """
    name, extractor = readers.choose(extractors, wanted, "/extractor")
    ids = _ids(database, since)
    for some in (ids[at : at + QUEUED_AT_ONCE] for at in range(0, len(ids), QUEUED_AT_ONCE)):
        with database.transaction() as session:
            outcomes = [_queue_one(session, article_id, name, extractor) for article_id in some]
        yield from outcomes


def count(database: Database, since: str | None) -> int:
    """How many articles `read_all` goes through."""
    return len(_ids(database, since))


def store_found(session: Session, article: ArticleRow, text: str, found: Extraction) -> tuple[Difference, bool]:
    """Put what was found in the place of what was there; and whether the article is another one now."""
    was = article_reading.get(session, article.id)
    with indexing.moved(session, article):
        difference = put_found(session, article, text, found)
    return difference, _content(was) != _content(article_reading.get(session, article.id))


def _read_one(database: Database, only: Extractors, article_id: int, extractor: Extractor, *, keep: bool) -> Outcome:
    with database.reading() as session:
        if reason := _why_not(session, session.get_one(ArticleRow, article_id), extractor, ("done",)):
            return reason
    try:
        reread = read_again(database, only, article_id, None, keep=keep, at_once=True)
    except Unusable:
        return "refused"
    except NotFound:
        return "passed over"  # deleted meanwhile
    return "changed" if reread["added"] or reread["changed"] or reread["removed"] else "unchanged"


def _queue_one(session: Session, article_id: int, name: str, extractor: Extractor) -> Outcome:
    article = session.get(ArticleRow, article_id)
    if article is None:
        return "passed over"  # deleted meanwhile
    if reason := _why_not(session, article, extractor, ("done", "queued", "running")):
        return reason
    jobs.enqueue(session, article, name, extractor.NAME)
    articles.touch(session, article, extractor.NAME)
    return "queued"


def _why_not(session: Session, article: ArticleRow, extractor: Extractor, states: tuple[str, ...]) -> Outcome | None:
    """Why it need not be read: it is gone, or this version's run over it is in one of these states; or why it cannot be."""
    run = runs.newest(session, article)
    if article.withdrawn_at is not None or (run and run.state in states and run.extractor == extractor.NAME):
        return "passed over"
    return None if readers.reads(extractor, article.language) else "in another language"


def _ids(database: Database, since: str | None) -> list[int]:
    live = select(ArticleRow.id).where(col(ArticleRow.withdrawn_at).is_(None))
    if since is not None:
        live = live.where(col(ArticleRow.recorded_at) >= moment_of(stretch(since)[0]))
    with database.reading() as session:
        return list(session.exec(live.order_by(col(ArticleRow.id))))


@retried
def _before(database: Database, article_id: int) -> Before:
    with database.reading() as session:
        article = articles.row(session, article_id)
        return Before(articles.text_of(session, article), article.published, article.language, article.revision)


@retried
def _store_if_unchanged(
    database: Database, article_id: int, before: Before, reader: tuple[str, Extractor], found: Extraction | None, *, keep: bool
) -> Json | None:
    """What changes; None, and nothing does, when the article is no longer what was read."""
    with database.transaction(keep=keep) as session:
        article = articles.row(session, article_id)
        if (article.revision, article.published, article.language) != (before.revision, before.published, before.language):
            return None
        return _stored(session, article, before.text, *reader, found, keep=keep)


def _stored(
    session: Session, article: ArticleRow, text: str, name: str, extractor: Extractor, found: Extraction | None, *, keep: bool
) -> Json:
    difference = Difference()
    if found is None:
        jobs.enqueue(session, article, name, extractor.NAME)
        articles.touch(session, article, extractor.NAME)
    else:
        was = runs.shown(session, [article.id]).get(article.id)
        difference, is_other = store_found(session, article, text, found)
        if is_other or not _says_the_same(was, found):
            runs.complete(session, runs.add(session, article, name, found.extractor), found)
            articles.touch(session, article, found.extractor)
    return _told(session, article, difference, dry_run=not keep)


def _says_the_same(shown: Json | None, found: Extraction) -> bool:
    """Whether the run that is shown would read the same, but for its times."""
    told = (found.extractor, "done", len(found.claims), list(found.warnings))
    return shown is not None and tuple(shown[name] for name in ("extractor", "state", "claims", "warnings")) == told


def _content(article: Json) -> Json:
    return {**article, "changed_at": None}


def _told(session: Session, article: ArticleRow, difference: Difference, *, dry_run: bool) -> Json:
    """In the shape of `Rereading`."""
    extraction = runs.shown(session, [article.id]).get(article.id)  # it was read, or queued, in this transaction or before
    added, changed = (claim_reading.read(session, ids) for ids in (difference.added, difference.changed))
    return {
        "article": claim_reading.article_refs(session, [article.id])[article.id],
        "revision": article.revision,
        "dry_run": dry_run,
        "extraction": extraction,
        "added": _in_text_order(added),
        "changed": _in_text_order(changed),
        "removed": _in_text_order(difference.removed),
        "kept": difference.kept,
        "reviewed": difference.reviewed,
    }


def _in_text_order(claims: list[Json]) -> list[Json]:
    return sorted(claims, key=lambda claim: (claim["quote"]["start"], claim["id"]))
