"""From an address to a stored article: the page is got and read first, and then stored as any article that is sent."""

from collections.abc import Sequence

from app import ingest
from app.ingest import Stored
from app.models.documents import ArticleDraft
from app.readers import Extractors
from app.store import addresses
from app.store.database import Database
from app.store.retrying import retried, retried_by_key
from app.web import Web
from app.web.pages import Page, get_page


def store_page(
    database: Database,
    web: Web,
    url: str,
    extractors: Extractors,
    made_by: str,
    *,
    source: str | None = None,
    extract: bool | str = True,
    revise: bool = False,
) -> Stored:
    """Get the page and store the article on it, or recognise it by any address that leads to it.

    Raises:
        AddressRefused, NothingToRead, SiteFailed, SiteTooSlow: when there is no article to be had at that address.
        AlreadyStored, Unusable, ExtractorUnavailable: as `ingest.store_article`.
    """
    return store_read(database, get_page(web, url), url, extractors, made_by, source=source, extract=extract, revise=revise)


def store_read(
    database: Database,
    page: Page,
    url: str,
    extractors: Extractors,
    made_by: str,
    *,
    source: str | None = None,
    extract: bool | str = True,
    revise: bool = False,
) -> Stored:
    """The article on a page that was asked for by `url`."""
    leading = (page.address, page.got_from, url)
    known = _first_known(database, leading)
    draft = ArticleDraft(
        text=page.text,
        title=page.title,
        url=known or page.address,
        source=source or page.site or page.host,
        authors=page.authors,
        published=page.published,
        language=page.language,
        extract=extract,
    )
    stored = ingest.store_article(database, draft, extractors, made_by, revise=revise)
    _remember(database, int(stored.article["id"]), leading)
    return stored


@retried
def _first_known(database: Database, leading: Sequence[str]) -> str | None:
    with database.reading() as session:
        return addresses.first_known(session, leading)


@retried_by_key
def _remember(database: Database, article_id: int, leading: Sequence[str]) -> None:
    """So that whoever asks by them again is shown this article."""
    with database.reading() as session:
        missing = len(addresses.known(session, leading)) < len(set(leading))
    if missing:
        with database.transaction() as session:
            addresses.add(session, article_id, leading)
