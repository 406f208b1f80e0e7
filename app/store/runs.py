"""Which extractor read which revision, or is to read it. Nothing here commits."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy
from sqlalchemy import bindparam, update
from sqlmodel import Session, col, select

from app.models.articles import ArticleRow, RevisionRow
from app.models.extraction import Extraction
from app.models.fields import Json
from app.models.runs import ExtractionRunRow
from app.store import rows
from app.store.prepared import Prepared, instant, table

_run = table(ExtractionRunRow).c
_NEWEST = Prepared(
    sqlalchemy.select(
        *(_run.extractor, _run.state, _run.claims, _run.warnings, _run.error),
        *(instant(_run.recorded_at), instant(_run.finished_at)),
    )
    .where(_run.article_id == bindparam("article"), _run.revision == bindparam("revision"))
    .order_by(_run.id.desc())
    .limit(1)
)


def newest(session: Session, article: ArticleRow) -> ExtractionRunRow | None:
    """The run that the current revision shows; None when no extractor was asked to read it."""
    of_revision = select(ExtractionRunRow).where(
        ExtractionRunRow.article_id == article.id, ExtractionRunRow.revision == article.revision
    )
    return session.exec(of_revision.order_by(col(ExtractionRunRow.id).desc())).first()


def shown(session: Session, article_id: int, revision: int) -> Json | None:
    """The newest run of that revision in the shape of `ArticleExtraction`."""
    rows = _NEWEST.rows(session, article=article_id, revision=revision)
    if not rows:
        return None
    extractor, state, claims, warnings, error, recorded_at, finished_at = rows[0]
    return {
        "extractor": extractor,
        "state": state,
        "claims": claims if state == "done" else None,
        "warnings": json.loads(warnings),
        "error": error,
        "recorded_at": recorded_at,
        "finished_at": finished_at,
    }


def add(session: Session, article: ArticleRow, requested: str, extractor: str) -> ExtractionRunRow:
    """A run that waits to be done. What still waited for this article before is superseded."""
    supersede(session, article.id)
    run = ExtractionRunRow(
        article_id=article.id,
        revision=article.revision,
        requested=requested,
        extractor=extractor,
        text_hash=session.get_one(RevisionRow, (article.id, article.revision)).text_hash,
        claims=0,
        state="queued",
        recorded_at=datetime.now(UTC),
        due_at=datetime.now(UTC),
    )
    session.add(run)
    session.flush()
    return run


def columns(article_id: int, requested: str, extractor: str, text_hash: str, found: Extraction | None, now: datetime) -> Json:
    """A run over the first text of a new article: done when something was found, or nothing; queued when `found` is None."""
    is_done = found is not None
    return {
        "article_id": article_id,
        "revision": 1,
        "requested": requested,
        "extractor": extractor if found is None else found.extractor,
        "text_hash": text_hash,
        "claims": 0 if found is None else len(found.claims),
        "warnings": "[]" if found is None else json.dumps(found.warnings, ensure_ascii=False),
        "state": "done" if is_done else "queued",
        "recorded_at": now,
        "due_at": None if is_done else now,
        "started_at": now if is_done else None,
        "finished_at": now if is_done else None,
    }


def add_many(session: Session, runs: Sequence[Json]) -> None:
    """Each of `columns`."""
    rows.add(session, ExtractionRunRow, runs)


def complete(session: Session, run: ExtractionRunRow, found: Extraction) -> None:
    """It has been read: these claims were found, with these warnings."""
    run.state, run.extractor, run.claims = "done", found.extractor, len(found.claims)
    run.warnings, run.error, run.due_at = json.dumps(found.warnings, ensure_ascii=False), None, None
    run.finished_at = datetime.now(UTC)
    run.started_at = run.started_at or run.finished_at
    session.add(run)
    session.flush()


def fail(session: Session, run: ExtractionRunRow, error: str, again_at: datetime | None) -> None:
    """It could not be read: to be tried again at that time, or, without one, given up."""
    run.state, run.error, run.due_at = ("failed" if again_at is None else "queued"), error, again_at
    run.finished_at = datetime.now(UTC) if again_at is None else None
    session.add(run)
    session.flush()


def supersede(session: Session, article_id: int) -> None:
    """What is not done yet of this article will not be: something newer takes its place."""
    waiting = update(ExtractionRunRow).where(
        col(ExtractionRunRow.article_id) == article_id, col(ExtractionRunRow.due_at).is_not(None)
    )
    session.execute(waiting.values(state="superseded", due_at=None, finished_at=datetime.now(UTC)))
