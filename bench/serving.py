"""Servers to be measured, each a process of its own on a free port, and `wrk`, which asks them."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PROJECT = Path(__file__).parent.parent
CONNECTIONS = 16
DATASETTE = "datasette>=0.65,<0.66"
_ANSWER = "DATELINE_BENCH_ANSWER"  # the file that the constant route answers with
_UNITS_MS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


@dataclass(frozen=True, slots=True)
class Rate:
    """What `wrk` saw: answers a second, and how long they took in milliseconds."""

    per_second: float
    p50_ms: float
    p99_ms: float


def ask(url: str, seconds: float) -> Rate:
    """Ask over and over through 16 connections.

    Raises:
        RuntimeError: when an answer is not 2xx, or none comes.
    """
    wrk = shutil.which("wrk") or sys.exit("the bench needs wrk (on Debian and Ubuntu: apt install wrk)")
    options = ["-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "--timeout", "30s", "--latency"]
    told = subprocess.run([wrk, *options, url], capture_output=True, text=True, check=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", told)
    if rate is None or float(rate[1]) == 0 or "Non-2xx" in told:
        raise RuntimeError(f"wrk could not measure {url}:\n{told}")
    return Rate(float(rate[1]), _latency_ms(told, 50), _latency_ms(told, 99))


def _latency_ms(told: str, percent: int) -> float:
    found = re.search(rf"{percent}%\s+([\d.]+)(us|ms|s|m)\s", told)
    return float(found[1]) * _UNITS_MS[found[2]] if found else float("nan")


@contextmanager
def service(archive: Path, workers: int) -> Iterator[tuple[str, int]]:
    """Dateline over this archive: its address and process id."""
    own = {"DATELINE_DATABASE_URL": f"sqlite:///{archive.resolve()}", "DATELINE_LOG_LEVEL": "error", "DATELINE_WORKER": "false"}
    command = [sys.executable, "-P", "-m", "app", "serve", "--workers", str(workers), "--port"]
    with _running(command, own, "/health/ready") as served:
        yield served


@contextmanager
def constant(answer: Path, workers: int) -> Iterator[tuple[str, int]]:
    """A bare Starlette route that answers every path with the bytes of the file."""
    with application("bench.serving:constant_app", {_ANSWER: str(answer)}, workers) as served:
        yield served


@contextmanager
def application(factory: str, own: dict[str, str], workers: int) -> Iterator[tuple[str, int]]:
    """What the factory makes, with `own` in its environment; it must answer `/`."""
    command = [sys.executable, "-P", "-m", "uvicorn", factory, "--factory", "--no-access-log"]
    command += ["--log-level", "error", "--workers", str(workers), "--port"]
    with _running(command, own, "/") as served:
        yield served


def constant_app() -> Starlette:
    body = Path(os.environ[_ANSWER]).read_bytes()

    async def answer(_: Request) -> Response:
        return Response(body, media_type="application/json")

    return Starlette(routes=[Route("/{path:path}", answer)])


@contextmanager
def datasette(archive: Path, metadata: Path, folder: Path) -> Iterator[tuple[str, int]]:
    """Datasette over the archive, installed into an environment of its own in the folder if it is not there yet."""
    program = folder / "datasette" / "bin" / "datasette"
    if not program.exists():
        python = program.with_name("python")
        subprocess.run([sys.executable, "-m", "venv", str(folder / "datasette")], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", DATASETTE], check=True)
    limits = ["--setting", "sql_time_limit_ms", "60000", "--setting", "num_sql_threads", "3"]
    command = [str(program), "serve", str(archive), "--metadata", str(metadata), *limits, "--port"]
    with _running(command, {}, "/-/versions.json") as served:
        yield served


def memory_mb(process: int) -> list[float]:
    """Resident memory of each worker; of the process itself when it has none."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    measured = [_resident_mb(int(child)) for child in children if "resource_tracker" not in _command(child)]
    return measured or [_resident_mb(process)]


def _command(process: str) -> str:
    return Path(f"/proc/{process}/cmdline").read_text()


def _resident_mb(process: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


@contextmanager
def _running(command: Sequence[str], own: dict[str, str], ready: str) -> Iterator[tuple[str, int]]:
    """The command with a free port behind it, until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), **own}
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen([*command, str(port)], env=environment, stdout=log, stderr=log)
        try:
            if not _answers(address + ready, process):
                log.seek(0)
                raise RuntimeError(f"{command} did not come up:\n{log.read().decode(errors='replace')}")
            yield address, process.pid
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _answers(url: str, process: "subprocess.Popen[bytes]", within_s: float = 60) -> bool:
    until = time.monotonic() + within_s
    while time.monotonic() < until and process.poll() is None:
        try:
            httpx.get(url, trust_env=False).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return True
    return False
