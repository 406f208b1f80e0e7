"""Full text: one module for each database, named after its dialect, all answering the same questions.

A row is known to the index by its place in the order of publication (`store/time_keys.py`), so that “the newest that …” is read
from it in order, and it holds tags (`store/tags.py`) beside its words, so that words and filters are one question.
"""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from sqlalchemy import Select
from sqlmodel import Session

from app.store.fulltext.query import Asked

Searchable = Literal["article", "claim"]
MOST_RANKED = 10_000  # matches, the newest ones, among which the best are looked for


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: its key, its words (text and title of an article, the quote of a claim) as `folding.joined` spells them, its tags,
    each once, joined by spaces.
    """

    key: int
    fields: tuple[str, ...]
    tags: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an entry must hold: the words asked for, of each group of tags one, and none of `without`."""

    asked: Asked
    tags: tuple[tuple[str, ...], ...] = ()
    without: tuple[str, ...] = ()

    @property
    def is_one_list(self) -> bool:
        """Whether the rows of one word, or of any of some words, are all there is to read: none is looked up among others."""
        groups = (*self.tags, *self.asked.required)
        is_phrase = any(len(term.words) > 1 for terms in self.asked.required for term in terms)
        return len(groups) <= 1 and not is_phrase and not self.without and not self.asked.excluded


class Engine(Protocol):
    """What a database must be able to do.

    With `skips_downwards`, what it looks up by falling keys may be passed over: docs/decisions/0013-seeking-downwards.md.
    """

    skips_downwards: bool
    reads_all_soonest: bool  # whether one pass through all that match takes less time than some dozen counts

    def __hash__(self) -> int: ...

    def put(self, session: Session, kind: Searchable, entries: Sequence[Entry]) -> None: ...

    def drop(self, session: Session, kind: Searchable, entries: Sequence[Entry]) -> None:
        """Take rows out again; they must be as they were put in."""

    def widened(self, session: Session, asked: Asked) -> tuple[Asked, list[str]]:
        """The same with each beginning of a word as the words that begin so, and notes about those that are too many."""

    def written(self, wanted: Wanted) -> str:
        """What is wanted, after widening, as the parameter `wanted` of the statements."""

    def matching(self, kind: Searchable) -> Select[int]:
        """`time_key` of the rows that hold what is `wanted`."""

    def ranked(self, session: Session, kind: Searchable, wanted: Wanted) -> Select[Any]:
        """`time_key` and `score` of the same rows, which are those that hold what is `wanted`; the best has the lowest score."""

    def key(self, kind: Searchable) -> Any:
        """The column of `matching` and `ranked` that holds the key."""

    def for_first(self, session: Session, kind: Searchable, wanted: Wanted) -> "Engine":
        """What finds the first of these by key soonest."""

    def for_all(self) -> "Engine":
        """What finds very many soonest, to be counted or ranked."""


def engine(session: Session) -> Engine:
    found: Engine = importlib.import_module(f"app.store.fulltext.{session.get_bind().dialect.name}").ENGINE
    return found
