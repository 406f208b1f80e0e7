"""The names of entities: which of those that a text gives are new, and written with the words by which they are found."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy
from sqlmodel import Session

from app.folding import name_key
from app.models.entities import EntityNameRow, NameWordRow
from app.models.extraction import NameKind
from app.store import rows
from app.store.prepared import IDS, Prepared, table

STRENGTH: dict[str, int] = {"preferred": 0, "alias": 1, "acronym": 2, "weak": 3}
Named = Sequence[tuple[str, NameKind]]
_word = table(NameWordRow).c
_WORDS = Prepared(sqlalchemy.select(_word.word, _word.entity_id).where(_word.entity_id.in_(IDS)))


@dataclass(frozen=True, slots=True)
class NewName:
    """A name that its entity does not bear yet. `key` is the name folded; `added_by` an extractor or whoever sent it."""

    entity_id: int
    name: str
    key: str
    kind: NameKind
    added_by: str


def unknown(borne: Collection[str], names: Named) -> Iterator[tuple[str, str, NameKind]]:
    """Name, key and kind of those that are not borne yet. One that is given twice keeps its strongest kind.

    Whoever bears a name already has a preferred one: a further one is an alias.
    """
    there = set(borne)
    for name, kind in sorted(names, key=lambda pair: STRENGTH[pair[1]]):
        if name not in there and (key := name_key(name)):
            there.add(name)
            yield name, key, "alias" if kind == "preferred" and borne else kind


def add(session: Session, new: Sequence[NewName], nameless: Collection[int] = ()) -> None:
    """Store the names, and those of their words by which their entities are not found yet; the `nameless` have none so far."""
    columns = ("entity_id", "name", "key", "kind", "added_by")
    rows.add(session, EntityNameRow, [{column: getattr(name, column) for column in columns} for name in new])
    there = set(_WORDS.rows_of(session, (name.entity_id for name in new if name.entity_id not in nameless)))
    fresh = dict.fromkeys((word, name.entity_id) for name in new for word in sorted(name.key.split()))
    rows.add(session, NameWordRow, [{"word": word, "entity_id": i} for word, i in fresh if (word, i) not in there])
