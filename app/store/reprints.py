"""Reprints: claims of a story's later articles whose words an earlier one has made a claim already. Nothing here commits."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, select
from sqlmodel import Session

from app.folding import spelled
from app.models.articles import ArticleRow
from app.models.claim_rows import ClaimPartRow, ClaimRow
from app.models.copies import ArticleStoryRow, ClaimReprintRow
from app.models.times import UNDATED
from app.store import rows
from app.store.claims import words
from app.store.prepared import IDS, Prepared, table

_article, _claim, _part = (table(row).c for row in (ArticleRow, ClaimRow, ClaimPartRow))
_story, _reprint = table(ArticleStoryRow).c, table(ClaimReprintRow).c
Changes = dict[int, tuple[int, int | None, int | None]]  # claim → its article, the first claim, the one that was first before
_of_first = table(ClaimReprintRow).alias()
_COUNTS = Prepared(  # of others with the same words: as many as there are reprints, whether it is one or the first
    select(_claim.id, func.count())
    .select_from(table(ClaimRow))
    .outerjoin(table(ClaimReprintRow), _reprint.claim_id == _claim.id)
    .join(_of_first, _of_first.c.first_id == func.coalesce(_reprint.first_id, _claim.id))
    .where(_claim.id.in_(IDS))
    .group_by(_claim.id)
)


def counts(session: Session, claim_ids: Sequence[int]) -> dict[int, int]:
    """How often each of these claims was printed beside; those that never were are left out."""
    return dict(_COUNTS.rows(session, claim_ids))


def changes(session: Session, stories: Iterable[int], article_ids: Iterable[int]) -> Changes:
    """What is to change in these stories and for these articles, in a story or not.

    The first claim is the one that has these words in the earliest article; None for a claim that is no reprint.
    """
    claims = {claim: (article, words_) for claim, article, words_ in _standing(session, stories)}
    firsts: dict[str, tuple[int, int]] = {}
    wanted: dict[int, int] = {}
    for claim, (article, words_) in claims.items():
        first, of = firsts.setdefault(words_, (claim, article))
        if of != article:
            wanted[claim] = first
    before = _before(session, stories, article_ids)
    changed: Changes = {claim: (article, None, first) for claim, (article, first) in before.items() if claim not in wanted}
    for claim, first in wanted.items():
        was = before[claim][1] if claim in before else None
        if was != first:
            changed[claim] = (claims[claim][0], first, was)
    return changed


def keep(session: Session, changed: Changes) -> None:
    old = delete(table(ClaimReprintRow)).where(_reprint.claim_id == bindparam("of_claim"))
    rows.many(session, old, [{"of_claim": claim} for claim, (_, _, was) in changed.items() if was is not None])
    new = [{"claim_id": claim, "first_id": first} for claim, (_, first, _) in sorted(changed.items()) if first is not None]
    rows.add(session, ClaimReprintRow, new)


def _standing(session: Session, stories: Iterable[int]) -> list[tuple[int, int, str]]:
    """(claim, article, words) of these stories, in the order of their articles; rejected claims have no part in this."""
    standing = and_(_claim.withdrawn_at.is_(None), _claim.status != "rejected")
    of_stories = (
        select(_claim.id, _claim.article_id, _claim.exact, _story.story_id)
        .join_from(table(ArticleStoryRow), table(ArticleRow), _article.id == _story.article_id)
        .join(table(ClaimRow), and_(_claim.article_id == _article.id, standing))
        .order_by(_article.earliest == UNDATED, _article.earliest, _article.id, _claim.start, _claim.id)
    )
    found: list[Any] = []
    for some in rows.some_at_once(stories):
        found += session.execute(of_stories.where(_story.story_id.in_(some)))
    more: dict[int, list[str]] = {}
    for some in rows.some_at_once(row.id for row in found):
        parts = select(_part.claim_id, _part.exact).where(_part.claim_id.in_(some)).order_by(_part.claim_id, _part.position)
        for part in session.execute(parts):
            more.setdefault(part.claim_id, []).append(part.exact)
    return [(row.id, row.article_id, f"{row.story_id} {_folded(words(row.exact, more.get(row.id, [])))}") for row in found]


def _before(session: Session, stories: Iterable[int], article_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Claim → (article, first claim), as it stands."""
    reprints = select(_reprint.claim_id, _claim.article_id, _reprint.first_id).join(table(ClaimRow), _claim.id == _reprint.claim_id)
    found: dict[int, tuple[int, int]] = {}
    for some in rows.some_at_once(article_ids):
        found |= {
            row.claim_id: (row.article_id, row.first_id) for row in session.execute(reprints.where(_claim.article_id.in_(some)))
        }
    members = select(_story.article_id)
    for some in rows.some_at_once(stories):
        of_stories = reprints.where(_claim.article_id.in_(members.where(_story.story_id.in_(some))))
        found |= {row.claim_id: (row.article_id, row.first_id) for row in session.execute(of_stories)}
    return found


@lru_cache(maxsize=16_384)  # the same words come with every copy
def _folded(exact: str) -> str:
    return " ".join(spelled(exact))
