"""Workers beside the service and as processes of their own, several at once, stopped, killed and cut off."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app import jobs, main
from app.main import create_app
from app.queues import awake, table
from app.settings import Settings
from tests.archives import query
from tests.scripted import Scripted, installed
from tests.serving import PROJECT

QUEUES = pytest.mark.parametrize("queue", ["auto", "table"])
TEXT = "Ann Lee said the dam is safe."


@pytest.fixture
def working(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The service with a worker, which never waits long, and hears of what is new."""
    extractors = installed(Scripted("slow/1", {"the dam is safe": "Ann Lee"}, DEFERRED=True))
    monkeypatch.setattr(main, "installed", lambda _: extractors)
    monkeypatch.setattr(table, "PAUSE_S", 0.02)
    monkeypatch.setattr(table, "AFTER_ERROR_S", 0.02)
    monkeypatch.setattr(awake, "AFTER_ERROR_S", 0)
    with TestClient(create_app(settings.model_copy(update={"worker": True}))) as opened:
        yield opened


def post(client: TestClient, text: str = TEXT) -> int:
    answer = client.post("/articles", json={"text": text})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def state(client: TestClient, article: int = 1) -> str:
    return str(client.get(f"/articles/{article}").json()["extraction"]["state"])


def wait_until(happened: Callable[[], bool], within_s: float = 40) -> None:
    until = time.monotonic() + within_s
    while not happened() and time.monotonic() < until:
        time.sleep(0.05)
    assert happened()


def test_the_service_has_a_worker_of_its_own(working: TestClient) -> None:
    post(working)
    wait_until(lambda: state(working) == "done")


def test_a_worker_outlives_a_defect(working: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    failing = threading.Event()
    real = jobs.take

    def take(*given: Any) -> Any:
        if not failing.is_set():
            failing.set()
            raise RuntimeError("a defect")
        return real(*given)

    monkeypatch.setattr(jobs, "take", take)
    post(working)
    assert failing.wait(10)
    wait_until(lambda: state(working) == "done")


@pytest.mark.postgresql
def test_a_worker_outlives_its_connections(working: TestClient, settings: Settings) -> None:
    post(working)
    wait_until(lambda: state(working) == "done")
    others = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
    )
    assert len(query(settings.database_url, others)) > 1
    second = post(working, f"{TEXT} Again.")
    wait_until(lambda: state(working, second) == "done")


@pytest.mark.postgresql
def test_a_worker_is_woken_and_need_not_look(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "installed", lambda _: installed(Scripted("slow/1", DEFERRED=True)))
    monkeypatch.setattr(awake, "POLL_S", 3600)
    with TestClient(create_app(settings.model_copy(update={"worker": True}))) as client:
        listening = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %'"
        wait_until(lambda: bool(query(settings.database_url, listening)))
        post(client)
        wait_until(lambda: state(client) == "done")


# Processes


SLEEPY = """
import os, pathlib, time
from app.models.extraction import Extraction, FoundClaim
NAME, LANGUAGES, DEFERRED = "sleepy/1", (), True
HERE = pathlib.Path(__file__).parent

def extract(text, published):
    with (HERE / "read").open("a") as noted:
        noted.write(f"{os.getpid()} {text}\\n")
    while (HERE / "asleep").exists():
        time.sleep(0.05)
    return Extraction(NAME, claims=(FoundClaim(0, len(text), "narrated", None, (), (), "all", 0.5),))
"""


class Sleepy:
    """A package with an extractor that notes who reads what, and sleeps while a file is there, as an installer would leave it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "sleepy-1.dist-info").mkdir(parents=True)
        (folder / "sleepy.py").write_text(SLEEPY)
        (folder / "sleepy-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: sleepy\nVersion: 1\n")
        (folder / "sleepy-1.dist-info" / "entry_points.txt").write_text("[dateline.extractors]\nsleepy = sleepy\n")
        (folder / "read").touch()
        (folder / "asleep").touch()

    def wake(self) -> None:
        (self.folder / "asleep").unlink()

    def begun(self) -> list[tuple[int, str]]:
        """Process and text of every reading."""
        lines = (line.split(" ", 1) for line in (self.folder / "read").read_text().splitlines())
        return [(int(process), text) for process, text in lines]

    def readers(self) -> set[int]:
        return {process for process, _ in self.begun()}


@pytest.fixture
def sleepy(tmp_path: Path) -> Sleepy:
    return Sleepy(tmp_path / "packages")


@pytest.fixture
def client(client: TestClient) -> TestClient:
    """The service without a worker."""
    client.app.state.extractors = installed(Scripted("sleepy/1", DEFERRED=True))  # type: ignore[attr-defined]
    return client


def start_worker(settings: Settings, sleepy: Sleepy, queue: str, lease_s: int = 600) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "DATELINE_DATABASE_URL": settings.database_url,
        "DATELINE_QUEUE": queue,
        "DATELINE_WORKER_LEASE_S": str(lease_s),
        "PYTHONPATH": f"{PROJECT}{os.pathsep}{sleepy.folder}",
    }
    return subprocess.Popen([sys.executable, "-m", "app", "worker"], env=environment, cwd=sleepy.folder)


@pytest.mark.long
@QUEUES
def test_two_workers_read_forty_texts_each_once(client: TestClient, settings: Settings, sleepy: Sleepy, queue: str) -> None:
    texts = [f"Text {number}." for number in range(40)]
    articles = [post(client, text) for text in texts]
    with ExitStack() as stack:
        workers = [stack.enter_context(start_worker(settings, sleepy, queue)) for _ in range(2)]
        wait_until(lambda: len(sleepy.readers()) == len(workers))
        sleepy.wake()
        wait_until(lambda: all(state(client, article) == "done" for article in articles))
        for worker in workers:
            worker.terminate()
    assert Counter(text for _, text in sleepy.begun()) == Counter(texts)
    assert [worker.returncode for worker in workers] == [0, 0]


@pytest.mark.long
@QUEUES
def test_what_a_worker_had_that_was_ended_by_kill_9_is_taken_up_by_another(
    client: TestClient, settings: Settings, sleepy: Sleepy, queue: str
) -> None:
    post(client)
    with ExitStack() as stack:
        first = stack.enter_context(start_worker(settings, sleepy, queue, lease_s=2))
        wait_until(lambda: first.pid in sleepy.readers())
        second = stack.enter_context(start_worker(settings, sleepy, queue, lease_s=2))
        first.kill()
        assert state(client) == "running"
        sleepy.wake()
        wait_until(lambda: state(client) == "done")
        second.terminate()
    assert [process for process, _ in sleepy.begun()] == [first.pid, second.pid]
    assert [c["quote"]["exact"] for c in client.get("/articles/1").json()["claims"]] == [TEXT]


@pytest.mark.long
@QUEUES
def test_a_worker_that_is_told_to_end_reads_to_the_end_first(
    client: TestClient, settings: Settings, sleepy: Sleepy, queue: str
) -> None:
    post(client)
    with start_worker(settings, sleepy, queue) as worker:
        wait_until(lambda: worker.pid in sleepy.readers())
        post(client, "Another text.")
        worker.send_signal(signal.SIGTERM)
        with pytest.raises(subprocess.TimeoutExpired):
            worker.wait(1)
        sleepy.wake()
        assert worker.wait(30) == 0
    assert [state(client, article) for article in (1, 2)] == ["done", "queued"]
