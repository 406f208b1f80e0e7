"""Whatever is sent, what comes back is an answer or a clear problem, and nothing is half stored."""

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.api.problems import TYPES
from app.main import create_app
from app.settings import Settings
from tests.conftest import Store

JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def empty(shared_settings: Settings) -> Iterator[TestClient]:
    """An archive that nothing gets into."""
    with TestClient(create_app(shared_settings)) as opened:
        yield opened


def is_problem(answer: Any) -> bool:
    body = answer.json()
    return (
        answer.headers["content-type"] == "application/problem+json"
        and body["type"].removeprefix("/problems/") in TYPES
        and body["status"] == answer.status_code
        and bool(body["detail"])
    )


HOSTILE = {
    "nested a hundred thousand deep": (b"[" * 100_000, 400),
    "an integer of ten thousand digits": (b'{"text": ' + b"9" * 10_000 + b"}", 400),
    "bytes that are not UTF-8": (b'{"text": "\xff"}', 400),
    "half a surrogate pair": (b'{"text": "\\ud800"}', 422),
    "half a surrogate pair in a field's name": (b'{"text": "a", "\\ud800": 1}', 422),
    "NUL": (b'{"text": "a\\u0000b"}', 422),
    "NUL in a list": (b'{"text": "a", "authors": ["\\u0000"]}', 422),
    "NaN": (b'{"text": "a", "claims": [{"quote": {"exact": "a"}, "confidence": NaN}]}', 422),
    "infinity": (b'{"text": "a", "claims": [{"quote": {"exact": "a"}, "confidence": 1e999}]}', 422),
    "white space only": (b'{"text": " \\n\\t"}', 422),
    "an array": (b"[]", 422),
    "null": (b"null", 422),
    "nothing": (b"", 422),
    "a number as a date": (b'{"text": "a", "published": 1700000000}', 422),
    "an instant without its offset": (b'{"text": "a", "published": "2024-02-13T09:00:00"}', 422),
    "an instant that does not exist": (b'{"text": "a", "published": "2023-02-29T09:00:00Z"}', 422),
    "an address that is a script": (b'{"text": "a", "url": "javascript:alert(1)"}', 422),
    "an address with a password": (b'{"text": "a", "url": "https://me:secret@example.org/"}', 422),
    "an offset beyond every integer": (b'{"text": "a", "claims": [{"quote": {"exact": "a", "start": 0, "end": 1e30}}]}', 422),
    "an id beyond every integer": (
        b'{"text": "a", "claims": [{"quote": {"exact": "a"}, "subjects": [{"entity": 99999999999999999999}]}]}',
        422,
    ),
    "text where a truth is wanted": (b'{"text": "a", "extract": "yes"}', 422),
}


@pytest.mark.parametrize(("body", "status"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_body_is_a_problem_and_leaves_nothing(empty: TestClient, body: bytes, status: int) -> None:
    answer = empty.post("/articles", content=body, headers=JSON)
    assert answer.status_code == status
    assert is_problem(answer)
    assert len(answer.content) < 2000, "the input is not echoed"
    assert empty.get("/changes").json()["latest"] == 0


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nowhere", 404),
        ("/articles/1", 404),
        ("/articles/0", 422),
        ("/articles/99999999999999999999", 422),
        ("/articles/abc", 404),
        ("/articles/1/revisions/1", 404),
        ("/claims/1", 404),
        ("/entities/1", 404),
        ("/articles/lookup", 422),
        ("/articles/lookup?url=nonsense", 422),
        ("/articles?limit=0", 422),
        ("/articles?limit=1000000000", 422),
        ("/articles?limit=1&limit=2", 422),
        ("/articles?published_from=1700000000", 422),
        ("/articles?published_from=yesterday", 422),
        ("/articles?q=%00", 422),
        ("/articles?sort=title", 422),
        ("/claims?published_from=2025&published_to=2024", 422),
        ("/claims?about_match=near", 422),
        ("/changes?since=-1", 422),
        ("/problems/unheard-of", 404),
        ("/health/live?x=1", 422),
    ],
)
def test_a_wrong_address_is_a_problem(empty: TestClient, path: str, status: int) -> None:
    answer = empty.get(path)
    assert (answer.status_code, is_problem(answer)) == (status, True)


def test_a_misspelt_parameter_is_refused_with_the_nearest_name(client: TestClient) -> None:
    error = client.get("/claims?publshed_from=2024").json()["errors"][0]
    assert error["pointer"] == "/publshed_from"
    assert "did you mean 'published_from'" in error["detail"]


def test_a_misspelt_field_is_refused_with_the_nearest_name_at_any_depth(client: TestClient) -> None:
    claims = [{"quote": {"exact": "a", "strat": 0}}]
    errors = client.post("/articles", json={"text": "a", "titel": "b", "claims": claims}).json()["errors"]
    named = {error["pointer"]: error["detail"] for error in errors}
    assert "did you mean 'title'" in named["/titel"]
    assert "did you mean 'start'" in named["/claims/0/quote/strat"]


def test_a_body_over_the_limit_is_413_before_it_is_read(client: TestClient) -> None:
    in_pieces = iter([b" " * 1_000_000] * 3)
    for body in (b" " * 2_000_001, in_pieces):
        answer = client.post("/articles", content=body, headers=JSON)
        assert (answer.status_code, is_problem(answer)) == (413, True)


def test_a_body_that_is_not_json_is_415_and_a_format_that_is_not_there_406(client: TestClient) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        answer = client.post("/articles", content=b'{"text": "a"}', headers={"content-type": kind})
        assert (answer.status_code, is_problem(answer)) == (415, True)
    answer = client.get("/articles", headers={"accept": "text/html, application/json;q=0"})
    assert (answer.status_code, is_problem(answer)) == (406, True)
    assert client.get("/articles", headers={"accept": "text/html, */*;q=0.1"}).status_code == 200


@pytest.mark.parametrize(("path", "kind"), [("/articles", "application/json"), ("/articles/bulk", "application/x-ndjson")])
def test_a_packed_body_is_415_and_never_taken_for_a_plain_one(empty: TestClient, path: str, kind: str) -> None:
    for body in (b'{"text": "a"}\n', gzip.compress(b'{"text": "a"}\n')):
        answer = empty.post(path, content=body, headers={"content-type": kind, "content-encoding": "gzip"})
        assert (answer.status_code, is_problem(answer), answer.headers["accept-encoding"]) == (415, True, "identity")
    assert empty.get("/changes").json()["latest"] == 0


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"text": "\xff"}', "is not UTF-8: it holds the byte 0xff at 10"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"text": ' + b"9" * 10_000 + b"}", "a number of too many digits"),
        (b"[]", "should be a JSON object"),
    ],
)
def test_a_body_that_cannot_be_read_says_why(client: TestClient, body: bytes, told: str) -> None:
    assert told in client.post("/articles", content=body, headers=JSON).json()["detail"]


def test_another_method_is_405_with_every_method_that_is_allowed(client: TestClient) -> None:
    answer = client.put("/articles/1")
    assert (answer.status_code, is_problem(answer), answer.headers["allow"]) == (405, True, "DELETE, GET, HEAD, OPTIONS, PATCH")
    assert client.patch("/articles/lookup").headers["allow"] == "GET, HEAD, OPTIONS"


def test_options_tells_the_methods_and_head_is_get_without_its_body(client: TestClient, store: Store) -> None:
    path = f"/articles/{store()['id']}"
    options, head, whole = client.options(path), client.head(path), client.get(path)
    assert (options.status_code, options.headers["allow"]) == (204, "DELETE, GET, HEAD, OPTIONS, PATCH")
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", whole.headers["etag"])
    assert int(head.headers["content-length"]) == len(whole.content)


def test_a_defect_is_a_problem_with_the_id_that_finds_it_in_the_log(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.store.changes.find", lambda *_: 1 / 0)
    answer = client.get("/changes", headers={"x-request-id": "abc-123"})
    assert (answer.status_code, is_problem(answer), answer.headers["x-request-id"]) == (500, True, "abc-123")
    assert "ZeroDivision" not in answer.text


def test_a_problem_leads_to_its_explanation(client: TestClient) -> None:
    problem = client.get("/articles/1").json()
    explained = client.get(problem["type"]).json()
    assert (explained["status"], explained["title"]) == (404, problem["title"])


def test_the_log_says_when_it_no_longer_reaches_back(client: TestClient, store: Store) -> None:
    for number in range(3):
        store(f"Text {number}.")
    with client.app.state.database.transaction() as session:  # type: ignore[attr-defined]
        session.connection().exec_driver_sql("DELETE FROM change WHERE seq < 3")
    assert client.get("/changes?since=0").status_code == 410
    assert [c["seq"] for c in client.get("/changes?since=2").json()["items"]] == [3]


def test_the_docs_need_no_network(client: TestClient) -> None:
    page = client.get("/docs").text
    assert "//" not in page.replace("<!-- ", "").replace("oauth2-redirect", "").split("<script>")[0]
    for asset in ("swagger-ui-bundle.js", "swagger-ui.css"):
        assert client.get(f"/static-offline-docs/{asset}").status_code == 200


def test_every_answer_of_the_service_is_json_that_can_be_read(client: TestClient, store: Store) -> None:
    store("“Zoë” \u2028 🙂 \x07 said \\u0000.", title="🙂")
    assert json.loads(client.get("/articles/1").content.decode("utf-8"))["title"] == "🙂"


def test_a_body_where_none_is_taken_is_refused(client: TestClient, store: Store) -> None:
    store()
    answer = client.post("/articles/1/extract", content=b'{"dry_run": true}', headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["errors"][0]["detail"].split(";")[0]) == (422, "this request takes no body")
    assert client.post("/articles/1/extract").status_code == 200
