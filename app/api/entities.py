"""Entities: add, find by any name, read, correct."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app import edit
from app.api import conditional, examples
from app.api.articles import CLIENT
from app.api.deps import IfMatch, PathId, ReadDatabase, WriteDatabase
from app.api.lists import with_next
from app.models.entities import Entity, EntityDraft, EntityPage, EntityPatch, EntityQuery, Suggestions, SuggestQuery
from app.store import entities, entity_search

router = APIRouter(tags=["entities"])


@router.post("/entities", status_code=201, responses=examples.CREATED)
def create_entity(request: Request, draft: EntityDraft, database: WriteDatabase) -> Entity:
    """Add an entity with its names."""
    entity = edit.add_entity(database, draft, CLIENT)
    return conditional.answer(request, entity, 201, location=f"/entities/{entity.id}")


@router.get("/entities")
def search_entities(
    request: Request, response: Response, query: Annotated[EntityQuery, Query()], database: ReadDatabase
) -> EntityPage:
    """Find entities by the words of any of their names."""
    with database.reading() as session:
        return with_next(request, response, entity_search.find(session, query))


@router.get("/entities/suggest")
def suggest_entities(query: Annotated[SuggestQuery, Query()], database: ReadDatabase) -> Suggestions:
    """The best ten for what has been typed so far."""
    with database.reading() as session:
        return Suggestions(items=entity_search.suggest(session, query.q))


@router.get("/entities/{entity_id:int}")
def get_entity(request: Request, entity_id: PathId, database: ReadDatabase) -> Entity:
    """One entity with all its names."""
    with database.reading() as session:
        return conditional.answer(request, entities.get(session, entity_id))


@router.patch("/entities/{entity_id:int}")
def update_entity(request: Request, entity_id: PathId, patch: EntityPatch, database: WriteDatabase, if_match: IfMatch) -> Entity:
    """Correct its name, type, aliases, description or Wikidata id."""
    return conditional.answer(request, edit.change_entity(database, entity_id, patch, CLIENT, if_match))
