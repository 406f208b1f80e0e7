"""`dateline serve`, `worker`, `demo`: what runs until it is stopped."""

import os
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from app import demo, logs, worker
from app.main import installed, open_archive, web
from app.settings import Settings

Host = Annotated[str, typer.Option(help="The address to listen on.")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")]


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


def run_worker() -> None:
    """Read what waits, until Ctrl-C: texts for extractors that take long, and feeds; as many as you like, beside the service."""
    settings = Settings()
    logs.configure(settings.log_level, settings.log_format)
    database, stop = open_archive(settings), threading.Event()
    for signal_ in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signal_, lambda *_: stop.set())
    worker.work(database, installed(settings), settings.worker_lease_s, stop, web(settings))
    database.close()


def run_demo(
    once: Annotated[bool, typer.Option("--once", help="Leave after the answers.")] = False,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="The port; 8000, or a free one, when not given.")] = None,
    keep: Annotated[Path | None, typer.Option(help="Keep the archive in this file, or go on with it.")] = None,
) -> None:
    """Load a sample archive, ask it three questions, and serve it until Ctrl-C."""
    demo.run(once=once, port=port, keep=keep)


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
