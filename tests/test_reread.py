"""An article read again: what is found now takes the place of what was found before, past what a person has had a hand in."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.errors import ExtractorUnavailable
from app.models.extraction import FoundHedge, FoundParty, Span
from tests.scripted import Scripted, installed

TEXT = "Ann Lee said the dam is safe. Bo Day said that it will rain in Kelvar tomorrow. Cy Orr warned that the bridge is closed."
OLD = Scripted("old/1", {"the dam is safe": "Ann Lee", "it will rain in Kelvar tomorrow": "Bo Day"})
NEW = Scripted("new/2", {"the dam is safe": "Ann Lee", "rain in Kelvar tomorrow": "Bo Day", "the bridge is closed": "Cy Orr"})
NONE = Scripted("none/1")
Read = Callable[..., dict[str, Any]]


@pytest.fixture
def client(client: TestClient) -> TestClient:
    client.app.state.extractors = installed(OLD, NEW, NONE)  # type: ignore[attr-defined]
    return client


@pytest.fixture
def article(client: TestClient) -> dict[str, Any]:
    stored: dict[str, Any] = client.post("/articles", json={"text": TEXT, "published": "2024-02-13"}).json()
    return stored


@pytest.fixture
def read(client: TestClient, article: dict[str, Any]) -> Read:
    """Lets an extractor read the article again, and gives the answer."""

    def ask(extractor: str, **parameters: Any) -> dict[str, Any]:
        answer = client.post(f"/articles/{article['id']}/extract", params={"extractor": extractor, **parameters})
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    return ask


def shown(client: TestClient) -> dict[int, str]:
    """The claims of the one article: id → words."""
    return {claim["id"]: claim["quote"]["exact"] for claim in client.get("/articles/1").json()["claims"]}


def words(claims: list[dict[str, Any]]) -> list[str]:
    return [claim["quote"]["exact"] for claim in claims]


def changes_after(client: TestClient, seq: int) -> list[tuple[str, int, str]]:
    return [(c["kind"], c["id"], c["action"]) for c in client.get("/changes", params={"since": seq, "limit": 200}).json()["items"]]


def latest(client: TestClient) -> int:
    return int(client.get("/changes").json()["latest"])


def test_found_again_stays_found_otherwise_changes_not_found_goes_and_new_comes(client: TestClient, read: Read) -> None:
    before = latest(client)
    told = read("new")
    assert shown(client) == {1: "the dam is safe", 2: "rain in Kelvar tomorrow", 3: "the bridge is closed"}
    assert (words(told["added"]), words(told["changed"]), told["removed"], told["kept"]) == (
        ["the bridge is closed"],
        ["rain in Kelvar tomorrow"],
        [],
        1,
    )
    claims_changed = [change for change in changes_after(client, before) if change[0] == "claim"]
    assert sorted(claims_changed) == [("claim", 2, "changed"), ("claim", 3, "created")]
    assert [client.get(f"/claims/{i}").json()["made_by"] for i in (1, 2, 3)] == ["old/1", "new/2", "new/2"]


def test_what_is_not_found_again_is_withdrawn_and_told_as_it_was(client: TestClient, article: dict[str, Any], read: Read) -> None:
    before = latest(client)
    told = read("none")
    assert told["removed"] == article["claims"]
    assert shown(client) == {}
    assert client.get("/claims").json()["items"] == []
    assert [change for change in changes_after(client, before) if change[0] == "claim"] == [
        ("claim", 1, "deleted"),
        ("claim", 2, "deleted"),
    ]


def test_the_words_of_a_changed_claim_are_searched_as_they_are_now(client: TestClient, read: Read) -> None:
    read("new")
    assert [client.get("/claims", params={"q": q}).json()["total"]["value"] for q in ("rain", '"will rain"')] == [1, 0]


def test_the_article_shows_who_read_it_last_and_that_it_changed(client: TestClient, read: Read) -> None:
    before = latest(client)
    read("new")
    extraction = client.get("/articles/1").json()["extraction"]
    assert (extraction["extractor"], extraction["state"], extraction["claims"]) == ("new/2", "done", 3)
    assert ("article", 1, "changed") in changes_after(client, before)


def test_the_same_extractor_again_changes_nothing_at_all(client: TestClient, read: Read) -> None:
    before, etag = latest(client), client.get("/articles/1").headers["etag"]
    told = read("old")
    assert (told["added"], told["changed"], told["removed"], told["kept"]) == ([], [], [], 2)
    assert changes_after(client, before) == []
    assert client.get("/articles/1").headers["etag"] == etag


def test_a_dry_run_tells_what_would_change_and_changes_nothing(client: TestClient, read: Read) -> None:
    before, article = latest(client), client.get("/articles/1").json()
    dry, entities = read("new", dry_run=True), client.get("/entities").json()["total"]
    assert client.get("/articles/1").json() == article
    assert latest(client) == before
    wet = read("new")
    assert client.get("/entities").json()["total"]["value"] == entities["value"] + 1
    assert [words(dry[part]) for part in ("added", "changed", "removed")] == [
        words(wet[part]) for part in ("added", "changed", "removed")
    ]
    assert (dry["dry_run"], dry["kept"], dry["extraction"]["extractor"]) == (True, wet["kept"], "new/2")


@pytest.mark.parametrize("patch", [{"status": "confirmed"}, {"negated": True}])
def test_a_claim_that_somebody_confirmed_or_edited_stays_as_it_is_and_gets_no_double(
    client: TestClient, read: Read, patch: dict[str, Any]
) -> None:
    reviewed = client.patch("/claims/2", json=patch).json()
    told = read("new")
    assert client.get("/claims/2").json() == reviewed
    assert shown(client) == {1: "the dam is safe", 2: "it will rain in Kelvar tomorrow", 3: "the bridge is closed"}
    assert told["reviewed"] == 1
    read("none")
    assert shown(client) == {2: "it will rain in Kelvar tomorrow"}


def test_a_claim_that_somebody_sent_stays_and_shows_who_sent_it(client: TestClient, read: Read) -> None:
    sent = client.post("/articles/1/claims", json={"quote": {"exact": "the bridge is closed"}}).json()
    assert (sent["reviewed_by"], client.get("/claims/1").json()["reviewed_by"]) == ("client", None)
    read("new")
    read("none")
    assert shown(client) == {sent["id"]: "the bridge is closed"}


@pytest.mark.parametrize("turn_down", ["reject", "delete"])
def test_what_somebody_turned_down_does_not_come_back_not_even_with_another_text(
    client: TestClient, read: Read, turn_down: str
) -> None:
    if turn_down == "reject":
        client.patch("/claims/1", json={"status": "rejected"})
    else:
        client.delete("/claims/1")
    read("new")
    assert "the dam is safe" not in shown(client).values()
    client.patch("/articles/1", json={"text": f"Later. {TEXT}"})
    assert "the dam is safe" not in shown(client).values()
    assert "it will rain in Kelvar tomorrow" in shown(client).values()


def test_half_of_the_words_of_a_rejected_claim_may_come(client: TestClient, read: Read) -> None:
    client.patch("/claims/2", json={"status": "rejected"})
    read("new")  # four of its six words
    assert "rain in Kelvar tomorrow" in shown(client).values()


def test_a_new_text_is_read_as_if_it_were_read_again(client: TestClient, article: dict[str, Any]) -> None:
    changed = client.patch("/articles/1", json={"text": f"Later. {TEXT}"}).json()
    assert [(c["id"], c["anchor"]) for c in changed["claims"]] == [(c["id"], "moved") for c in article["claims"]]
    emptied = client.patch("/articles/1", json={"text": f"Later. {TEXT} The end.", "extract": "none"}).json()
    assert emptied["claims"] == []


def test_mentions_and_their_counts_are_those_of_the_last_reading(client: TestClient, read: Read) -> None:
    read("new")
    read("new")
    assert [e["name"] for e in client.get("/articles/1").json()["entities"]] == ["Ann Lee", "Bo Day", "Cy Orr"]
    assert {e["name"]: e["mentions"] for e in client.get("/entities").json()["items"]} == {"Ann Lee": 1, "Bo Day": 1, "Cy Orr": 1}
    read("none")
    assert {e["mentions"] for e in client.get("/entities").json()["items"]} == {0}


def test_an_article_that_is_read_again_keeps_the_entities_it_had_even_by_a_bare_surname(client: TestClient) -> None:
    client.app.state.extractors = installed(Scripted("bare/1", {"it rains": "Lee"}))  # type: ignore[attr-defined]
    first = client.post("/articles", json={"text": "Lee said it rains."}).json()["entities"]
    client.post("/articles/1/extract")
    assert client.patch("/articles/1", json={"text": "Again Lee said it rains."}).json()["entities"][0]["id"] == first[0]["id"]
    assert client.get("/entities").json()["total"]["value"] == 1


# Which extractor, and what when it cannot read


@pytest.mark.parametrize(
    ("method", "path", "body", "pointer"),
    [
        ("POST", "/articles", {"text": "Rain.", "extract": "magic"}, "/extract"),
        ("PATCH", "/articles/1", {"text": "Rain.", "extract": "magic"}, "/extract"),
        ("POST", "/articles/1/extract?extractor=magic", None, "/extractor"),
    ],
)
@pytest.mark.usefixtures("article")
def test_an_extractor_that_is_not_installed_is_a_422_that_names_those_that_are(
    client: TestClient, method: str, path: str, body: Any, pointer: str
) -> None:
    answer = client.request(method, path, json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    assert "there are: new, none, old" in answer.json()["detail"]


def test_a_request_gets_only_an_extractor_that_is_offered(client: TestClient) -> None:
    client.app.state.extractors = replace(installed(OLD, NEW), offered=frozenset())  # type: ignore[attr-defined]
    assert client.post("/articles", json={"text": TEXT, "extract": "old"}).status_code == 201
    answer = client.post("/articles", json={"text": "Rain.", "extract": "new"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/extract")
    assert "'new' is not offered here; these are: old" in answer.json()["detail"]


@pytest.mark.parametrize("wanted", [None, 1, "two words", ["new"]])
def test_what_is_no_name_of_an_extractor_is_one_fault_at_its_place(client: TestClient, wanted: Any) -> None:
    answer = client.post("/articles", json={"text": TEXT, "extract": wanted})
    (fault,) = answer.json()["errors"]
    assert (answer.status_code, fault["pointer"]) == (422, "/extract")
    assert "boolean, or: " in fault["detail"]
    assert "pattern" not in fault["detail"]


def test_a_request_names_the_extractor_or_none(client: TestClient) -> None:
    stored = {
        str(wanted): client.post("/articles", json={"text": TEXT, "source": str(wanted), "extract": wanted}).json()
        for wanted in (True, False, "new")
    }
    assert {wanted: len(article["claims"]) for wanted, article in stored.items()} == {"True": 2, "False": 0, "new": 3}
    assert stored["False"]["extraction"] is None


def test_a_language_that_nobody_reads_is_stored_without_claims_and_says_so(client: TestClient) -> None:
    stored = client.post("/articles", json={"text": TEXT, "language": "fr"}).json()
    assert stored["claims"] == []
    assert stored["extraction"]["warnings"] == ["no extractor for French (fr): stored without claims"]
    answer = client.post("/articles/1/extract", params={"extractor": "new"})
    assert (answer.status_code, answer.json()["detail"]) == (422, "new/2 does not read French (fr)")


def test_an_extractor_that_names_no_language_reads_them_all(client: TestClient) -> None:
    client.app.state.extractors = installed(Scripted("any/1", {"le barrage": "Ann Lee"}, LANGUAGES=()))  # type: ignore[attr-defined]
    stored = client.post("/articles", json={"text": "Ann Lee: le barrage.", "language": "fr"}).json()
    assert (stored["extraction"]["claims"], stored["extraction"]["warnings"]) == (1, [])


def test_the_warnings_of_an_extractor_are_shown(client: TestClient) -> None:
    client.app.state.extractors = installed(Scripted("odd/1", warnings=("this does not read as English",)))  # type: ignore[attr-defined]
    extraction = client.post("/articles", json={"text": TEXT}).json()["extraction"]
    assert (extraction["warnings"], extraction["claims"]) == (["this does not read as English"], 0)


@pytest.mark.parametrize(
    "more",
    [
        {"cue": Span(5, 5)},
        {"cue": Span(-1, 3)},
        {"hedges": (FoundHedge(0, 999, "doubt", "author"),)},
        {"continued": (Span(8, 2),)},
        {"speakers": (FoundParty("named", None, 1),)},
        {"said": 0},
    ],
)
def test_what_an_extractor_finds_outside_of_the_text_is_never_stored(client: TestClient, more: dict[str, Any]) -> None:
    client.app.state.extractors = installed(Scripted("wild/1", {"the dam is safe": "Ann Lee"}, more))  # type: ignore[attr-defined]
    answer = client.post("/articles", json={"text": TEXT})
    assert (answer.status_code, answer.json()["detail"][:7]) == (503, "wild/1 ")
    assert client.get("/articles").json()["items"] == []


def test_an_extractor_that_cannot_do_its_work_is_a_503_and_nothing_is_stored(client: TestClient) -> None:
    broken = Scripted("broken/1", errors=[ExtractorUnavailable("the model is not loaded")])
    client.app.state.extractors = installed(broken)  # type: ignore[attr-defined]
    answer = client.post("/articles", json={"text": TEXT})
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/extractor-unavailable")
    assert answer.json()["detail"] == "the model is not loaded"
    assert client.get("/articles").json()["items"] == []
