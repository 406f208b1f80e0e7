"""A list walked and written in a format, batch after batch, each read in a moment of its own.

Between two batches nothing is held open, so that a reader may be as slow as it likes, and the file of what writers write meanwhile
stays short. As with pages, every row that was there when the walk began, and stays, is met once.
"""

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

from sqlmodel import Session

from app.formats import Format
from app.formats.listing import Listing
from app.models.articles import ArticleSummary
from app.models.documents import Article
from app.models.fields import Json, Shape
from app.models.lists import ListQuery, Page
from app.store.prepared import MOST_IDS

Q = TypeVar("Q", bound=ListQuery)
Found = tuple[Json, str | None]
Put = Callable[[Callable[[Session], Found]], Found]
FIRST_ROWS = 20  # so that something comes at once
FEW_BYTES, MANY_BYTES = 250_000, 1_000_000  # a batch with less is followed by a larger one, one with more by a smaller one


def shape_of(page: type[Page[Any]], query: ListQuery) -> type[Shape]:
    """What the items of the list are, as they are asked for."""
    item = page.item()
    return Article if item is ArticleSummary and getattr(query, "detail", None) == "full" else item


class Export(Generic[Q]):
    """One walk. With `limit` given, or in a format that holds one page, it ends after so many rows."""

    def __init__(self, put: Put, ask: Callable[[Session, Q], Found], query: Q, form: Format, listing: Listing) -> None:
        """`put` puts a question to the archive, each time in a moment of its own."""
        self._put, self._ask, self._query = put, ask, query
        self._is_page = form.PAGED or "limit" in query.model_fields_set
        self._writer = form.Writer(listing)
        self.rows = 0  # written up to now
        self.total: Json | None = None  # where `total` was asked for
        self.cursor: str | None = None  # of the next page
        self.is_done = False

    def pieces(self) -> Iterator[bytes]:
        """The bytes. What is wrong with the question is raised before the first of them.

        Raises:
            What `ask` raises, and Busy or StorageUnavailable in the middle: then what was written is no whole.
        """
        size = self._query.limit if self._is_page else FIRST_ROWS
        total = self._query.total if "total" in self._query.model_fields_set else "none"
        query = self._query.model_copy(update={"total": total})
        written = self._writer.begin()
        while not self.is_done:
            found, cursor = self._read(query.model_copy(update={"limit": size}))
            written += self._writer.rows(found["items"])
            self.rows += len(found["items"])
            self.total = self.total or found["total"]
            if cursor is None or self._is_page:
                self.cursor, self.is_done = cursor, True
                written += self._writer.end(cursor)
            yield written
            size, written = _next_size(size, len(written)), b""
            query = query.model_copy(update={"cursor": cursor, "total": "none"})

    def _read(self, query: Q) -> Found:
        return self._put(lambda session: self._ask(session, query))


def _next_size(rows: int, written: int) -> int:
    if written > MANY_BYTES:
        return max(rows // 2, 1)
    return min(rows * 2, MOST_IDS) if written < FEW_BYTES else rows
