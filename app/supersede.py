"""What an extractor found takes the place of what extractors found before, as far as no person has had a hand in it.

1. A found claim that is at least half of a reviewed one is not added; one that is nearly a rejected or removed one stays away.
2. The others are paired with the claims that no person has touched: same words first, then the most shared words.
3. A pair with the same data stays as it is; with other data the old claim is changed. What is left over is added or withdrawn.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session

from app.models.articles import ArticleRow
from app.models.claim_rows import ClaimRow
from app.models.extraction import Extraction
from app.models.fields import Json
from app.overlap import Content, alike, content_in, content_of
from app.store import claim_parts, claim_reading, claims, passages, resolving
from app.store.claims import Parts

SAME = 0.5  # of the words: two statements of one text are one (bench/scores.py pairs them so)
REMOVED = 0.8  # of the words: what was rejected or removed does not come back


@dataclass(slots=True)
class Difference:
    """Ids of claims that were added and changed, claims that are gone, and how many stayed: as they were, or because reviewed."""

    added: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    removed: list[Json] = field(default_factory=list)
    kept: int = 0
    reviewed: int = 0


def put_found(session: Session, article: ArticleRow, text: str, found: Extraction) -> Difference:
    """Store mentions, dates, dateline and claims of the current revision in the place of those that an extractor found before."""
    ids = resolving.resolve(session, found.entities, found.extractor, passages.entities_of(session, article))
    passages.clear(session, article)
    passages.put(session, article, text, found, ids)
    there = [c for c in claims.of_article(session, article.id) if c.revision == article.revision]
    stored = claims.stored_parts(session, there)
    reviewed = [c for c in there if c.reviewed_by is not None]
    fresh = fresh_claims(text, found, ids, [stored[c.id] for c in reviewed], _turned_down_elsewhere(session, article))
    machine = [c for c in there if c.reviewed_by is None]
    pairs = _pairs(text, fresh, [stored[c.id] for c in machine])
    difference = Difference(reviewed=len(reviewed))
    new = [(article, draft, found.extractor) for i, draft in enumerate(fresh) if i not in pairs]
    difference.added = claims.add_many(session, new, reviewed=False)
    for i, j in sorted(pairs.items()):
        if _has_same_data(fresh[i], stored[machine[j].id]):
            difference.kept += 1
        else:
            claims.replace(session, machine[j], article, fresh[i], found.extractor)
            difference.changed.append(machine[j].id)
    gone = [claim for j, claim in enumerate(machine) if j not in pairs.values()]
    difference.removed = _withdraw(session, gone, found.extractor)
    return difference


def fresh_claims(
    text: str, found: Extraction, entity_ids: Sequence[int], reviewed: Sequence[Parts], elsewhere: Sequence[Content] = ()
) -> list[Parts]:
    """The claims that were found, past those that a person has had a hand in: on this text, or, by their words alone, elsewhere."""
    drafts = _once_each(claim_parts.from_extraction(text, claim, found, entity_ids) for claim in found.claims)
    if not reviewed and not elsewhere:
        return drafts
    standing = [p for p in reviewed if p.columns["status"] != "rejected"]
    rejected = [p for p in reviewed if p.columns["status"] == "rejected"]
    contents = [content_in(text, draft.stretches) for draft in drafts]
    shut_out = {i for _, i, _ in alike(contents, [content_in(text, p.stretches) for p in standing], SAME)}
    shut_out |= {i for _, i, _ in alike(contents, [content_in(text, p.stretches) for p in rejected], REMOVED)}
    if elsewhere:
        shut_out |= {i for _, i, _ in alike([content_of(_exact(d)) for d in drafts], elsewhere, REMOVED)}
    return [draft for i, draft in enumerate(drafts) if i not in shut_out]


def _once_each(drafts: Iterable[Parts]) -> list[Parts]:
    """Of two claims on the same words the first."""
    return list({tuple(draft.stretches): draft for draft in reversed(list(drafts))}.values())[::-1]


def _turned_down_elsewhere(session: Session, article: ArticleRow) -> list[Content]:
    """The words of claims that somebody deleted, or rejected on an older revision: what is known of them is their spelling."""
    orphaned = [c for c in claims.of_article(session, article.id) if c.status == "rejected" and c.revision != article.revision]
    rows: list[ClaimRow] = [*claims.removed_by_hand(session, article.id), *orphaned]
    return [content_of(_exact(parts)) for parts in claims.stored_parts(session, rows).values()] if rows else []


def _exact(parts: Parts) -> list[str]:
    return [parts.columns["exact"], *(part["exact"] for part in sorted(parts.continued, key=lambda p: p["position"]))]


def _pairs(text: str, fresh: list[Parts], old: list[Parts]) -> dict[int, int]:
    """Place in fresh → place in old, each at most once: the same stretches first, then the most shared words."""
    found = alike([content_in(text, p.stretches) for p in fresh], [content_in(text, p.stretches) for p in old], SAME)
    best_first = sorted(found, key=lambda pair: (fresh[pair[1]].stretches != old[pair[2]].stretches, -pair[0], pair[1], pair[2]))
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in best_first:
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return pairs


def _has_same_data(draft: Parts, stored: Parts) -> bool:
    same_columns = all(stored.columns[name] == value for name, value in draft.columns.items())
    return same_columns and _hanging(draft) == _hanging(stored)


def _hanging(parts: Parts) -> list[str]:
    return sorted(repr(sorted(row.items())) for name in claims.HANGING for row in getattr(parts, name))


def _withdraw(session: Session, gone: list[ClaimRow], made_by: str) -> list[Json]:
    """These claims as they were."""
    shown = claim_reading.read(session, [claim.id for claim in gone]) if gone else []
    for claim in gone:
        claims.withdraw(session, claim, made_by)
    return shown
