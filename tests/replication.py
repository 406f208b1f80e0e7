"""Servers of PostgreSQL that a test may kill, and standbys that lag: each in a folder of its own, reached by a socket there."""

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from tests.postgresql import make_folder, run

_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "replica",
    "max_wal_senders": "4",
    "shared_buffers": "32MB",
    "max_connections": "40",
    "listen_addresses": "''",
    "log_line_prefix": "'%m %d '",
}


class Node:
    """One server. Its superuser is `postgres`; `dateline` may do what a database's owner may."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data"

    def url(self, database: str = "archive", user: str = "dateline", **options: str) -> str:
        more = "".join(f"&{name}={value}" for name, value in options.items())
        return f"postgresql+psycopg://{user}@/{database}?host={self.folder}{more}"

    def sql(self, statement: str, database: str = "archive") -> list[Any]:
        """Run as the superuser, on a connection of its own."""
        with psycopg.connect(host=str(self.folder), user="postgres", dbname=database, autocommit=True) as own:
            done = own.execute(statement)
            return done.fetchall() if done.description else []

    def start(self) -> None:
        run(self.folder, "pg_ctl", "-D", self.data, "-w", "-l", self.folder / "log", "start")

    def stop(self) -> None:
        run(self.folder, "pg_ctl", "-D", self.data, "-w", "-m", "immediate", "stop")

    def kill(self) -> None:
        """As when the machine is gone: nobody is told anything. The processes of its connections go a moment after it."""
        server = int((self.data / "postmaster.pid").read_text().split()[0])
        children = [process for process in Path("/proc").glob("[0-9]*") if _is_child(process, server)]
        os.kill(server, signal.SIGKILL)
        while any(process.exists() for process in children):
            time.sleep(0.02)

    def end_connections(self) -> None:
        """Those of the program, as an administrator does."""
        self.sql("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'dateline'")


def _is_child(process: Path, server: int) -> bool:
    with suppress(OSError):
        return int((process / "stat").read_text().rpartition(")")[2].split()[1]) == server
    return False


@contextmanager
def primary(**settings: str) -> Iterator[Node]:
    """A server with an empty database `archive` of the user `dateline`."""
    with _node() as node:
        run(
            node.folder,
            "initdb",
            "-D",
            node.data,
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        )
        with (node.data / "postgresql.conf").open("a") as config:
            told = {**_SETTINGS, "unix_socket_directories": f"'{node.folder}'", **settings}
            config.writelines(f"{name} = {value}\n" for name, value in told.items())
        node.start()
        node.sql("CREATE ROLE dateline LOGIN", "postgres")
        node.sql("CREATE DATABASE archive OWNER dateline", "postgres")
        yield node


@contextmanager
def standby(of: Node, *, delay: str = "0") -> Iterator[Node]:
    """A replica that shows each change by `delay` later."""
    with _node() as node:
        run(
            node.folder,
            "pg_basebackup",
            "-D",
            node.data,
            "-R",
            "-h",
            of.folder,
            "-U",
            "postgres",
            "-X",
            "stream",
            "--checkpoint=fast",
        )
        with (node.data / "postgresql.conf").open("a") as config:
            config.write(f"unix_socket_directories = '{node.folder}'\nrecovery_min_apply_delay = {delay}\n")
        node.start()
        yield node


@contextmanager
def _node() -> Iterator[Node]:
    node = Node(make_folder())
    try:
        yield node
    finally:
        with suppress(RuntimeError):
            node.stop()
        shutil.rmtree(node.folder, ignore_errors=True)
