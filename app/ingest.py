"""From a draft to a stored article with everything that stands in it: at once, or not at all.

The extractor reads before the transaction begins, so that no other writer waits for it; one that takes long reads after the answer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Literal

from sqlmodel import Session

from app import jobs
from app.errors import AlreadyStored, Unusable
from app.models.articles import ArticleRow
from app.models.claims import ClaimDraft
from app.models.documents import ArticleDraft
from app.models.extraction import Extraction
from app.models.fields import Json
from app.readers import Extractors, Read, read
from app.revise import carry_over, redate
from app.store import article_reading, articles, claim_parts, claims, indexing, passages, resolving, runs
from app.store.database import Database
from app.supersede import fresh_claims, put_found
from app.urls import address_key

New = tuple[ArticleDraft, Read | None]  # a draft, and what was found in it or is to read it


@dataclass(frozen=True, slots=True)
class Stored:
    article: Json
    outcome: Literal["created", "unchanged", "revised"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one draft. `conflict`: the article is known with another text, and stays as it was."""

    article_id: int
    became: Literal["created", "unchanged", "conflict"]


def store_many(database: Database, batch: Sequence[tuple[ArticleDraft, Extraction | None]], made_by: str) -> list[Outcome]:
    """Store articles with what was found in each, all in one transaction, as if one was sent after the other.

    An article is recognised as by `store_article`, in the batch too.

    Raises:
        Unusable: when a claim sent along does not stand in its text as it says; then nothing of the batch is stored.
    """
    new = [
        (draft, None if found is None else Read(found.extractor.split("/")[0], found.extractor, found)) for draft, found in batch
    ]
    with database.transaction() as session:
        return _store(session, new, made_by)


def store_article(database: Database, draft: ArticleDraft, extractors: Extractors, made_by: str, *, revise: bool = False) -> Stored:
    """Store an article, or recognise it: by its address, its id at the source, or else its source and text.

    Raises:
        AlreadyStored: when it is known with another text and `revise` is not set.
        Unusable: when a claim sent along does not stand in the text as it says, or no such extractor is installed.
        ExtractorUnavailable: when the extractor cannot do its work now.
    """
    with database.reading() as session:
        (known,) = _recognised(session, [draft])
        if known.became == "unchanged":
            return Stored(article_reading.get(session, known.article_id), "unchanged")
    reading = read(extractors, draft.extract, draft.text, draft.published, draft.language)
    with database.transaction() as session:
        (outcome,) = _store(session, [(draft, reading)], made_by)
        if outcome.became != "conflict":
            return Stored(article_reading.get(session, outcome.article_id), outcome.became)
        if not revise:
            raise AlreadyStored(
                f"article {outcome.article_id} is stored under the same address or id with another text;"
                " send on_conflict=revise to add this text as its next revision",
                f"/articles/{outcome.article_id}",
            )
        _revise(session, articles.row(session, outcome.article_id), draft, reading, made_by)
        return Stored(article_reading.get(session, outcome.article_id), "revised")


def put_contents(
    session: Session, article: ArticleRow, text: str, reading: Read | None, sent: list[ClaimDraft], made_by: str
) -> None:
    """Store what was sent along with a revision that is not the first, and what was found in it or that it is to be read.

    Of two claims on the same words the one that a person has had a hand in stays: carried over or sent.
    """
    checked = _checked(session, text, sent, made_by)
    claims.add_many(session, [(article, parts, made_by) for parts in checked], reviewed=True)
    if reading is not None and reading.found is None:
        jobs.enqueue(session, article, reading.requested, reading.extractor)
    elif reading is not None and reading.found is not None:
        put_found(session, article, text, reading.found)
        runs.complete(session, runs.add(session, article, reading.requested, reading.extractor), reading.found)


def _revise(session: Session, article: ArticleRow, draft: ArticleDraft, reading: Read | None, made_by: str) -> None:
    with indexing.moved(session, article):
        if articles.set_metadata(session, article, _told_anew(article, draft)):
            articles.touch(session, article, made_by)
        carry_over(session, article, draft.text, made_by)
        redate(session, article)
        put_contents(session, article, draft.text, reading, draft.claims, made_by)


def _store(session: Session, batch: Sequence[New], made_by: str) -> list[Outcome]:
    outcomes = _recognised(session, [draft for draft, _ in batch])
    new = [item for item, outcome in zip(batch, outcomes, strict=True) if outcome.became == "created"]
    ids = [article.id for some in _lots(new) for article in _store_new(session, some, made_by)]
    indexing.put_in(session, ids)
    return [
        outcome if outcome.article_id > 0 else replace(outcome, article_id=ids[-outcome.article_id - 1]) for outcome in outcomes
    ]


def _recognised(session: Session, drafts: Sequence[ArticleDraft]) -> list[Outcome]:
    """What each draft is to become. New articles have no ids yet: they are numbered downwards from -1."""
    keys = [articles.natural_keys(draft) for draft in drafts]
    known = articles.stored_as(session, (key for own in keys for key in own))
    outcomes: list[Outcome] = []
    made = 0
    for draft, own in zip(drafts, keys, strict=True):
        text_hash = articles.text_hash(draft.text)
        article_id, stored_hash = next((known[key] for key in own if key in known), (None, None))
        if article_id is None:
            made += 1
            known |= dict.fromkeys(own, (-made, text_hash))
            outcomes.append(Outcome(-made, "created"))
        else:
            outcomes.append(Outcome(article_id, "unchanged" if stored_hash == text_hash else "conflict"))
    return outcomes


def _lots(new: Sequence[New]) -> Iterator[list[New]]:
    """One with claims sent along stands alone: whom these name by a name depends on what was stored before."""
    for alone, some in groupby(new, lambda item: bool(item[0].claims)):
        items = list(some)
        yield from ([item] for item in items) if alone else [items]


def _store_new(session: Session, new: Sequence[New], made_by: str) -> list[ArticleRow]:
    stored = articles.add_many(session, [draft for draft, _ in new], made_by)
    sent = [_checked(session, draft.text, draft.claims, made_by) for draft, _ in new]
    claims.add_many(
        session, [(article, parts, made_by) for article, own in zip(stored, sent, strict=True) for parts in own], reviewed=True
    )
    done: list[tuple[ArticleRow, str, Read, Extraction, list[claims.Parts]]] = []
    for article, (draft, reading), own in zip(stored, new, sent, strict=True):
        if reading is not None and reading.found is None:
            jobs.enqueue(session, article, reading.requested, reading.extractor)
        elif reading is not None and reading.found is not None:
            done.append((article, draft.text, reading, reading.found, own))
    ids = resolving.resolve_many(session, [(found.extractor, found.entities) for _, _, _, found, _ in done])
    named = [(*one, own_ids) for one, own_ids in zip(done, ids, strict=True)]
    passages.put_all(session, [(article, text, found, own_ids) for article, text, _, found, _, own_ids in named])
    fresh = [
        (article, parts, found.extractor)
        for article, text, _, found, own, own_ids in named
        for parts in fresh_claims(text, found, own_ids, own)
    ]
    claims.add_many(session, fresh, reviewed=False)
    runs.add_done(session, [(article, text, reading.requested, found) for article, text, reading, found, _ in done])
    return stored


def _told_anew(article: ArticleRow, draft: ArticleDraft) -> dict[str, Any]:
    """The metadata sent with a new text; another spelling of the address that is stored is none."""
    told = draft.model_dump(exclude_unset=True, exclude={"text", "claims", "extract"})
    if draft.url and article.url and address_key(draft.url) == address_key(article.url):
        del told["url"]
    return told


def _checked(session: Session, text: str, sent: list[ClaimDraft], made_by: str) -> list[claims.Parts]:
    """Every claim sent along, or every fault in any of them."""
    good, faults = [], []
    for i, draft in enumerate(sent):
        try:
            good.append(claim_parts.from_draft(session, text, draft, f"/claims/{i}", made_by))
        except Unusable as error:
            faults += error.faults
    if faults:
        raise Unusable(faults)
    return good
