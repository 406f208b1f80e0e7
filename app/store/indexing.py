"""The search index and the links of an article and its claims: taken out before anything of it changes, put in again behind it.

What stands in the index is made from the stored rows and from nothing else, so that it says the same as they do.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from sqlmodel import Session

from app.models.articles import ArticleRow


def put_in(session: Session, article_ids: Sequence[int]) -> None:
    """Give these articles and their claims places in time, links and words. They must be stored, and in no index yet."""
    raise NotImplementedError


def take_out(session: Session, article_id: int) -> None:
    """Out of the index and of every search, as it was put in; to be called while the rows still say the same."""
    raise NotImplementedError


@contextmanager
def moved(session: Session, article: ArticleRow) -> Iterator[None]:
    """Whatever is changed inside, the index says the same afterwards."""
    take_out(session, article.id)
    yield
    session.flush()
    put_in(session, [article.id])
