"""Who stands beside an entity: the entities of its articles or claims, counted as a facet is."""

from sqlalchemy import func, select
from sqlmodel import Session

from app.models.articles import ArticleFilters
from app.models.claims import ClaimFilters
from app.models.entities import EntityRow
from app.models.facets import RelatedQuery
from app.models.fields import Json
from app.store import article_search, claim_search, entities, facets
from app.store.prepared import table
from app.store.searching import Search

_entity = table(EntityRow).c


def find(session: Session, entity_id: int, query: RelatedQuery) -> Json:
    """The most frequent ones.

    Raises:
        NotFound: when there is no such entity.
    """
    entities.get(session, entity_id)
    search = _together(session, entity_id, query)
    total = facets.total_of(search, query.total == "exact")
    items: list[Json] = []
    if total.value:
        each = facets.pairs(search, "entity", facets.newest(search, total))
        columns = (_entity.id, _entity.name, _entity.type, func.count())
        beside = select(*columns).join_from(each, table(EntityRow), _entity.id == each.c.value).where(_entity.id != entity_id)
        if query.type:
            beside = beside.where(_entity.type.in_(query.type))
        most = beside.group_by(_entity.id).order_by(func.count().desc(), _entity.id).limit(query.limit)
        items = [{"id": i, "name": name, "type": type_, "count": times} for i, name, type_, times in search.read(most)]
    return {"items": items, **facets.looked_at(total), "applied": search.question.applied(query).model_dump()}


def _together(session: Session, entity_id: int, query: RelatedQuery) -> Search:
    """What names it, under the filters that the query shares with the searches."""
    asked = {name: getattr(query, name) for name in ArticleFilters.model_fields if name in RelatedQuery.model_fields}
    asked["entity"] = [str(entity_id)]
    if query.together == "claim":
        return claim_search.asked(session, ClaimFilters(**asked))
    return article_search.asked(session, ArticleFilters(**asked))
