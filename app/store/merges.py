"""Which entities are one: somebody's judgement, kept beside them and taken back at any time.

Mentions, claims, links and tags go on saying which entity was meant when they were stored. What is asked for is widened to all that
stand for one, and what is shown is the one that is kept. `EntityRow.merged_into`, the end of the way of judgements, follows from
them, and so do the words by which the kept one is found and how often it is named.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy
from sqlmodel import Session, col, select

from app.errors import AlreadyStored, Fault, NotFound, Unusable
from app.models.entities import EntityMergeRow, EntityRow
from app.models.fields import Json
from app.store import changes, names, rows
from app.store.prepared import IDS, Prepared, table

_entity = table(EntityRow).c
_REFS = Prepared(sqlalchemy.select(_entity.id, _entity.name, _entity.type).where(_entity.id.in_(IDS)))
_MERGED = Prepared(
    sqlalchemy.select(_entity.merged_into, _entity.id, _entity.name, _entity.type)
    .where(_entity.merged_into.in_(IDS))
    .order_by(_entity.id)
)


def refs(session: Session, kept_ids: Iterable[int | None]) -> dict[int, Json]:
    """These entities in the shape of `EntityRef`, by their ids; for none, as almost always, nothing is read."""
    wanted = sorted({kept_id for kept_id in kept_ids if kept_id is not None})
    return {i: {"id": i, "name": name, "type": type_} for i, name, type_ in _REFS.rows(session, wanted)}


def merged(session: Session, kept_ids: Sequence[int]) -> dict[int, list[Json]]:
    """For each of these the entities for which it stands, in the shape of `EntityRef`."""
    found: dict[int, list[Json]] = {kept_id: [] for kept_id in kept_ids}
    for kept_id, i, name, type_ in _MERGED.rows(session, kept_ids):
        found[kept_id].append({"id": i, "name": name, "type": type_})
    return found


def alike(session: Session, kept_ids: Collection[int]) -> dict[int, list[int]]:
    """For each of these its own id and the ids of those for which it stands: whoever asks for it asks for all of them."""
    return {kept_id: [kept_id, *(one["id"] for one in ones)] for kept_id, ones in merged(session, sorted(kept_ids)).items()}


def any_are(session: Session) -> bool:
    """Whether any entity was merged into another."""
    return session.exec(select(EntityRow.id).where(col(EntityRow.merged_into).is_not(None)).limit(1)).first() is not None


def kept(session: Session, entity_ids: Iterable[int]) -> dict[int, int]:
    """Of these entities those that were merged, each with the one that stands for it."""
    if not any_are(session):
        return {}
    found: dict[int, int] = {}
    for some in rows.some_at_once(entity_ids):
        wanted = sqlalchemy.select(_entity.id, _entity.merged_into).where(_entity.merged_into.is_not(None), _entity.id.in_(some))
        found |= {row.id: row.merged_into for row in session.execute(wanted)}
    return found


def merge(session: Session, entity_id: int, into_id: int, made_by: str) -> int:
    """Judge that an entity is another one, which is kept: the id of the one that stands for both. Said again, it changes nothing.

    Raises:
        NotFound: when there is no such entity. Unusable: when there is none to merge it into, or it is itself.
        AlreadyStored: when one of the two was merged into another; which one is to be taken instead, or what to undo.
    """
    one, other = session.get(EntityRow, entity_id), session.get(EntityRow, into_id)
    if one is None:
        raise NotFound(f"there is no entity {entity_id}")
    if other is None or entity_id == into_id:
        fault = f"there is no entity {into_id}" if other is None else "an entity cannot be merged into itself; send another id"
        raise Unusable([Fault("/into", fault)])
    if one.merged_into is not None:
        judged = session.get_one(EntityMergeRow, entity_id)
        if judged.into_id == into_id:
            return one.merged_into
        undo = f"DELETE /entities/{entity_id}/merge undoes that"
        raise AlreadyStored(f"entity {entity_id} is merged into {judged.into_id} already; {undo}", f"/entities/{judged.into_id}")
    if other.merged_into is not None:
        instead = (
            f"undo that first: DELETE /entities/{into_id}/merge"
            if other.merged_into == entity_id
            else f"merge into {other.merged_into} instead"
        )
        raise AlreadyStored(
            f"entity {into_id} is itself merged into {other.merged_into}; {instead}", f"/entities/{other.merged_into}"
        )
    now = datetime.now(UTC)
    session.add(EntityMergeRow(entity_id=entity_id, into_id=into_id, made_by=made_by, recorded_at=now))
    group = _standing_for(session, entity_id)
    other.mentions += one.mentions
    one.mentions -= sum(member.mentions for member in group)
    for member in (one, *group):
        member.merged_into = into_id
    _tell(session, one, other, "merged", into_id, made_by, now)
    return into_id


def unmerge(session: Session, entity_id: int, made_by: str) -> None:
    """Take the judgement back: it is again what it was, with those that had been merged into it.

    Raises:
        NotFound: when there is no such entity, or it was not merged.
    """
    judged = session.get(EntityMergeRow, entity_id)
    if judged is None:
        raise NotFound(f"there is no entity {entity_id} that was merged into another")
    one = session.get_one(EntityRow, entity_id)
    other = session.get_one(EntityRow, one.merged_into)
    session.delete(judged)
    group = [session.get_one(EntityRow, member_id) for member_id in _led_here(session, entity_id)]
    one.mentions += sum(member.mentions for member in group)
    other.mentions -= one.mentions
    one.merged_into = None
    for member in group:
        member.merged_into = entity_id
    _tell(session, one, other, "unmerged", judged.into_id, made_by, datetime.now(UTC))
    names.write_words(session, [entity_id, *(member.id for member in group)])


def share_names(session: Session, kept_id: int) -> None:
    """Let the entity be found by the names of those for which it stands, after any of them has other names."""
    if group := _standing_for(session, kept_id):
        names.write_words(session, [kept_id, *(member.id for member in group)])


def _standing_for(session: Session, kept_id: int) -> Sequence[EntityRow]:
    return session.exec(select(EntityRow).where(EntityRow.merged_into == kept_id)).all()


def _led_here(session: Session, entity_id: int) -> list[int]:
    """All that were merged into the entity, and into those, and so on."""
    found: list[int] = []
    ends = [entity_id]
    while ends:
        ends = list(session.exec(select(EntityMergeRow.entity_id).where(col(EntityMergeRow.into_id).in_(ends))))
        found += ends
    return found


def _tell(session: Session, one: EntityRow, other: EntityRow, action: Any, into_id: int, made_by: str, now: datetime) -> None:
    one.changed_at = other.changed_at = now
    session.flush()
    changes.record(session, "entity", one.id, action, made_by, now, into=into_id)
    changes.record(session, "entity", other.id, "changed", made_by, now)
    names.write_words(session, [other.id, *(member.id for member in _standing_for(session, other.id))])
