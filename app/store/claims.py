"""Claims: rows written, changed and withdrawn, with their parts, parties, dates, hedges, links and words in step.

Nothing here commits.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from app.errors import NotFound
from app.models.articles import ArticleRow
from app.models.claim_rows import NOT_ABOUT, ClaimHedgeRow, ClaimLinkRow, ClaimPartRow, ClaimPartyRow, ClaimRow
from app.models.dates import ClaimDateRow
from app.models.times import UNDATED, day_number
from app.store import changes
from app.store.fulltext import engine

CONTEXT = 32  # characters kept before and behind a quote, to find it again in another text
HANGING: tuple[Any, ...] = (ClaimPartRow, ClaimPartyRow, ClaimHedgeRow, ClaimDateRow)  # what hangs on a claim, and is its data


@dataclass(slots=True)
class Parts:
    """A claim as it will be stored: columns of its row, and the rows that hang on it, still without the claim's id."""

    columns: dict[str, Any]
    parties: list[ClaimPartyRow] = field(default_factory=list)
    hedges: list[ClaimHedgeRow] = field(default_factory=list)
    dates: list[ClaimDateRow] = field(default_factory=list)
    continued: list[ClaimPartRow] = field(default_factory=list)

    @property
    def rows(self) -> list[Any]:
        return [*self.continued, *self.parties, *self.hedges, *self.dates]

    @property
    def stretches(self) -> list[tuple[int, int]]:
        return [(self.columns["start"], self.columns["end"]), *((part.start, part.end) for part in self.continued)]


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


def stored_parts(session: Session, rows: Sequence[ClaimRow]) -> dict[int, Parts]:
    """What is stored of each of these claims, by its id."""
    found = {row.id: Parts(row.model_dump()) for row in rows}
    for name, table in zip(("continued", "parties", "hedges", "dates"), HANGING, strict=True):
        for hanging in session.exec(select(table).where(col(table.claim_id).in_(list(found)))):
            getattr(found[hanging.claim_id], name).append(hanging)
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


def add(session: Session, article: ArticleRow, parts: Parts, made_by: str) -> ClaimRow:
    """Store a claim on the article's current revision."""
    now = datetime.now(UTC)
    claim = ClaimRow(
        article_id=article.id,
        revision=article.revision,
        made_by=made_by,
        recorded_at=now,
        changed_at=now,
        **parts.columns,
        **_keys(article, parts.dates),
    )
    session.add(claim)
    session.flush()
    links = _links(claim, ((party.entity_id, party.role) for party in parts.parties))
    changes.record(session, "claim", claim.id, "created", made_by, now)
    _hang_on(session, claim.id, [*parts.rows, *links])
    engine(session).put(session, "claim", claim.id, (words(claim.exact, [part.exact for part in parts.continued]),))
    return claim


def change(session: Session, claim: ClaimRow, article: ArticleRow, parts: Parts, replaced: set[str], made_by: str) -> None:
    """Set the columns given and replace the lists named in `replaced`: speaker or speakers, subjects, hedges, dates, said."""
    claim.sqlmodel_update(parts.columns)
    for name in replaced:
        session.execute(_of_list(name, claim.id))
    _hang_on(session, claim.id, parts.rows)
    touch(session, claim, made_by)
    relink(session, claim, article)


def replace(session: Session, claim: ClaimRow, article: ArticleRow, parts: Parts, made_by: str) -> None:
    """Give the claim other words and data; its id, its status and who reviewed it stay."""
    engine(session).drop(session, "claim", claim.id, (_words(session, claim),))
    for table in HANGING:
        session.execute(delete(table).where(col(table.claim_id) == claim.id))
    claim.sqlmodel_update({**parts.columns, "made_by": made_by})
    _hang_on(session, claim.id, parts.rows)
    engine(session).put(session, "claim", claim.id, (_words(session, claim),))
    touch(session, claim, made_by)
    relink(session, claim, article)


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
    """Out of every search; the rows stay, marked."""
    claim.withdrawn_at = claim.changed_at = datetime.now(UTC)
    session.add(claim)
    session.execute(delete(ClaimLinkRow).where(col(ClaimLinkRow.claim_id) == claim.id))
    engine(session).drop(session, "claim", claim.id, (_words(session, claim),))
    changes.record(session, "claim", claim.id, "deleted", made_by, claim.changed_at)
    session.flush()


def relink(session: Session, claim: ClaimRow, article: ArticleRow) -> None:
    """Write links and keys anew, from the claim's parties, its dates and the article's publication."""
    dates = session.exec(select(ClaimDateRow).where(ClaimDateRow.claim_id == claim.id)).all()
    claim.sqlmodel_update(_keys(article, dates))
    session.add(claim)
    session.execute(delete(ClaimLinkRow).where(col(ClaimLinkRow.claim_id) == claim.id))
    parties = select(ClaimPartyRow.entity_id, ClaimPartyRow.role).where(ClaimPartyRow.claim_id == claim.id)
    session.add_all(_links(claim, session.exec(parties)))
    session.flush()


def _keys(article: ArticleRow, dates: Sequence[ClaimDateRow]) -> dict[str, Any]:
    """The columns by which the claim is sorted and found: they repeat what its article and its dates say."""
    about = [date.earliest for date in dates if date.role == "about" and date.earliest is not None]
    keys = {"published": article.earliest, "published_latest": article.latest, "about": min(about, default=NOT_ABOUT)}
    keys["said"], keys["said_latest"] = _said(article, next((date for date in dates if date.role == "said"), None))
    return keys


def _links(claim: ClaimRow, parties: Iterable[tuple[int | None, str]]) -> list[ClaimLinkRow]:
    links = {(entity_id, role) for entity_id, own in parties if entity_id is not None for role in (own, "any")}
    return [
        ClaimLinkRow(entity_id=entity_id, role=role, published=claim.published, claim_id=claim.id)
        for entity_id, role in sorted(links)
    ]


def _words(session: Session, claim: ClaimRow) -> str:
    further = select(ClaimPartRow.exact).where(ClaimPartRow.claim_id == claim.id).order_by(col(ClaimPartRow.position))
    return words(claim.exact, session.exec(further).all())


def _said(article: ArticleRow, said: ClaimDateRow | None) -> tuple[int, int]:
    if said is not None and said.earliest is not None and said.latest is not None:
        return said.earliest, said.latest
    if article.earliest == UNDATED:
        return 0, 0
    return day_number(article.earliest), day_number(article.latest)


def _hang_on(session: Session, claim_id: int, rows: list[Any]) -> None:
    for hanging in rows:
        hanging.claim_id = claim_id
    session.add_all(rows)
    session.flush()


def _of_list(name: str, claim_id: int) -> Any:
    if name in ("speaker", "speakers", "subjects"):
        role = name.removesuffix("s")
        return delete(ClaimPartyRow).where(col(ClaimPartyRow.claim_id) == claim_id, col(ClaimPartyRow.role) == role)
    if name == "hedges":
        return delete(ClaimHedgeRow).where(col(ClaimHedgeRow.claim_id) == claim_id)
    role = "said" if name == "said" else "about"
    return delete(ClaimDateRow).where(col(ClaimDateRow.claim_id) == claim_id, col(ClaimDateRow.role) == role)
