"""Many articles in one request: a result for each line, in order, and nothing that was answered is lost."""

import json
import threading
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import bulk, ingest
from app.errors import Busy, ExtractorUnavailable, StorageFull
from app.intake.lines import split
from app.main import create_app
from app.models.bulk import BulkResult
from app.settings import Settings
from tests.conftest import Store
from tests.test_answers import has_shape
from tests.test_errors import HOSTILE

TYPE = {"content-type": "application/x-ndjson"}
Results = list[dict[str, Any]]


def line(number: int, **fields: Any) -> bytes:
    sent = {"text": f"Number {number}.", "url": f"https://news.example/{number}", "extract": False, **fields}
    return json.dumps(sent).encode() + b"\n"


def send(client: TestClient, body: bytes | Iterable[bytes], **query: str) -> Results:
    answer = client.post("/articles/bulk", content=body, headers=TYPE, params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(one) for one in answer.text.splitlines()]


def statuses(results: Results) -> list[str]:
    return [result["status"] for result in results]


def test_each_line_is_answered_with_what_became_of_it_and_where_it_is(client: TestClient) -> None:
    other = line(1, text="Another text.")
    results = send(client, line(1) + b"\n  \n" + line(1) + other + line(2).rstrip())
    assert [(r["line"], r["status"], r["id"], r["address"], r["problem"]) for r in results] == [
        (1, "created", 1, "/articles/1", None),
        (4, "unchanged", 1, "/articles/1", None),
        (5, "conflict", 1, "/articles/1", "/problems/already-stored"),
        (6, "created", 2, "/articles/2", None),
    ]
    assert "on_conflict=revise" in results[2]["errors"][0]["detail"]
    assert statuses(send(client, line(1) + other + other, on_conflict="revise")) == ["unchanged", "revised", "unchanged"]
    assert client.get("/articles/1").json()["text"] == "Another text."


def test_results_are_in_the_shape_of_the_document(client: TestClient) -> None:
    answer = client.post("/articles/bulk", content=line(1) + b"{}\n" + line(1, text="Other."), headers=TYPE)
    assert all(has_shape(one, BulkResult) for one in answer.content.splitlines())


def test_a_bad_line_is_told_what_a_bad_request_is_told_and_stops_nothing(client: TestClient) -> None:
    bad = {name: body for name, (body, _) in HOSTILE.items() if body}
    bad["a field that there is not"] = b'{"text": "a", "claims": [{"quote": {"exact": "a", "strat": 0}}]}'
    bad["a quote that is not there"] = b'{"text": "a", "claims": [{"quote": {"exact": "b"}}]}'
    bad["an extractor that is not offered"] = b'{"text": "a", "extract": "llm"}'
    results = send(client, b"".join(body + b"\n" + line(number) for number, body in enumerate(bad.values())))
    assert statuses(results) == ["invalid", "created"] * len(bad)
    for body, result in zip(bad.values(), results[::2], strict=True):
        alone = client.post("/articles", content=body, headers={"content-type": "application/json"})
        assert result["errors"] == alone.json()["errors"] or alone.status_code == 400
        assert all(error["detail"] for error in result["errors"])
        assert result["problem"] == "/problems/invalid"


def test_what_cannot_be_decoded_is_named_with_its_place(client: TestClient) -> None:
    results = send(client, b'{"text": "\xff"}\n{"text": 1, }\n' + b"[" * 100_000)
    assert [result["errors"][0]["detail"] for result in results] == [
        "the line is not UTF-8: it holds the byte 0xff at 10",
        "the line is not JSON: Illegal trailing comma before end of object at character 10"
        if "trailing comma" in results[1]["errors"][0]["detail"]  # since Python 3.13
        else "the line is not JSON: Expecting property name enclosed in double quotes at character 12",
        "the line is not JSON that can be read: it is nested too deep",
    ]


def test_a_line_that_is_too_long_is_refused_alone(migrated_settings: Settings) -> None:
    with TestClient(create_app(migrated_settings)) as client:
        results = send(client, line(1) + line(2, text="a" * 3000) + line(3) + b"x" * 5000)
    assert [(r["line"], r["status"]) for r in results] == [(1, "created"), (2, "invalid"), (3, "created"), (4, "invalid")]
    assert "longer than 2,000 bytes" in results[1]["errors"][0]["detail"]


@pytest.fixture
def migrated_settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"max_body_bytes": 2000})


def test_a_body_may_be_longer_than_the_longest_article(migrated_settings: Settings) -> None:
    with TestClient(create_app(migrated_settings)) as client:
        assert set(statuses(send(client, b"".join(map(line, range(100)))))) == {"created"}


GOOD = st.integers(0, 5).map(line)
BROKEN = st.sampled_from([b'{"text": 5}\n', b"{\n", b"\xff\n", b"\x00\n", b"[]\n", b'"\\ud800"\n', b"null\n"])
BLANK = st.sampled_from([b"\n", b" \t\r\n"])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.one_of(GOOD, BROKEN, BLANK), max_size=25), cut=st.integers(1, 60))
def test_of_any_lines_each_that_holds_something_gets_one_result_in_order(client: TestClient, lines: list[bytes], cut: int) -> None:
    whole = b"".join(lines)
    results = send(client, (whole[at : at + cut] for at in range(0, len(whole), cut)))
    holding = [(number, one) for number, one in enumerate(lines, 1) if one.strip()]
    assert [result["line"] for result in results] == [number for number, _ in holding]
    assert [result["status"] == "invalid" for result in results] == [not one.startswith(b'{"text": "') for _, one in holding]


@given(whole=st.binary(max_size=80).map(lambda drawn: drawn.replace(b"a", b"\n")), cut=st.integers(1, 9), most=st.integers(0, 9))
def test_lines_are_the_same_however_the_bytes_come(whole: bytes, cut: int, most: int) -> None:
    pieces = (whole[at : at + cut] for at in range(0, len(whole), cut))
    expected = whole.split(b"\n")
    expected = expected if expected[-1] else expected[:-1]
    found = list(split(pieces, most))
    assert [one.number for one in found] == list(range(1, len(expected) + 1))
    assert [one.sent for one in found] == [one if len(one) <= most else None for one in expected]


@pytest.mark.parametrize("error", [StorageFull("no room"), Busy("taken"), ZeroDivisionError()])
def test_when_the_archive_fails_the_lines_that_it_concerns_say_so_and_the_next_are_tried(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(bulk, "MOST_LINES", 3)
    calls: Iterator[int] = iter(range(9))
    store_many = ingest.store_many

    def failing(*args: Any, **more: Any) -> Any:
        if next(calls) == 1:
            raise error
        return store_many(*args, **more)

    monkeypatch.setattr(ingest, "store_many", failing)
    lines = [*map(line, range(4)), b"{\n", *map(line, range(4, 7))]
    results = send(client, b"".join(lines))
    assert statuses(results) == ["created"] * 3 + ["failed", "invalid", "failed"] + ["created"] * 2
    known = {"StorageFull": "storage-full", "Busy": "busy"}
    assert results[3]["problem"] == f"/problems/{known.get(type(error).__name__, 'internal')}"
    assert statuses(send(client, b"".join(lines))).count("unchanged") == 5


def test_an_extractor_that_fails_is_told_in_its_line(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(_extractors: object, wanted: object, *_: object) -> None:
        if wanted:
            raise ExtractorUnavailable("the model is asleep")

    monkeypatch.setattr(bulk, "read", read)
    results = send(client, line(1) + line(2, extract=True) + line(3))
    assert statuses(results) == ["created", "failed", "created"]
    assert (results[1]["problem"], results[1]["errors"][0]["detail"]) == ("/problems/extractor-unavailable", "the model is asleep")


def test_claims_are_found_and_sent_along_as_in_a_single_request(client: TestClient, store: Store) -> None:
    fields = {"text": "KELVAR – Ann Lee said that the dam is safe.", "extract": True, "claims": [{"quote": {"exact": "dam"}}]}
    (result,) = send(client, line(1, **fields))
    store(**{**fields, "url": "https://news.example/2"})
    one, other = (client.get(f"/articles/{i}").json()["claims"] for i in (result["id"], 2))
    assert [claim["quote"] for claim in one] == [claim["quote"] for claim in other]
    assert len(one) == 2


def test_a_text_that_is_stored_is_not_read_again(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    body = line(1, extract=True)
    send(client, body)
    monkeypatch.setattr(bulk, "read", lambda *_: pytest.fail("it was read"))
    assert statuses(send(client, body + body)) == ["unchanged", "unchanged"]


def test_others_are_answered_while_a_batch_is_being_stored(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The batch is held in its thread until the others have been answered."""
    begun, answered = threading.Event(), threading.Event()
    store_many = ingest.store_many

    def held(*args: Any, **more: Any) -> Any:
        begun.set()
        assert answered.wait(10)
        return store_many(*args, **more)

    monkeypatch.setattr(ingest, "store_many", held)
    results: list[str] = []
    thread = threading.Thread(target=lambda: results.extend(statuses(send(client, line(1)))))
    thread.start()
    assert begun.wait(10)
    assert client.get("/articles").json()["items"] == []
    assert client.post("/articles", json={"text": "Meanwhile.", "extract": False}).status_code == 201
    answered.set()
    thread.join()
    assert results == ["created"]


@pytest.mark.parametrize(
    ("headers", "query", "status"),
    [
        ({"content-type": "application/json"}, "", 415),
        ({}, "", 415),
        ({**TYPE, "accept": "text/html"}, "", 406),
        (TYPE, "?on_conflict=replace", 422),
        (TYPE, "?onconflict=revise", 422),
        ({"content-type": "application/x-ndjson; charset=utf-8"}, "", 200),
    ],
)
def test_what_the_operation_does_not_know_is_a_problem(
    client: TestClient, headers: dict[str, str], query: str, status: int
) -> None:
    answer = client.post(f"/articles/bulk{query}", content=line(1), headers=headers)
    assert answer.status_code == status
    assert status == 200 or answer.json()["type"].startswith("/problems/")
    assert status != 415 or "application/x-ndjson" in answer.json()["detail"]


def test_an_empty_body_has_an_empty_answer(client: TestClient) -> None:
    assert send(client, b"") == []
