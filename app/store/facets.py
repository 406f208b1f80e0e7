"""How often each value of a filter stands among the matches: the values of so many of the newest are counted in one pass each.

What a match holds is read from its rows, from which `store/indexing.py` makes the tags of a search, so that a count is what the
search finds with that filter added: tests/test_facets.py.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import CTE, Select, func, null, select, union, union_all
from sqlmodel import Session

from app.models.articles import ArticleAuthorRow, ArticleRow, MentionRow, SourceRow
from app.models.claim_rows import ClaimPartyRow, ClaimRow
from app.models.entities import EntityRow
from app.models.facets import ArticleFacetsQuery, ClaimFacetsQuery
from app.models.fields import Json
from app.models.lists import Total
from app.store import entities, merges, pages
from app.store.prepared import table
from app.store.searching import Search

TOP = 20
Rows = Select[Any]  # of matches, joined with what has their values
Value = tuple[Any, str, int]  # itself, its name, how often
_article, _claim, _source, _author = (table(row).c for row in (ArticleRow, ClaimRow, SourceRow, ArticleAuthorRow))
_mention, _party, _entity = (table(row).c for row in (MentionRow, ClaimPartyRow, EntityRow))
_OF_ENTITIES = ("entity", "speaker", "subject")


def count(search: Search, query: ArticleFacetsQuery | ClaimFacetsQuery) -> Json:
    """The facets that are asked for, each once, in that order."""
    total = total_of(search, query.total == "exact")
    matches = newest(search, total) if total.value else None
    return {
        "facets": [_facet(search, name, total, matches) for name in dict.fromkeys(query.facet)],
        **looked_at(total),
        "applied": search.question.applied(query).model_dump(),
    }


def total_of(search: Search, is_exact: bool) -> Total:
    return Total(value=0, relation="eq") if search.question.never else search.total(is_exact)


def looked_at(total: Total) -> Json:
    """What was counted, as an answer says it."""
    return {"total": total.model_dump(), "counted": total.value, "relation": total.relation}


def newest(search: Search, total: Total) -> CTE:
    """All matches, or CAP of the newest where there are more."""
    return search.matches(None if total.relation == "eq" else pages.CAP)


def pairs(search: Search, name: str, matches: CTE) -> CTE:
    """(`row`, `value`, `name` of the value) for each match and each value it has, once."""
    found = _READERS[search.noun.kind][name](search.rows_of(matches))
    if name in _OF_ENTITIES and merges.any_are(search.session):
        found = _kept(found)
    each: CTE = found.cte("pairs")
    return each


def _kept(found: Any) -> Rows:
    """The pairs with the entity that is kept for each that was merged, once."""
    raw = found.subquery()
    kept = func.coalesce(_entity.merged_into, raw.c.value)
    pairs_ = select(raw.c.row, kept.label("value"), kept.label("name"))
    return pairs_.join_from(raw, table(EntityRow), _entity.id == raw.c.value).distinct()


def _facet(search: Search, name: str, total: Total, matches: CTE | None) -> Json:
    found: list[Value] = []
    bearing = 0
    if matches is not None:
        each = pairs(search, name, matches)
        counts = select(each.c.value, func.min(each.c.name), func.count()).group_by(each.c.value)
        # In one statement, so that the pairs are found once.
        for value, shown, times in search.read(union_all(counts, select(null(), null(), func.count(each.c.row.distinct())))):
            if value is None:
                bearing = times
            else:
                found.append((value, shown, times))
    values = _by_part(found) if name == "language" else found
    best = sorted(values, key=lambda value: (-value[2], value[1]))[:TOP]
    return {"facet": name, "items": _shown(search.session, name, best), "values": len(values), "none": total.value - bearing}


def _by_part(found: Sequence[Value]) -> list[Value]:
    """`en-GB` counts as `en` too, as it is found; spelled as it is most often, for case does not count."""
    counts: Counter[str] = Counter()
    spelled: dict[str, str] = {}
    for tag, _, times in sorted(found, key=lambda value: -value[2]):
        parts = tag.split("-")
        for part in ("-".join(parts[:n]) for n in range(1, len(parts) + 1)):
            counts[spelled.setdefault(part.lower(), part)] += times
    return [(part, part, times) for part, times in counts.items()]


def _shown(session: Session, name: str, best: Iterable[Value]) -> list[Json]:
    if name not in _OF_ENTITIES:
        return [{"value": shown, "count": times, "entity": None} for _, shown, times in best]
    refs = entities.refs(session, [value for value, _, _ in best])
    return [{"value": str(value), "count": times, "entity": refs[value]} for value, _, times in best]


def _pairs(rows: Rows, row: Any, value: Any, name: Any = None) -> Rows:
    columns = (row.label("row"), value.label("value"), (value if name is None else name).label("name"))
    return rows.where(value.is_not(None)).with_only_columns(*columns).distinct()


def _sources(rows: Rows, row: Any = _article.id) -> Rows:
    return _pairs(rows.join(table(SourceRow), _source.id == _article.source_id), row, _source.id, _source.name)


def _authors(rows: Rows, row: Any = _article.id) -> Rows:
    """One whose name an article spells in two ways is one."""
    of_article = rows.join(table(ArticleAuthorRow), _author.article_id == _article.id)
    return _pairs(of_article, row, _author.key, func.min(_author.name)).group_by(row, _author.key)


def _languages(rows: Rows, row: Any = _article.id) -> Rows:
    return _pairs(rows, row, _article.language)


def _in_articles(rows: Rows) -> Any:
    """An article names whom its current text mentions and who takes part in its claims."""
    in_text = (_mention.article_id == _article.id) & (_mention.revision == _article.revision)
    of_claims = rows.join(table(ClaimRow), (_claim.article_id == _article.id) & _claim.withdrawn_at.is_(None))
    return union(
        _pairs(rows.join(table(MentionRow), in_text), _article.id, _mention.entity_id),
        _pairs(of_claims.join(table(ClaimPartyRow), _party.claim_id == _claim.id), _article.id, _party.entity_id),
    )


def _parties(rows: Rows, roles: Sequence[str]) -> Rows:
    taking_part = (_party.claim_id == _claim.id) & _party.role.in_(roles)
    return _pairs(rows.join(table(ClaimPartyRow), taking_part), _claim.id, _party.entity_id)


def _by_article(read: Callable[[Rows, Any], Rows]) -> Callable[[Rows], Rows]:
    """What a claim has by its article."""
    return lambda rows: read(rows.join(table(ArticleRow), _article.id == _claim.article_id), _claim.id)


_READERS: Mapping[str, Mapping[str, Callable[[Rows], Any]]] = {
    "article": {"source": _sources, "author": _authors, "language": _languages, "entity": _in_articles},
    "claim": {
        "source": _by_article(_sources),
        "author": _by_article(_authors),
        "language": _by_article(_languages),
        "entity": partial(_parties, roles=("speaker", "subject")),
        "speaker": partial(_parties, roles=("speaker",)),
        "subject": partial(_parties, roles=("subject",)),
        "kind": partial(_pairs, row=_claim.id, value=_claim.kind),
        "status": partial(_pairs, row=_claim.id, value=_claim.status),
    },
}
