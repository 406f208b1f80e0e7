"""Claims: rows written, changed and withdrawn, with their parts, parties, dates and hedges in step. Nothing here commits.

Links, words and the place in time are written by `indexing`, for what is changed within it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

import sqlalchemy
from sqlalchemy import delete
from sqlmodel import Session, col, select

from app.errors import NotFound
from app.models.articles import ArticleRow
from app.models.claim_rows import NOT_ABOUT, ClaimHedgeRow, ClaimPartRow, ClaimPartyRow, ClaimRow
from app.models.dates import ClaimDateRow
from app.models.times import UNDATED, day_number
from app.store import changes, numbering, rows

CONTEXT = 32  # characters kept before and behind a quote, to find it again in another text
HANGING: dict[str, Any] = {"continued": ClaimPartRow, "parties": ClaimPartyRow, "hedges": ClaimHedgeRow, "dates": ClaimDateRow}
Row = dict[str, Any]
_UNLESS_SAID: Row = {
    "cue_start": None,
    "cue_end": None,
    "cue_exact": None,
    "negated": False,
    "status": "extracted",
    "anchor": "exact",
    "rule": None,
    "confidence": None,
}


@dataclass(slots=True)
class Parts:
    """A claim as it is stored: columns of its row, and the rows that hang on it, without the claim's id. See HANGING."""

    columns: Row
    parties: list[Row] = field(default_factory=list)
    hedges: list[Row] = field(default_factory=list)
    dates: list[Row] = field(default_factory=list)
    continued: list[Row] = field(default_factory=list)

    @property
    def stretches(self) -> list[tuple[int, int]]:
        return [(self.columns["start"], self.columns["end"]), *((part["start"], part["end"]) for part in self.continued)]


class Dated(Protocol):
    """What a claim takes over from its article, stored or about to be."""

    id: int
    revision: int
    earliest: int
    latest: int


@dataclass(slots=True)
class FreshClaim:
    """A claim that is about to be stored, on its article's current revision, under an id that was drawn for it."""

    id: int
    article: Dated
    parts: Parts
    made_by: str
    reviewed: bool  # no extractor changes it
    time_key: int | None = None
    keys: Row = field(init=False)

    def __post_init__(self) -> None:
        self.keys = _keys(self.article, self.parts.dates)


def row(session: Session, claim_id: int) -> ClaimRow:
    """Raises NotFound when there is none, or it was deleted."""
    found = session.get(ClaimRow, claim_id)
    if found is None or found.withdrawn_at is not None:
        raise NotFound(f"there is no claim {claim_id}")
    return found


def of_article(session: Session, article_id: int) -> list[ClaimRow]:
    live = select(ClaimRow).where(ClaimRow.article_id == article_id, col(ClaimRow.withdrawn_at).is_(None))
    return list(session.exec(live.order_by(col(ClaimRow.start), col(ClaimRow.id))))


def removed_by_hand(session: Session, article_id: int) -> list[ClaimRow]:
    """Claims of the article that somebody deleted: what no extractor brings back."""
    gone = select(ClaimRow).where(ClaimRow.article_id == article_id, col(ClaimRow.withdrawn_at).is_not(None))
    return list(session.exec(gone.where(col(ClaimRow.reviewed_by).is_not(None)).order_by(col(ClaimRow.id))))


def stored_parts(session: Session, claims: Sequence[ClaimRow]) -> dict[int, Parts]:
    """What is stored of each of these claims, by its id."""
    session.flush()
    found = {claim.id: Parts(claim.model_dump()) for claim in claims}
    for name, table in HANGING.items():
        for hanging in _hanging(session, table, list(found)):
            getattr(found[hanging.pop("claim_id")], name).append(hanging)
    return found


def place(text: str, start: int, end: int) -> dict[str, Any]:
    """The columns that say where a quote stands."""
    return {
        "start": start,
        "end": end,
        "exact": text[start:end],
        "prefix": text[max(0, start - CONTEXT) : start],
        "suffix": text[end : end + CONTEXT],
    }


def add_many(session: Session, new: Sequence[tuple[ArticleRow, Parts, str]], *, reviewed: bool) -> list[int]:
    """Store claims, each on its article's current revision and made by whom it says. `reviewed`: no extractor changes them."""
    numbers = numbering.Numbers(session, ClaimRow)
    fresh = [FreshClaim(numbers[i], article, parts, made_by, reviewed) for i, (article, parts, made_by) in enumerate(new)]
    add_fresh(session, fresh, datetime.now(UTC))
    return [claim.id for claim in fresh]


def add_fresh(session: Session, new: Sequence[FreshClaim], now: datetime) -> None:
    columns = [
        {
            **_UNLESS_SAID,
            **claim.parts.columns,
            **claim.keys,
            "id": claim.id,
            "article_id": claim.article.id,
            "revision": claim.article.revision,
            "made_by": claim.made_by,
            "time_key": claim.time_key,
            "reviewed_by": claim.made_by if claim.reviewed else None,
            "reviewed_at": now if claim.reviewed else None,
        }
        for claim in new
    ]
    rows.add(session, ClaimRow, columns, {"recorded_at": now, "changed_at": now})
    _hang_on(session, [(claim.id, claim.parts) for claim in new])
    changes.record_all(session, "claim", [(claim.id, "created", claim.made_by) for claim in new], now)


def change(session: Session, claim: ClaimRow, article: ArticleRow, parts: Parts, replaced: set[str], made_by: str) -> None:
    """Set the columns given and replace the lists named in `replaced`: speaker or speakers, subjects, hedges, dates, said."""
    claim.sqlmodel_update(parts.columns)
    for name in replaced:
        session.execute(_of_list(name, claim.id))
    _hang_on(session, [(claim.id, parts)])
    set_keys(session, article, [claim])
    touch(session, claim, made_by)


def replace(session: Session, claim: ClaimRow, article: ArticleRow, parts: Parts, made_by: str) -> None:
    """Give the claim other words and data; its id, its status and who reviewed it stay."""
    for table in HANGING.values():
        session.execute(delete(table).where(col(table.claim_id) == claim.id))
    claim.sqlmodel_update({**parts.columns, "made_by": made_by})
    _hang_on(session, [(claim.id, parts)])
    set_keys(session, article, [claim])
    touch(session, claim, made_by)


def set_keys(session: Session, article: ArticleRow, claims: Sequence[ClaimRow]) -> None:
    """Write anew by what these claims are sorted: it repeats their dates and the article's publication."""
    session.flush()
    dates: dict[int, list[Row]] = {}
    for date in _hanging(session, ClaimDateRow, [claim.id for claim in claims]):
        dates.setdefault(date["claim_id"], []).append(date)
    for claim in claims:
        claim.sqlmodel_update(_keys(article, dates.get(claim.id, ())))
        session.add(claim)
    session.flush()


def review(claim: ClaimRow, made_by: str) -> None:
    """Somebody has judged, corrected or deleted it: from now on no extractor changes it."""
    claim.reviewed_by, claim.reviewed_at = made_by, datetime.now(UTC)


def words(exact: str, continued: Sequence[str]) -> str:
    """All words of a claim, as they are searched and shown in a snippet."""
    return " … ".join([exact, *continued])


def touch(session: Session, claim: ClaimRow, made_by: str) -> None:
    claim.changed_at = datetime.now(UTC)
    session.add(claim)
    changes.record(session, "claim", claim.id, "changed", made_by, claim.changed_at)
    session.flush()


def withdraw(session: Session, claim: ClaimRow, made_by: str) -> None:
    """No longer the article's; the rows stay, marked."""
    claim.withdrawn_at = claim.changed_at = datetime.now(UTC)
    session.add(claim)
    changes.record(session, "claim", claim.id, "deleted", made_by, claim.changed_at)
    session.flush()


def _keys(article: Dated, dates: Sequence[Row]) -> Row:
    about = [date["earliest"] for date in dates if date["role"] == "about" and date["earliest"] is not None]
    said, said_latest = _said(article, next((date for date in dates if date["role"] == "said"), None))
    return {"about": min(about, default=NOT_ABOUT), "said": said, "said_latest": said_latest}


def _said(article: Dated, said: Row | None) -> tuple[int, int]:
    if said is not None and said["earliest"] is not None and said["latest"] is not None:
        return said["earliest"], said["latest"]
    if article.earliest == UNDATED:
        return 0, 0
    return day_number(article.earliest), day_number(article.latest)


def _hang_on(session: Session, hanging: Sequence[tuple[int, Parts]]) -> None:
    for claim_id, parts in hanging:
        for row in (*parts.parties, *parts.hedges, *parts.dates, *parts.continued):
            row["claim_id"] = claim_id
    for name, table in HANGING.items():
        rows.add(session, table, [row for _, parts in hanging for row in getattr(parts, name)])


def _hanging(session: Session, table: Any, claim_ids: Sequence[int]) -> list[Row]:
    found: list[Row] = []
    for some in rows.some_at_once(claim_ids):
        wanted = sqlalchemy.select(table.__table__).where(table.__table__.c.claim_id.in_(some))
        found += [dict(row) for row in session.connection().execute(wanted).mappings()]
    return found


def _of_list(name: str, claim_id: int) -> Any:
    if name in ("speaker", "speakers", "subjects"):
        role = name.removesuffix("s")
        return delete(ClaimPartyRow).where(col(ClaimPartyRow.claim_id) == claim_id, col(ClaimPartyRow.role) == role)
    if name == "hedges":
        return delete(ClaimHedgeRow).where(col(ClaimHedgeRow.claim_id) == claim_id)
    role = "said" if name == "said" else "about"
    return delete(ClaimDateRow).where(col(ClaimDateRow.claim_id) == claim_id, col(ClaimDateRow.role) == role)
