"""A feed of the web: what it lists, and when it is to be asked again."""

from dataclasses import dataclass
from urllib.parse import urljoin

from app.errors import NothingToRead
from app.models.times import canonical_published
from app.web import Web
from app.web.reading import line, read

_ACCEPT = "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"
MOST_MARK = 1000  # characters of an ETag or a date
MOST_ENTRIES = 2000


@dataclass(frozen=True, slots=True)
class Entry:
    """`key` is its id, else its address. `link` is absolute, but may be no address of the web; `published` is an instant."""

    key: str
    link: str
    title: str | None
    author: str | None
    published: str | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A feed as it is now, in its own order. `etag` and `last_modified` are for the next time."""

    title: str | None
    entries: list[Entry]
    etag: str | None
    last_modified: str | None


def get_feed(web: Web, url: str, etag: str | None, last_modified: str | None) -> Listed | None:
    """The feed at that address; None when it is as it was.

    Raises:
        AddressRefused, SiteFailed, SiteTooSlow.
        NothingToRead: when what stands there is no feed, or too large.
    """
    asked = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    got = web.get(url, _ACCEPT, {name: value for name, value in asked.items() if value})
    if got.status == 304:
        return None
    found = read(web, "feed", got)
    if found is None:
        raise NothingToRead(f"{got.url[:200]} is no feed; RSS and Atom are read")
    entries = [entry for entry in (_entry(one, got.url) for one in found["entries"][:MOST_ENTRIES]) if entry]
    return Listed(line(found["title"], 200), entries, _mark(got.headers.get("etag")), _mark(got.headers.get("last-modified")))


def _entry(found: dict[str, str | None], base: str) -> Entry | None:
    """None when it says neither what it is nor where."""
    link = (found["link"] or "").strip()
    key = (found["id"] or link).strip()
    if not key:
        return None
    try:
        link = urljoin(base, link) if link else key
        published = canonical_published(found["published"]) if found["published"] else None
    except ValueError:
        published = None
    return Entry(key, line(link, 4000) or "", line(found["title"], 1000), line(found["author"], 200), published)


def _mark(header: str | None) -> str | None:
    return header if header and len(header) <= MOST_MARK and header.isascii() and header.isprintable() else None
