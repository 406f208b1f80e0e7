"""JSON-LD 1.1: articles as schema.org's NewsArticle; claims as its Claim, each also a Web Annotation of the text it stands in.

The context is written out, so that nobody needs a network to read it. What cannot be said in these vocabularies is left out: the
statement is whole in JSON Lines. https://schema.org/Claim, https://www.w3.org/TR/annotation-model/#selectors
"""

from collections.abc import Callable, Iterator
from typing import Any

import orjson

from app.formats.listing import Listing
from app.models.articles import ArticleSummary
from app.models.claims import Claim
from app.models.documents import Article
from app.models.entities import Entity
from app.models.fields import Json, Shape

NAME = "jsonld"
MEDIA_TYPE = CONTENT_TYPE = "application/ld+json"
PAGED = False
ATTACHED = False
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"@context": {"type": "object"}, "@graph": {"type": "array", "items": {"type": "object"}}},
    "required": ["@context", "@graph"],
}
_IRI = {"@type": "@id"}
CONTEXT: Json = {
    "@vocab": "http://schema.org/",
    "oa": "http://www.w3.org/ns/oa#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    **{name: f"oa:{name}" for name in ("Annotation", "SpecificResource", "TextQuoteSelector", "TextPositionSelector")},
    "target": {"@id": "oa:hasTarget"},
    "source": {"@id": "oa:hasSource", **_IRI},
    "selector": {"@id": "oa:hasSelector"},
    **{name: f"oa:{name}" for name in ("exact", "prefix", "suffix")},
    **{name: {"@id": f"oa:{name}", "@type": "xsd:nonNegativeInteger"} for name in ("start", "end")},
    "url": {"@id": "url", **_IRI},
    "sameAs": {"@id": "sameAs", **_IRI},
}
_TYPES = {"person": "Person", "organization": "Organization", "place": "Place", "event": "Event", "other": "Thing"}
_OPEN = ".."  # as schema.org's temporalCoverage has it


class Writer:
    def __init__(self, listing: Listing) -> None:
        self._nodes, self._service = _NODES[listing.shape], listing.service
        self._joint = b"\n"

    def begin(self) -> bytes:
        return b'{"@context":' + orjson.dumps(CONTEXT) + b',\n"@graph":['

    def rows(self, items: list[Json]) -> bytes:
        written = [orjson.dumps(_known(node)) for item in items for node in self._nodes(item, self._service)]
        if not written:
            return b""
        joint, self._joint = self._joint, b",\n"
        return joint + b",\n".join(written)

    def end(self, _cursor: str | None) -> bytes:
        return b"\n]}\n"


def offers(shape: type[Shape]) -> bool:
    return shape in _NODES


def _article(article: Json, service: str) -> Iterator[Json]:
    """Also a whole one: its claims are nodes of their own behind it."""
    claims = article["claims"] if isinstance(article["claims"], list) else []
    dateline = article.get("dateline") or {}
    yield {
        "@id": f"{service}/articles/{article['id']}",
        "@type": "NewsArticle",
        "identifier": article.get("external_id"),
        "headline": article["title"],
        "url": article["url"],
        "publisher": _outlet(article),
        "author": [{"@type": "Person", "name": name} for name in article["authors"]],
        "datePublished": article["published"],
        "dateModified": article["changed_at"],
        "inLanguage": article["language"],
        "version": article["revision"],
        "dateline": dateline.get("text"),
        "articleBody": article.get("text"),
        "mentions": [_entity_ref(entity, service) for entity in article.get("entities", [])],
    }
    for claim in claims:
        yield from _claim(claim, service)


def _claim(claim: Json, service: str) -> Iterator[Json]:
    article, quote = claim["article"], claim["quote"]
    text = f"{service}/articles/{article['id']}/revisions/{claim['revision']}"
    yield {
        "@id": f"{service}/claims/{claim['id']}",
        "@type": ["Claim", "Annotation"],
        "text": " … ".join([quote["exact"], *(part["exact"] for part in quote["continued"])]),
        "author": [_speaker(speaker, article, service) for speaker in claim["speakers"]],
        "about": [_entity_ref(entity, service) for entity in claim["subjects"]],
        "dateCreated": (claim["said"] or {}).get("earliest") if (claim["said"] or {}).get("precision") == "day" else None,
        "temporalCoverage": [
            f"{d['earliest'] or _OPEN}/{d['latest'] or _OPEN}" for d in claim["dates"] if d["earliest"] or d["latest"]
        ],
        "creativeWorkStatus": claim["status"],
        "appearance": {
            "@id": f"{service}/articles/{article['id']}",
            "@type": "NewsArticle",
            "headline": article["title"],
            "url": article["url"],
            "publisher": _outlet(article),
            "datePublished": article["published"],
        },
        "target": [
            {"@type": "SpecificResource", "source": text, "selector": _selectors(stretch)}
            for stretch in [quote, *quote["continued"]]
        ],
    }


def _selectors(stretch: Json) -> list[Json]:
    """Two ways to the same words; where a claim goes on behind an interruption, what stands around it there is not kept."""
    return [
        {"@type": "TextQuoteSelector", **{name: stretch.get(name) for name in ("exact", "prefix", "suffix")}},
        {"@type": "TextPositionSelector", "start": stretch["start"], "end": stretch["end"]},
    ]


def _speaker(speaker: Json, article: Json, service: str) -> Json | None:
    """The outlet itself where nobody is credited; for a speaker without a name the words that the article has for them."""
    if speaker["entity"] is not None:
        return _entity_ref(speaker["entity"], service)
    return (
        _outlet(article) if speaker["kind"] == "author" else {"@type": "Thing", "description": speaker["text"] or speaker["kind"]}
    )


def _outlet(article: Json) -> Json | None:
    return {"@type": "NewsMediaOrganization", "name": article["source"]} if article["source"] is not None else None


def _entity_ref(entity: Json, service: str) -> Json:
    return {"@id": f"{service}/entities/{entity['id']}", "@type": _TYPES[entity["type"]], "name": entity["name"]}


def _entity(entity: Json, service: str) -> Iterator[Json]:
    wikidata = entity["wikidata_id"]
    yield {
        **_entity_ref(entity, service),
        "alternateName": [alias["name"] for alias in entity["aliases"]],
        "description": entity["description"] or entity["role"],
        "sameAs": wikidata and f"http://www.wikidata.org/entity/{wikidata}",
    }


def _known(thing: Any) -> Any:
    """Without what is not known: in JSON-LD that is left out."""
    if isinstance(thing, list):
        return [_known(part) for part in thing if part is not None]
    if isinstance(thing, dict):
        return {name: _known(part) for name, part in thing.items() if part is not None and part != []}
    return thing


_NODES: dict[type[Shape], Callable[[Json, str], Iterator[Json]]] = {
    ArticleSummary: _article,
    Article: _article,
    Claim: _claim,
    Entity: _entity,
}
