"""What is kept of a claim's words when something interrupts them, and of dates that EDTF has no word for."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.models.extraction import FoundDate, FoundDateline
from tests.conftest import Store
from tests.scripted import Scripted, installed

TEXT = "“We will,” Ann Lee said, “go on.” Nobody else spoke. Then the rain came down on the town, and the streets were empty."
PARTS = [{"exact": "“We will,”", "start": 0, "end": 10}, {"exact": "“go on.”", "start": 25, "end": 33}]
QUOTE = {**PARTS[0], "continued": [PARTS[1]]}


@pytest.fixture
def claim(client: TestClient, store: Store) -> dict[str, Any]:
    """A claim in two stretches, sent to an article."""
    article = store(TEXT)
    answer = client.post(f"/articles/{article['id']}/claims", json={"quote": QUOTE})
    assert answer.status_code == 201, answer.text
    sent: dict[str, Any] = answer.json()
    return sent


def test_words_that_are_interrupted_are_kept_with_every_place(claim: dict[str, Any]) -> None:
    assert claim["quote"]["exact"] == PARTS[0]["exact"]
    assert claim["quote"]["continued"] == [PARTS[1]]


def test_all_words_of_a_claim_are_searched_and_stand_in_its_snippet(client: TestClient, claim: dict[str, Any]) -> None:
    (found,) = client.get("/claims", params={"q": "will go"}).json()["items"]
    assert (found["id"], found["snippet"]) == (claim["id"], "“We <mark>will</mark>,” … “<mark>go</mark> on.”")
    client.delete(f"/claims/{claim['id']}")
    assert client.get("/claims", params={"q": "go"}).json()["items"] == []


@pytest.mark.parametrize(
    ("continued", "pointer"),
    [
        ([{"exact": "go off", "start": 25, "end": 31}], "/quote/continued/0/end"),
        ([{"exact": "We", "start": 1, "end": 3}], "/quote/continued/0/start"),
        ([PARTS[1], {"exact": "on.", "start": 29, "end": 32}], "/quote/continued/1/start"),
    ],
)
def test_a_stretch_that_does_not_stand_behind_the_one_before_is_refused(
    client: TestClient, store: Store, continued: Any, pointer: str
) -> None:
    answer = client.post(f"/articles/{store(TEXT)['id']}/claims", json={"quote": {**PARTS[0], "continued": continued}})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


def test_all_stretches_move_with_the_text(client: TestClient, claim: dict[str, Any]) -> None:
    moved = client.patch("/articles/1", json={"text": f"Later. {TEXT}", "extract": False}).json()
    (found,) = moved["claims"]
    assert (found["id"], found["anchor"]) == (claim["id"], "moved")
    for part in (found["quote"], *found["quote"]["continued"]):
        assert moved["text"][part["start"] : part["end"]] == part["exact"]


def test_a_claim_of_which_a_stretch_is_gone_is_orphaned_with_all_of_them(client: TestClient, store: Store) -> None:
    filler = "It rained, and then it rained again. " * 2
    text = f"{filler}“We will,” Ann Lee said to those who had come that night, “go on.”"
    start, end = text.index("“We will"), text.index("“go on")
    quote = {"exact": "“We will,”", "start": start, "end": start + 10}
    further = {"exact": "“go on.”", "start": end, "end": end + 8}
    article = store(text, claims=[{"quote": {**quote, "continued": [further]}}])
    changed = client.patch(f"/articles/{article['id']}", json={"text": text.replace("night, ", "dark night, "), "extract": False})
    (found,) = changed.json()["claims"]
    assert (found["anchor"], found["revision"], found["quote"]["continued"]) == ("orphaned", 1, [further])


def test_an_extractor_may_find_words_in_several_stretches_and_find_them_again(client: TestClient) -> None:
    again = Scripted("again/1", {("“We will,”", "“go on.”"): "Ann Lee"})
    client.app.state.extractors = installed(again)  # type: ignore[attr-defined]
    (found,) = client.post("/articles", json={"text": TEXT}).json()["claims"]
    assert found["quote"]["continued"] == [PARTS[1]]
    assert client.post("/articles/1/extract").json()["kept"] == 1


def test_a_date_keeps_its_timex_and_the_dateline_the_day_it_gives(client: TestClient) -> None:
    text = "KELVAR, March 8 (Wire) – Ann Lee said it rained for three years."
    day = FoundDate(8, 15, None, None, None, "day", timex="2024-03-08")
    span = FoundDate(52, 63, None, None, None, "duration", timex="P3Y")
    line = FoundDateline(0, 24, "Kelvar", "Wire", date=0)
    reader = Scripted("dated/1", {"it rained for three years": "Ann Lee"}, {"dates": (1,)}, dates=(day, span), dateline=line)
    client.app.state.extractors = installed(reader)  # type: ignore[attr-defined]
    article = client.post("/articles", json={"text": text, "published": "2024-03-08"}).json()
    assert [date["timex"] for date in article["dates"]] == ["2024-03-08", "P3Y"]
    assert article["dateline"]["date"] == article["dates"][0]
    (claim,) = article["claims"]
    assert [date["timex"] for date in (*claim["dates"], claim["said"])] == ["P3Y", "2024-03-08"]
    later = client.patch("/articles/1", json={"text": "Ann Lee said nothing.", "extract": False}).json()
    assert later["dateline"] is None


def test_a_least_confidence_is_inclusive_and_what_people_sent_always_passes(client: TestClient) -> None:
    client.app.state.extractors = installed(Scripted("sure/1", {"rain": "Ann Lee"}))  # type: ignore[attr-defined]
    claims = [{"quote": {"exact": "town"}}, {"quote": {"exact": "empty"}, "confidence": 0.5}]
    client.post("/articles", json={"text": TEXT, "claims": claims})
    found = {
        least: sorted(c["quote"]["exact"] for c in client.get("/claims", params={"min_confidence": least}).json()["items"])
        for least in (0, 0.5, 0.8, 0.81, 1)
    }
    assert list(found.values()) == [["empty", "rain", "town"], ["empty", "rain", "town"], ["rain", "town"], ["town"], ["town"]]
    assert client.get("/claims?min_confidence=1.5").status_code == client.get("/claims?min_confidence=nan").status_code == 422
