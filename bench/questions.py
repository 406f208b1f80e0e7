"""What the archive of bench/corpus.py is asked, as addresses of the service, as SQL by hand and as SQL for Datasette."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from sqlmodel import Session

from app.folding import name_key
from app.models.articles import ArticleQuery
from app.models.claims import ClaimQuery
from app.models.facets import ArticleFacetsQuery, ClaimFacetsQuery, RelatedQuery
from app.models.timelines import ArticleTimelineQuery, ClaimTimelineQuery
from app.models.times import day_range
from app.store import article_reading, article_search, cells, claim_reading, claim_search, entity_search, related, tags
from bench import by_hand
from bench.corpus import Corpus

DEEP = 10_000  # pages
_FARTHEST = 200  # of a page while walking there
_SHOWN = """
json_group_array(json_object('role', p.role, 'kind', p.kind, 'text', p.text, 'entity', e.name)) FROM claim_party p
LEFT JOIN entity e ON e.id = p.entity_id WHERE p.claim_id = claim.id"""
_CLAIMS = f"""
SELECT claim.*, article.title, article.published, article.url, source.name AS source, (SELECT {_SHOWN}) AS parties,
(SELECT json_group_array(edtf) FROM claim_date d WHERE d.claim_id = claim.id) AS dates
FROM {{}} JOIN article ON article.id = claim.article_id LEFT JOIN source ON source.id = article.source_id
WHERE {{}} ORDER BY claim.time_key DESC LIMIT 20"""
_ARTICLES = """
SELECT article.*, source.name AS source, (SELECT count(*) FROM claim WHERE claim.article_id = article.id) AS claims
FROM {} LEFT JOIN source ON source.id = article.source_id WHERE {} ORDER BY article.time_key DESC LIMIT 20"""
_ARTICLE = f"""
SELECT article.*, source.name AS source, article_revision.text,
(SELECT json_group_array(json_object('id', claim.id, 'exact', claim.exact, 'kind', claim.kind, 'parties', (SELECT {_SHOWN})))
FROM claim WHERE claim.article_id = article.id) AS claims
FROM article JOIN article_revision ON article_id = article.id AND number = article.revision
LEFT JOIN source ON source.id = article.source_id WHERE article.id = {{}}"""


@dataclass(frozen=True, slots=True)
class Question:
    """`path` is the address at the service; what is measured over HTTP has an SQL for Datasette."""

    name: str
    path: str
    by_hand: Callable[[sqlite3.Connection], Any] | None = None
    datasette: str | None = None


def answered(session: Session, path: str) -> Any:
    """What the store answers to this address."""
    parts = urlsplit(path)
    noun, _, rest = parts.path.strip("/").partition("/")
    given: dict[str, Any] = parse_qs(parts.query)
    if rest == "suggest":
        return entity_search.suggest(session, given["q"][0])
    if rest.endswith("/related"):
        related_to = _query(RelatedQuery, given)
        return related.find(session, int(rest.partition("/")[0]), related_to)
    if rest == "facets":
        counted_by = _query({"claims": ClaimFacetsQuery, "articles": ArticleFacetsQuery}[noun], given)
        by_value: Any = {"claims": claim_search.count_values, "articles": article_search.count_values}[noun]
        return by_value(session, counted_by)
    if rest == "timeline":
        query = _query({"claims": ClaimTimelineQuery, "articles": ArticleTimelineQuery}[noun], given)
        count: Any = {"claims": claim_search.timeline, "articles": article_search.timeline}[noun]
        return count(session, query)
    if rest:
        return {"claims": claim_reading.get, "articles": article_reading.get}[noun](session, int(rest))
    query = _query({"claims": ClaimQuery, "articles": ArticleQuery}[noun], given)
    find: Any = {"claims": claim_search.find, "articles": article_search.find}[noun]
    return find(session, query)


def _query(model: Any, given: dict[str, Any]) -> Any:
    return model.model_validate({name: values if name in _lists(model) else values[0] for name, values in given.items()})


@cache
def _lists(model: Any) -> frozenset[str]:
    """The parameters that may be repeated."""
    return frozenset(name for name, field in model.model_fields.items() if "list" in str(field.annotation))


def questions(connection: sqlite3.Connection, made_of: int | None = None) -> list[Question]:
    """For an archive made by `bench corpus` with its usual seed, of so many articles; if not said, of those it holds."""
    (count,) = connection.execute("SELECT count(*) FROM article").fetchone()
    asked = Corpus(made_of or count).questions()

    def entity(name: str) -> int:
        return int(connection.execute("SELECT entity_id FROM entity_name WHERE key = ?", (name_key(name),)).fetchone()[0])

    first, rare = entity(asked.frequent), entity(asked.rare)
    pair, rare_pair = tuple(map(entity, asked.frequent_pair)), tuple(map(entity, asked.rare_pair))
    (claim,) = connection.execute("SELECT id FROM claim ORDER BY time_key LIMIT 1 OFFSET 1000").fetchone()
    (article,) = connection.execute("SELECT article_id FROM claim WHERE id = ?", (claim,)).fetchone()
    return [
        *_of_claims(first, rare, pair, rare_pair, asked.month),
        Question("claim by id", f"/claims/{claim}", by_hand.claim(claim)),
        *_of_articles(first, asked.month),
        Question("article by id", f"/articles/{article}", by_hand.article(article), _ARTICLE.format(article)),
        *_of_words(asked.rare_word, asked.medium_word, asked.common_word, asked.second_common_word, first, asked.month),
        *(
            Question(f"timeline of {noun} by frequent entity", f"/{noun}/timeline?entity={first}")
            for noun in ("claims", "articles")
        ),
        Question("timeline of articles with a very common word", f"/articles/timeline?q={asked.common_word}"),
        *(
            Question(
                f"timeline of claims by frequent entity, by month of {date}",
                f"/claims/timeline?entity={first}&date={date}&interval=month",
            )
            for date in ("said", "about")
        ),
        Question("facets of claims by frequent entity", f"/claims/facets?entity={first}&facet=speaker&facet=kind&facet=source"),
        Question("facets of articles with a very common word", f"/articles/facets?q={asked.common_word}&facet=entity&facet=source"),
        Question("entities beside a frequent one, in articles", f"/entities/{first}/related"),
        Question("entities beside a frequent one, in claims", f"/entities/{first}/related?together=claim"),
        Question("articles by frequent entity, without copies", f"/articles?entity={first}&copies=first"),
        Question("claims by frequent entity, without copies", f"/claims?entity={first}&copies=first"),
        Question("suggestions for three letters", f"/entities/suggest?q={asked.frequent[:3].lower()}"),
    ]


def _of_claims(first: int, rare: int, pair: tuple[int, ...], rare_pair: tuple[int, ...], month: str) -> list[Question]:
    keys, days = _keys(month), day_range(month, month)
    said, about = (cells.overlapping(axis, *days) for axis in (tags.SAID, tags.ABOUT))
    links = "claim_link JOIN claim USING (time_key)"
    of_first = f"claim_link.entity_id = {first} AND claim_link.role = 0"
    both = f"{links} JOIN claim_link AS other USING (time_key)"
    said_by = f"claim_link.entity_id = {pair[0]} AND claim_link.role = 1 AND other.entity_id = {pair[1]} AND other.role = 2"

    def asking(name: str, sql: by_hand.Page, datasette: str | None = None, **filters: Any) -> Question:
        return Question(name, f"/claims?{urlencode(filters, doseq=True)}", sql, datasette)

    def parties(first: tuple[str, int], second: tuple[str, int]) -> by_hand.Page:
        return _tagged([tags.party(*first)], [tags.party(*second)])

    entity, in_month = [tags.party("entity", first)], {"published_from": month, "published_to": month}
    without_total: dict[str, dict[str, Any]] = {
        "claims by frequent entity, published in a month": {"entity": first, **in_month},
        "claims by frequent entity, said in a month": {"entity": first, "said_from": month, "said_to": month},
        "claims by frequent entity, about a month": {"entity": first, "about_from": month, "about_to": month},
        "claims by frequent speaker and frequent subject": {"speaker": pair[0], "subject": pair[1]},
    }
    return [
        asking("claims by frequent entity", by_hand.linked("claim", first, 0), _CLAIMS.format(links, of_first), entity=first),
        asking(
            "claims by frequent entity, published in a month",
            by_hand.linked("claim", first, 0, keys),
            _CLAIMS.format(links, f"{of_first} AND claim.time_key BETWEEN {keys[0]} AND {keys[1]}"),
            entity=first,
            **in_month,
        ),
        asking("claims by frequent entity, said in a month", _tagged(entity, said), entity=first, said_from=month, said_to=month),
        asking("claims by frequent entity, about a month", _tagged(entity, about), entity=first, about_from=month, about_to=month),
        asking("claims by rare entity", by_hand.linked("claim", rare, 0), entity=rare),
        asking(
            "claims by frequent speaker and frequent subject",
            parties(("speaker", pair[0]), ("subject", pair[1])),
            _CLAIMS.format(both, said_by),
            speaker=pair[0],
            subject=pair[1],
        ),
        asking(
            "claims by frequent speaker and rare subject",
            parties(("speaker", rare_pair[0]), ("subject", rare_pair[1])),
            speaker=rare_pair[0],
            subject=rare_pair[1],
        ),
        asking("claims by two entities", parties(("entity", pair[0]), ("entity", pair[1])), entity=pair, entity_match="all"),
        *(
            Question(f"the same without a total: {name}", f"/claims?{urlencode({**asked, 'total': 'none'}, doseq=True)}")
            for name, asked in without_total.items()
        ),
        Question("claims by frequent entity, by the day of saying", f"/claims?entity={first}&sort=-said&total=none"),
        asking("claims by frequent entity, exact total", by_hand.linked("claim", first, 0), entity=first, total="exact"),
    ]


def _of_articles(first: int, month: str) -> list[Question]:
    keys, links = _keys(month), "article_link JOIN article USING (time_key)"
    between = f" AND article.time_key BETWEEN {keys[0]} AND {keys[1]}"
    by_first = f"/articles?entity={first}"
    own, own_month = (_ARTICLES.format(links, f"article_link.entity_id = {first}{more}") for more in ("", between))
    in_month = f"{by_first}&published_from={month}&published_to={month}"
    return [
        Question("articles by frequent entity", by_first, by_hand.linked("article", first), own),
        Question(
            "articles by frequent entity, published in a month", in_month, by_hand.linked("article", first, None, keys), own_month
        ),
    ]


def _of_words(rare: str, medium: str, common: str, second: str, entity: int, month: str) -> list[Question]:
    def asking(name: str, q: str, expression: str, **filters: Any) -> list[Question]:
        newest = f"/articles?{urlencode({'q': q, 'sort': '-published', **filters})}"
        best = f"/articles?{urlencode({'q': q, **filters})}"
        sql = _ARTICLES.format(
            "article_fts JOIN article ON article.time_key = article_fts.rowid", f"article_fts MATCH '{expression}'"
        )
        return [
            Question(f"{name}, newest", newest, by_hand.matching("article", expression), sql if q == common else None),
            Question(f"{name}, by relevance", best, by_hand.ranked(expression)),
        ]

    tagged = f'"{common}" AND "{tags.party("entity", entity)}"'
    narrowed = {"q": common, "entity": entity, "published_from": month, "published_to": month}
    of_entity = by_hand.matching("article", tagged, _keys(month))
    return [
        *asking("rare word", rare, f'"{rare}"'),
        *asking("medium word", medium, f'"{medium}"'),
        *asking("very common word", common, f'"{common}"'),
        Question(
            "very common word, entity and month, newest", f"/articles?{urlencode({**narrowed, 'sort': '-published'})}", of_entity
        ),
        Question("very common word, entity and month, by relevance", f"/articles?{urlencode(narrowed)}"),
        *asking("two very common words", f"{common} {second}", f'"{common}" AND "{second}"'),
        *asking("phrase of very common words", '"of the"', '"of the"'),
        *asking("word that begins with three letters", "bra*", "bra*"),
    ]


def _tagged(*groups: list[str]) -> by_hand.Page:
    parts = ["(" + " OR ".join(f'"{tag}"' for tag in group) + ")" for group in groups]
    rejected = f'"{tags.status("rejected")}"'
    return by_hand.matching("claim", f"({' AND '.join(parts)}) NOT {rejected}")


def deep_page(session: Session) -> str:
    """The address of the 10,000th page of all claims, or of the last one there is."""
    path = "/claims?total=none"
    reached = path
    for _ in range(DEEP * 20 // _FARTHEST):
        _, cursor = answered(session, f"{reached}&limit={_FARTHEST}")
        if cursor is None:
            break
        reached = f"{path}&cursor={cursor}"
    return reached


def _keys(month: str) -> tuple[int, int]:
    """The first and last `time_key` of a month: its seconds, shifted by the 24 bits of the number within a second."""
    begin = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
    end = begin.replace(year=begin.year + begin.month // 12, month=begin.month % 12 + 1)
    return int(begin.timestamp()) << 24, (int(end.timestamp()) << 24) - 1
