"""A page of the web as the article that stands on it."""

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from app.errors import NothingToRead
from app.models.times import canonical_published
from app.urls import is_web_address
from app.web import Got, Web
from app.web.reading import line, plain, read

_ACCEPT = "text/html, application/xhtml+xml;q=0.9"
_KINDS = {"text/html", "application/xhtml+xml", ""}
_ASIDE = ("www.", "m.", "amp.", "mobile.")  # hosts of one outlet's pages
LEAST_TEXT = 100  # characters; what asks to allow scripts or cookies has fewer
MOST_TITLE, MOST_NAME, MOST_AUTHORS, MOST_URL = 1000, 200, 20, 2000


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says of itself. `address` is its own, by its site; `got_from` stands behind the redirects.

    `published` is a day, a month, a year or an instant with its offset. `host` is without `www.`
    """

    address: str
    got_from: str
    host: str
    text: str
    title: str | None
    authors: list[str]
    site: str | None
    published: str | None
    language: str | None


def get_page(web: Web, url: str) -> Page:
    """The article at that address.

    Raises:
        AddressRefused, SiteFailed, SiteTooSlow.
        NothingToRead: when what stands there is no page, is too large, or has no text.
    """
    got = web.get(url, _ACCEPT)
    kind = got.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _KINDS:
        raise NothingToRead(f"{got.url[:200]} is {kind[:60]!r}; pages of text/html are read")
    if len(got.body) > web.most_page_bytes:
        raise NothingToRead(f"{got.url[:200]} has {len(got.body):,} bytes; pages up to {web.most_page_bytes:,} are read")
    found = read(web, "page", got)
    title = line(found["title"], MOST_TITLE) if found else None
    text = _without_title(plain(found["text"]).strip(), title) if found else ""
    if found is None or len(text) < LEAST_TEXT:
        raise NothingToRead(f"no text of an article was found at {got.url[:200]}, which would have {LEAST_TEXT} characters or more")
    return Page(
        address=_own_address(got, found["canonical"]),
        got_from=got.url,
        host=_host(got.url),
        text=text,
        title=title,
        authors=[name for name in (line(author, MOST_NAME) for author in found["authors"][:MOST_AUTHORS]) if name],
        site=line(found["site"], MOST_NAME),
        published=_published(found["published"]),
        language=found["language"],
    )


def _without_title(text: str, title: str | None) -> str:
    """The headline is a field of its own and not the first sentence."""
    first, _, rest = text.partition("\n")
    return rest.strip() if title and first.strip() == title and rest.strip() else text


def _own_address(got: Got, canonical: str | None) -> str:
    """The one that the page gives itself, where it is of the same site: no page may speak for another's."""
    try:
        own = urljoin(got.url, (canonical or "").strip()).partition("#")[0]
        if len(own) <= MOST_URL and is_web_address(own) and _host(own) == _host(got.url) and _port(own) == _port(got.url):
            return own
    except ValueError:
        pass
    return got.url


def _host(url: str) -> str:
    host = urlsplit(url).hostname or ""
    return next((host.removeprefix(aside) for aside in _ASIDE if host.startswith(aside)), host)


def _port(url: str) -> int | None:
    port = urlsplit(url).port
    return None if port in (80, 443) else port


def _published(said: str | None) -> str | None:
    """What a page says that is no date is not said."""
    try:
        return canonical_published(said) if said else None
    except ValueError:
        return None
