"""Copies: stories and reprints kept in step with articles and claims, what people say about them, and how they are answered."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, case, func, or_, select
from sqlmodel import Session

from app.errors import NotFound
from app.models.articles import ArticleRow
from app.models.copies import ArticleStoryRow, CopyJudgementRow, UnsignedArticleRow, Verdict
from app.models.fields import Json
from app.models.lists import Applied, ListQuery
from app.models.times import UNDATED
from app.store import articles, claim_reading, reprints, stories
from app.store.pages import Order, page, walk
from app.store.prepared import IDS, Prepared, instant, table
from app.store.signatures import Signatures
from app.store.standing import Article

_article, _story, _judged = (table(row).c for row in (ArticleRow, ArticleStoryRow, CopyJudgementRow))
_other = table(ArticleStoryRow).alias()
_COUNTS = Prepared(
    select(_story.article_id, func.count() - 1)
    .join_from(table(ArticleStoryRow), _other, _other.c.story_id == _story.story_id)
    .where(_story.article_id.in_(IDS))
    .group_by(_story.article_id)
)
_PLACES = Prepared(select(_story.article_id, _story.story_id).where(_story.article_id.in_(IDS)))
_JUDGEMENTS = Prepared(
    select(_judged.article_a, _judged.article_b, _judged.verdict, _judged.made_by, instant(_judged.recorded_at)).where(
        or_(_judged.article_a == bindparam("one"), _judged.article_b == bindparam("one"))
    )
)
_PUBLISHED = case((_article.earliest == UNDATED, 2**62), else_=_article.earliest)  # undated ones last


def settled(
    session: Session, article_ids: Sequence[int], take_out: Callable[[Session, int], None], again: Iterable[int] | None = None
) -> list[int]:
    """Give changed articles their places among the stories; the articles that are to be put into the index, these among them.

    The articles stand in no index; what else changes with them is taken out. With `again` they stand in the index, and so are
    only given if they changed; `again` are placed anew even so.
    """
    out = _Out(session, take_out, set(article_ids) if again is None else set())
    settling = stories.Settling(session, Signatures(session))
    places = settling.settle(article_ids, again or ())
    _keep(session, settling, places, {*article_ids, *places}, out)
    return sorted(out.ids)


def settled_new(session: Session, new: Sequence[Article], take_out: Callable[[Session, int], None]) -> list[int]:
    """As `settled`, of articles that have just been stored as they are told here, and that learn it; the others that changed."""
    ids = {article.id for article in new}
    out = _Out(session, take_out, set(ids))
    settling = stories.Settling(session, Signatures(session))
    places = settling.settle_new(new)
    reprinted = _keep(session, settling, places, places.keys(), out) if places else set()
    for article in new:
        article.is_copy = _is_later(article.id, places.get(article.id))
        for claim in article.claims:
            claim.is_reprint = claim.id in reprinted
    return sorted(out.ids - ids)


@dataclass(slots=True)
class _Out:
    """`ids` are the articles that stand in no index now."""

    session: Session
    take_out: Callable[[Session, int], None]
    ids: set[int]

    def take(self, article_ids: Iterable[int]) -> None:
        for i in sorted(set(article_ids) - self.ids):
            self.take_out(self.session, i)
            self.ids.add(i)


def _keep(
    session: Session, settling: stories.Settling, places: dict[int, stories.Place | None], touched: Collection[int], out: _Out
) -> set[int]:
    """Write the places and the reprints that come with them; the claims that have become reprints."""
    out.take(i for i, at in places.items() if _is_later(i, at) != _is_later(i, settling.before.get(i)))
    stories.keep(session, places, settling.before)
    changed = reprints.changes(session, settling.stories_of(touched), settling.before.keys() & touched)
    out.take(article for article, first, was in changed.values() if (first is None) != (was is None))
    reprints.keep(session, changed)
    return {claim for claim, (_, first, _) in changed.items() if first is not None}


def counts(session: Session, article_ids: Sequence[int]) -> dict[int, int]:
    """How many other articles each one's story has; those that stand alone are left out."""
    return dict(_COUNTS.rows(session, article_ids))


def story_of(session: Session, article_id: int) -> list[int]:
    """The articles of its story, itself among them."""
    found = select(_other.c.article_id).join(table(ArticleStoryRow), _story.story_id == _other.c.story_id)
    return list(session.scalars(found.where(_story.article_id == article_id))) or [article_id]


def judge(session: Session, one: int, other: int, verdict: Verdict, made_by: str, now: datetime) -> None:
    """In the place of what was said of the two before."""
    first, second = sorted((one, other))
    session.merge(CopyJudgementRow(article_a=first, article_b=second, verdict=verdict, made_by=made_by, recorded_at=now))
    session.flush()


def find(session: Session, query: ListQuery, article_id: int) -> tuple[Json, str | None]:
    """The other articles of its story, the first one first.

    Raises:
        NotFound: when there is no such article.
    """
    articles.row(session, article_id)
    others = (
        select(_article.id)
        .join_from(table(ArticleStoryRow), _other, _other.c.story_id == _story.story_id)
        .join(table(ArticleRow), _article.id == _other.c.article_id)
        .where(_story.article_id == article_id, _other.c.article_id != article_id)
    )
    found = walk(session, others, Order(_PUBLISHED, _article.id, descending=False), query)
    items = _shown(session, article_id, found.ids)
    return page(items, found, Applied(sort="published", q=None, entities=[], ranges=[], notes=[]))


def get(session: Session, article_id: int, other: int) -> Json:
    """One of the other articles of its story.

    Raises:
        NotFound: when it is none.
    """
    if other == article_id or other not in story_of(session, article_id):
        raise NotFound(f"article {other} is no copy of article {article_id}")
    return _shown(session, article_id, [other])[0]


def unsigned(session: Session, last: int, most: int) -> list[int]:
    """The next articles behind the id `last` that an older program has stored."""
    of = table(UnsignedArticleRow).c.article_id
    return list(session.scalars(select(of).where(of > last).order_by(of).limit(most)))


def _shown(session: Session, article_id: int, ids: Sequence[int]) -> list[Json]:
    """In the shape of `Copy`."""
    refs = claim_reading.article_refs(session, ids)
    places = dict(_PLACES.rows(session, ids))
    told = {
        (b if a == article_id else a): {"verdict": verdict, "made_by": by, "recorded_at": at}
        for a, b, verdict, by, at in _JUDGEMENTS.rows(session, one=article_id)
    }
    signatures = Signatures(session)
    signatures.read([article_id, *ids])
    return [
        {
            "article": refs[i],
            "score": round(signatures.score(article_id, i), 3),
            "is_first": places[i] == i,
            "judgement": told.get(i),
        }
        for i in ids
    ]


def _is_later(article_id: int, place: stories.Place | None) -> bool:
    return place is not None and place[0] != article_id
