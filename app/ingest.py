"""From a draft to a stored article with everything that stands in it: at once, or not at all.

The extractor reads before the transaction begins, so that no other writer waits for it; one that takes long reads after the answer.
"""

from dataclasses import dataclass
from typing import Any, Literal

from sqlmodel import Session

from app import jobs
from app.errors import AlreadyStored, Unusable
from app.models.articles import ArticleRow
from app.models.claims import ClaimDraft
from app.models.documents import ArticleDraft
from app.models.fields import Json
from app.readers import Extractors, Read, read
from app.revise import carry_over, redate
from app.store import article_reading, articles, claim_parts, claims, passages, runs
from app.store.database import Database
from app.supersede import put_found
from app.urls import address_key


@dataclass(frozen=True, slots=True)
class Stored:
    article: Json
    outcome: Literal["created", "unchanged", "revised"]


def store_article(database: Database, draft: ArticleDraft, extractors: Extractors, made_by: str, *, revise: bool = False) -> Stored:
    """Store an article, or recognise it: by its address, its id at the source, or else its source and text.

    Raises:
        AlreadyStored: when it is known with another text and `revise` is not set.
        Unusable: when a claim sent along does not stand in the text as it says, or no such extractor is installed.
        ExtractorUnavailable: when the extractor cannot do its work now.
    """
    with database.reading() as session:
        if (known := articles.stored_as(session, articles.natural_keys(draft))) and articles.has_text(session, known, draft.text):
            return Stored(article_reading.get(session, known.id), "unchanged")
    reading = read(extractors, draft.extract, draft.text, draft.published, draft.language)
    with database.transaction() as session:
        known = articles.stored_as(session, articles.natural_keys(draft))
        if known is None:
            article = articles.add(session, draft, made_by)
        elif articles.has_text(session, known, draft.text):
            return Stored(article_reading.get(session, known.id), "unchanged")
        elif revise:
            article = known
            articles.set_metadata(session, article, _told_anew(article, draft))
            carry_over(session, article, draft.text, made_by)
            redate(session, article)
        else:
            raise AlreadyStored(
                f"article {known.id} is stored under the same address or id with another text;"
                " send on_conflict=revise to add this text as its next revision",
                f"/articles/{known.id}",
            )
        put_contents(session, article, draft.text, reading, draft.claims, made_by)
        return Stored(article_reading.get(session, article.id), "created" if known is None else "revised")


def put_contents(
    session: Session, article: ArticleRow, text: str, reading: Read | None, sent: list[ClaimDraft], made_by: str
) -> None:
    """Store what was sent along with the current revision, and what was found in it or that it is to be read.

    Of two claims on the same words the one that a person has had a hand in stays: carried over or sent.
    """
    for parts in _checked(session, text, sent, made_by):
        claims.review(claims.add(session, article, parts, made_by), made_by)
    if reading is not None and reading.found is None:
        jobs.enqueue(session, article, reading.requested, reading.extractor)
    elif reading is not None and reading.found is not None:
        put_found(session, article, text, reading.found)
        runs.complete(session, runs.add(session, article, reading.requested, reading.extractor), reading.found)
    passages.relink(session, article)


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
