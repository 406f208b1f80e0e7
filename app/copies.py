"""What a person says about copies: that two articles carry one story, or that they do not. It holds whatever the program finds."""

from datetime import UTC, datetime

from sqlmodel import Session

from app.errors import Fault, NotFound, Unusable
from app.models.copies import CopyDraft, Verdict
from app.models.fields import Json
from app.store import articles, copies, indexing
from app.store.database import Database
from app.store.retrying import retried


@retried
def join(database: Database, article_id: int, draft: CopyDraft, made_by: str) -> Json:
    """Bring the stories of both articles together; the other one as a copy of this one.

    Raises:
        NotFound: when there is no such article.
        Unusable: when the other one is none or the same, or articles of the two stories were parted.
    """
    with database.transaction() as session:
        articles.row(session, article_id)
        if draft.article == article_id:
            raise Unusable([Fault("/article", "an article is no copy of itself; name another one")])
        try:
            articles.row(session, draft.article)
        except NotFound as error:
            raise Unusable([Fault("/article", str(error))]) from None
        _judge(session, article_id, draft.article, "same", made_by)
        if draft.article not in copies.story_of(session, article_id):
            raise Unusable([Fault("/article", "some article of the one story was parted from one of the other; join those first")])
        return copies.get(session, article_id, draft.article)


@retried
def part(database: Database, article_id: int, other: int, made_by: str) -> None:
    """Of two articles of a story, let the one that was published later go elsewhere.

    Raises:
        NotFound: when the other one is no copy of this one.
    """
    with database.transaction() as session:
        articles.row(session, article_id)
        copies.get(session, article_id, other)
        _judge(session, article_id, other, "different", made_by)


def _judge(session: Session, one: int, other: int, verdict: Verdict, made_by: str) -> None:
    moving = {i for article in (one, other) for i in copies.story_of(session, article)}
    copies.judge(session, one, other, verdict, made_by, datetime.now(UTC))
    indexing.settle(session, [], again=sorted(moving))
    for article in (one, other):
        articles.touch(session, articles.row(session, article), made_by)
