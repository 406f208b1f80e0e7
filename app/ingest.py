"""From a draft to a stored article with everything that stands in it: at once, or not at all.

The extractor reads before the transaction begins, so that no other writer waits for it.
"""

from dataclasses import dataclass
from typing import Any, Literal

from sqlmodel import Session

from app.errors import AlreadyStored, Fault, Unusable
from app.models.articles import ArticleRow
from app.models.claims import ClaimDraft
from app.models.documents import Article, ArticleDraft
from app.models.extraction import Extraction, Extractor
from app.models.times import day_of
from app.revise import carry_over, redate
from app.store import article_reading, articles, claim_parts, claims, entities, passages
from app.store.database import Database
from app.urls import address_key

# A dispatch has ten claims and fifty mentions, a book chapter ten times that. So many take a second or two to store.
MOST_CLAIMS = 1000
MOST_MENTIONS = 20_000


@dataclass(frozen=True, slots=True)
class Stored:
    article: Article
    outcome: Literal["created", "unchanged", "revised"]


def store_article(database: Database, draft: ArticleDraft, extractor: Extractor, made_by: str, *, revise: bool = False) -> Stored:
    """Store an article, or recognise it: by its address, its id at the source, or else its source and text.

    Raises:
        AlreadyStored: when it is known with another text and `revise` is not set.
        Unusable: when a claim sent along does not stand in the text as it says.
    """
    with database.reading() as session:
        if (known := articles.stored_as(session, articles.natural_keys(draft))) and articles.has_text(session, known, draft.text):
            return Stored(article_reading.get(session, known.id), "unchanged")
    found = extract(extractor, draft.text, draft.published, draft.language) if draft.extract else None
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
        put_contents(session, article, draft.text, found, draft.claims, made_by)
        return Stored(article_reading.get(session, article.id), "created" if known is None else "revised")


def extract(extractor: Extractor, text: str, published: str | None, language: str | None) -> Extraction | None:
    """What the extractor finds; None when it does not read that language.

    Raises:
        Unusable: when it is so much that storing it would keep all other writers waiting.
    """
    if language is not None and language.split("-")[0] not in extractor.LANGUAGES:
        return None
    found = extractor.extract(text, day_of(published))
    mentions = sum(len(entity.mentions) for entity in found.entities)
    if len(found.claims) > MOST_CLAIMS or mentions > MOST_MENTIONS:
        what = f"{len(found.claims)} claims and {mentions} mentions were found in this text"
        most = f"an article may have {MOST_CLAIMS} and {MOST_MENTIONS}"
        raise Unusable([Fault("/text", f"{what}, {most}; send it in parts, or with extract=false")])
    return found


def put_contents(
    session: Session, article: ArticleRow, text: str, found: Extraction | None, sent: list[ClaimDraft], made_by: str
) -> None:
    """Store what was found in the current revision and what was sent along.

    Of two claims on the same words the one that was there first stays: carried over, then sent, then found.
    """
    taken = {(c.start, c.end) for c in claims.of_article(session, article.id) if c.revision == article.revision}
    for parts in _checked(session, text, sent, made_by):
        taken.add((parts.columns["start"], parts.columns["end"]))
        claims.add(session, article, parts, made_by)
    if found is not None:
        entity_ids = entities.resolve(session, found.entities, found.extractor)
        passages.put(session, article, text, found, entity_ids)
        for claim in found.claims:
            if (claim.start, claim.end) not in taken:
                taken.add((claim.start, claim.end))
                parts = claim_parts.from_extraction(text, claim, found, entity_ids)
                claims.add(session, article, parts, found.extractor)
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
