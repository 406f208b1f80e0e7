"""Entities and their names: found by any of them, and told apart when a text is stored."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy
from sqlalchemy import bindparam, delete, update
from sqlmodel import Session, col, select

from app.errors import AlreadyStored, Merged, NotFound
from app.folding import name_key
from app.models.entities import EntityDraft, EntityName, EntityNameRow, EntityPatch, EntityRow, NameWordRow
from app.models.extraction import NameKind
from app.models.fields import MAX_ID, Json
from app.models.lists import AppliedEntities, EntityRef
from app.store import changes, merges, names
from app.store.names import STRENGTH, Named, NewName
from app.store.prepared import IDS, Prepared, instant, table

_entity, _name = table(EntityRow).c, table(EntityNameRow).c
_meaning = sqlalchemy.select(_entity.id, _entity.name, _entity.type, _entity.merged_into).where(_entity.withdrawn_at.is_(None))
_WITH_ID = Prepared(_meaning.where(_entity.id == bindparam("id")))
_WITH_WIKIDATA_ID = Prepared(_meaning.where(_entity.wikidata_id == bindparam("id")))
_WITH_NAME = Prepared(
    _meaning.where(_entity.id.in_(sqlalchemy.select(_name.entity_id).where(_name.key == bindparam("key")))).order_by(_entity.id)
)
_REFS = Prepared(sqlalchemy.select(_entity.id, _entity.name, _entity.type).where(_entity.id.in_(IDS)))
_ROWS = Prepared(
    sqlalchemy.select(
        *(_entity.id, _entity.name, _entity.type, _entity.role, _entity.description, _entity.wikidata_id, _entity.mentions),
        *(instant(_entity.recorded_at), instant(_entity.changed_at)),
    ).where(_entity.id.in_(IDS))
)
_NAMES = Prepared(sqlalchemy.select(_name.entity_id, _name.name, _name.kind, _name.added_by).where(_name.entity_id.in_(IDS)))


def named(session: Session, parameter: str, values: Sequence[str]) -> list[AppliedEntities]:
    """For each value the entities it means: that id, that Wikidata id, or everything that bears the name.

    One that was merged is not among them, but the one that stands for it.
    """
    return [AppliedEntities(parameter=parameter, given=value, matched=_meant(session, value)) for value in values]


def get(session: Session, entity_id: int) -> Json:
    """One entity with its names.

    Raises:
        NotFound: when there is none. Merged: when another one stands for it.
    """
    return read(session, [_row(session, entity_id).id])[0]


def read(session: Session, ids: Sequence[int]) -> list[Json]:
    """These entities, in the order of the ids, each with its other names, the strongest first."""
    rows = {row[0]: row for row in _ROWS.rows(session, ids)}
    aliases: dict[int, list[Json]] = {}
    merged = merges.merged(session, ids)
    for entity_id, name, kind, added_by in sorted(_NAMES.rows(session, ids), key=lambda row: (STRENGTH[row[2]], row[1])):
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
            "merged": merged[i],
            "mentions": mentions,
            "recorded_at": recorded_at,
            "changed_at": changed_at,
        }
        for i, name, type_, role, description, wikidata_id, mentions, recorded_at, changed_at in (rows[i] for i in ids)
    ]


def refs(session: Session, ids: Sequence[int]) -> dict[int, Json]:
    """For each id what a reader needs to recognise it; at most 200 ids."""
    return {row[0]: {"id": row[0], "name": row[1], "type": row[2]} for row in _REFS.rows(session, ids)}


def add(session: Session, draft: EntityDraft, made_by: str) -> int:
    """Store a new entity. Namesakes are allowed; a Wikidata id is borne once.

    Raises:
        AlreadyStored: when another one bears the Wikidata id.
    """
    given: list[tuple[str, NameKind]] = [(draft.name, "preferred"), *((alias, "alias") for alias in draft.aliases)]
    _refuse_borne(session, draft.wikidata_id)
    now = datetime.now(UTC)
    columns = draft.model_dump(exclude={"aliases"})
    row = EntityRow(**columns, name_key=name_key(draft.name), recorded_at=now, changed_at=now)
    session.add(row)
    session.flush()
    _add_names(session, row.id, given, made_by)
    changes.record(session, "entity", row.id, "created", made_by, now)
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


def count_mentions(session: Session, entity_ids: Iterable[int], sign: int) -> None:
    """Add to (sign 1) or take from (sign -1) how often each is named, once for each time it is listed.

    Whoever stands for one that was merged counts it too.
    """
    times = Counter(entity_ids)
    standing = Counter[int]()
    for entity_id, kept_id in merges.kept(session, times).items():
        standing[kept_id] += times[entity_id]
    steps = [{"entity": entity_id, "step": sign * counted} for entity_id, counted in (times + standing).items()]
    if steps:
        table: Any = EntityRow.__table__  # type: ignore[attr-defined]
        counted = update(table).where(table.c.id == bindparam("entity")).values(mentions=table.c.mentions + bindparam("step"))
        session.connection().execute(counted, steps)


def _meant(session: Session, value: str) -> list[EntityRef]:
    found = []
    if re.fullmatch(r"[0-9]{1,16}", value) and int(value) <= MAX_ID:
        found = _WITH_ID.rows(session, id=int(value))
    elif re.fullmatch(r"Q[1-9][0-9]*", value):
        found = _WITH_WIKIDATA_ID.rows(session, id=value)
    if not found and (key := name_key(value)):
        found = _WITH_NAME.rows(session, key=key)
    kept = merges.refs(session, (merged_into for *_, merged_into in found))
    meant = {i: {"id": i, "name": name, "type": type_} for i, name, type_, merged_into in found if merged_into is None}
    return [EntityRef(**ref) for _, ref in sorted((meant | kept).items())]


def _row(session: Session, entity_id: int) -> EntityRow:
    row = session.get(EntityRow, entity_id)
    if row is None or row.withdrawn_at is not None:
        raise NotFound(f"there is no entity {entity_id}")
    if row.merged_into is not None:
        raise Merged(entity_id, row.merged_into)
    return row


def _refuse_borne(session: Session, wikidata_id: str | None) -> None:
    bearer = session.exec(select(EntityRow).where(EntityRow.wikidata_id == wikidata_id)).first() if wikidata_id else None
    if bearer is not None:
        merged = f", which was merged into {bearer.merged_into}: filters find that one by it" if bearer.merged_into else ""
        raise AlreadyStored(
            f"{wikidata_id} is entity {bearer.id}{merged or '; change that one instead'}",
            f"/entities/{bearer.merged_into or bearer.id}",
        )


def _touch(session: Session, row: EntityRow, made_by: str) -> None:
    row.changed_at = datetime.now(UTC)
    session.add(row)
    changes.record(session, "entity", row.id, "changed", made_by, row.changed_at)
    session.flush()


def _rename(session: Session, row: EntityRow, given: Named, made_by: str) -> None:
    """A name that stays keeps who added it."""
    row.name_key = name_key(row.name)
    added_by = {name.name: name.added_by for name in _shown_names(session, row.id)}
    session.execute(delete(EntityNameRow).where(col(EntityNameRow.entity_id) == row.id))
    session.execute(delete(NameWordRow).where(col(NameWordRow.entity_id) == row.id))
    _add_names(session, row.id, given, made_by, added_by)
    merges.share_names(session, row.id)


def _add_names(
    session: Session, entity_id: int, given: Named, made_by: str, added_by: Mapping[str, str] = MappingProxyType({})
) -> None:
    """All names of an entity that has none."""
    names.add(
        session,
        [NewName(entity_id, name, key, kind, added_by.get(name, made_by)) for name, key, kind in names.unknown((), given)],
    )


def _shown_names(session: Session, entity_id: int) -> list[EntityName]:
    rows = session.exec(select(EntityNameRow).where(EntityNameRow.entity_id == entity_id))
    return [EntityName.model_validate(row.model_dump()) for row in rows]
