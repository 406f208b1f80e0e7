"""The service as a user starts it: a process of its own, on a free port, over an archive."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

PROJECT = Path(__file__).parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(url: str, *arguments: str) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """Address and process of `dateline serve`, ready to answer; killed when the block ends."""
    port = free_port()
    environment = {**os.environ, "DATELINE_DATABASE_URL": url, "DATELINE_LOG_LEVEL": "error"}
    environment["PYTHONPATH"] = str(PROJECT)
    command = [sys.executable, "-m", "app", "serve", "--port", str(port), *arguments]
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:  # in which no .env stands
        process = subprocess.Popen(command, env=environment, cwd=folder)
        try:
            _wait_for(address, process)
            yield address, process
        finally:
            process.kill()
            process.wait()


def _wait_for(address: str, process: "subprocess.Popen[bytes]", within_s: float = 180) -> None:
    until = time.monotonic() + within_s
    with httpx.Client(trust_env=False, verify=False, timeout=within_s) as client:  # one, for it costs more than the question
        while time.monotonic() < until and process.poll() is None:
            try:
                client.get(f"{address}/health/ready").raise_for_status()
            except httpx.HTTPError:
                time.sleep(0.05)
            else:
                return
    raise TimeoutError(f"the service did not come up; its exit code is {process.poll()}")
