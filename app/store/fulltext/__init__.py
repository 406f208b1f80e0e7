"""Full text: one module for each database, named after its dialect, all answering the same questions."""

import importlib
from typing import Literal, Protocol

from sqlalchemy import Select
from sqlmodel import Session

from app.store.fulltext.query import Asked

Searchable = Literal["article", "claim"]


class Engine(Protocol):
    """What a database must be able to do. `fields` are the words of a row: title and text of an article, the quote of a claim."""

    def put(self, session: Session, kind: Searchable, row_id: int, fields: tuple[str, ...]) -> None: ...

    def drop(self, session: Session, kind: Searchable, row_id: int, fields: tuple[str, ...]) -> None:
        """Take a row out again; `fields` must be those that were put in."""

    def matching(self, kind: Searchable, asked: Asked) -> Select[int]:
        """Ids of the rows that hold every required word, whatever else they hold."""

    def excluded(self, kind: Searchable, asked: Asked) -> Select[int]:
        """Ids of the rows that hold any word that must not be there."""

    def ranked(self, kind: Searchable, asked: Asked) -> Select[int, float]:
        """`id` and `score` of the rows of `matching`; the best has the lowest score."""


def engine(session: Session) -> Engine:
    found: Engine = importlib.import_module(f"app.store.fulltext.{session.get_bind().dialect.name}").ENGINE
    return found
