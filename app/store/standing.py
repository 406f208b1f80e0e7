"""What an article and its claims are found by, as their rows say it: read from the archive, or told by rows about to be stored."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlmodel import Session, SQLModel

from app.folding import joined
from app.models.articles import ArticleAuthorRow, ArticleRow, MentionRow, RevisionRow
from app.models.claim_rows import ANY, SPEAKER, SUBJECT, ClaimHedgeRow, ClaimPartRow, ClaimPartyRow, ClaimRow
from app.models.copies import ArticleStoryRow, ClaimReprintRow
from app.models.dates import ArticleDateRow, ClaimDateRow
from app.store import claims, tags
from app.store.fulltext import Entry
from app.store.prepared import table

_ROLES = {"speaker": SPEAKER, "subject": SUBJECT}
Days = tuple[int, int]


@dataclass(slots=True)
class Claim:
    id: int
    exact: str
    kind: str
    negated: bool
    status: str
    said: int
    said_latest: int
    confidence: float | None
    time_key: Any  # an integer once it has a place
    recorded_at: datetime
    parties: list[tuple[str, str, int | None]] = field(default_factory=list)  # role, kind, entity
    is_hedged: bool = False
    about: list[Days] = field(default_factory=list)
    continued: list[str] = field(default_factory=list)
    is_reprint: bool = False

    def entry(self, inherited: str) -> Entry:
        """`inherited` are tags of its article."""
        own = [inherited, tags.recorded(self.recorded_at)]
        own.append(tags.qualities(self.kind, self.status, self.negated, self.confidence, self.is_hedged))
        if self.is_reprint:
            own.append(tags.COPY)
        if self.said:
            own.append(tags.stretches(tags.SAID, (self.said, self.said_latest)))
        if self.about:
            own.append(tags.stretches(tags.ABOUT, *self.about))
        parties: dict[str, None] = {}
        for role, kind, entity_id in self.parties:
            if role == "speaker":
                parties[tags.speaker_kind(kind)] = None
            if entity_id is not None:
                parties[tags.party(role, entity_id)] = parties[tags.party("entity", entity_id)] = None
        return Entry(self.time_key, (joined(claims.words(self.exact, self.continued)),), " ".join([*own, *parties]))

    def links(self) -> Iterator[dict[str, int]]:
        """A rejected claim has none: what is read from links need not look at the claim."""
        if self.status != "rejected":
            named = {(entity_id, _ROLES[role]) for role, _, entity_id in self.parties if entity_id is not None}
            for entity_id, role in named | {(entity_id, ANY) for entity_id, _ in named}:
                yield {"entity_id": entity_id, "role": role, "time_key": self.time_key}


@dataclass(slots=True)
class Article:
    """With its live claims in text order."""

    id: int
    revision: int
    title: str | None
    source_id: int | None
    language: str | None
    earliest: int
    time_key: Any
    recorded_at: datetime
    words: str  # of its text, as `folding.joined` spells them
    authors: list[str] = field(default_factory=list)  # as keys
    named: set[int] = field(default_factory=set)
    about: list[Days] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    is_copy: bool = False

    def entries(self) -> tuple[Entry, list[Entry]]:
        """Of the article, and of its claims, which inherit whatever is not the article's alone."""
        inherited = " ".join(sorted({*self._inherited()}))
        own = [inherited, tags.recorded(self.recorded_at)]
        if self.is_copy:
            own.append(tags.COPY)
        if self.about:
            own.append(tags.stretches(tags.ABOUT, *self.about))
        named = (tags.party("entity", entity_id) for entity_id in sorted(self._entities()))
        entry = Entry(self.time_key, (self.words, joined(self.title or "")), " ".join([*own, *named]))
        of_claims = f"{inherited} {tags.article(self.id)}"
        return entry, [claim.entry(of_claims) for claim in self.claims]

    def links(self) -> Iterator[dict[str, int]]:
        return ({"entity_id": entity_id, "time_key": self.time_key} for entity_id in self._entities())

    def _inherited(self) -> Iterator[str]:
        yield tags.EVERY
        yield from tags.languages(self.language)
        yield from map(tags.author, self.authors)
        if self.source_id is not None:
            yield tags.source(self.source_id)

    def _entities(self) -> set[int]:
        return self.named | {entity_id for claim in self.claims for _, _, entity_id in claim.parties if entity_id is not None}


def read(session: Session, article_ids: Sequence[int]) -> list[Article]:
    """Those that are live, each with all that it is found by."""
    article, revision, claim = table(ArticleRow).c, table(RevisionRow).c, table(ClaimRow).c
    columns = ("id", "revision", "title", "source_id", "language", "earliest", "time_key", "recorded_at")
    current = and_(revision.article_id == article.id, revision.number == article.revision)
    found = session.execute(
        select(*(article[name] for name in columns), revision.text)
        .join_from(table(ArticleRow), table(RevisionRow), current)
        .where(article.id.in_(article_ids), article.withdrawn_at.is_(None))
    )
    articles = {row.id: Article(*row) for row in found}
    for one in articles.values():
        one.words = joined(one.words)
    _read_articles(session, articles)
    of_claim = ("exact", "kind", "negated", "status", "said", "said_latest", "confidence", "time_key", "recorded_at")
    live = and_(claim.article_id.in_(list(articles)), claim.withdrawn_at.is_(None))
    standing: dict[int, Claim] = {}
    for article_id, *values in session.execute(
        select(claim.article_id, claim.id, *(claim[name] for name in of_claim))
        .where(live)
        .order_by(claim.article_id, claim.start, claim.id)
    ):
        standing[values[0]] = Claim(*values)
        articles[article_id].claims.append(standing[values[0]])
    _read_claims(session, standing, live)
    return list(articles.values())


def _read_articles(session: Session, articles: dict[int, Article]) -> None:
    for article_id, key in _of_articles(session, ArticleAuthorRow, articles, "key"):
        articles[article_id].authors.append(key)
    for article_id, story_id in _of_articles(session, ArticleStoryRow, articles, "story_id"):
        articles[article_id].is_copy = story_id != article_id
    for article_id, revision, entity_id in _of_articles(session, MentionRow, articles, "revision", "entity_id"):
        if revision == articles[article_id].revision:
            articles[article_id].named.add(entity_id)
    for article_id, revision, earliest, latest in _of_articles(session, ArticleDateRow, articles, "revision", "earliest", "latest"):
        if earliest is not None and revision == articles[article_id].revision:
            articles[article_id].about.append((earliest, latest))


def _read_claims(session: Session, standing: dict[int, Claim], live: Any) -> None:
    for claim_id, *party in _of_claims(session, ClaimPartyRow, live, "role", "kind", "entity_id"):
        standing[claim_id].parties.append(tuple(party))
    for (claim_id,) in _of_claims(session, ClaimHedgeRow, live):
        standing[claim_id].is_hedged = True
    for claim_id, role, earliest, latest in _of_claims(session, ClaimDateRow, live, "role", "earliest", "latest"):
        if role == "about" and earliest is not None:
            standing[claim_id].about.append((earliest, latest))
    for (claim_id,) in _of_claims(session, ClaimReprintRow, live):
        standing[claim_id].is_reprint = True
    for claim_id, exact in _of_claims(session, ClaimPartRow, live, "exact"):
        standing[claim_id].continued.append(exact)


def _of_articles(session: Session, row: type[SQLModel], articles: Iterable[int], *columns: str) -> Any:
    c = table(row).c
    return session.execute(select(c.article_id, *(c[name] for name in columns)).where(c.article_id.in_(list(articles))))


def _of_claims(session: Session, row: type[SQLModel], live: Any, *columns: str) -> Any:
    c = table(row).c
    of_claim = select(c.claim_id, *(c[name] for name in columns)).join(table(ClaimRow), table(ClaimRow).c.id == c.claim_id)
    return session.execute(of_claim.where(live).order_by(*table(row).primary_key.columns))
