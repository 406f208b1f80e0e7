"""Entities: add, find by any name, read, correct."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app import edit
from app.api import conditional, examples, reads
from app.api.articles import CLIENT
from app.api.deps import IfMatch, PathId, WriteDatabase, asked, parameters
from app.models.entities import Entity, EntityDraft, EntityMerge, EntityPage, EntityPatch, EntityQuery, Suggestions, SuggestQuery
from app.store import entities, entity_search

router = APIRouter(tags=["entities"])


@router.post("/entities", response_model=Entity, status_code=201, responses=examples.CREATED)
def create_entity(request: Request, draft: EntityDraft, database: WriteDatabase) -> Response:
    """Add an entity with its names."""
    entity = edit.add_entity(database, draft, CLIENT)
    return conditional.answer(request, entity, 201, location=f"/entities/{entity['id']}")


@router.get("/entities", response_model=EntityPage, openapi_extra=parameters(EntityQuery))
async def search_entities(request: Request, query: Annotated[EntityQuery, asked(EntityQuery)]) -> Response:
    """Find entities by the words of any of their names."""
    return await reads.page(request, query, entity_search.find)


@router.get("/entities/suggest", response_model=Suggestions)
async def suggest_entities(request: Request, query: Annotated[SuggestQuery, Query()]) -> Response:
    """The best ten for what has been typed so far."""
    return reads.written(await reads.read(request, lambda session: {"items": entity_search.suggest(session, query.q)}))


@router.get("/entities/{entity_id:int}", response_model=Entity)
async def get_entity(request: Request, entity_id: PathId) -> Response:
    """One entity with all its names."""
    return await reads.one(request, lambda session: entities.get(session, entity_id))


@router.patch("/entities/{entity_id:int}", response_model=Entity)
def update_entity(request: Request, entity_id: PathId, patch: EntityPatch, database: WriteDatabase, if_match: IfMatch) -> Response:
    """Correct its name, type, aliases, description or Wikidata id."""
    return conditional.answer(request, edit.change_entity(database, entity_id, patch, CLIENT, if_match))


@router.post("/entities/{entity_id:int}/merge", response_model=Entity)
def merge_entity(request: Request, entity_id: PathId, merge: EntityMerge, database: WriteDatabase) -> Response:
    """Judge that this entity is another one, which is kept; the answer is that one.

    Nothing that was stored is rewritten: answers show the entity that is kept, filters by either find what names either, and
    whoever asks for the other is answered with 308. `DELETE` undoes it.
    """
    return conditional.answer(request, edit.merge_entity(database, entity_id, merge.into, CLIENT))


@router.delete("/entities/{entity_id:int}/merge", status_code=204)
def unmerge_entity(entity_id: PathId, database: WriteDatabase) -> None:
    """Undo the merge: the entity is again what it was."""
    edit.unmerge_entity(database, entity_id, CLIENT)
