"""The tests' own PostgreSQL: whether it is wanted, and that none is left behind."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import postgresql
from tests.serving import PROJECT

KILLED = """
import os, signal, types
from tests import postgresql
postgresql.begin(types.SimpleNamespace(stash={}))
folder = postgresql.server().folder
print(folder, (folder / "data" / "postmaster.pid").read_text().split()[0], flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(postgresql.why_not() is not None, reason="PostgreSQL is not on this machine, or not wanted")
def test_a_run_that_is_killed_leaves_neither_server_nor_folder() -> None:
    run = subprocess.run([sys.executable, "-c", KILLED], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert run.returncode == -signal.SIGKILL, run.stderr
    folder, server = run.stdout.split()
    until = time.monotonic() + 60
    while Path(folder).exists() and time.monotonic() < until:
        time.sleep(0.1)
    assert not Path(folder).exists()
    assert not Path(f"/proc/{server}").exists()


def test_a_machine_without_its_programs_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "programs", lambda: None)
    monkeypatch.setenv(postgresql.ASKED, "")
    assert "apt install postgresql" in postgresql.told()
    monkeypatch.setenv(postgresql.ASKED, "required")
    with pytest.raises(pytest.UsageError, match="required, but PostgreSQL 15 or newer is not on this machine"):
        postgresql.begin(FirstProcess())  # type: ignore[arg-type]
    monkeypatch.setenv(postgresql.ASKED, "perhaps")
    with pytest.raises(pytest.UsageError, match="'perhaps'; it can be required, off, or not set"):
        postgresql.begin(FirstProcess())  # type: ignore[arg-type]


class FirstProcess:
    """As much of pytest's configuration as is asked for, of a process that nobody started as a worker."""

    def __init__(self) -> None:
        self.stash: dict[object, object] = {}
