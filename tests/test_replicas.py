"""What is read from a replica that lags, and what never is: a real primary, and a standby five seconds late."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.main import create_app, open_archive
from app.settings import Settings
from tests import postgresql
from tests.replication import Node, primary, standby

pytestmark = pytest.mark.skipif(postgresql.why_not() is not None, reason=str(postgresql.why_not()))
CHANGE = "Dateline-Change"


@contextmanager
def pair(delay: str) -> Iterator[tuple[Node, Node]]:
    """A primary with an empty archive, and a standby of it."""
    with primary() as first:
        open_archive(settings_of(first)).close()
        with standby(first, delay=delay) as second:
            yield first, second


def settings_of(writes: Node, reads: Node | None = None, **more: Any) -> Settings:
    urls = {"database_url": writes.url(), "read_database_url": reads.url() if reads else None}
    return Settings(**{**urls, "log_level": "error", "busy_timeout_s": 2, "worker": False, "_env_file": None, **more})


@contextmanager
def serving(*nodes: Node, **more: Any) -> Iterator[TestClient]:
    with TestClient(create_app(settings_of(*nodes, **more)), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="module")
def lagging() -> Iterator[tuple[Node, Node]]:
    with pair("5s") as nodes:
        yield nodes


@pytest.fixture
def client(lagging: tuple[Node, Node]) -> Iterator[TestClient]:
    with serving(*lagging) as opened:
        yield opened


def post(client: TestClient, number: int) -> Any:
    body = {
        "text": f"Word{number} is said here.",
        "url": f"https://news.example/{number}",
        "extract": False,
        "published": "2024-03-08",
    }
    answer = client.post("/articles", json=body)
    assert answer.status_code == 201, answer.text
    return answer


def found(client: TestClient, number: int, change: str | None = None) -> int:
    answer = client.get("/articles", params={"q": f"word{number}"}, headers={CHANGE: change} if change else {})
    assert answer.status_code == 200, answer.text
    return len(answer.json()["items"])


def test_a_search_is_behind_as_the_replica_is_but_shows_the_write_whose_number_is_sent_back(client: TestClient) -> None:
    written = post(client, 1)
    assert found(client, 1) == 0
    assert found(client, 1, written.headers[CHANGE]) == 1


def test_exports_timelines_and_facets_show_it_too(client: TestClient) -> None:
    headers = {CHANGE: post(client, 2).headers[CHANGE]}
    exported = client.get("/articles?q=word2&format=jsonl", headers=headers)
    counted = [client.get(f"/articles/{what}q=word2", headers=headers).text for what in ("timeline?", "facets?facet=source&")]
    assert len(exported.text.splitlines()) == 1
    assert '"count":1' in counted[0]
    assert '"counted":1' in counted[1]


def test_single_things_and_the_log_are_never_behind(client: TestClient) -> None:
    written = post(client, 3)
    here = written.headers["Location"]
    for path in (here, f"{here}/revisions", f"{here}/claims", "/articles/lookup?url=https://news.example/3"):
        assert client.get(path).status_code == 200, path
    assert str(client.get("/changes?limit=200").json()["latest"]) == written.headers[CHANGE]


def test_every_answer_to_a_write_carries_the_number_of_its_change(client: TestClient) -> None:
    def newest() -> str:
        return str(client.get("/changes").json()["latest"])

    here = post(client, 4).headers["Location"]
    one, other = (client.post("/entities", json={"name": name, "type": "person"}) for name in ("Ada Lee", "Ada Low"))
    assert one.headers[CHANGE] < other.headers[CHANGE] == newest()
    for method, path, body in (
        ("PATCH", here, {"title": "Another"}),
        ("POST", f"/entities/{one.json()['id']}/merge", {"into": other.json()["id"]}),
        ("DELETE", here, None),
    ):
        answer = client.request(method, path, json=body)
        assert (answer.status_code < 300, answer.headers.get(CHANGE)) == (True, newest()), (path, answer.text)


def test_each_line_of_many_carries_it(client: TestClient) -> None:
    line = '{"text": "Word5 is said here.", "extract": false}\n'
    sent = client.post("/articles/bulk", content=line, headers={"Content-Type": "application/x-ndjson"})
    again = client.post("/articles/bulk", content=line, headers={"Content-Type": "application/x-ndjson"})
    assert (again.json()["status"], again.json()["change"]) == ("unchanged", sent.json()["change"])
    assert found(client, 5, str(sent.json()["change"])) == 1


def test_a_number_that_no_change_has_is_refused(client: TestClient) -> None:
    statuses = {
        given: client.get("/articles", headers={CHANGE: given}).status_code for given in ("0", "-1", "x", "1.5", "9" * 30, "999999")
    }
    assert statuses == {"0": 200, "-1": 422, "x": 422, "1.5": 422, "9" * 30: 422, "999999": 410}


def test_without_replicas_the_number_is_known_and_held_true_alike(lagging: tuple[Node, Node]) -> None:
    with serving(lagging[0]) as client:
        written = post(client, 6)
        assert found(client, 6, written.headers[CHANGE]) == 1
        assert client.get("/articles", headers={CHANGE: "999999"}).status_code == 410


def test_readiness_tells_a_replica_that_is_behind_and_no_idle_one(lagging: tuple[Node, Node]) -> None:
    with serving(*lagging, max_replica_lag_s=1) as client:
        settle(lambda: client.get("/health/ready").status_code == 200)  # nothing has been written for a while: no lag
        post(client, 7)
        settle(lambda: "s behind" in client.get("/health/ready").text)
        assert client.get("/health/ready").status_code == 503


def settle(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.long
def test_when_nothing_can_be_written_reading_goes_on_and_what_the_replica_lacks_is_a_503() -> None:
    with pair("0") as (first, second), serving(first, second) as client:
        here = post(client, 1).headers["Location"]
        settle(lambda: found(client, 1) == 1)
        second.sql("SELECT pg_wal_replay_pause()")
        unseen = post(client, 2).headers[CHANGE]
        first.kill()
        assert (found(client, 1), client.get(here).status_code) == (1, 200)
        behind = client.get("/articles", headers={CHANGE: unseen})
        written = client.post("/articles", json={"text": "Nothing."})
        ready, log = client.get("/health/ready"), client.get("/changes")
        for answer in (behind, written, ready, log):
            assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unreachable"), answer.text
            assert "Retry-After" in answer.headers
        assert unseen in behind.json()["detail"]


@pytest.mark.long
def test_when_no_replica_answers_searches_go_where_it_is_written() -> None:
    with pair("5s") as (first, second), serving(first, second) as client:
        post(client, 1)
        assert found(client, 1) == 0
        second.kill()
        assert found(client, 1) == 1
        assert client.get("/health/ready").status_code == 503


def test_a_standby_cannot_be_written_to_and_is_refused_at_the_start(lagging: tuple[Node, Node]) -> None:
    with pytest.raises(Exception, match="standby, which is read-only"):
        open_archive(settings_of(lagging[1]))
