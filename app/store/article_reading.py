"""Stored articles as they are answered: whole, in a list, and as the revisions they had."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from app.errors import NotFound
from app.models.articles import ArticleAuthorRow, ArticleRow, MentionRow, RevisionRow, SourceRow
from app.models.claim_rows import ClaimRow
from app.models.dates import ArticleDateRow
from app.models.entities import EntityRow
from app.models.fields import Json
from app.models.lists import Applied, ListQuery
from app.store import claim_reading, copies, merges, runs
from app.store.claim_reading import DATE_COLUMNS
from app.store.fulltext.query import Asked
from app.store.fulltext.snippets import snippet
from app.store.pages import Order, page, walk
from app.store.prepared import IDS, Prepared, instant, table

_article, _source, _author, _revision = (table(row).c for row in (ArticleRow, SourceRow, ArticleAuthorRow, RevisionRow))
_mention, _date, _entity, _claim = (table(row).c for row in (MentionRow, ArticleDateRow, EntityRow, ClaimRow))

_WHOLE = Prepared(
    select(
        *(_article.id, _article.title, _source.name, _article.published, _article.url, _revision.text, _article.external_id),
        *(_article.language, _article.revision, instant(_article.recorded_at), instant(_article.changed_at)),
        *(_article.dateline, _article.dateline_place, _article.dateline_agency, _article.dateline_date),
    )
    .join_from(
        table(ArticleRow),
        table(RevisionRow),
        (_revision.article_id == _article.id) & (_revision.number == _article.revision),
    )
    .outerjoin(table(SourceRow), _source.id == _article.source_id)
    .where(_article.id.in_(IDS), _article.withdrawn_at.is_(None))
)
_SUMMARIES = Prepared(
    select(
        *(_article.id, _article.title, _source.name, _article.published, _article.url, _article.language, _article.revision),
        *(instant(_article.recorded_at), instant(_article.changed_at)),
    )
    .outerjoin_from(table(ArticleRow), table(SourceRow), _source.id == _article.source_id)
    .where(_article.id.in_(IDS))
)
_TEXTS = Prepared(
    select(_article.id, _revision.text)
    .join_from(
        table(ArticleRow),
        table(RevisionRow),
        (_revision.article_id == _article.id) & (_revision.number == _article.revision),
    )
    .where(_article.id.in_(IDS))
)
_AUTHORS = Prepared(
    select(_author.article_id, _author.name).where(_author.article_id.in_(IDS)).order_by(_author.article_id, _author.position)
)
_COUNTS = Prepared(
    select(_claim.article_id, func.count())
    .where(_claim.article_id.in_(IDS), _claim.withdrawn_at.is_(None), _claim.status != "rejected")
    .group_by(_claim.article_id)
)
_MENTIONS = Prepared(
    select(
        _mention.article_id,
        _mention.start,
        _mention.end,
        _mention.kind,
        _entity.id,
        _entity.name,
        _entity.type,
        _entity.merged_into,
    )
    .join_from(
        table(ArticleRow),
        table(MentionRow),
        (_mention.article_id == _article.id) & (_mention.revision == _article.revision),
    )
    .join(table(EntityRow), _entity.id == _mention.entity_id)
    .where(_article.id.in_(IDS))
    .order_by(_mention.article_id, _mention.start, _mention.end)
)
_DATES = Prepared(
    select(_date.article_id, *(_date[name] for name in DATE_COLUMNS))
    .join_from(table(ArticleRow), table(ArticleDateRow), (_date.article_id == _article.id) & (_date.revision == _article.revision))
    .where(_article.id.in_(IDS))
    .order_by(_date.article_id, _date.position)
)
_LIVE = Prepared(select(_article.id, _article.revision).where(_article.id == bindparam("article"), _article.withdrawn_at.is_(None)))
_REVISIONS = Prepared(
    select(_revision.article_id, _revision.number, _revision.text, instant(_revision.recorded_at))
    .where(_revision.article_id == bindparam("article"), _revision.number.in_(IDS))
    .order_by(_revision.number.desc())
)


def get(session: Session, article_id: int) -> Json:
    """The whole article.

    Raises:
        NotFound: when there is none, or it was deleted.
    """
    found = whole(session, [article_id])
    if not found:
        raise NotFound(f"there is no article {article_id}")
    return found[0]


def whole(session: Session, ids: Sequence[int]) -> list[Json]:
    """These articles with the texts of their current revisions, in the order of the ids, deleted ones left out.

    Rejected claims are left out, as in every search. At most MOST_IDS.
    """
    rows = {row[0]: row for row in _WHOLE.rows(session, ids)}
    ids = [i for i in ids if i in rows]
    authors, dates = _authors(session, ids), defaultdict[int, list[Json]](list)
    for article_id, *date in _DATES.rows(session, ids):
        dates[article_id].append(claim_reading.shown_date(date))
    entities = _entities(session, ids, {row[0]: row[5] for row in rows.values()})
    copied = copies.counts(session, ids)
    claims, extractions = claim_reading.of_articles(session, ids), runs.shown(session, ids)
    return [
        {
            "id": i,
            "title": title,
            "source": source,
            "published": published,
            "url": url,
            "text": text,
            "external_id": external_id,
            "authors": authors.get(i, []),
            "language": language,
            "dateline": _dateline(dateline, dates[i]),
            "revision": revision_,
            "entities": list(entities[i].values()),
            "dates": dates[i],
            "claims": claims[i],
            "copies": copied.get(i, 0),
            "extraction": extractions.get(i),
            "recorded_at": recorded_at,
            "changed_at": changed_at,
        }
        for i, title, source, published, url, text, external_id, language, revision_, recorded_at, changed_at, *dateline in (
            rows[i] for i in ids
        )
    ]


def read(session: Session, ids: Sequence[int], asked: Asked | None) -> list[Json]:
    """These articles without their texts, in the order of the ids; with `asked`, each with its snippet."""
    rows = {row[0]: row for row in _SUMMARIES.rows(session, ids)}
    authors = _authors(session, ids)
    copied = copies.counts(session, ids)
    claims = dict(_COUNTS.rows(session, ids))
    texts = {} if asked is None else dict(_TEXTS.rows(session, ids))
    return [
        {
            "id": i,
            "title": title,
            "source": source,
            "published": published,
            "url": url,
            "authors": authors.get(i, []),
            "language": language,
            "revision": revision_,
            "claims": claims.get(i, 0),
            "copies": copied.get(i, 0),
            "recorded_at": recorded_at,
            "changed_at": changed_at,
            "snippet": None if asked is None else _snippet(texts[i], title, asked),
        }
        for i, title, source, published, url, language, revision_, recorded_at, changed_at in (rows[i] for i in ids)
    ]


def revision(session: Session, article_id: int, number: int) -> Json:
    """Raises NotFound when there is no such article, or it never had that revision."""
    newest = current_revision(session, article_id)
    rows = _REVISIONS.rows(session, [number], article=article_id) if number <= newest else ()  # or longer than its column
    if not rows:
        raise NotFound(f"article {article_id} has no revision {number}")
    return _shown_revision(*rows[0])


def current_revision(session: Session, article_id: int) -> int:
    """Its number. Raises NotFound when there is no such article."""
    rows: list[tuple[int, int]] = _LIVE.rows(session, article=article_id)
    if not rows:
        raise NotFound(f"there is no article {article_id}")
    return rows[0][1]


def revisions(session: Session, query: ListQuery, article_id: int) -> tuple[Json, str | None]:
    """Every text the article had, the newest first."""
    current_revision(session, article_id)
    number = _revision.number
    of_article = select(number).where(_revision.article_id == article_id)
    found = walk(session, of_article, Order(number, number, descending=True), query)
    items = [_shown_revision(*row) for row in _REVISIONS.rows(session, found.ids, article=article_id)]
    return page(items, found, Applied(sort="-number", q=None, entities=[], ranges=[], notes=[]))


def _shown_revision(article: int, number: int, text: str, recorded_at: str) -> Json:
    return {"article": article, "number": number, "text": text, "recorded_at": recorded_at}


def _authors(session: Session, ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for article_id, name in _AUTHORS.rows(session, ids):
        found.setdefault(article_id, []).append(name)
    return found


def _entities(session: Session, ids: Sequence[int], texts: dict[int, str]) -> dict[int, dict[int, Json]]:
    """Of each article, by their ids, in the order in which the text names them first."""
    rows = _MENTIONS.rows(session, ids)
    kept = merges.refs(session, (row[-1] for row in rows))
    found = defaultdict[int, dict[int, Json]](dict)
    places: set[tuple[int, int, int, int]] = set()
    for article_id, start, end, kind, entity_id, name, type_, merged_into in rows:
        of_article, text = found[article_id], texts[article_id]
        ref = kept[merged_into] if merged_into else {"id": entity_id, "name": name, "type": type_}
        entity = of_article.setdefault(ref["id"], {**ref, "mentions": []})
        if (place := (article_id, start, end, ref["id"])) not in places:  # two that were merged may both be named there
            places.add(place)
            entity["mentions"].append({"start": start, "end": end, "text": text[start:end], "kind": kind})
    return found


def _dateline(columns: Sequence[Any], dates: Sequence[Json]) -> Json | None:
    text, place, agency, position = columns
    return {"text": text, "place": place, "agency": agency, "date": None if position is None else dates[position]} if text else None


def _snippet(text: str, title: str | None, asked: Asked) -> str:
    """From the text; from the headline when the words stand only there."""
    found = snippet(text, asked)
    return found if "<mark>" in found or title is None else snippet(title, asked)
