"""The search index and the links of an article and its claims: taken out before anything of it changes, put in again behind it.

What stands in the index is made by `standing` from what the rows say, and from nothing else, so that it says the same as they do.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import bindparam, delete, update
from sqlmodel import Session, SQLModel, col

from app.models.articles import ArticleLinkRow, ArticleRow
from app.models.claim_rows import ANY, SPEAKER, SUBJECT, ClaimLinkRow, ClaimRow
from app.models.entities import EntityRow
from app.store import copies, rows, standing, time_keys
from app.store.fulltext import engine
from app.store.prepared import table
from app.store.standing import Article

TABLES = ("article_link", "claim_link", "article_fts", "claim_fts")  # what is made here, beside what entities count
_COUNTED = {ANY: "claims", SPEAKER: "claims_made", SUBJECT: "claims_about"}
_COUNTS = ("articles", *_COUNTED.values())
_entity = table(EntityRow)
_COUNT = rows.Many(
    update(_entity)
    .where(_entity.c.id == bindparam("row"))
    .values({name: _entity.c[name] + bindparam(f"more_{name}") for name in _COUNTS})
)


def _of(row: type[SQLModel], *columns: str) -> rows.Many:
    c = table(row).c
    return rows.Many(delete(table(row)).where(*(c[name] == bindparam(f"of_{name}") for name in columns)))


_UNLINK = {
    ArticleLinkRow: _of(ArticleLinkRow, "entity_id", "time_key"),
    ClaimLinkRow: _of(ClaimLinkRow, "entity_id", "role", "time_key"),
}
_PLACE: dict[type[SQLModel], rows.Many] = {
    row: rows.Many(update(table(row)).where(table(row).c.id == bindparam("row")).values(time_key=bindparam("key")))
    for row in (ArticleRow, ClaimRow)
}


def put_in(session: Session, article_ids: Sequence[int]) -> None:
    """Give these articles and their claims places in time and among the stories, links and words. They must be in no index yet.

    A place that still fits is kept. What was withdrawn loses its place.
    """
    session.flush()
    put_settled(session, copies.settled(session, article_ids, take_out))


def settle(session: Session, article_ids: Sequence[int], again: Sequence[int] = ()) -> None:
    """Give these, which are in the index, their places among the stories; those of `again` even if nothing of them changed."""
    session.flush()
    put_settled(session, copies.settled(session, article_ids, take_out, again))


def put_settled(session: Session, article_ids: Sequence[int]) -> None:
    """As `put_in`, of articles whose places among the stories are settled."""
    _forget_withdrawn(session, article_ids)
    articles = sorted(standing.read(session, article_ids), key=lambda article: article.id)
    for row, placed in place(session, articles).items():
        _PLACE[row].run(session, placed)
    _put_placed(session, articles)


def put_new(session: Session, articles: Sequence[Article]) -> None:
    """As `put_in`, of articles whose rows have just been written as they are told here."""
    others = copies.settled_new(session, articles, take_out)
    _put_placed(session, articles)
    put_settled(session, others)


def place(session: Session, articles: Sequence[Article]) -> dict[type[SQLModel], list[dict[str, int]]]:
    """Give each article, in this order, and each of its claims a place; the rows whose place is another one now, by table."""
    of_articles = [(article, article.earliest) for article in articles]
    of_claims = [(claim, article.earliest) for article in articles for claim in article.claims]
    changed: dict[type[SQLModel], list[dict[str, int]]] = {}
    both: tuple[tuple[type[SQLModel], Any], ...] = ((ArticleRow, of_articles), (ClaimRow, of_claims))
    for row, wanted in both:
        keys = time_keys.allot(session, table(row), [(one.id, moment, one.time_key) for one, moment in wanted])
        changed[row] = [{"row": one.id, "key": keys[one.id]} for one, _ in wanted if keys[one.id] != one.time_key]
        for one, _ in wanted:
            one.time_key = keys[one.id]
    return changed


def _put_placed(session: Session, articles: Sequence[Article]) -> None:
    """The links and words of what has a place but is in no index yet."""
    links, claim_links = _links(articles)
    rows.add(session, ArticleLinkRow, links)
    rows.add(session, ClaimLinkRow, claim_links)
    _count(session, links, claim_links, 1)
    entries = [article.entries() for article in articles]
    engine(session).put(session, "article", [own for own, _ in entries])
    engine(session).put(session, "claim", [entry for _, of_claims in entries for entry in of_claims])


def take_out(session: Session, article_id: int) -> None:
    """Out of the index and of every search, as it was put in; to be called while the rows still say the same."""
    session.flush()
    articles = standing.read(session, [article_id])
    entries = [article.entries() for article in articles]
    engine(session).drop(session, "article", [own for own, _ in entries])
    engine(session).drop(session, "claim", [entry for _, of_claims in entries for entry in of_claims])
    links, claim_links = _links(articles)
    for row, some in ((ArticleLinkRow, links), (ClaimLinkRow, claim_links)):
        _UNLINK[row].run(session, [{f"of_{name}": value for name, value in link.items()} for link in some])
    _count(session, links, claim_links, -1)


@contextmanager
def moved(session: Session, article: ArticleRow) -> Iterator[None]:
    """Whatever is changed inside, the index says the same afterwards."""
    take_out(session, article.id)
    yield
    put_in(session, [article.id])


def _links(articles: Sequence[Article]) -> tuple[list[dict[str, int]], list[dict[str, int]]]:
    links = [link for article in articles for link in article.links()]
    return links, [link for article in articles for claim in article.claims for link in claim.links()]


def _count(session: Session, links: list[dict[str, int]], claim_links: list[dict[str, int]], sign: int) -> None:
    """Keep in step what entities count of their links."""
    found: defaultdict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(_COUNTS, 0))
    for link in links:
        found[link["entity_id"]]["articles"] += sign
    for link in claim_links:
        found[link["entity_id"]][_COUNTED[link["role"]]] += sign
    _COUNT.run(session, [{"row": i, **{f"more_{name}": n for name, n in counts.items()}} for i, counts in sorted(found.items())])


def _forget_withdrawn(session: Session, article_ids: Sequence[int]) -> None:
    for row, of_article in ((ArticleRow, ArticleRow.id), (ClaimRow, ClaimRow.article_id)):
        gone = (col(of_article).in_(article_ids), col(row.withdrawn_at).is_not(None), col(row.time_key).is_not(None))
        session.connection().execute(update(table(row)).where(*gone).values(time_key=None))
