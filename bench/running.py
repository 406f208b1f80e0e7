"""Commands of Dateline run as a user runs them, with what they took."""

import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bench.serving import PROJECT


class Failed(Exception):
    """What was asked for did not come about; says why in one line."""


@dataclass(frozen=True, slots=True)
class Ran:
    """`peak_mb` is the highest resident memory of the process."""

    seconds: float
    peak_mb: float


class Took:
    """A block with the seconds it takes."""

    seconds = 0.0

    def __enter__(self) -> Self:
        self._began = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self._began


def run(archive: Path, *arguments: str) -> Ran:
    """`dateline …` over this archive.

    Raises:
        Failed: with its last line when its exit code is not 0.
    """
    own = {"DATELINE_DATABASE_URL": f"sqlite:///{archive}", "DATELINE_LOG_LEVEL": "error", "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-P", "-m", "app", *arguments]
    with tempfile.TemporaryFile() as log, Took() as took:
        process = subprocess.Popen(command, env={**os.environ, **own}, stdout=log, stderr=log, cwd=archive.parent)
        _, status, used = os.wait4(process.pid, 0)
        code = process.returncode = os.waitstatus_to_exitcode(status)
        log.seek(0)
        said = [line for line in log.read().decode(errors="replace").splitlines() if re.search(r"\w", line)]
    if code != 0:
        raise Failed(f"dateline {' '.join(arguments)} ended with {code}: {said[-1].strip('│ ') if said else 'it said nothing'}")
    return Ran(took.seconds, used.ru_maxrss / 1024)


def peak_mb(process: int) -> float:
    """The highest resident memory of a process that is running."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    return int(found[1]) / 1024 if found else float("nan")
