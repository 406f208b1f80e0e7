"""From a draft to a stored article with everything that stands in it: at once, or not at all.

The extractor reads before the transaction begins, so that no other writer waits for it; one that takes long reads after the answer.
"""

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from sqlmodel import Session

from app import jobs
from app.errors import AlreadyStored, Fault, Unusable
from app.models.articles import ArticleRow
from app.models.claim_rows import ClaimRow
from app.models.claims import ClaimDraft
from app.models.documents import ArticleDraft
from app.models.fields import Json
from app.readers import Extractors, Read, read
from app.revise import carry_over, redate
from app.store import article_reading, articles, claim_parts, claims, fresh, indexing, runs
from app.store.articles import FreshArticle, Known
from app.store.claims import FreshClaim, Parts
from app.store.database import Database, refused, savepoint
from app.store.fresh import Contents
from app.store.numbering import Numbers
from app.store.resolving import Names
from app.supersede import fresh_claims, put_found
from app.urls import address_key

New = tuple[ArticleDraft, Read | None]  # a draft, and what was found in it or is to read it
ANOTHER_TEXT = (
    "article {} is stored under the same address or id with another text;"
    " send on_conflict=revise to add this text as its next revision"
)


@dataclass(frozen=True, slots=True)
class Stored:
    article: Json
    outcome: Literal["created", "unchanged", "revised"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one draft.

    `conflict`: the article `article_id` is known with another text, or bears the address or id, and stays as it was. `faults` then
    say so, and with `invalid` what is wrong in the draft, of which nothing is stored: `article_id` is None.
    """

    article_id: int | None
    became: Literal["created", "unchanged", "revised", "conflict", "invalid"]
    faults: list[Fault] = field(default_factory=list)


def store_many(database: Database, batch: Sequence[New], made_by: str, *, revise: bool = False) -> list[Outcome]:
    """Store articles with what was found in each, all in one transaction, as if one was sent after the other.

    An article is recognised as by `store_article`, in the batch too. What cannot be stored stops nothing: its outcome says why.
    """
    try:
        with database.transaction() as session, _without_collecting():
            return _store(session, batch, made_by, revise=revise)
    except refused(database):
        with database.transaction() as session:
            return [_store_alone(session, item, made_by, revise=revise) for item in batch]


@contextmanager
def _without_collecting() -> Iterator[None]:
    """A batch makes a million objects that stay until its end: to look among them for circles takes a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def store_article(database: Database, draft: ArticleDraft, extractors: Extractors, made_by: str, *, revise: bool = False) -> Stored:
    """Store an article, or recognise it: by its address, its id at the source, or else its source and text.

    Raises:
        AlreadyStored: when it is known with another text and `revise` is not set.
        Unusable: when a claim sent along does not stand in the text as it says, or no such extractor is installed.
        ExtractorUnavailable: when the extractor cannot do its work now.
    """
    with database.reading() as session:
        known = articles.known_as(session, draft)
        if known is not None and known.has(draft.text):
            return Stored(article_reading.get(session, known.article_id), "unchanged")
    reading = read(extractors, draft.extract, draft.text, draft.published, draft.language)
    with database.transaction() as session:
        (outcome,) = _store(session, [(draft, reading)], made_by, revise=revise)
        if outcome.became == "conflict":
            raise AlreadyStored(outcome.faults[0].detail, f"/articles/{outcome.article_id}")
        if outcome.article_id is None or outcome.became == "invalid":
            raise Unusable(outcome.faults)
        return Stored(article_reading.get(session, outcome.article_id), outcome.became)


def put_contents(
    session: Session, article: ArticleRow, text: str, reading: Read | None, sent: list[ClaimDraft], made_by: str
) -> None:
    """Store what was sent along with a revision that is not the first, and what was found in it or that it is to be read.

    Of two claims on the same words the one that a person has had a hand in stays: carried over or sent.
    """
    names = Names(session, sent=claim_parts.named_in(sent))
    checked = claim_parts.all_checked(names, text, sent, made_by)
    names.write(session)
    claims.add_many(session, [(article, parts, made_by) for parts in checked], reviewed=True)
    if reading is not None and reading.found is None:
        jobs.enqueue(session, article, reading.requested, reading.extractor)
    elif reading is not None and reading.found is not None:
        put_found(session, article, text, reading.found)
        runs.complete(session, runs.add(session, article, reading.requested, reading.extractor), reading.found)


def _store(session: Session, batch: Sequence[New], made_by: str, *, revise: bool) -> list[Outcome]:
    """Together whatever comes before the next one that is to be revised, which stands alone."""
    outcomes: list[Outcome] = []
    while rest := batch[len(outcomes) :]:
        keys = [articles.natural_keys(draft) for draft, _ in rest]
        known = articles.stored_as(session, (key for own in keys for key in own))
        together = _before_revised(rest, keys, known) if revise else len(rest)
        if together:
            outcomes += _Storing(session, rest[:together], known, made_by).store(keys)
        else:
            article_id = next(known[key].article_id for key in keys[0] if key in known)
            outcomes.append(_revise(session, article_id, *rest[0], made_by))
    return outcomes


def _store_alone(session: Session, item: New, made_by: str, *, revise: bool) -> Outcome:
    """In a savepoint: when the database refuses it, in spite of what was checked, the others are stored."""
    try:
        with savepoint(session):
            return _store(session, [item], made_by, revise=revise)[0]
    except refused(session) as error:
        return Outcome(None, "invalid", [Fault("", f"the database refuses it: {error}")])


def _before_revised(batch: Sequence[New], keys: Sequence[list[str]], stored: Mapping[str, Known]) -> int:
    """How many come before the first that is known with another text, here or in the batch."""
    known = {key: one.text_hash for key, one in stored.items()}
    for i, ((draft, _), own) in enumerate(zip(batch, keys, strict=True)):
        text_hash = articles.text_hash(draft.text)
        if next((known[key] for key in own if key in known), text_hash) != text_hash:
            return i
        known |= dict.fromkeys(own, text_hash)
    return len(batch)


class _Storing:
    """Articles of which none is to be revised: one after the other in memory, then written together."""

    def __init__(self, session: Session, batch: Sequence[New], known: dict[str, Known], made_by: str) -> None:
        self.session, self.batch, self.known, self.made_by = session, batch, known, made_by
        self.now = datetime.now(UTC)
        found = [entity for _, reading in batch if reading and reading.found for entity in reading.found.entities]
        self.names = Names(session, found, claim_parts.named_in(claim for draft, _ in batch for claim in draft.claims))
        self.article_ids, self.claim_ids = Numbers(session, ArticleRow), Numbers(session, ClaimRow)
        self.new: list[Contents] = []
        self.claims = 0

    def store(self, keys: Sequence[list[str]]) -> list[Outcome]:
        """`keys` are the natural keys of each draft."""
        outcomes = [self._outcome(draft, reading, own) for (draft, reading), own in zip(self.batch, keys, strict=False)]
        self.names.write(self.session)
        fresh.put(self.session, self.new, self.made_by)
        jobs.tell(self.session, [one.article.id for one in self.new if one.is_waiting])
        return outcomes

    def _outcome(self, draft: ArticleDraft, reading: Read | None, keys: list[str]) -> Outcome:
        text_hash = articles.text_hash(draft.text)
        known = next((self.known[key] for key in keys if key in self.known), None)
        if known is not None:
            if known.text_hash == text_hash:
                return Outcome(known.article_id, "unchanged")
            return Outcome(known.article_id, "conflict", [Fault("", ANOTHER_TEXT.format(known.article_id))])
        try:
            sent = claim_parts.all_checked(self.names, draft.text, draft.claims, self.made_by)
        except Unusable as error:
            return Outcome(None, "invalid", error.faults)
        article = FreshArticle(self.article_ids[len(self.new)], draft, keys, text_hash)
        self.known |= dict.fromkeys(keys, Known(article.id, text_hash))
        self.new.append(self._contents(article, reading, sent))
        return Outcome(article.id, "created")

    def _contents(self, article: FreshArticle, reading: Read | None, sent: list[Parts]) -> Contents:
        contents = Contents(article, [self._claim(article, parts, self.made_by, reviewed=True) for parts in sent])
        if reading is None:
            return contents
        found, ids = reading.found, []
        if found is not None:
            ids = self.names.told(found.entities, found.extractor)
            parts_found = fresh_claims(article.draft.text, found, ids, sent)
            contents.claims += [self._claim(article, parts, found.extractor, reviewed=False) for parts in parts_found]
        contents.take(reading.requested, reading.extractor, found, ids, self.now)
        return contents

    def _claim(self, article: FreshArticle, parts: Parts, made_by: str, *, reviewed: bool) -> FreshClaim:
        self.claims += 1
        return FreshClaim(self.claim_ids[self.claims - 1], article, parts, made_by, reviewed)


def _revise(session: Session, article_id: int, draft: ArticleDraft, reading: Read | None, made_by: str) -> Outcome:
    """In a savepoint: whatever goes wrong, the transaction goes on as it was before."""
    try:
        with savepoint(session):
            article = articles.row(session, article_id)
            with indexing.moved(session, article):
                if articles.set_metadata(session, article, _told_anew(article, draft)):
                    articles.touch(session, article, made_by)
                carry_over(session, article, draft.text, made_by)
                redate(session, article)
                put_contents(session, article, draft.text, reading, draft.claims, made_by)
    except Unusable as error:
        return Outcome(None, "invalid", error.faults)
    except AlreadyStored as error:
        return Outcome(int(error.path.rpartition("/")[2]), "conflict", [Fault("", str(error))])
    return Outcome(article_id, "revised")


def _told_anew(article: ArticleRow, draft: ArticleDraft) -> dict[str, Any]:
    """The metadata sent with a new text; another spelling of the address that is stored is none."""
    told = draft.model_dump(exclude_unset=True, exclude={"text", "claims", "extract"})
    if draft.url and article.url and address_key(draft.url) == address_key(article.url):
        del told["url"]
    return told
