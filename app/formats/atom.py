"""Atom 1.0 (RFC 4287), one page with the address of the next (RFC 5005, section 3): a saved search is a feed.

`published` must be an instant there; a day, month or year of publication stands in Dublin Core's `issued`, which may be one.
"""

import re
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from app.formats.listing import Listing
from app.models.articles import ArticleSummary
from app.models.claims import Claim
from app.models.documents import Article
from app.models.fields import Json, Shape

NAME = "atom"
MEDIA_TYPE = "application/atom+xml"
CONTENT_TYPE = "application/atom+xml; charset=utf-8"
PAGED = True
ATTACHED = False
SCHEMA: dict[str, Any] = {"type": "string", "description": "A feed: one page, and the address of the next."}
NEVER = "1970-01-01T00:00:00Z"  # when a feed with nothing in it was changed
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST_TITLE = 200
_HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xmlns:dcterms="http://purl.org/dc/terms/">\n'
)


def offers(shape: type[Shape]) -> bool:
    return shape in (ArticleSummary, Article, Claim)


class Writer:
    def __init__(self, listing: Listing) -> None:
        self._listing = listing
        self._items: list[Json] = []

    def begin(self) -> bytes:
        return b""

    def rows(self, items: list[Json]) -> bytes:
        self._items += items
        return b""

    def end(self, cursor: str | None) -> bytes:
        listing, is_claims = self._listing, self._listing.shape is Claim
        head = [
            _element("id", listing.feed),
            _element("title", f"Dateline: {'claims' if is_claims else 'articles'}"),
            _element("updated", max((item["changed_at"] for item in self._items), default=NEVER)),
            f"<author>{_element('name', 'Dateline')}</author>",
            _link("self", listing.address, MEDIA_TYPE),
            *([_link("next", listing.behind(cursor), MEDIA_TYPE)] if cursor else []),
        ]
        entries = [_entry((_claim if is_claims else _article)(item), item, listing.service) for item in self._items]
        return (_HEAD + "\n".join([*head, *entries]) + "\n</feed>\n").encode()


def _entry(own: list[str], item: Json, service: str) -> str:
    article = item.get("article", item)
    address = f"{service}/{'claims' if article is not item else 'articles'}/{item['id']}"
    parts = [
        _element("id", address),
        _element("updated", item["changed_at"]),
        *_published(article["published"]),
        _link("alternate", article["url"] or address),
        _link("related", address, "application/json"),
        *own,
    ]
    return "<entry>" + "".join(parts) + "</entry>"


def _article(article: Json) -> list[str]:
    authors = article["authors"] or [article["source"]]
    parts = [_element("title", article["title"] or f"Article {article['id']}")]
    parts += [f"<author>{_element('name', name)}</author>" for name in authors if name]
    if article.get("snippet") is not None:
        parts.append(f'<summary type="html">{_text(article["snippet"])}</summary>')
    if "text" in article:
        parts.append(_element("content", article["text"]))
    return parts


def _claim(claim: Json) -> list[str]:
    quote, source = claim["quote"], claim["article"]["source"]
    exact = " … ".join([quote["exact"], *(part["exact"] for part in quote["continued"])])
    names = [name for speaker in claim["speakers"] if (name := _called(speaker, source))]
    title = f"{', '.join(names)}: {exact}" if names else exact
    shown = title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1] + "…"
    categories = [f"<category term={_attribute(subject['name'])}/>" for subject in claim["subjects"]]
    return [
        _element("title", shown),
        *(f"<author>{_element('name', name)}</author>" for name in names),
        _element("content", exact),
        *categories,
    ]


def _called(speaker: Json, source: str | None) -> str | None:
    if speaker["entity"] is not None:
        return str(speaker["entity"]["name"])
    return source if speaker["kind"] == "author" else speaker["text"]


def _published(published: str | None) -> list[str]:
    if published is None:
        return []
    return [_element("published" if "T" in published else "dcterms:issued", published)]


def _element(name: str, text: str) -> str:
    return f"<{name}>{_text(text)}</{name}>"


def _link(relation: str, address: str, kind: str | None = None) -> str:
    typed = f' type="{kind}"' if kind else ""
    return f'<link rel="{relation}" href={_attribute(address)}{typed}/>'


def _text(text: str) -> str:
    # A bare carriage return would be read as a line's end.
    return escape(_NOT_IN_XML.sub("\ufffd", text), {"\r": "&#13;"})


def _attribute(text: str) -> str:
    return quoteattr(_NOT_IN_XML.sub("\ufffd", text))
