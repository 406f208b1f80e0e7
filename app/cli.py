"""The terminal's door: serve, demo, migrate, and what can be set."""

import json
import os
import signal
import socket
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from alembic.util import CommandError
from pydantic import ValidationError
from rich.console import Console
from rich.table import Column, Table

from app import __version__, demo, logs, progress, worker
from app.errors import DatelineError
from app.main import create_app, installed, open_archive
from app.settings import Settings

app = typer.Typer(
    help="Who said what, about whom, about when, how hedged, and where exactly it stands.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
Host = Annotated[str, typer.Option(help="The address to listen on.")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")]


def main() -> None:
    """Run the command that was typed; what can go wrong is one sentence on standard error and exit code 1."""
    try:
        app(prog_name="dateline")
    except DatelineError as error:
        sys.exit(f"dateline: {error}")
    except CommandError as error:
        sys.exit(f"dateline: the archive was made by another version: {error}")
    except ValidationError as error:
        faults = [f"{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()]
        sys.exit(f"dateline: a setting cannot be used: {'; '.join(faults)}. See: dateline settings")


@app.command()
def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="How many processes share the work.")] = 1,
) -> None:
    """Bring the archive to the newest schema, then serve it."""
    settings = Settings()
    logs.configure(settings.log_level, settings.log_format)
    _refuse_taken(host, port)
    installed(settings)
    open_archive(settings).close()
    os.environ["DATELINE_DATABASE_URL"] = settings.database_url  # for the workers, wherever they are started
    uvicorn.run(
        "app.main:create_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )


@app.command("worker")
def run_worker() -> None:
    """Read what is queued for extractors that take long, until Ctrl-C; as many of these as you like, beside the service."""
    settings = Settings()
    logs.configure(settings.log_level, settings.log_format)
    database, stop = open_archive(settings), threading.Event()
    for signal_ in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signal_, lambda *_: stop.set())
    worker.work(database, installed(settings), settings.worker_lease_s, stop)
    database.close()


@app.command("extract")
def extract_all(
    all_: Annotated[bool, typer.Option("--all", help="Every article; without it nothing is done.")] = False,
    extractor: Annotated[str | None, typer.Option(help="Its name; DATELINE_EXTRACTOR when not given.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would change.")] = False,
    since: Annotated[str | None, typer.Option(help="Only articles recorded since then: 2024-02, or an instant.")] = None,
) -> None:
    """Read stored articles again; those that this version of the extractor has read are passed over, so it can be interrupted."""
    if not all_:
        sys.exit("dateline: say which articles: dateline extract --all")
    settings = Settings()
    any_of_them = replace(installed(settings), offered=None)
    sys.exit(progress.run(open_archive(settings, new=False), any_of_them, extractor, keep=not dry_run, since=since))


@app.command("demo")
def run_demo(
    once: Annotated[bool, typer.Option("--once", help="Leave after the answers.")] = False,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="The port; 8000, or a free one, when not given.")] = None,
    keep: Annotated[Path | None, typer.Option(help="Keep the archive in this file, or go on with it.")] = None,
) -> None:
    """Load a sample archive, ask it three questions, and serve it until Ctrl-C."""
    demo.run(once=once, port=port, keep=keep)


@app.command()
def migrate() -> None:
    """Bring the archive to the newest schema; serve does it by itself."""
    settings = Settings()
    logs.configure(settings.log_level, settings.log_format)
    open_archive(settings).close()


@app.command()
def settings() -> None:
    """All that can be set, by an environment variable or in a file .env."""
    table = Table(Column("setting", no_wrap=True), "now", "default", "meaning", show_lines=True)
    now = Settings()
    for name, field in Settings.model_fields.items():
        table.add_row(f"DATELINE_{name.upper()}", str(getattr(now, name)), str(field.default), field.description)
    Console().print(table)


@app.command()
def openapi() -> None:
    """Print the OpenAPI document; openapi.json is this."""
    document = create_app(Settings(log_level="error")).openapi()
    sys.stdout.write(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


@app.command()
def version() -> None:
    """Print the version."""
    print(__version__)


def _refuse_taken(host: str, port: int) -> None:
    if not _is_free(host, port):
        other = port % 65535 + 1
        sys.exit(f"dateline: cannot listen on {host}, port {port}: it is in use or not allowed. Give another: --port {other}")


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
