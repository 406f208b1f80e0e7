"""The extractor `llm` against servers that are busy, slow, broken, or something else."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from app import extract
from app.errors import ExtractorUnavailable
from app.extract.llm import server
from tests.chat import KEY, SAFE, TEXT, Model, bad, good, read, told
from tests.serving import free_port


def test_a_busy_server_is_asked_again_when_it_says(model: Model) -> None:
    found = read(model, bad(429, Retry_After="0"), bad(503, Retry_After="0"), good(told(SAFE)), llm_retries=2)
    assert len(found.claims) == 1
    assert [a["messages"] for a in model.asked] == [model.asked[0]["messages"]] * 3


def test_a_server_that_keeps_failing_is_asked_as_often_as_was_set(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "FIRST_WAIT_S", 0.01)
    with pytest.raises(ExtractorUnavailable, match=r"fails \(status 500: out of memory\)"):
        read(model, bad(500, "out of memory"), llm_retries=3)
    assert len(model.asked) == 4


def test_waiting_for_another_try_counts_into_the_time_limit(model: Model) -> None:
    began = time.monotonic()
    with pytest.raises(ExtractorUnavailable, match=r"did not answer within 0\.2 s"):
        read(model, bad(429, Retry_After="3600"), llm_retries=1, llm_timeout_s=0.2)
    assert time.monotonic() - began < 2


def drip(handler: Any) -> None:
    """A byte now and then: never silent, never done."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(100):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.02)


@pytest.mark.parametrize("slow", [lambda _handler: time.sleep(1), drip], ids=["silent", "dripping"])
def test_a_slow_server_is_left_when_the_time_is_over(model: Model, slow: Callable[[Any], None]) -> None:
    began = time.monotonic()
    with pytest.raises(ExtractorUnavailable, match=r"did not answer within 0\.2 s"):
        read(model, slow, llm_timeout_s=0.2)
    assert time.monotonic() - began < 0.8


def test_a_server_that_knows_no_response_format_is_asked_without_and_never_again_with_it(model: Model) -> None:
    found = read(model, bad(400, "unknown field response_format"), good(told(SAFE)), llm_max_characters=200, llm_max_pieces=2)
    assert len(found.claims) == 1
    assert ["response_format" in asked for asked in model.asked] == [True, False, False]


def endless(handler: Any) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        handler.wfile.write(b" " * 2**16)


def test_an_answer_without_an_end_is_not_read_to_it(model: Model) -> None:
    with pytest.raises(ExtractorUnavailable, match="more than 4,000,000 bytes"):
        read(model, endless)


def test_a_redirect_is_not_followed(model: Model) -> None:
    with pytest.raises(ExtractorUnavailable, match=r"redirect to 'http://127\.0\.0\.2/v1', which is not followed"):
        read(model, bad(307, Location="http://127.0.0.2/v1"))
    assert len(model.asked) == 1


@pytest.mark.parametrize(
    ("status", "said"),
    [(401, "refuses the key: check DATELINE_LLM_KEY"), (404, "check DATELINE_LLM_URL and DATELINE_LLM_MODEL"), (418, "fails")],
)
def test_what_can_be_done_about_a_refusal_is_said_without_the_key(model: Model, status: int, said: str) -> None:
    with pytest.raises(ExtractorUnavailable) as raised:
        read(model, bad(status, f"Incorrect key {KEY}\n" + "x" * 1000))
    assert said in str(raised.value)
    assert KEY not in repr(raised.value)
    assert len(str(raised.value)) < 400


@pytest.mark.parametrize("body", [b"<html>It works!</html>", b'{"choices": 1}', b"\xff", b"1"])
def test_a_server_of_something_else_is_told_apart(model: Model, body: bytes) -> None:
    with pytest.raises(ExtractorUnavailable, match="does not answer as chat completions do"):
        read(model, (200, {}, body))


def test_no_server_at_all_is_said() -> None:
    found = extract.find("llm", {"llm_url": f"http://127.0.0.1:{free_port()}/v1", "llm_model": "tiny", "llm_retries": 0})
    with pytest.raises(ExtractorUnavailable, match=r"language model at http://127\.0\.0\.1:\d+/v1 cannot be reached"):
        found.extract(TEXT, None)
