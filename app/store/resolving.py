"""What texts and callers name becomes stored entities: those that are met, and new ones.

1. One question to the database for all names of all articles: who bears them, and what else these are called.
2. Article after article, in memory: each meets those that were stored before it or that an earlier one has made. What a caller
   names is the one that bears the name; what was found in a text is told apart by the rules of `linking`. What a text teaches of an
   entity, other names or its type, is known to the next text, not to the rest of the same one.
3. What is new is written, all at once, under the ids that it was given in memory.
"""

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime

import sqlalchemy
from sqlalchemy import bindparam, update
from sqlmodel import Session

from app.folding import name_key
from app.models.changes import Action
from app.models.entities import EntityNameRow, EntityRow
from app.models.extraction import FoundEntity
from app.models.fields import MAX_ID
from app.store import changes, merges, names, numbering, rows
from app.store.linking import Bearer, met, preferred
from app.store.names import NewName
from app.store.prepared import IDS, Prepared, table

WIKIDATA_ID = re.compile(r"Q[1-9][0-9]*")
_ID = re.compile(r"[0-9]{1,16}")
_entity, _name = table(EntityRow).c, table(EntityNameRow).c
_live = sqlalchemy.select(_entity.id, _entity.type, _entity.name, _entity.role, _entity.wikidata_id, _entity.merged_into).where(
    _entity.withdrawn_at.is_(None)
)
_WITH_ID = Prepared(_live.where(_entity.id.in_(IDS)))
_WITH_WIKIDATA_ID = Prepared(_live.where(_entity.wikidata_id.in_(IDS)))
_bearers = (
    _live.add_columns(_name.key, _name.kind).join(table(EntityNameRow), _name.entity_id == _entity.id).where(_name.key.in_(IDS))
)
_BEARERS = Prepared(_bearers.where(_name.kind != "weak"))
_WEAK_BEARERS = Prepared(_bearers.where(_name.kind == "weak"))
_BORNE = Prepared(sqlalchemy.select(_name.entity_id, _name.name).where(_name.entity_id.in_(IDS)))
_RETYPED = rows.Many(
    update(table(EntityRow))
    .where(_entity.id == bindparam("entity"))
    .values(type=bindparam("now"), changed_at=bindparam("at", type_=_entity.changed_at.type))
)


def resolve(session: Session, found: Sequence[FoundEntity], made_by: str, before: Set[int] = frozenset()) -> list[int]:
    """The stored entity for each one found in a text.

    `before` are the entities that the article had, when it is read again. No two stored entities are ever joined here.
    """
    known = Names(session, found)
    kept = merges.kept(session, before)
    ids = known.told(found, made_by, {kept.get(entity_id, entity_id) for entity_id in before})
    known.write(session)
    return ids


@dataclass(slots=True)
class Entity:
    type: str
    name: str
    role: str | None
    is_identified: bool = False
    names: set[str] = field(default_factory=set)


class Names:
    """The entities that may be meant by what was found and what was sent, an id, a Wikidata id or a name, and those that are new.

    These have their ids already, which nobody else may give away before `write`.
    """

    def __init__(self, session: Session, found: Iterable[FoundEntity] = (), sent: Iterable[int | str] = ()) -> None:
        self.entities: dict[int, Entity] = {}
        self.bearing: dict[str, list[tuple[int, str]]] = {}  # by folded name, weak names left out: entity and kind of name
        self.weakly: dict[str, list[int]] = {}  # by folded name, those whose weak name it is
        self.identified: dict[str, int] = {}  # by Wikidata id
        self.made: dict[int, str] = {}  # new ones in their order, with who has made them
        self.kept: dict[int, int] = {}  # those that were merged, with the one that stands for them
        self.names: list[NewName] = []
        self.changes: list[tuple[int, Action, str]] = []
        self._numbers = numbering.Numbers(session, EntityRow)
        self._look_up(session, {key for entity in found for key in _keys(entity)}, {str(given) for given in sent})
        self._join_names()

    def told(self, found: Sequence[FoundEntity], made_by: str, before: Set[int] = frozenset()) -> list[int]:
        """The entities that one text names; what it teaches is known to the next one."""
        bearers = {key: [*self._bearers(key)] for entity in found for key in _keys(entity)}
        ids: list[int] = []
        for entity in found:
            entity_id = met(entity, bearers, before - set(ids) if before else before)
            if entity_id is None:
                entity_id = self._make(entity.type, preferred(entity), entity.role, made_by)
                self._name(entity_id, [(name.text, name.kind) for name in entity.names], made_by)
                bearers[name_key(preferred(entity))].append(Bearer(entity_id, entity.type, "preferred", entity.role))
            else:
                self._teach(entity_id, entity, made_by)
            ids.append(entity_id)
        return ids

    def meant(self, given: str) -> list[int]:
        """The entities that a caller means: the one with that id or Wikidata id, else all that bear the name."""
        if given[0] in "Q0123456789" and (found := self._numbered(given)):
            return self._kept(found)
        key = name_key(given)
        return self._kept({i for i, _ in self.bearing.get(key, ())}.union(self.weakly.get(key, ()))) if key else []

    def _kept(self, found: Iterable[int]) -> list[int]:
        return sorted({self.kept.get(entity_id, entity_id) for entity_id in found})

    def _numbered(self, given: str) -> list[int]:
        if _ID.fullmatch(given):
            return [int(given)] if int(given) in self.entities else []
        return [self.identified[given]] if given in self.identified else []

    def add(self, name: str, type_: str, made_by: str) -> int:
        """A new entity of a name that nobody bears."""
        entity_id = self._make(type_, name, None, made_by)
        self._name(entity_id, [(name, "preferred")], made_by)
        return entity_id

    def drop(self, count: int) -> None:
        """Forget all that were added but the first `count`: what they were added for is not stored."""
        for entity_id in list(self.made)[count:][::-1]:
            del self.made[entity_id], self.entities[entity_id]
            self.changes.pop()
            if self.names and self.names[-1].entity_id == entity_id:
                del self.bearing[self.names.pop().key]  # nobody else bore it

    def write(self, session: Session) -> None:
        """Store what is new."""
        now = datetime.now(UTC)
        new = [
            {"id": i, "type": one.type, "name": one.name, "name_key": name_key(one.name), "role": one.role}
            for i in self.made
            for one in (self.entities[i],)
        ]
        rows.add(session, EntityRow, new, {"recorded_at": now, "changed_at": now})
        names.add(session, self.names, self.made)
        changed = {i for i, action, _ in self.changes if action == "changed" and i not in self.made}
        _RETYPED.run(session, [{"entity": i, "now": self.entities[i].type} for i in sorted(changed)], {"at": now})
        changes.record_all(session, "entity", self.changes, now)

    def _make(self, type_: str, name: str, role: str | None, made_by: str) -> int:
        entity_id = self._numbers[len(self.made)]
        self.made[entity_id] = made_by
        self.entities[entity_id] = Entity(type_, name, role)
        self.changes.append((entity_id, "created", made_by))
        return entity_id

    def _teach(self, entity_id: int, entity: FoundEntity, made_by: str) -> None:
        """Keep the names that are new, and the type if it was unknown."""
        one = self.entities[entity_id]
        is_retyped = one.type == "other" and entity.type != "other"
        if is_retyped:
            one.type = entity.type
        if self._name(entity_id, [(name.text, name.kind) for name in entity.names], made_by) or is_retyped:
            self.changes.append((entity_id, "changed", made_by))

    def _name(self, entity_id: int, given: names.Named, made_by: str) -> bool:
        """Whether any of its names is new."""
        one = self.entities[entity_id]
        new = [*names.unknown(one.names, given)]
        for name, key, kind in new:
            one.names.add(name)
            self.names.append(NewName(entity_id, name, key, kind, made_by))
            if kind == "weak":
                self.weakly.setdefault(key, []).append(entity_id)
            else:
                self.bearing.setdefault(key, []).append((entity_id, kind))
        return bool(new)

    def _bearers(self, key: str) -> Iterator[Bearer]:
        for entity_id, kind in self.bearing.get(key, ()):
            one = self.entities[entity_id]
            yield Bearer(self.kept.get(entity_id, entity_id), one.type, kind, one.role, one.is_identified)

    def _look_up(self, session: Session, keys: Set[str], sent: Set[str]) -> None:
        for row in _WITH_ID.rows_of(session, (int(given) for given in sent if _ID.fullmatch(given) and int(given) <= MAX_ID)):
            self._know(*row)
        for row in _WITH_WIKIDATA_ID.rows_of(session, (given for given in sent if WIKIDATA_ID.fullmatch(given))):
            self._know(*row)
        sent_keys = {name_key(given) for given in sent}
        for *columns, key, kind in _BEARERS.rows_of(session, keys | sent_keys):
            self.bearing.setdefault(key, []).append((self._know(*columns), kind))
        for *columns, key, _ in _WEAK_BEARERS.rows_of(session, sent_keys):
            self.weakly.setdefault(key, []).append(self._know(*columns))
        for row in _WITH_ID.rows_of(session, set(self.kept.values()) - self.entities.keys()):
            self._know(*row)
        for entity_id, name in _BORNE.rows_of(session, self.entities if keys else ()):
            self.entities[entity_id].names.add(name)

    def _know(
        self, entity_id: int, type_: str, name: str, role: str | None, wikidata_id: str | None, merged_into: int | None
    ) -> int:
        if entity_id not in self.entities:
            self.entities[entity_id] = Entity(type_, name, role, wikidata_id is not None)
        if wikidata_id is not None:
            self.identified[wikidata_id] = entity_id
        if merged_into is not None:
            self.kept[entity_id] = merged_into
        return entity_id

    def _join_names(self) -> None:
        """Nobody is taught a name by which one that was merged into it is known: taken back, the judgement leaves no trace."""
        for merged, kept in self.kept.items():
            self.entities[kept].names |= self.entities[merged].names


def _keys(entity: FoundEntity) -> list[str]:
    return [name_key(name.text) for name in entity.names if name.kind != "weak"]
