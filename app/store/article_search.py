"""Which articles answer a question: one condition for each filter that only articles have."""

from functools import partial

from sqlalchemy import exists
from sqlmodel import Session, col

from app.models.articles import ArticleFilters, ArticleLinkRow, ArticleQuery, ArticleRow
from app.models.dates import ArticleDateRow
from app.models.facets import ArticleFacetsQuery
from app.models.fields import Json
from app.models.timelines import ArticleTimelineQuery
from app.store import article_reading, facets, timelines
from app.store.filters import published_between, recorded_between, speaks_about, understand
from app.store.pages import Order, page, read_moment
from app.store.searching import Search
from app.store.statements import Noun
from app.store.timelines import Timed

_ABOUT = (
    (col(ArticleDateRow.article_id) == ArticleRow.id)
    & (col(ArticleDateRow.revision) == ArticleRow.revision)
    & col(ArticleDateRow.earliest).is_not(None)
)
ARTICLES = Noun(
    "article",
    ArticleRow,
    ArticleLinkRow,
    {"-recorded": Order(col(ArticleRow.recorded_at), col(ArticleRow.id), descending=True, read=read_moment)},
    {"entity": "articles"},
)
_DATES = {"about": (lambda rows: rows.join(ArticleDateRow, _ABOUT), col(ArticleDateRow.earliest), col(ArticleDateRow.latest))}


def find(session: Session, query: ArticleQuery) -> tuple[Json, str | None]:
    """One page, and the cursor of the next."""
    search = asked(session, query)
    search.question.sort_by(query.sort)
    found = search.page(query)
    if query.detail == "full":
        items = article_reading.whole(session, found.ids)
    else:
        items = article_reading.read(session, found.ids, search.question.asked)
    return page(items, found, search.question.applied(query))


def timeline(session: Session, query: ArticleTimelineQuery) -> Json:
    """How many there are in each interval, by publication or by the time they speak about."""
    return timelines.count(Timed(partial(asked, session), query, lambda rows: rows, _DATES))


def count_values(session: Session, query: ArticleFacetsQuery) -> Json:
    """How often each value of a filter stands among them."""
    return facets.count(asked(session, query), query)


def asked(session: Session, query: ArticleFilters) -> Search:
    """What is asked for, as tags and conditions."""
    question = understand(session, query, ["entity"])
    question.rows += recorded_between(col(ArticleRow.recorded_at), query)
    if about := speaks_about(col(ArticleDateRow.earliest), col(ArticleDateRow.latest), query):
        question.rows.append(exists().where(_ABOUT, *about))
    doubtful = published_between(col(ArticleRow.earliest), col(ArticleRow.latest), query) if question.is_cut else []
    return Search(session, ARTICLES, question, doubtful)
