"""`dateline export`: what a search finds, written to a file in the bytes that the service would answer."""

import gzip
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Annotated, Any
from urllib.parse import parse_qsl

import typer
from fastapi.exceptions import RequestValidationError

from app import formats
from app.api import negotiation
from app.api.deps import query_of
from app.api.problems import refusal
from app.cli import bars, moving
from app.errors import Fault, Unusable
from app.export import Export, shape_of
from app.formats.listing import Listing
from app.main import open_archive
from app.models.articles import ArticlePage, ArticleQuery
from app.models.changes import ChangePage, ChangeQuery
from app.models.claims import ClaimPage, ClaimQuery
from app.models.entities import EntityPage, EntityQuery
from app.models.lists import ListQuery, Page
from app.settings import Settings
from app.store import article_search, asking, changes, claim_search, entity_search
from app.store.asking import Source
from app.store.database import Database

LISTS: dict[str, tuple[type[ListQuery], type[Page[Any]], Callable[..., Any]]] = {
    "articles": (ArticleQuery, ArticlePage, article_search.find),
    "claims": (ClaimQuery, ClaimPage, claim_search.find),
    "entities": (EntityQuery, EntityPage, entity_search.find),
    "changes": (ChangeQuery, ChangePage, changes.find),
}
STANDARD_OUTPUT = Path("-")


def export(
    what: Annotated[str, typer.Argument(help=f"The list: {', '.join(LISTS)}.")] = "",
    query: Annotated[str, typer.Argument(help="The question as in an address: 'entity=Iraq&published_from=2024'.")] = "",
    form: Annotated[str, typer.Option("--format", help=f"{', '.join(formats.BY_NAME)}.")] = "jsonl",
    out: Annotated[
        Path, typer.Option(help="The file, compressed when its name ends in .gz; - is standard output.")
    ] = STANDARD_OUTPUT,
    filters: Annotated[list[str] | None, typer.Option("--filter", help="One parameter: entity=Iraq. May be repeated.")] = None,
    detail: Annotated[str | None, typer.Option(help="Of articles: summary, or full with texts and claims.")] = None,
    address: Annotated[str, typer.Option(help="Of the service, for formats that hold addresses.")] = "http://127.0.0.1:8000",
    everything: Annotated[
        Path | None, typer.Option(help="The whole archive into this folder, for dateline ingest to take into another database.")
    ] = None,
) -> None:
    """Write all that a search finds to a file, in the bytes that the service would answer; the file is there when it is whole."""
    if everything is not None:
        if what or query or filters or detail is not None or out != STANDARD_OUTPUT or form != "jsonl":
            raise typer.BadParameter(
                "everything is more than a list; leave the list and its options out", param_hint="--everything"
            )
        sys.exit(moving.write(everything))
    pairs = [*parse_qsl(query, keep_blank_values=True), *map(_pair, filters or [])]
    pairs += [("detail", detail)] if detail is not None else []
    database = open_archive(Settings(), new=False)
    try:
        sys.exit(run(database, what, pairs, form, out, address.rstrip("/")))
    finally:
        database.close()


def run(database: Database, what: str, pairs: list[tuple[str, str]], form: str, out: Path, address: str) -> int:
    """The exit code: 0 when all was written, 1 when nobody reads it any more, 130 after Ctrl-C.

    Raises:
        Unusable: what the service would answer with 422.
        DatelineError: also when the file cannot be written; nothing is left then in its place.
    """
    walk = _walk(database, what, pairs, form, address)
    try:
        with _opened(out) as file, bars.counting(what) as progress:
            task = progress.add_task("Writing", total=None)
            for piece in walk.pieces():
                file.write(piece)
                progress.update(task, completed=walk.rows, total=(walk.total or {}).get("value"))
    except KeyboardInterrupt:
        print("Interrupted; nothing is left of what was not whole.", file=sys.stderr)
        return bars.INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left would be flushed at the end, in vain
        return 1
    except OSError as error:
        raise Unusable([Fault("/out", f"{out} cannot be written: {error.strerror}")]) from None
    return 0


def _walk(database: Database, what: str, pairs: list[tuple[str, str]], form: str, address: str) -> Export[Any]:
    if what not in LISTS:
        raise Unusable([Fault("", f"there is no list {what!r}; there are: {', '.join(LISTS)}")])
    if any(name == "format" for name, _ in pairs):
        raise Unusable([Fault("/format", "the format is said by --format")])
    model, page, ask = LISTS[what]
    # The total is for the bar alone.
    counted = pairs if any(name == "total" for name, _ in pairs) else [*pairs, ("total", "exact")]
    try:
        query = query_of(model, counted)
    except RequestValidationError as error:
        raise Unusable([Fault("", refusal(error))]) from None
    shape = shape_of(page, query)
    listing = Listing(shape, address, f"{address}/{what}", (*pairs, ("format", form)))
    source = Source.WRITTEN if what == "changes" else Source.REPLICA_FIRST
    return Export(
        lambda question: asking.put(database, question, source),
        ask,
        query,
        negotiation.named(form, formats.offered(shape)),
        listing,
    )


def _pair(given: str) -> tuple[str, str]:
    name, equals, value = given.partition("=")
    if not equals:
        raise Unusable([Fault("", f"--filter {given!r} is not name=value, such as entity=Iraq")])
    return name, value


@contextmanager
def _opened(out: Path) -> Iterator[IO[bytes]]:
    """A file of another name until the block has ended well; then it takes the place of `out`."""
    if out == STANDARD_OUTPUT:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if out.is_dir():
        raise Unusable([Fault("/out", f"{out} is a folder; name a file")])
    handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            if out.suffix == ".gz":
                with gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
                    yield packed  # type: ignore[misc]
            else:
                yield file
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(out)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _umask() -> int:
    """Temporary files are for their owner only; this one becomes a file like any other."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
