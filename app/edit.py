"""Changes that a caller makes to what is stored: each is one transaction, and each may be held to the state the caller has seen."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlmodel import Session

from app.ingest import put_contents
from app.models.articles import ArticlePatch
from app.models.claim_rows import ClaimRow
from app.models.claims import ClaimDraft, ClaimPatch
from app.models.entities import EntityDraft, EntityPatch
from app.models.fields import Json
from app.readers import Extractors, Read, read
from app.revise import carry_over, redate
from app.store import (
    article_reading,
    articles,
    changes,
    claim_parts,
    claim_reading,
    claims,
    entities,
    indexing,
    merges,
    passages,
    runs,
)
from app.store.database import Database
from app.store.retrying import retried

Guard = Callable[[Json], None]  # is shown the current state inside the transaction; raises Stale to stop it


def change_article(
    database: Database, article_id: int, patch: ArticlePatch, extractors: Extractors, made_by: str, guard: Guard
) -> Json:
    """Change metadata, text, or both; another text is a new revision, the same text is none.

    Raises:
        NotFound, AlreadyStored: another article bears the new address. Stale: by the guard. Unusable, ExtractorUnavailable.
    """
    given = patch.model_dump(exclude_unset=True)
    reading = None
    if patch.text:
        with database.reading() as session:
            stored = articles.row(session, article_id)
            published, language = given.get("published", stored.published), given.get("language", stored.language)
        reading = read(extractors, patch.extract, patch.text, published, language)
    return _change_read(database, article_id, patch, reading, made_by, guard)


@retried
def _change_read(
    database: Database, article_id: int, patch: ArticlePatch, reading: Read | None, made_by: str, guard: Guard
) -> Json:
    given = patch.model_dump(exclude_unset=True)
    with database.transaction() as session:
        article = articles.row(session, article_id)
        guard(article_reading.get(session, article_id))
        metadata = {field: value for field, value in given.items() if field not in ("text", "extract")}
        with indexing.moved(session, article):
            if articles.set_metadata(session, article, metadata):
                articles.touch(session, article, made_by)
            if patch.text and not articles.has_text(session, article, patch.text):
                carry_over(session, article, patch.text, made_by)
                put_contents(session, article, patch.text, reading, [], made_by)
            redate(session, article)
        return article_reading.get(session, article_id)


@retried
def delete_article(database: Database, article_id: int, made_by: str, guard: Guard) -> None:
    """Out of every search, with all its claims; the log of changes keeps a tombstone for each."""
    with database.transaction() as session:
        article = articles.row(session, article_id)
        guard(article_reading.get(session, article_id))
        with indexing.moved(session, article):
            for claim in claims.of_article(session, article_id):
                claims.withdraw(session, claim, made_by)
            passages.forget(session, article)
            runs.supersede(session, article_id)
            articles.withdraw(session, article, datetime.now(UTC))
        changes.record(session, "article", article_id, "deleted", made_by, article.changed_at)


@retried
def add_claim(database: Database, article_id: int, draft: ClaimDraft, made_by: str) -> Json:
    """Raises NotFound, and Unusable when it does not stand in the current text as it says."""
    with database.transaction() as session:
        article = articles.row(session, article_id)
        parts = claim_parts.from_draft(session, articles.text_of(session, article), draft, "", made_by)
        with indexing.moved(session, article):
            (claim_id,) = claims.add_many(session, [(article, parts, made_by)], reviewed=True)
        return claim_reading.get(session, claim_id)


@retried
def change_claim(database: Database, claim_id: int, patch: ClaimPatch, made_by: str, guard: Guard) -> Json:
    """Raises NotFound, Stale by the guard, and Unusable when a place is not as the patch says."""
    with database.transaction() as session:
        claim = claims.row(session, claim_id)
        guard(claim_reading.get(session, claim_id))
        article = articles.row(session, claim.article_id)
        parts = claim_parts.from_patch(session, _text_of(session, claim), patch, made_by)
        if not patch.model_fields_set:
            return claim_reading.get(session, claim_id)
        replaced = patch.model_fields_set & {"speaker", "speakers", "subjects", "hedges", "dates", "said"}
        with indexing.moved(session, article):
            claims.review(claim, made_by)
            claims.change(session, claim, article, parts, replaced, made_by)
        return claim_reading.get(session, claim_id)


@retried
def delete_claim(database: Database, claim_id: int, made_by: str, guard: Guard) -> None:
    with database.transaction() as session:
        claim = claims.row(session, claim_id)
        guard(claim_reading.get(session, claim_id))
        with indexing.moved(session, articles.row(session, claim.article_id)):
            claims.review(claim, made_by)
            claims.withdraw(session, claim, made_by)


@retried
def add_entity(database: Database, draft: EntityDraft, made_by: str) -> Json:
    """Raises AlreadyStored when another entity bears the Wikidata id."""
    with database.transaction() as session:
        return entities.get(session, entities.add(session, draft, made_by))


@retried
def change_entity(database: Database, entity_id: int, patch: EntityPatch, made_by: str, guard: Guard) -> Json:
    """Raises NotFound, Merged, Stale by the guard, AlreadyStored when another entity bears the Wikidata id."""
    with database.transaction() as session:
        guard(entities.get(session, entity_id))
        if patch.model_fields_set:
            entities.change(session, entity_id, patch, made_by)
        return entities.get(session, entity_id)


@retried
def merge_entity(database: Database, entity_id: int, into: int, made_by: str) -> Json:
    """The entity that stands for both. Raises as `merges.merge`."""
    with database.transaction() as session:
        return entities.get(session, merges.merge(session, entity_id, into, made_by))


@retried
def unmerge_entity(database: Database, entity_id: int, made_by: str) -> None:
    """Raises NotFound when it was not merged."""
    with database.transaction() as session:
        merges.unmerge(session, entity_id, made_by)


def _text_of(session: Session, claim: ClaimRow) -> str:
    """The text of the revision that the claim stands in."""
    text: str = article_reading.revision(session, claim.article_id, claim.revision)["text"]
    return text
