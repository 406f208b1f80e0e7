"""New text for an old article: which of its claims still stand, and where.

A claim is carried over only if its quote, with the context kept around it, stands exactly once in the new text, and if whatever
its words are continued by stands as far behind it as before. Otherwise it stays on the revision it was made on and says so.
Nothing is matched loosely: no claim ever points at words that are not its own.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session, col, select

from app.models.articles import ArticleRow
from app.models.claim_rows import ClaimHedgeRow, ClaimPartRow, ClaimPartyRow, ClaimRow
from app.models.dates import ClaimDateRow
from app.store import articles, changes, claims, passages, runs


def carry_over(session: Session, article: ArticleRow, text: str, made_by: str) -> None:
    """Make `text` the article's next revision and bring along the claims that stand in it."""
    now = datetime.now(UTC)
    passages.forget(session, article)
    runs.supersede(session, article.id)
    article.revision += 1
    article.changed_at = now
    session.add(article)
    articles.add_revision(session, article, text, now)
    changes.record(session, "article", article.id, "revised", made_by, now, revision=article.revision)
    for claim in claims.of_article(session, article.id):
        _anchor(session, claim, article, text, made_by)


def redate(session: Session, article: ArticleRow) -> None:
    """What is said on no day of its own was said by the day of publication: bring the claims in step with the article."""
    claims.set_keys(session, article, claims.of_article(session, article.id))


def _anchor(session: Session, claim: ClaimRow, article: ArticleRow, text: str, made_by: str) -> None:
    start = _only_place(text, claim)
    parts = session.exec(select(ClaimPartRow).where(ClaimPartRow.claim_id == claim.id)).all()
    if start is None or not all(_stands(text, part, start - claim.start) for part in parts):
        if claim.anchor != "orphaned":
            claim.anchor = "orphaned"
            claims.touch(session, claim, made_by)
        return
    step = start - claim.start
    claim.sqlmodel_update(claims.place(text, start, start + len(claim.exact)))
    claim.revision, claim.anchor = article.revision, "moved" if step else "exact"
    _move_cue(claim, text, step)
    for part in parts:
        part.start, part.end = part.start + step, part.end + step
        session.add(part)
    for table in (ClaimPartyRow, ClaimHedgeRow, ClaimDateRow):
        rows: Iterable[Any] = session.exec(select(table).where(col(table.claim_id) == claim.id)).all()
        for row in rows:
            _move(session, row, text, step)
    claims.touch(session, claim, made_by)


def _only_place(text: str, claim: ClaimRow) -> int | None:
    wanted = f"{claim.prefix}{claim.exact}{claim.suffix}"
    first = text.find(wanted)
    if first < 0 or text.find(wanted, first + 1) >= 0:
        return None
    return first + len(claim.prefix)


def _stands(text: str, part: ClaimPartRow, step: int) -> bool:
    return text[part.start + step : part.end + step] == part.exact


def _move_cue(claim: ClaimRow, text: str, step: int) -> None:
    if claim.cue_start is None or claim.cue_end is None:
        return
    start, end = claim.cue_start + step, claim.cue_end + step
    if start < 0 or text[start:end] != claim.cue_exact:
        start = end = claim.cue_exact = None  # type: ignore[assignment]
    claim.cue_start, claim.cue_end = start, end


def _move(session: Session, row: ClaimPartyRow | ClaimHedgeRow | ClaimDateRow, text: str, step: int) -> None:
    """Move a place along with its claim; one whose words are not there any more loses its place, a hedge is dropped."""
    if row.start is None or row.end is None:
        return
    words = row.exact if isinstance(row, ClaimHedgeRow) else row.text
    start, end = row.start + step, row.end + step
    if start >= 0 and text[start:end] == words:
        row.start, row.end = start, end
        session.add(row)
    elif isinstance(row, ClaimHedgeRow):
        session.delete(row)
    else:
        row.start = row.end = None
        session.add(row)
