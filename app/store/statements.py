"""The statements that find a page or count it, each prepared once: `store/searching.py` says when which of them answers.

Their parameters are those of `keys`, and `first` and `last` of a span and `most`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from app.models.entities import EntityRow
from app.store.fulltext import Engine, Searchable
from app.store.pages import Order
from app.store.prepared import Prepared, table


@dataclass(frozen=True, slots=True, eq=False)
class Noun:
    """What is searched: its table, its links and what their roles are called, its orders beside that by publication."""

    kind: Searchable
    row: Any
    link: Any
    orders: Mapping[str, Order]
    counts: Mapping[str, str]  # columns of the entity that count the links of each parameter
    roles: Mapping[str, int] = field(default_factory=dict)


def keys(noun: Noun, words: Engine | None) -> tuple[Select[Any], Any]:
    """Keys of what matches, and the column that holds them: of the links of `entity` in `role`, or of what is `wanted`."""
    if words is not None:
        return words.matching(noun.kind), words.key(noun.kind)
    link = noun.link.__table__.c
    of_entity = select(link.time_key).where(link.entity_id == bindparam("entity"))
    return (of_entity.where(link.role == bindparam("role")) if noun.roles else of_entity), link.time_key


def in_a_span(found: Select[Any], key: Any) -> Select[Any]:
    return found.where(key.between(bindparam("first"), bindparam("last")))


def first(found: Select[Any], key: Any, *, descending: bool) -> Select[Any]:
    return found.order_by(key.desc() if descending else key.asc()).limit(bindparam("most"))


def reach(found: Select[Any], key: Any) -> Select[Any]:
    """The key that comes, from the highest on, after `before` others."""
    return found.order_by(key.desc()).limit(1).offset(bindparam("before"))


def with_ids(noun: Noun, keys: Select[Any]) -> Select[Any]:
    row, found = noun.row.__table__, keys.subquery()
    return select(row.c.id, found.c.time_key).join_from(found, row, row.c.time_key == found.c.time_key)


@cache
def kept(column: str) -> Prepared:
    entity = table(EntityRow).c
    return Prepared(select(entity[column]).where(entity.id == bindparam("id")))


@cache
def counting(noun: Noun, words: Engine | None) -> Prepared:
    found, key = keys(noun, words and words.for_all())
    return Prepared(select(func.count()).select_from(in_a_span(found, key).limit(bindparam("most")).subquery()))


@cache
def paging(noun: Noun, words: Engine | None, descending: bool) -> Prepared:
    found, key = keys(noun, words)
    return Prepared(with_ids(noun, first(in_a_span(found, key), key, descending=descending)))


@cache
def reaching(noun: Noun, words: Engine | None) -> Prepared:
    found, key = keys(noun, words)
    return Prepared(reach(in_a_span(found, key), key))
