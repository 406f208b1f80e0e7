"""A first look: a sample archive, three questions over real HTTP, and the service to play with."""

import json
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from rich.console import Console

from app import ingest
from app.errors import DatelineError, StorageUnavailable
from app.main import create_app, installed, open_archive
from app.models.documents import ArticleDraft
from app.settings import Settings

QUESTIONS = (
    ("What did al-Sudani say about Daesh?", "/claims?speaker=al-Sudani&subject=Daesh"),
    ("What is claimed about December 2017?", "/claims?about_from=2017-12&about_to=2017-12&about_match=within"),
    ("Which articles of May 2023 name Fenmarch?", "/articles?entity=Fenmarch&published_from=2023-05&published_to=2023-05"),
)
START_WITHIN_S = 20


def run(*, once: bool, port: int | None, keep: Path | None) -> None:
    """Load, ask, and serve until Ctrl-C; without a port on 8000 or a free one. Without `keep` the archive is gone afterwards.

    Raises:
        DatelineError: when there is no place for the archive, or the port is taken.
    """
    listening = _listening(port)
    screen = Console(highlight=False, markup=False, soft_wrap=True)
    try:
        folder = tempfile.TemporaryDirectory(prefix="dateline-", ignore_cleanup_errors=True)
    except OSError as error:
        raise StorageUnavailable(
            f"no temporary folder can be made ({error.strerror}); set TMPDIR to one that can be written"
        ) from None
    with folder as path:
        archive = keep or Path(path) / "demo.db"
        settings = Settings(database_url=f"sqlite:///{archive.resolve()}", log_level="warning")
        began = time.perf_counter()
        loaded, claims = _load(settings)
        took_s = time.perf_counter() - began
        screen.print(f"{loaded} articles with {claims} claims are in {archive}, read in {took_s:.1f} s.\n")
        with _serving(settings, listening) as address:
            for question, path_and_query in QUESTIONS:
                _ask(screen, question, f"{address}{path_and_query}")
            if not once:
                screen.print(f"Serving on {address}; the pages on {address}/docs let you try everything. Ctrl-C ends it.")
                _until_interrupted()


def _load(settings: Settings) -> tuple[int, int]:
    """Number of articles and claims; what is there from an earlier run is recognised."""
    database, extractors = open_archive(settings), installed(settings)
    drafts = json.loads(files("app.samples").joinpath("news.json").read_text("utf-8"))
    stored = [ingest.store_article(database, ArticleDraft(**draft), extractors, "sample") for draft in drafts]
    database.close()
    return len(stored), sum(len(result.article["claims"]) for result in stored)


@contextmanager
def _serving(settings: Settings, listening: socket.socket) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(create_app(settings), log_config=None, access_log=False, server_header=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    waited_until = time.monotonic() + START_WITHIN_S
    while not server.started and thread.is_alive() and time.monotonic() < waited_until:
        time.sleep(0.02)
    if not server.started:
        raise DatelineError(f"the service did not start within {START_WITHIN_S} s")
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def _listening(port: int | None) -> socket.socket:
    """Listening at once, so that of two demos that start together only one has the port."""
    for wanted in (8000, 0) if port is None else (port,):
        try:
            return socket.create_server(("127.0.0.1", wanted))
        except OSError:
            continue
    raise DatelineError(f"cannot listen on port {port}: it is in use or not allowed. Give another one with --port")


def _ask(screen: Console, question: str, address: str) -> None:
    answer = httpx.get(address, trust_env=False, timeout=60).raise_for_status().json()
    screen.print(question, style="bold")
    screen.print(f"  curl -s '{address}'")
    for item in answer["items"]:
        screen.print("\n".join(_claim_lines(item) if "quote" in item else _article_lines(item)))
    screen.print(f"  {answer['total']['value']} in all.\n")


def _claim_lines(claim: dict[str, Any]) -> list[str]:
    quote, article, speaker = claim["quote"], claim["article"], claim["speaker"]
    named = (speaker["entity"] or {}).get("name") or speaker["text"] if speaker else None
    facts = [
        f"by {named or 'nobody named'}" + (f" (“{speaker['text']}”)" if speaker and speaker["text"] not in (None, named) else ""),
        f"{article['source']}, {article['published']}",
        f"characters {quote['start']}–{quote['end']}",
        *(["negated"] if claim["negated"] else []),
        *(f"hedged: {hedge['exact']}" for hedge in claim["hedges"]),
        *(f"about {date['edtf']}" for date in claim["dates"] if date["edtf"]),
    ]
    return [f"  “{quote['exact']}”", f"      {' · '.join(facts)}"]


def _article_lines(article: dict[str, Any]) -> list[str]:
    return [f"  {article['title']}", f"      {article['source']}, {article['published']} · {article['claims']} claims"]


def _until_interrupted() -> None:
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        return
