"""Entities and their names: found by any of them, and told apart when a text is stored."""

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy
from sqlalchemy import bindparam, delete, update
from sqlmodel import Session, col, select

from app.errors import AlreadyStored, NotFound
from app.folding import name_key
from app.models.entities import EntityDraft, EntityName, EntityNameRow, EntityPatch, EntityRow, NameWordRow
from app.models.extraction import FoundEntity, NameKind
from app.models.fields import MAX_ID, Json
from app.models.lists import AppliedEntities, EntityRef
from app.store import changes
from app.store.linking import Bearer, met, preferred
from app.store.rows import IDS, Prepared, instant, table

_STRENGTH: dict[str, int] = {"preferred": 0, "alias": 1, "acronym": 2, "weak": 3}
_entity, _name = table(EntityRow).c, table(EntityNameRow).c
_meaning = sqlalchemy.select(_entity.id, _entity.name, _entity.type).where(_entity.withdrawn_at.is_(None))
_WITH_ID = Prepared(_meaning.where(_entity.id == bindparam("id")))
_WITH_WIKIDATA_ID = Prepared(_meaning.where(_entity.wikidata_id == bindparam("id")))
_WITH_NAME = Prepared(
    _meaning.where(_entity.id.in_(sqlalchemy.select(_name.entity_id).where(_name.key == bindparam("key")))).order_by(_entity.id)
)
_ROWS = Prepared(
    sqlalchemy.select(
        *(_entity.id, _entity.name, _entity.type, _entity.role, _entity.description, _entity.wikidata_id, _entity.mentions),
        *(instant(_entity.recorded_at), instant(_entity.changed_at)),
    ).where(_entity.id.in_(IDS))
)
_NAMES = Prepared(sqlalchemy.select(_name.entity_id, _name.name, _name.kind, _name.added_by).where(_name.entity_id.in_(IDS)))
_Named = Sequence[tuple[str, NameKind]]


def named(session: Session, parameter: str, values: Sequence[str]) -> list[AppliedEntities]:
    """For each value the entities it means: that id, that Wikidata id, or everything that bears the name."""
    return [AppliedEntities(parameter=parameter, given=value, matched=_meant(session, value)) for value in values]


def get(session: Session, entity_id: int) -> Json:
    """One entity with its names.

    Raises:
        NotFound: when there is none.
    """
    return read(session, [_row(session, entity_id).id])[0]


def read(session: Session, ids: Sequence[int]) -> list[Json]:
    """These entities, in the order of the ids, each with its other names, the strongest first."""
    rows = {row[0]: row for row in _ROWS.rows(session, ids)}
    aliases: dict[int, list[Json]] = {}
    for entity_id, name, kind, added_by in sorted(_NAMES.rows(session, ids), key=lambda row: (_STRENGTH[row[2]], row[1])):
        if kind != "preferred":
            aliases.setdefault(entity_id, []).append({"name": name, "kind": kind, "added_by": added_by})
    return [
        {
            "id": i,
            "name": name,
            "type": type_,
            "role": role,
            "aliases": aliases.get(i, []),
            "description": description,
            "wikidata_id": wikidata_id,
            "mentions": mentions,
            "recorded_at": recorded_at,
            "changed_at": changed_at,
        }
        for i, name, type_, role, description, wikidata_id, mentions, recorded_at, changed_at in (rows[i] for i in ids)
    ]


def add(session: Session, draft: EntityDraft, made_by: str) -> int:
    """Store a new entity. Namesakes are allowed; a Wikidata id is borne once.

    Raises:
        AlreadyStored: when another one bears the Wikidata id.
    """
    names: list[tuple[str, NameKind]] = [(draft.name, "preferred"), *((alias, "alias") for alias in draft.aliases)]
    _refuse_borne(session, draft.wikidata_id)
    row = _insert(session, draft.type, names, None, made_by)
    row.description, row.wikidata_id = draft.description, draft.wikidata_id
    session.flush()
    return row.id


def change(session: Session, entity_id: int, patch: EntityPatch, made_by: str) -> None:
    """Change what the patch holds. `aliases` replaces every name but the preferred one."""
    row = _row(session, entity_id)
    given = patch.model_dump(exclude_unset=True)
    if given.get("wikidata_id") not in (None, row.wikidata_id):
        _refuse_borne(session, given["wikidata_id"])
    row.sqlmodel_update({field: value for field, value in given.items() if field != "aliases"})
    if "aliases" in given or "name" in given:
        kept: list[tuple[str, NameKind]] = [(alias, "alias") for alias in given.get("aliases", [])]
        if "aliases" not in given:
            kept = [(n.name, n.kind) for n in _shown_names(session, entity_id) if n.kind != "preferred"]
        _rename(session, row, [(row.name, "preferred"), *kept], made_by)
    _touch(session, row, made_by)


def resolve(session: Session, found: Sequence[FoundEntity], made_by: str, before: Set[int] = frozenset()) -> list[int]:
    """The stored entity for each one found in a text, by the rules of `linking`; new ones are made, new names of known ones kept.

    `before` are the entities that the article had, when it is read again. No two stored entities are ever joined here.
    """
    bearers = _bearers(session, {name_key(name.text) for entity in found for name in entity.names if name.kind != "weak"})
    ids: list[int] = []
    for entity in found:
        names: list[tuple[str, NameKind]] = [(name.text, name.kind) for name in entity.names]
        known = met(entity, bearers, before - set(ids))
        if known is None:
            known = _insert(session, entity.type, names, entity.role, made_by).id
            key = name_key(preferred(entity))
            bearers.setdefault(key, []).append(Bearer(known, entity.type, "preferred", entity.role))
        else:
            _learn(session, known, entity.type, names, made_by)
        ids.append(known)
    return ids


def count_mentions(session: Session, entity_ids: Iterable[int], sign: int) -> None:
    """Add to (sign 1) or take from (sign -1) how often each is named, once for each time it is listed."""
    times: dict[int, int] = {}
    for entity_id in entity_ids:
        times[entity_id] = times.get(entity_id, 0) + sign
    for entity_id, step in times.items():
        session.execute(update(EntityRow).where(col(EntityRow.id) == entity_id).values(mentions=col(EntityRow.mentions) + step))


def _meant(session: Session, value: str) -> list[EntityRef]:
    found = []
    if re.fullmatch(r"[0-9]{1,16}", value) and int(value) <= MAX_ID:
        found = _WITH_ID.rows(session, id=int(value))
    elif re.fullmatch(r"Q[1-9][0-9]*", value):
        found = _WITH_WIKIDATA_ID.rows(session, id=value)
    if not found and (key := name_key(value)):
        found = _WITH_NAME.rows(session, key=key)
    return [EntityRef(id=row[0], name=row[1], type=row[2]) for row in found]


def _row(session: Session, entity_id: int) -> EntityRow:
    row = session.get(EntityRow, entity_id)
    if row is None or row.withdrawn_at is not None:
        raise NotFound(f"there is no entity {entity_id}")
    return row


def _refuse_borne(session: Session, wikidata_id: str | None) -> None:
    bearer = session.exec(select(EntityRow.id).where(EntityRow.wikidata_id == wikidata_id)).first() if wikidata_id else None
    if bearer is not None:
        raise AlreadyStored(f"{wikidata_id} is entity {bearer}; change that one instead", f"/entities/{bearer}")


def _bearers(session: Session, keys: set[str]) -> dict[str, list[Bearer]]:
    """Who bears each of these names, weak names left out; oldest entity first."""
    name, entity = EntityNameRow, EntityRow
    columns: list[Any] = [name.key, name.entity_id, name.kind, entity.type, entity.role, entity.wikidata_id]
    wanted = (
        sqlalchemy.select(*columns)
        .join(EntityRow, col(EntityRow.id) == EntityNameRow.entity_id)
        .where(col(EntityNameRow.key).in_(keys), col(EntityNameRow.kind) != "weak", col(EntityRow.withdrawn_at).is_(None))
        .order_by(col(EntityNameRow.entity_id))
    )
    found: dict[str, list[Bearer]] = {}
    for row in session.execute(wanted):
        found.setdefault(row.key, []).append(Bearer(row.entity_id, row.type, row.kind, row.role, row.wikidata_id is not None))
    return found


def _learn(session: Session, entity_id: int, kind: str, names: _Named, made_by: str) -> None:
    """A text has named it: keep the names that are new, and the type if it was unknown."""
    row = session.get_one(EntityRow, entity_id)
    learned = _keep_names(session, entity_id, names, made_by)
    if row.type == "other" and kind != "other":
        row.type, learned = kind, True
    if learned:
        _touch(session, row, made_by)


def _insert(session: Session, kind: str, names: _Named, role: str | None, made_by: str) -> EntityRow:
    now = datetime.now(UTC)
    name = names[0][0] if names[0][1] == "preferred" else next(text for text, kind_ in names if kind_ == "preferred")
    row = EntityRow(type=kind, name=name, name_key=name_key(name), role=role, recorded_at=now, changed_at=now)
    session.add(row)
    session.flush()
    _keep_names(session, row.id, names, made_by)
    changes.record(session, "entity", row.id, "created", made_by, now)
    return row


def _touch(session: Session, row: EntityRow, made_by: str) -> None:
    row.changed_at = datetime.now(UTC)
    session.add(row)
    changes.record(session, "entity", row.id, "changed", made_by, row.changed_at)
    session.flush()


def _rename(session: Session, row: EntityRow, names: _Named, made_by: str) -> None:
    """A name that stays keeps who added it."""
    row.name_key = name_key(row.name)
    added_by = {name.name: name.added_by for name in _shown_names(session, row.id)}
    session.execute(delete(EntityNameRow).where(col(EntityNameRow.entity_id) == row.id))
    session.execute(delete(NameWordRow).where(col(NameWordRow.entity_id) == row.id))
    _keep_names(session, row.id, names, made_by, added_by)


def _keep_names(
    session: Session, entity_id: int, names: _Named, made_by: str, added_by: Mapping[str, str] = MappingProxyType({})
) -> bool:
    """Add the names that are not there yet, and their words; whether any was. One that is there twice keeps its strongest kind."""
    there = set(session.exec(select(EntityNameRow.name).where(EntityNameRow.entity_id == entity_id)))
    has_preferred, before = bool(there), len(there)
    words = set(session.exec(select(NameWordRow.word).where(NameWordRow.entity_id == entity_id)))
    for name, kind in sorted(names, key=lambda pair: _STRENGTH[pair[1]]):
        if name in there or not (key := name_key(name)):
            continue
        there.add(name)
        kept_kind = "alias" if kind == "preferred" and has_preferred else kind
        by = added_by.get(name, made_by)
        session.add(EntityNameRow(entity_id=entity_id, name=name, key=key, kind=kept_kind, added_by=by))
        fresh = set(key.split()) - words
        words |= fresh
        session.add_all(NameWordRow(word=word, entity_id=entity_id) for word in sorted(fresh))
    return len(there) > before


def _shown_names(session: Session, entity_id: int) -> list[EntityName]:
    rows = session.exec(select(EntityNameRow).where(EntityNameRow.entity_id == entity_id))
    return [EntityName.model_validate(row.model_dump()) for row in rows]
