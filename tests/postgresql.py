"""A PostgreSQL of the tests' own: started when a test first needs it, shared by all processes of a run, and gone with the run.

Nobody but the user who runs it can reach it: it listens on a socket in a folder of its own, and on nothing else, so that no two
runs can want the same port. What makes a server safe is switched off.
"""

import fcntl
import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

OLDEST = 15
ASKED = "DATELINE_TEST_POSTGRESQL"  # required, off, or not set: if it is there
_FOLDER = "DATELINE_TEST_POSTGRESQL_FOLDER"  # told by the process that began the run to those that it starts
_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "autovacuum": "off",  # `archives` does it, between the tests
    "shared_buffers": "64MB",
    "max_connections": "500",
    "listen_addresses": "''",
    "log_line_prefix": "'%m %d '",
}
KEEPER = """
import os, shutil, signal, sys, time
folder = sys.argv[1]
sys.stdin.read()  # until the run has ended, in whatever way
try:
    server = int(open(f"{folder}/data/postmaster.pid").readline())
    os.kill(server, signal.SIGINT)
    for _ in range(200):
        os.kill(server, 0)
        time.sleep(0.05)
    os.kill(server, signal.SIGQUIT)
except (OSError, ValueError):
    pass
shutil.rmtree(folder, ignore_errors=True)
"""


@cache
def programs() -> Path | None:
    """The folder with the programs of the newest PostgreSQL on this machine; None when there is none or it is too old."""
    found = [*Path("/usr/lib/postgresql").glob("*/bin"), *map(Path, os.get_exec_path())]
    there = [folder for folder in found if (folder / "initdb").exists() and (folder / "postgres").exists()]
    newest = max(there, key=version, default=None)
    return newest if newest and version(newest) >= OLDEST else None


def version(folder: Path) -> int:
    told = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    number = re.search(r"\) (\d+)", told)
    return int(number[1]) if number else 0


def asked() -> str:
    value = os.environ.get(ASKED, "")
    if value not in ("", "required", "off"):
        raise pytest.UsageError(f"{ASKED} is {value!r}; it can be required, off, or not set")
    return value


def why_not() -> str | None:
    """Why there is no PostgreSQL for this run."""
    if asked() == "off":
        return f"{ASKED} is off: the tests on PostgreSQL are skipped."
    if programs() is None:
        return f"PostgreSQL {OLDEST} or newer is not on this machine: its tests are skipped. On Debian: apt install postgresql"
    return None


# What pytest calls; see conftest.py


def begin(config: pytest.Config) -> None:
    """In the process that begins the run: a folder, and a keeper who ends the server with it, even if it is killed."""
    if hasattr(config, "workerinput"):
        return
    reason = why_not()
    if reason and asked() == "required":
        raise pytest.UsageError(f"{ASKED} is required, but {reason}")
    if reason is None:
        folder = _make_folder()
        os.environ[_FOLDER] = str(folder)
        config.stash[_KEEPER] = subprocess.Popen(
            [sys.executable, "-ISc", KEEPER, folder], stdin=subprocess.PIPE, start_new_session=True
        )


def end(config: pytest.Config) -> None:
    keeper = config.stash.get(_KEEPER, None)
    if keeper is not None:
        keeper.communicate()


_KEEPER = pytest.StashKey["subprocess.Popen[bytes]"]()


def told() -> str:
    return why_not() or f"PostgreSQL {version(programs() or Path())}: private, by {programs()}"


# The server


class Server:
    """One that runs; its superuser is `postgres`, and archives belong to `dateline`, who is none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def url(self, database: str, user: str = "dateline") -> str:
        return f"postgresql+psycopg://{user}@/{database}?host={self.folder}"

    def conninfo(self, database: str) -> dict[str, Any]:
        return {"host": str(self.folder), "user": "postgres", "dbname": database, "autocommit": True}

    @contextmanager
    def once(self, what: str) -> Iterator[bool]:
        """Whether it is to be done now; the other processes wait until it is. What failed is tried again by the next."""
        with (self.folder / f"{what}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            done = self.folder / f"{what}.done"
            yield not done.exists()
            done.touch()


@cache
def server() -> Server:
    """The server of this run, started if nobody has."""
    found = Server(Path(os.environ[_FOLDER]))
    with found.once("started") as is_first:
        if is_first:
            _start(found.folder)
    return found


def _make_folder() -> Path:
    """Root's own temporary folder may be closed to the user who runs the server."""
    places = [place for place in (tempfile.gettempdir(), "/tmp", "/var/tmp") if _is_open(Path(place))]
    folder = Path(tempfile.mkdtemp(prefix="dateline-pg-", dir=places[0] if places else None))
    if os.geteuid() == 0:
        runner = _runner()
        os.chown(folder, runner["user"], runner["group"])
    return folder


def _is_open(place: Path) -> bool:
    return os.geteuid() != 0 or all(one.stat().st_mode & 0o001 for one in (place, *place.parents))


def _runner() -> dict[str, Any]:
    """As whom the programs run: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return {}
    names = {user.pw_name for user in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _start(folder: Path) -> None:
    data = folder / "data"
    shutil.rmtree(data, ignore_errors=True)
    made = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync", "--no-instructions", "--locale=C"]
    # Sorted as people sort: what must be sorted by code points has to say so itself.
    _run(folder, "initdb", "-D", data, *made, "--locale-provider=icu", "--icu-locale=en-US")
    settings = {**_SETTINGS, "unix_socket_directories": f"'{folder}'"}
    with (data / "postgresql.conf").open("a") as config:
        config.writelines(f"{name} = {value}\n" for name, value in settings.items())
    _run(folder, "pg_ctl", "-D", data, "-w", "-l", folder / "log", "start")
    _run(folder, "psql", "-h", folder, "-U", "postgres", "-qc", "CREATE ROLE dateline LOGIN", "postgres")


def _run(folder: Path, program: str, *arguments: str | Path) -> None:
    command = [programs() / program, *arguments]  # type: ignore[operator]
    # pg_ctl's server keeps what it is given, and must not keep a pipe of ours.
    with (folder / f"{program}.log").open("w+") as log:
        code = subprocess.call(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **_runner())
        if code != 0:
            log.seek(0)
            raise RuntimeError(f"{program} ended with {code}:\n{log.read()}")
