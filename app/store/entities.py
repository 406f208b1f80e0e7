"""Entities and their names: found by any of them, and told apart when a text is stored."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import bindparam, delete, update
from sqlmodel import Session, col, select

from app.errors import AlreadyStored, NotFound
from app.folding import name_key
from app.models.entities import Entity, EntityDraft, EntityName, EntityNameRow, EntityPatch, EntityRow, NameWordRow
from app.models.extraction import NameKind
from app.models.fields import MAX_ID
from app.models.lists import AppliedEntities, EntityRef
from app.store import changes, names
from app.store.names import STRENGTH, Named, NewName


def named(session: Session, parameter: str, values: Sequence[str]) -> list[AppliedEntities]:
    """For each value the entities it means: that id, that Wikidata id, or everything that bears the name."""
    return [AppliedEntities(parameter=parameter, given=value, matched=_meant(session, value)) for value in values]


def refs(session: Session, ids: Iterable[int]) -> dict[int, EntityRef]:
    wanted = select(EntityRow.id, EntityRow.name, EntityRow.type).where(col(EntityRow.id).in_(set(ids)))
    return {row.id: EntityRef.model_validate(row, from_attributes=True) for row in session.execute(wanted)}


def get(session: Session, entity_id: int) -> Entity:
    """One entity with its names, the preferred one first.

    Raises:
        NotFound: when there is none.
    """
    return read(session, [_row(session, entity_id).id])[0]


def read(session: Session, ids: Sequence[int]) -> list[Entity]:
    """These entities, in the order of the ids."""
    rows = {row.id: row for row in session.exec(select(EntityRow).where(col(EntityRow.id).in_(ids)))}
    borne: dict[int, list[EntityNameRow]] = {}
    for name in session.exec(select(EntityNameRow).where(col(EntityNameRow.entity_id).in_(ids))):
        borne.setdefault(name.entity_id, []).append(name)
    return [_shown(rows[i], borne.get(i, [])) for i in ids]


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
    """Add to (sign 1) or take from (sign -1) how often each is named, once for each time it is listed."""
    steps = [{"entity": entity_id, "step": sign * times} for entity_id, times in Counter(entity_ids).items()]
    if steps:
        table: Any = EntityRow.__table__  # type: ignore[attr-defined]
        counted = update(table).where(table.c.id == bindparam("entity")).values(mentions=table.c.mentions + bindparam("step"))
        session.connection().execute(counted, steps)


def _meant(session: Session, value: str) -> list[EntityRef]:
    rows = select(EntityRow.id, EntityRow.name, EntityRow.type).where(col(EntityRow.withdrawn_at).is_(None))
    by_id = None
    if re.fullmatch(r"[0-9]{1,16}", value) and int(value) <= MAX_ID:
        by_id = rows.where(EntityRow.id == int(value))
    elif re.fullmatch(r"Q[1-9][0-9]*", value):
        by_id = rows.where(EntityRow.wikidata_id == value)
    found = session.execute(by_id).all() if by_id is not None else []
    if not found and (key := name_key(value)):
        bearing = select(EntityNameRow.entity_id).where(EntityNameRow.key == key)
        found = session.execute(rows.where(col(EntityRow.id).in_(bearing)).order_by(col(EntityRow.id))).all()
    return [EntityRef.model_validate(row, from_attributes=True) for row in found]


def _row(session: Session, entity_id: int) -> EntityRow:
    row = session.get(EntityRow, entity_id)
    if row is None or row.withdrawn_at is not None:
        raise NotFound(f"there is no entity {entity_id}")
    return row


def _refuse_borne(session: Session, wikidata_id: str | None) -> None:
    bearer = session.exec(select(EntityRow.id).where(EntityRow.wikidata_id == wikidata_id)).first() if wikidata_id else None
    if bearer is not None:
        raise AlreadyStored(f"{wikidata_id} is entity {bearer}; change that one instead", f"/entities/{bearer}")


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


def _shown(row: EntityRow, names: Sequence[EntityNameRow]) -> Entity:
    others = sorted((n for n in names if n.kind != "preferred"), key=lambda n: (STRENGTH[n.kind], n.name))
    aliases = [EntityName.model_validate(name.model_dump()) for name in others]
    return Entity.model_validate({**row.model_dump(), "aliases": aliases})
