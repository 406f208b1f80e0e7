"""Two revisions of an article side by side."""

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app import diff
from app.models.claim_rows import ClaimRow
from app.models.differences import DiffQuery
from app.models.fields import Json
from app.store import article_reading
from app.store.prepared import Prepared, table

_claim = table(ClaimRow).c
# A claim stands on the last revision that has its words: one that stands before the newer did not get that far.
_LEFT_BEHIND = Prepared(
    select(_claim.id)
    .where(
        _claim.article_id == bindparam("article"),
        _claim.withdrawn_at.is_(None),
        _claim.status != "rejected",
        _claim.revision >= bindparam("older"),
        _claim.revision < bindparam("newer"),
    )
    .order_by(_claim.start, _claim.id)
)


def between(session: Session, article_id: int, query: DiffQuery) -> Json:
    """What the later one has in the place of what.

    Raises:
        NotFound: when there is no such article, or it never had one of the revisions.
    """
    end = article_reading.current_revision(session, article_id) if query.end is None else query.end
    begin = max(end - 1, 1) if query.begin is None else query.begin
    old, new = (article_reading.revision(session, article_id, number)["text"] for number in (begin, end))
    changes, is_complete = diff.changes(old, new)
    older, newer = min(begin, end), max(begin, end)
    return {
        "article": article_id,
        "from": begin,
        "to": end,
        "complete": is_complete,
        "hunks": [_hunk(change, old, new) for change in changes],
        "orphaned": [i for (i,) in _LEFT_BEHIND.rows(session, article=article_id, older=older, newer=newer)],
    }


def _hunk(change: diff.Change, old: str, new: str) -> Json:
    start, end, new_start, new_end = change
    return {
        "kind": "insert" if start == end else "delete" if new_start == new_end else "replace",
        "from": {"start": start, "end": end, "text": old[start:end]},
        "to": {"start": new_start, "end": new_end, "text": new[new_start:new_end]},
    }
