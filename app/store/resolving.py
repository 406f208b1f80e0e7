"""What texts name becomes stored entities, by the rules of `linking`: those that are met, and new ones.

1. One question to the database for all names of all texts: who bears them, and what else these are called.
2. Text after text, in memory: each meets those that were stored before it or that an earlier text has made. What a text teaches of
   an entity, other names or its type, is known to the next text, not to the rest of the same one.
3. What is new is written, all at once.
"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy
from sqlalchemy import bindparam, update
from sqlmodel import Session, col

from app.folding import name_key
from app.models.changes import Action
from app.models.entities import EntityNameRow, EntityRow
from app.models.extraction import FoundEntity
from app.store import changes, merges, names, rows
from app.store.linking import Bearer, met, preferred
from app.store.names import NewName

Told = tuple[str, Sequence[FoundEntity]]  # by whom, and what was found in one text


def resolve(session: Session, found: Sequence[FoundEntity], made_by: str, before: Set[int] = frozenset()) -> list[int]:
    """The stored entity for each one found in a text.

    `before` are the entities that the article had, when it is read again. No two stored entities are ever joined here.
    """
    return resolve_many(session, [(made_by, found)], before)[0]


def resolve_many(session: Session, told: Sequence[Told], before: Set[int] = frozenset()) -> list[list[int]]:
    """For each text the stored entities of those found in it: as if one text was stored after the other."""
    session.flush()
    known = _Known(session, {key for _, found in told for entity in found for key in _keys(entity)})
    kept = merges.kept(session, before)
    before = {kept.get(entity_id, entity_id) for entity_id in before}
    met_or_made = [known.told(found, made_by, before) for made_by, found in told]
    numbers = known.write(session)
    return [[numbers.get(entity_id, entity_id) for entity_id in ids] for ids in met_or_made]


@dataclass(slots=True)
class _Entity:
    type: str
    role: str | None
    is_identified: bool = False
    names: set[str] = field(default_factory=set)


class _Known:
    """The entities that may be meant, and those that are new: these are numbered downwards from -1 until they are stored."""

    def __init__(self, session: Session, keys: Set[str]) -> None:
        self.entities: dict[int, _Entity] = {}
        self.bearing: dict[str, list[tuple[int, str]]] = {}  # by folded name, weak names left out: entity and kind of name
        self.made: dict[int, str] = {}  # new ones in their order, with their preferred name
        self.kept: dict[int, int] = {}  # those that were merged, with the one that stands for them
        self.names: list[NewName] = []
        self.changes: list[tuple[int, Action, str]] = []
        for some in rows.some_at_once(keys):
            self._look_up(session, some)
        self._look_up_names(session)
        self._join_names()

    def told(self, found: Sequence[FoundEntity], made_by: str, before: Set[int]) -> list[int]:
        """The entities that one text names; what it teaches is known to the next one."""
        bearers = {key: [*self._bearers(key)] for entity in found for key in _keys(entity)}
        ids: list[int] = []
        for entity in found:
            entity_id = met(entity, bearers, before - set(ids))
            if entity_id is None:
                entity_id = self._make(entity, made_by)
                bearers[name_key(preferred(entity))].append(Bearer(entity_id, entity.type, "preferred", entity.role))
            else:
                self._teach(entity_id, entity, made_by)
            ids.append(entity_id)
        return ids

    def write(self, session: Session) -> dict[int, int]:
        """Store what is new; the ids of the new ones by their numbers."""
        now = datetime.now(UTC)
        new = [
            {"type": one.type, "name": name, "name_key": name_key(name), "role": one.role, "recorded_at": now, "changed_at": now}
            for number, name in self.made.items()
            for one in (self.entities[number],)
        ]
        ids = dict(zip(self.made, rows.add_numbered(session, EntityRow, new), strict=True))
        names.add(session, [replace(name, entity_id=ids.get(name.entity_id, name.entity_id)) for name in self.names])
        _touch(session, {i: self.entities[i].type for i, action, _ in self.changes if action == "changed" and i not in ids}, now)
        changes.record_all(session, "entity", [(ids.get(i, i), action, by) for i, action, by in self.changes], now)
        return ids

    def _make(self, entity: FoundEntity, made_by: str) -> int:
        number = -len(self.made) - 1
        self.made[number] = preferred(entity)
        self.entities[number] = _Entity(entity.type, entity.role)
        self._name(number, entity, made_by)
        self.changes.append((number, "created", made_by))
        return number

    def _teach(self, entity_id: int, entity: FoundEntity, made_by: str) -> None:
        """Keep the names that are new, and the type if it was unknown."""
        one = self.entities[entity_id]
        is_retyped = one.type == "other" and entity.type != "other"
        if is_retyped:
            one.type = entity.type
        if self._name(entity_id, entity, made_by) or is_retyped:
            self.changes.append((entity_id, "changed", made_by))

    def _name(self, entity_id: int, entity: FoundEntity, made_by: str) -> bool:
        """Whether any of its names is new."""
        one = self.entities[entity_id]
        new = [*names.unknown(one.names, [(name.text, name.kind) for name in entity.names])]
        for name, key, kind in new:
            one.names.add(name)
            self.names.append(NewName(entity_id, name, key, kind, made_by))
            if kind != "weak":
                self.bearing.setdefault(key, []).append((entity_id, kind))
        return bool(new)

    def _bearers(self, key: str) -> Iterator[Bearer]:
        for entity_id, kind in self.bearing.get(key, ()):
            one = self.entities[entity_id]
            yield Bearer(self.kept.get(entity_id, entity_id), one.type, kind, one.role, one.is_identified)

    def _look_up(self, session: Session, keys: Sequence[str]) -> None:
        name, entity = EntityNameRow, EntityRow
        columns: list[Any] = [name.key, name.entity_id, name.kind, entity.type, entity.role, entity.wikidata_id, entity.merged_into]
        wanted = (
            sqlalchemy.select(*columns)
            .join(EntityRow, col(EntityRow.id) == EntityNameRow.entity_id)
            .where(col(EntityNameRow.key).in_(keys), col(EntityNameRow.kind) != "weak", col(EntityRow.withdrawn_at).is_(None))
        )
        for row in session.execute(wanted):
            self.bearing.setdefault(row.key, []).append((row.entity_id, row.kind))
            self.entities[row.entity_id] = _Entity(row.type, row.role, row.wikidata_id is not None)
            if row.merged_into is not None:
                self.kept[row.entity_id] = row.merged_into
        for missing in set(self.kept.values()) - set(self.entities):
            stored = session.get_one(EntityRow, missing)
            self.entities[missing] = _Entity(stored.type, stored.role, stored.wikidata_id is not None)

    def _look_up_names(self, session: Session) -> None:
        for some in rows.some_at_once(self.entities):
            borne = sqlalchemy.select(col(EntityNameRow.entity_id), col(EntityNameRow.name))
            for row in session.execute(borne.where(col(EntityNameRow.entity_id).in_(some))):
                self.entities[row.entity_id].names.add(row.name)

    def _join_names(self) -> None:
        """Nobody is taught a name by which one that was merged into it is known: taken back, the judgement leaves no trace."""
        for merged, kept in self.kept.items():
            self.entities[kept].names |= self.entities[merged].names


def _keys(entity: FoundEntity) -> list[str]:
    return [name_key(name.text) for name in entity.names if name.kind != "weak"]


def _touch(session: Session, types: dict[int, str], now: datetime) -> None:
    """These have changed: their type is as given now."""
    if types:
        table: Any = EntityRow.__table__  # type: ignore[attr-defined]
        changed = update(table).where(table.c.id == bindparam("entity")).values(type=bindparam("now"), changed_at=now)
        session.connection().execute(changed, [{"entity": i, "now": kind} for i, kind in types.items()])
