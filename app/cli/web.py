"""`dateline fetch`, `feed`, `feeds`: pages of the web stored, and feeds followed."""

import re
import sys
from collections import Counter
from contextlib import closing
from dataclasses import replace
from typing import Annotated, Any, TypeVar

import typer
from pydantic import BaseModel, ValidationError

from app import feeds, fetch, logs
from app.cli import bars
from app.errors import AlreadyStored, DatelineError, Fault, Unusable
from app.main import installed, open_archive, web
from app.models.documents import FetchDraft
from app.models.feeds import FeedDraft, FeedEntryQuery
from app.models.fields import Json
from app.models.lists import ListQuery
from app.queues import Which
from app.settings import Settings
from app.store import feeds as stored_feeds
from app.store.database import Database

D = TypeVar("D", bound=BaseModel)
CLIENT = "client"  # as of the service
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
Urls = Annotated[list[str], typer.Argument(metavar="URL…", help="Addresses that begin with http:// or https://.")]
Source = Annotated[str | None, typer.Option(help="The outlet; without it the site's name as its pages give it.")]


def fetch_pages(
    urls: Urls,
    source: Source = None,
    extractor: Annotated[str | None, typer.Option(help="Its name; DATELINE_EXTRACTOR when not given.")] = None,
    no_extract: Annotated[bool, typer.Option("--no-extract", help="Only store the text.")] = False,
    revise: Annotated[bool, typer.Option("--revise", help="Another text of a known article is its next revision.")] = False,
) -> None:
    """Get pages of the web and store the articles on them: a line for each, exit code 1 when one could not be stored."""
    settings = Settings()
    logs.configure(settings.log_level, settings.log_format)
    extractors, reach = replace(installed(settings), offered=None), web(settings)
    database = open_archive(settings)
    outcomes: Counter[str] = Counter()
    try:
        for url in urls:
            try:
                draft = _checked(FetchDraft, url=url, source=source, extract=not no_extract and (extractor or True))
                stored = fetch.store_page(
                    database, reach, draft.url, extractors, CLIENT, source=draft.source, extract=draft.extract, revise=revise
                )
            except AlreadyStored as error:
                _tell(outcomes, "conflict", url, str(error))
            except DatelineError as error:
                _tell(outcomes, "failed", url, str(error))
            else:
                _tell(outcomes, stored.outcome, url, f"/articles/{stored.article['id']}  {stored.article['title'] or ''}".rstrip())
    except KeyboardInterrupt:
        sys.exit(bars.INTERRUPTED)
    finally:
        database.close()
    sys.exit(1 if outcomes["failed"] or outcomes["conflict"] else 0)


def follow_feeds(
    urls: Urls,
    every: Annotated[str | None, typer.Option(help="From one look to the next: 15m, 2h, 1d; 15m when not given.")] = None,
    source: Source = None,
    once: Annotated[bool, typer.Option("--once", help="Look at them now and fetch what is new, without a worker.")] = False,
) -> None:
    """Follow feeds: dateline worker, and the service, look at them when they are due and store what is new."""
    settings = Settings()
    logs.configure(settings.log_level, settings.log_format)
    reach = web(settings)
    more = {"every_s": seconds(every)} if every else {}
    drafts = [_checked(FeedDraft, url=url, **more, **({"source": source} if source else {})) for url in urls]
    database = open_archive(settings)
    failed = False
    try:
        for draft in drafts:
            try:
                feed, is_new = feeds.follow(database, reach, draft)
            except DatelineError as error:
                print(f"failed     {draft.url}  {error}")
                failed = True
                continue
            print(f"{'followed' if is_new else 'known':<10} {draft.url}  /feeds/{feed['id']}, every {feed['every_s']} s")
            if once:
                failed |= not _look(database, settings, int(feed["id"]))
    except KeyboardInterrupt:
        sys.exit(bars.INTERRUPTED)
    finally:
        database.close()
    sys.exit(1 if failed else 0)


def list_feeds() -> None:
    """The feeds that are followed, with what came of the last look at each."""
    cursor, is_first = None, True
    with closing(open_archive(Settings(), new=False)) as database:
        while is_first or cursor:
            with database.reading() as session:
                page, cursor = stored_feeds.find(session, ListQuery(limit=200, cursor=cursor, total="none"))
            is_first = False
            for feed in page["items"]:
                print(_described(feed))


def seconds(given: str) -> int:
    """Of `15m`, `2h`, `1d`, `90s`, `900`.

    Raises:
        Unusable.
    """
    match = re.fullmatch(r"([0-9]{1,7})([smhd]?)", given.strip().lower())
    if match is None:
        raise Unusable([Fault("/every", f"{given!r} is no length of time; give 15m, 2h, 1d or a number of seconds")])
    return int(match[1]) * _UNITS[match[2] or "s"]


def _look(database: Database, settings: Settings, feed_id: int) -> bool:
    """Whether the feed was read and none of its entries failed."""
    reach, extractors = web(settings), replace(installed(settings), offered=None)
    feeds.look_now(database, feed_id)
    feeds.look_once(database, reach, settings.worker_lease_s, Which(feed_id))
    while feeds.read_once(database, reach, extractors, settings.worker_lease_s, feed_id=feed_id):
        pass
    with database.reading() as session:
        feed = stored_feeds.get(session, feed_id)
        failing, _ = stored_feeds.find_entries(session, FeedEntryQuery(state=["failed", "waiting"], limit=200), feed_id)
    print(_described(feed))
    for entry in failing["items"]:
        print(f"  {entry['state']:<8} {entry['url']}  {entry['error'] or ''}".rstrip())
    return feed["outcome"] != "failed" and not failing["items"]


def _described(feed: Json) -> str:
    counted = ", ".join(f"{count} {state}" for state, count in feed["entries"].items() if count) or "no entries"
    state = (feed["outcome"] or "new") if feed["active"] else "inactive"
    return f"{state:<10} {feed['url']}  {counted}" + (f"; {feed['error']}" if feed["error"] else "")


def _tell(outcomes: "Counter[str]", outcome: str, url: str, what: str) -> None:
    outcomes[outcome] += 1
    print(f"{outcome:<10} {url}  {what}", flush=True)


def _checked(model: type[D], **given: Any) -> D:
    """Raises Unusable with what is wrong, in the words of the API."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        faults = [Fault(f"/{e['loc'][0]}", str(e["msg"]).removeprefix("Value error, ")) for e in error.errors()]
        raise Unusable(faults) from None
