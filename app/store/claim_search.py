"""Which claims answer a question: one condition for each filter that only claims have."""

from functools import partial
from typing import Any

from sqlalchemy import Select, exists, func
from sqlmodel import Session, col

from app.models.articles import ArticleRow
from app.models.claim_rows import ANY, SPEAKER, SUBJECT, ClaimLinkRow, ClaimRow
from app.models.claims import ClaimFilters, ClaimQuery
from app.models.dates import ClaimDateRow
from app.models.facets import ClaimFacetsQuery
from app.models.fields import Json
from app.models.timelines import ClaimTimelineQuery
from app.models.times import day_range
from app.store import cells, claim_reading, facets, tags, timelines
from app.store.filters import Question, published_between, recorded_between, speaks_about, understand
from app.store.pages import Order, page, read_moment
from app.store.searching import Search
from app.store.statements import Noun
from app.store.timelines import Timed

_ID = col(ClaimRow.id)
CLAIMS = Noun(
    "claim",
    ClaimRow,
    ClaimLinkRow,
    {
        "-recorded": Order(col(ClaimRow.recorded_at), _ID, descending=True, read=read_moment),
        "-said": Order(col(ClaimRow.said), _ID, descending=True),
        "about": Order(col(ClaimRow.about), _ID, descending=False),
    },
    {"entity": "claims", "speaker": "claims_made", "subject": "claims_about"},
    {"entity": ANY, "speaker": SPEAKER, "subject": SUBJECT},
)
_ABOUT = (col(ClaimDateRow.claim_id) == _ID) & (col(ClaimDateRow.role) == "about") & col(ClaimDateRow.earliest).is_not(None)
_DATES = {
    "about": (lambda rows: rows.join(ClaimDateRow, _ABOUT), col(ClaimDateRow.earliest), col(ClaimDateRow.latest)),
    "said": (lambda rows: rows.where(ClaimRow.said > 0), col(ClaimRow.said), col(ClaimRow.said_latest)),
}
_WITHOUT_REJECTED = [tags.status("rejected")]  # links know no rejected claims either


def find(session: Session, query: ClaimQuery) -> tuple[Json, str | None]:
    """One page, and the cursor of the next."""
    search = asked(session, query)
    search.question.sort_by(query.sort)
    found = search.page(query)
    items = claim_reading.read(session, found.ids, search.question.asked)
    return page(items, found, search.question.applied(query))


def timeline(session: Session, query: ClaimTimelineQuery) -> Json:
    """How many there are in each interval, by publication, saying or the time they speak about."""
    return timelines.count(Timed(partial(asked, session), query, _with_article, _DATES))


def _with_article(rows: Select[Any]) -> Select[Any]:
    return rows.join(ArticleRow, col(ArticleRow.id) == ClaimRow.article_id)


def count_values(session: Session, query: ClaimFacetsQuery) -> Json:
    """How often each value of a filter stands among them."""
    return facets.count(asked(session, query), query)


def asked(session: Session, query: ClaimFilters) -> Search:
    """What is asked for, as tags and conditions."""
    question = understand(session, query, ["entity", "speaker", "subject"])
    _by_own_columns(question, query)
    question.rows += recorded_between(col(ClaimRow.recorded_at), query)
    if about := speaks_about(col(ClaimDateRow.earliest), col(ClaimDateRow.latest), query):
        question.rows.append(exists().where(_ABOUT, *about))
    doubtful = []
    if question.is_cut:
        published = published_between(col(ArticleRow.earliest), col(ArticleRow.latest), query)
        doubtful = [exists().where(col(ArticleRow.id) == col(ClaimRow.article_id), *published)]
    return Search(session, CLAIMS, question, doubtful)


def _by_own_columns(question: Question, query: ClaimFilters) -> None:
    if query.status:
        question.one_of(map(tags.status, query.status))
    else:
        question.without += _WITHOUT_REJECTED
        question.notes.append("rejected claims are left out; status=rejected asks for them")
    if query.kind:
        question.one_of(map(tags.kind, query.kind))
    if query.article:
        question.one_of(map(tags.article, query.article))
    if query.speaker_kind:
        question.one_of(map(tags.speaker_kind, query.speaker_kind))
    if query.negated is not None:
        question.one_of([tags.negated(query.negated)])
    if query.hedged is not None:
        question.one_of([tags.hedged(query.hedged)])
    if query.said_from is not None or query.said_to is not None:
        question.one_of(cells.overlapping(tags.SAID, *day_range(query.said_from, query.said_to)))
    if query.min_confidence is not None:
        question.one_of(tags.confident(query.min_confidence))
        question.rows.append(func.coalesce(ClaimRow.confidence, 1) >= query.min_confidence)
