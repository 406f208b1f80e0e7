"""Articles that are stored for the first time with all that stands in them: every row is made in memory and written once.

Links and words are made by `standing` of the very rows that are written here, before anybody could change them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlmodel import Session

from app.folding import joined, name_key
from app.models.extraction import Extraction
from app.models.fields import Json
from app.store import articles, claims, entities, indexing, passages, runs, standing
from app.store.articles import FreshArticle
from app.store.claims import FreshClaim
from app.store.passages import Row


@dataclass(slots=True)
class Contents:
    """A new article with its claims and what was found in its text."""

    article: FreshArticle
    claims: list[FreshClaim] = field(default_factory=list)
    mentions: list[Row] = field(default_factory=list)
    dates: list[Row] = field(default_factory=list)
    runs: list[Json] = field(default_factory=list)

    @property
    def is_waiting(self) -> bool:
        """Whether an extractor is to read it later."""
        return any(run["due_at"] is not None for run in self.runs)

    def take(self, requested: str, extractor: str, found: Extraction | None, entity_ids: Sequence[int], now: datetime) -> None:
        """What an extractor found beside the claims, and the run that it was, or is to be when `found` is None."""
        article, text = self.article, self.article.draft.text
        self.runs.append(runs.columns(article.id, requested, extractor, article.text_hash, found, now))
        if found is not None:
            self.mentions = passages.mention_rows(article.id, article.revision, found, entity_ids)
            self.dates = passages.date_rows(article.id, article.revision, text, found)
            article.dateline = passages.dateline(text, found)


def put(session: Session, new: Sequence[Contents], made_by: str) -> None:
    """Store them. Whom they name is stored already."""
    now = datetime.now(UTC)
    articles.set_sources(session, [one.article for one in new])
    placed = [_standing(one, now) for one in new]
    indexing.place(session, placed)
    for one, has_place in zip(new, placed, strict=True):
        one.article.time_key = has_place.time_key
        keys = {claim.id: claim.time_key for claim in has_place.claims}
        for claim in one.claims:
            claim.time_key = keys[claim.id]
    articles.add_fresh(session, [one.article for one in new], made_by, now)
    mentions = [row for one in new for row in one.mentions]
    passages.add(session, mentions, [row for one in new for row in one.dates])
    entities.count_mentions(session, (row["entity_id"] for row in mentions), 1)
    claims.add_fresh(session, [claim for one in new for claim in one.claims], now)
    runs.add_many(session, [run for one in new for run in one.runs])
    indexing.put_new(session, placed)


def _standing(contents: Contents, now: datetime) -> standing.Article:
    article, draft = contents.article, contents.article.draft
    return standing.Article(
        article.id,
        article.revision,
        draft.title,
        article.source_id,
        draft.language,
        article.earliest,
        None,
        now,
        joined(draft.text),
        [name_key(author) for author in draft.authors],
        {row["entity_id"] for row in contents.mentions},
        [(row["earliest"], row["latest"]) for row in contents.dates if row["earliest"] is not None],
        [
            _standing_claim(claim, now)
            for claim in sorted(contents.claims, key=lambda claim: (claim.parts.columns["start"], claim.id))
        ],
    )


def _standing_claim(claim: FreshClaim, now: datetime) -> standing.Claim:
    columns, keys, parts = claim.parts.columns, claim.keys, claim.parts
    return standing.Claim(
        claim.id,
        columns["exact"],
        columns["kind"],
        columns["negated"],
        columns.get("status", "extracted"),
        keys["said"],
        keys["said_latest"],
        columns["confidence"],
        None,
        now,
        [(row["role"], row["kind"], row["entity_id"]) for row in parts.parties],
        bool(parts.hedges),
        [(row["earliest"], row["latest"]) for row in parts.dates if row["role"] == "about" and row["earliest"] is not None],
        [row["exact"] for row in parts.continued],
    )
