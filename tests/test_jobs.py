"""Extractors that take long: answered at once, read afterwards, once, whatever is killed or fails."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app import jobs, worker
from app.errors import ExtractorUnavailable, Fault, Unusable
from app.queues import Which
from app.readers import Extractors
from app.settings import Settings
from app.store.database import Database
from tests.scripted import Scripted, installed

TEXT = "Ann Lee said the dam is safe."
LEASE_S = 60


@pytest.fixture
def slow() -> Scripted:
    return Scripted("slow/1", {"the dam is safe": "Ann Lee"}, DEFERRED=True)


@pytest.fixture
def extractors(slow: Scripted) -> Extractors:
    return installed(slow, Scripted("quick/1"))


@pytest.fixture
def client(client: TestClient, extractors: Extractors) -> TestClient:
    client.app.state.extractors = extractors  # type: ignore[attr-defined]
    return client


@pytest.fixture
def database(client: TestClient) -> Database:
    opened: Database = client.app.state.database  # type: ignore[attr-defined]
    return opened


@pytest.fixture
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PAUSES_S", (0, 0))


def post(client: TestClient, **fields: Any) -> dict[str, Any]:
    answer = client.post("/articles", json={"text": TEXT, **fields})
    assert answer.status_code == 201
    stored: dict[str, Any] = answer.json()
    return stored


def extraction(client: TestClient, article: int = 1) -> dict[str, Any]:
    told: dict[str, Any] = client.get(f"/articles/{article}").json()["extraction"]
    return told


def test_a_slow_extractor_never_reads_inside_the_write(client: TestClient, slow: Scripted) -> None:
    stored = post(client)
    assert (stored["extraction"]["state"], stored["extraction"]["claims"], stored["claims"]) == ("queued", None, [])
    assert slow.read == []


def test_a_worker_reads_what_is_queued_and_the_log_tells_that_the_article_changed(
    client: TestClient, database: Database, extractors: Extractors
) -> None:
    post(client)
    latest = client.get("/changes").json()["latest"]
    assert worker.work_once(database, extractors, LEASE_S)
    told = client.get("/articles/1").json()
    assert ([c["quote"]["exact"] for c in told["claims"]], told["extraction"]["state"]) == (["the dam is safe"], "done")
    assert (told["extraction"]["extractor"], told["extraction"]["claims"]) == ("slow/1", 1)
    kinds = {(c["kind"], c["action"], c["made_by"]) for c in client.get(f"/changes?since={latest}").json()["items"]}
    assert kinds == {("entity", "created", "slow/1"), ("claim", "created", "slow/1"), ("article", "changed", "slow/1")}
    assert not worker.work_once(database, extractors, LEASE_S)


def test_reading_again_by_a_slow_extractor_is_a_202_with_the_queued_run(
    client: TestClient, database: Database, extractors: Extractors
) -> None:
    post(client, extract="quick")
    answer = client.post("/articles/1/extract?extractor=slow")
    assert (answer.status_code, answer.json()["extraction"]["state"], answer.json()["added"]) == (202, "queued", [])
    worker.work_once(database, extractors, LEASE_S)
    assert extraction(client)["claims"] == 1


def test_a_dry_run_of_a_slow_extractor_is_refused_with_where_to_make_it(client: TestClient) -> None:
    post(client, extract="quick")
    answer = client.post("/articles/1/extract?extractor=slow&dry_run=true")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/dry_run")
    assert extraction(client)["extractor"] == "quick/1"


def test_a_newer_text_supersedes_the_run_even_while_it_is_being_read(
    client: TestClient, database: Database, extractors: Extractors, slow: Scripted
) -> None:
    post(client)
    job = jobs.take(database, LEASE_S)
    assert job
    client.patch("/articles/1", json={"text": f"Later, {TEXT}"})
    with database.reading() as session:
        assert not jobs.holds(session, job)
    assert worker.work_once(database, extractors, LEASE_S)
    assert slow.read == [f"Later, {TEXT}"]
    assert extraction(client)["state"] == "done"
    assert not worker.work_once(database, extractors, LEASE_S)


@pytest.mark.parametrize("change", ["delete", "text without reading", "another extractor"])
def test_a_run_that_nobody_wants_any_more_is_never_made(
    client: TestClient, database: Database, extractors: Extractors, slow: Scripted, change: str
) -> None:
    post(client)
    if change == "delete":
        client.delete("/articles/1")
    elif change == "another extractor":
        client.post("/articles/1/extract?extractor=quick")
    else:
        client.patch("/articles/1", json={"text": "Nothing.", "extract": False})
    assert not worker.work_once(database, extractors, LEASE_S)
    assert slow.read == []


def test_what_a_killed_worker_had_is_taken_up_again_when_its_lease_has_run_out(
    client: TestClient, database: Database, extractors: Extractors
) -> None:
    post(client)
    dead = jobs.take(database, 0.2)
    assert dead
    assert jobs.take(database, LEASE_S) is None
    assert extraction(client)["state"] == "running"
    time.sleep(0.2)
    assert worker.work_once(database, extractors, LEASE_S)
    assert extraction(client)["state"] == "done"
    with database.reading() as session:
        assert not jobs.holds(session, dead)


def test_what_is_known_to_be_left_behind_is_taken_before_the_lease_has_run_out(
    client: TestClient, database: Database, extractors: Extractors
) -> None:
    post(client)
    dead = jobs.take(database, LEASE_S)
    assert dead
    assert not worker.work_once(database, extractors, LEASE_S, Which(dead.run_id))
    assert worker.work_once(database, extractors, LEASE_S, Which(dead.run_id, again=True))
    assert extraction(client)["state"] == "done"
    assert not worker.work_once(database, extractors, LEASE_S, Which(dead.run_id, again=True))


def test_a_run_that_ends_its_worker_each_time_fails_after_three(client: TestClient, database: Database) -> None:
    post(client)
    assert [job.attempt if job else None for job in (jobs.take(database, 0) for _ in range(4))] == [1, 2, 3, None]
    assert extraction(client)["error"] == "3 workers were ended before they had read it"


@pytest.mark.usefixtures("_without_pauses")
def test_an_extractor_that_fails_three_times_shows_why(
    client: TestClient, database: Database, extractors: Extractors, slow: Scripted
) -> None:
    slow.errors = [ExtractorUnavailable("no answer from the model")] * 3
    post(client)
    states = [worker.work_once(database, extractors, LEASE_S) and extraction(client)["state"] for _ in range(4)]
    assert states == ["queued", "queued", "failed", False]
    assert extraction(client)["error"] == "no answer from the model"
    assert client.get("/changes").json()["items"][-1]["action"] == "changed"


def test_between_two_attempts_there_is_a_pause(
    client: TestClient, database: Database, extractors: Extractors, slow: Scripted
) -> None:
    slow.errors = [ExtractorUnavailable("no answer")]
    post(client)
    assert [worker.work_once(database, extractors, LEASE_S) for _ in range(2)] == [True, False]
    assert 0 < jobs.PAUSES_S[0] < jobs.PAUSES_S[1]


@pytest.mark.parametrize(
    ("error", "state", "shown"),
    [
        (Unusable([Fault("/text", "too much was found")]), "failed", "too much was found"),
        (ZeroDivisionError("secret"), "queued", "the extractor failed with ZeroDivisionError; the log says more"),
    ],
)
def test_an_error_that_would_come_again_is_final_and_a_defect_is_told_without_its_words(
    client: TestClient, database: Database, extractors: Extractors, slow: Scripted, error: Exception, state: str, shown: str
) -> None:
    slow.errors = [error]
    post(client)
    worker.work_once(database, extractors, LEASE_S)
    assert (extraction(client)["state"], extraction(client)["error"]) == (state, shown)


def test_many_workers_in_two_processes_take_each_run_once(client: TestClient, settings: Settings, database: Database) -> None:
    for number in range(24):
        post(client, text=f"{TEXT} {number}")
    databases = [database, Database(settings.database_url, busy_timeout_s=5)]
    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(lambda n: [j.run_id for j in iter(lambda: jobs.take(databases[n % 2], LEASE_S), None)], range(8)))
    assert Counter(run for runs in taken for run in runs) == Counter(range(1, 25))


def test_what_a_person_sent_before_the_run_was_made_stays_and_gets_no_double(
    client: TestClient, database: Database, extractors: Extractors
) -> None:
    post(client)
    client.post("/articles/1/claims", json={"quote": {"exact": "dam is safe"}})
    worker.work_once(database, extractors, LEASE_S)
    assert [c["quote"]["exact"] for c in client.get("/articles/1").json()["claims"]] == ["dam is safe"]
