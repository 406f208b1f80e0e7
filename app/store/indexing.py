"""The search index and the links of an article and its claims: taken out before anything of it changes, put in again behind it.

What stands in the index is made from the stored rows and from nothing else, so that it says the same as they do.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, bindparam, delete, select, update
from sqlmodel import Session, SQLModel, col

from app.models.articles import ArticleAuthorRow, ArticleLinkRow, ArticleRow, MentionRow, RevisionRow
from app.models.claim_rows import ANY, SPEAKER, SUBJECT, ClaimHedgeRow, ClaimLinkRow, ClaimPartRow, ClaimPartyRow, ClaimRow
from app.models.copies import ArticleStoryRow, ClaimReprintRow
from app.models.dates import ArticleDateRow, ClaimDateRow
from app.models.entities import EntityRow
from app.store import claims, copies, rows, tags, time_keys
from app.store.fulltext import Entry, engine
from app.store.prepared import table

_ROLES = {"speaker": SPEAKER, "subject": SUBJECT}
_COUNTED = {ANY: "claims", SPEAKER: "claims_made", SUBJECT: "claims_about"}


@dataclass(slots=True)
class _Standing:
    """An article or a claim with what stands in it."""

    row: Any
    tags: set[str] = field(default_factory=lambda: {tags.EVERY})
    entities: set[int] = field(default_factory=set)
    parties: set[tuple[int, int]] = field(default_factory=set)
    more_words: list[str] = field(default_factory=list)


def put_in(session: Session, article_ids: Sequence[int]) -> None:
    """Give these articles and their claims places in time and among the stories, links and words. They must be in no index yet.

    A place that still fits is kept. What was withdrawn loses its place.
    """
    session.flush()
    _put(session, copies.settled(session, article_ids, take_out))


def settle(session: Session, article_ids: Sequence[int], again: Sequence[int] = ()) -> None:
    """Give these, which are in the index, their places among the stories; those of `again` even if nothing of them changed."""
    session.flush()
    _put(session, copies.settled(session, article_ids, take_out, again))


def _put(session: Session, article_ids: Sequence[int]) -> None:
    _forget_withdrawn(session, article_ids)
    articles, claims_ = _read(session, article_ids)
    in_order = sorted(articles.values(), key=lambda a: (a.row.earliest, a.row.id))
    keys = _place(session, ArticleRow, [(a.row.id, a.row.earliest, a.row.time_key) for a in in_order])
    earliest = {a.row.id: a.row.earliest for a in in_order}
    wanted = [(c.row.id, earliest[c.row.article_id], c.row.time_key) for c in claims_.values()]
    claim_keys = _place(session, ClaimRow, sorted(wanted, key=lambda w: w[1]))
    links, claim_links = _article_links(articles, keys), _claim_links(claims_, claim_keys)
    rows.add(session, ArticleLinkRow, links)
    rows.add(session, ClaimLinkRow, claim_links)
    _count(session, links, claim_links, 1)
    engine(session).put(session, "article", _article_entries(articles, keys))
    engine(session).put(session, "claim", _claim_entries(claims_, claim_keys))


def take_out(session: Session, article_id: int) -> None:
    """Out of the index and of every search, as it was put in; to be called while the rows still say the same."""
    session.flush()
    articles, claims_ = _read(session, [article_id])
    keys = {i: a.row.time_key for i, a in articles.items()}
    claim_keys = {i: c.row.time_key for i, c in claims_.items()}
    engine(session).drop(session, "article", _article_entries(articles, keys))
    engine(session).drop(session, "claim", _claim_entries(claims_, claim_keys))
    links, claim_links = _article_links(articles, keys), _claim_links(claims_, claim_keys)
    _unlink(session, ArticleLinkRow, links)
    _unlink(session, ClaimLinkRow, claim_links)
    _count(session, links, claim_links, -1)


@contextmanager
def moved(session: Session, article: ArticleRow) -> Iterator[None]:
    """Whatever is changed inside, the index says the same afterwards."""
    take_out(session, article.id)
    yield
    put_in(session, [article.id])


def _read(session: Session, article_ids: Sequence[int]) -> tuple[dict[int, _Standing], dict[int, _Standing]]:
    """Live articles and their live claims, in text order, each with all that it is found by."""
    article, revision, claim = table(ArticleRow).c, table(RevisionRow).c, table(ClaimRow).c
    columns = ("id", "revision", "title", "source_id", "language", "earliest", "time_key", "recorded_at")
    current = and_(revision.article_id == article.id, revision.number == article.revision)
    live = (article.id.in_(article_ids), article.withdrawn_at.is_(None))
    found = session.execute(
        select(*(article[name] for name in columns), revision.text)
        .join_from(table(ArticleRow), table(RevisionRow), current)
        .where(*live)
    )
    articles = {row.id: _Standing(row) for row in found}
    _read_articles(session, articles)
    of_claim = (
        "id",
        "article_id",
        "exact",
        "kind",
        "negated",
        "status",
        "said",
        "said_latest",
        "confidence",
        "time_key",
        "recorded_at",
    )
    standing = and_(claim.article_id.in_(list(articles)), claim.withdrawn_at.is_(None))
    found = session.execute(
        select(*(claim[name] for name in of_claim)).where(standing).order_by(claim.article_id, claim.start, claim.id)
    )
    claims_ = {row.id: _Standing(row) for row in found}
    _read_claims(session, claims_, articles, standing)
    return articles, claims_


def _read_articles(session: Session, articles: dict[int, _Standing]) -> None:
    for standing in articles.values():
        row = standing.row
        standing.tags |= {*tags.languages(row.language), *tags.recorded(row.recorded_at)}
        if row.source_id is not None:
            standing.tags.add(tags.source(row.source_id))
    for row in _of_articles(session, ArticleAuthorRow, articles, "key"):
        articles[row.article_id].tags.add(tags.author(row.key))
    for row in _of_articles(session, ArticleStoryRow, articles, "story_id"):
        if row.story_id != row.article_id:
            articles[row.article_id].tags.add(tags.COPY)
    for row in _of_articles(session, MentionRow, articles, "revision", "entity_id"):
        if row.revision == articles[row.article_id].row.revision:
            articles[row.article_id].entities.add(row.entity_id)
    for row in _of_articles(session, ArticleDateRow, articles, "revision", "earliest", "latest"):
        if row.earliest is not None and row.revision == articles[row.article_id].row.revision:
            articles[row.article_id].tags |= tags.stretch(tags.ABOUT, row.earliest, row.latest)


def _read_claims(session: Session, claims_: dict[int, _Standing], articles: dict[int, _Standing], live: Any) -> None:
    for standing in claims_.values():
        row, of_article = standing.row, articles[standing.row.article_id]
        inherited = {tag for tag in of_article.tags if not tag.startswith((tags.ABOUT, tags.RECORDED, tags.COPY))}
        standing.tags |= inherited | tags.recorded(row.recorded_at)
        standing.tags |= {tags.article(row.article_id), tags.kind(row.kind), tags.status(row.status), tags.negated(row.negated)}
        standing.tags.add(tags.confidence(row.confidence))
        if row.said:
            standing.tags |= tags.stretch(tags.SAID, row.said, row.said_latest)
    for row in _of_claims(session, ClaimPartyRow, live, "role", "kind", "entity_id"):
        standing = claims_[row.claim_id]
        if row.role == "speaker":
            standing.tags.add(tags.speaker_kind(row.kind))
        if row.entity_id is not None:
            standing.parties.add((row.entity_id, _ROLES[row.role]))
            standing.tags |= {tags.party(row.role, row.entity_id), tags.party("entity", row.entity_id)}
            articles[standing.row.article_id].entities.add(row.entity_id)
    hedged = {row.claim_id for row in _of_claims(session, ClaimHedgeRow, live)}
    for row in _of_claims(session, ClaimDateRow, live, "role", "earliest", "latest"):
        if row.role == "about" and row.earliest is not None:
            claims_[row.claim_id].tags |= tags.stretch(tags.ABOUT, row.earliest, row.latest)
    for row in _of_claims(session, ClaimReprintRow, live):
        claims_[row.claim_id].tags.add(tags.COPY)
    for row in _of_claims(session, ClaimPartRow, live, "position", "exact"):
        claims_[row.claim_id].more_words.append(row.exact)
    for claim_id, standing in claims_.items():
        standing.tags.add(tags.hedged(claim_id in hedged))
    for standing in articles.values():
        standing.tags |= {tags.party("entity", entity_id) for entity_id in standing.entities}


def _of_articles(session: Session, row: type[SQLModel], articles: dict[int, _Standing], *columns: str) -> Any:
    c = table(row).c
    return session.execute(select(c.article_id, *(c[name] for name in columns)).where(c.article_id.in_(list(articles))))


def _of_claims(session: Session, row: type[SQLModel], live: Any, *columns: str) -> Any:
    c = table(row).c
    of_claim = select(c.claim_id, *(c[name] for name in columns)).join(table(ClaimRow), table(ClaimRow).c.id == c.claim_id)
    return session.execute(of_claim.where(live).order_by(*table(row).primary_key.columns))


def _article_entries(articles: dict[int, _Standing], keys: Any) -> list[Entry]:
    return [Entry(keys[i], (a.row.text, a.row.title or ""), frozenset(a.tags)) for i, a in articles.items()]


def _claim_entries(claims_: dict[int, _Standing], keys: Any) -> list[Entry]:
    return [Entry(keys[i], (claims.words(c.row.exact, c.more_words),), frozenset(c.tags)) for i, c in claims_.items()]


def _article_links(articles: dict[int, _Standing], keys: Any) -> list[dict[str, int]]:
    return [{"entity_id": entity_id, "time_key": keys[i]} for i, a in articles.items() for entity_id in a.entities]


def _claim_links(claims_: dict[int, _Standing], keys: Any) -> list[dict[str, int]]:
    """A rejected claim has none: what is read from links need not look at the claim."""
    return [
        {"entity_id": entity_id, "role": role, "time_key": keys[i]}
        for i, claim in claims_.items()
        if claim.row.status != "rejected"
        for entity_id, role in claim.parties | {(entity_id, ANY) for entity_id, _ in claim.parties}
    ]


def _unlink(session: Session, row: type[SQLModel], links: list[dict[str, int]]) -> None:
    c = table(row).c
    if links:
        rows.many(
            session,
            delete(table(row)).where(*(c[name] == bindparam(f"of_{name}") for name in links[0])),
            [{f"of_{name}": value for name, value in link.items()} for link in links],
        )


def _count(session: Session, links: list[dict[str, int]], claim_links: list[dict[str, int]], sign: int) -> None:
    """Keep in step what entities count of their links."""
    found: defaultdict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(("articles", *_COUNTED.values()), 0))
    for link in links:
        found[link["entity_id"]]["articles"] += sign
    for link in claim_links:
        found[link["entity_id"]][_COUNTED[link["role"]]] += sign
    entity = table(EntityRow)
    more = {name: entity.c[name] + bindparam(f"more_{name}") for name in ("articles", *_COUNTED.values())}
    rows.many(
        session,
        update(entity).where(entity.c.id == bindparam("row")).values(more),
        [{"row": i, **{f"more_{name}": n for name, n in counts.items()}} for i, counts in sorted(found.items())],
    )


def _place(session: Session, row: type[SQLModel], wanted: Any) -> Any:
    keys = time_keys.allot(session, table(row).c.time_key, wanted)
    fresh = [{"row": row_id, "key": keys[row_id]} for row_id, _, so_far in wanted if keys[row_id] != so_far]
    if fresh:
        rows.many(session, update(table(row)).where(table(row).c.id == bindparam("row")).values(time_key=bindparam("key")), fresh)
    return keys


def _forget_withdrawn(session: Session, article_ids: Sequence[int]) -> None:
    for row, of_article in ((ArticleRow, ArticleRow.id), (ClaimRow, ClaimRow.article_id)):
        gone = (col(of_article).in_(article_ids), col(row.withdrawn_at).is_not(None), col(row.time_key).is_not(None))
        session.connection().execute(update(table(row)).where(*gone).values(time_key=None))
