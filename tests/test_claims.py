"""Claims that a person sends or judges: their words stand where they say, or nothing is stored."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Fault
from app.models.claims import QuoteDraft
from app.store import quoting
from tests.conftest import Store

TEXT = "The mayor said the bridge is closed. The bridge is closed, a clerk confirmed. Is the bridge safe?"


def add(client: TestClient, article: dict[str, Any], **claim: Any) -> Any:
    return client.post(f"/articles/{article['id']}/claims", json=claim)


def test_a_quote_that_stands_once_needs_no_place(client: TestClient, store: Store) -> None:
    answer = add(client, store(TEXT), quote={"exact": "a clerk confirmed"})
    assert answer.status_code == 201
    quote = client.get(answer.headers["location"]).json()["quote"]
    assert TEXT[quote["start"] : quote["end"]] == "a clerk confirmed"


@given(text=st.text(alphabet="ab 🙂é", min_size=1, max_size=30), data=st.data())
def test_a_quote_alone_is_placed_exactly_when_it_stands_once(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    exact, faults = text[start:end], list[Fault]()
    placed = quoting.quote_place(text, QuoteDraft.model_construct(exact=exact), "/quote", faults)
    times = sum(text.startswith(exact, i) for i in range(len(text)))
    assert bool(faults) == (times > 1)
    assert faults or placed == (start, end)


def test_a_quote_that_stands_twice_is_refused_with_its_places(client: TestClient, store: Store) -> None:
    answer = add(client, store(TEXT), quote={"exact": "bridge is closed"})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {
            "pointer": "/quote/exact",
            "detail": "these words stand in several places; send start and end of one: 19–35, 41–57",
        }
    ]


@pytest.mark.parametrize(
    ("quote", "pointer"),
    [
        ({"exact": "the bridge is open"}, "/quote/exact"),
        ({"exact": "the mayor", "start": 0, "end": 9}, "/quote/end"),
        ({"exact": "The mayor", "start": 0, "end": 8}, "/quote/end"),
        ({"exact": "safe?", "start": 92, "end": 999}, "/quote/end"),
        ({"exact": "The mayor", "start": 0}, "/quote"),
    ],
)
def test_words_that_do_not_stand_there_are_refused_by_pointer_and_nothing_is_stored(
    client: TestClient, store: Store, quote: dict[str, Any], pointer: str
) -> None:
    answer = add(client, store(TEXT), quote=quote)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert client.get("/claims").json()["items"] == []


def test_a_wrong_claim_sent_along_stores_neither_article_nor_entity(client: TestClient) -> None:
    claims = [{"quote": {"exact": "a clerk"}, "subjects": [{"entity": "Nowhere"}]}, {"quote": {"exact": "absent"}}]
    answer = client.post("/articles", json={"text": TEXT, "claims": claims})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/claims/1/quote/exact"
    for path in ("/articles", "/claims", "/entities", "/changes"):
        assert client.get(path).json()["items"] == []


def test_offsets_count_code_points_not_bytes_nor_utf_16(client: TestClient, store: Store) -> None:
    quote = add(client, store("🙂🙂 Zoë said “ja”. 🙂"), quote={"exact": "ja"}).json()["quote"]
    assert (quote["start"], quote["end"]) == (13, 15)


def test_a_claim_may_have_several_speakers_and_the_first_is_the_speaker(client: TestClient, store: Store) -> None:
    speakers = [{"entity": "Ann Lee"}, {"kind": "unnamed", "text": "a clerk"}]
    claim = add(client, store(TEXT), quote={"exact": "a clerk confirmed"}, speakers=speakers).json()
    assert [s["kind"] for s in claim["speakers"]] == ["named", "unnamed"]
    assert claim["speaker"] == claim["speakers"][0]


def test_a_speaker_alone_is_short_for_a_list_of_one(client: TestClient, store: Store) -> None:
    claim = add(client, store(TEXT), quote={"exact": "a clerk confirmed"}, speaker={"entity": "Ann Lee"}).json()
    changed = client.patch(f"/claims/{claim['id']}", json={"speaker": {"kind": "unnamed", "text": "a clerk"}}).json()
    assert [claim["speaker"]["entity"]["name"], [s["text"] for s in changed["speakers"]]] == ["Ann Lee", ["a clerk"]]
    both = client.patch(f"/claims/{claim['id']}", json={"speaker": None, "speakers": []})
    assert both.status_code == 422


def test_a_name_that_several_bear_is_refused_with_their_ids(client: TestClient, store: Store) -> None:
    ids = [client.post("/entities", json={"name": "Ann Lee", "type": kind}).json()["id"] for kind in ("person", "place")]
    answer = add(client, store(TEXT), quote={"exact": "a clerk"}, subjects=[{"entity": "ann lee"}])
    assert answer.status_code == 422
    assert all(str(entity_id) in answer.json()["errors"][0]["detail"] for entity_id in ids)


def test_a_wikidata_id_names_an_entity_and_is_borne_once(client: TestClient, store: Store) -> None:
    iraq = client.post("/entities", json={"name": "Iraq", "type": "place", "wikidata_id": "Q796"}).json()
    claim = add(client, store(TEXT), quote={"exact": "a clerk"}, subjects=[{"entity": "Q796"}]).json()
    assert claim["subjects"] == [{"id": iraq["id"], "name": "Iraq", "type": "place"}]
    again = client.post("/entities", json={"name": "Irak", "type": "place", "wikidata_id": "Q796"})
    assert (again.status_code, again.json()["existing"]) == (409, f"/entities/{iraq['id']}")


def test_a_judgement_changes_the_claim_and_its_links(client: TestClient, store: Store) -> None:
    claim = add(client, store(TEXT), quote={"exact": "a clerk"}, speakers=[{"entity": "Ann Lee"}], dates=[{"edtf": "2017"}]).json()
    patch = {"status": "confirmed", "speakers": [{"entity": "Bo Day"}], "dates": [{"edtf": "2018-05"}], "said": "2024-01-02"}
    changed = client.patch(f"/claims/{claim['id']}", json=patch).json()
    assert (changed["status"], changed["speaker"]["entity"]["name"], changed["said"]["edtf"]) == (
        "confirmed",
        "Bo Day",
        "2024-01-02",
    )
    found = {
        question: client.get(f"/claims?{question}").json()["total"]["value"]
        for question in (
            "speaker=Ann Lee",
            "speaker=Bo Day",
            "about_from=2017&about_to=2017",
            "about_from=2018&said_from=2024-01-02",
        )
    }
    assert list(found.values()) == [0, 1, 0, 1]


def test_a_rejected_claim_is_left_out_unless_asked_for(client: TestClient, store: Store) -> None:
    claim = add(client, store(TEXT), quote={"exact": "a clerk"}).json()
    client.patch(f"/claims/{claim['id']}", json={"status": "rejected"})
    assert client.get("/claims").json()["items"] == []
    assert [c["id"] for c in client.get("/claims?status=rejected").json()["items"]] == [claim["id"]]


def test_said_is_the_day_of_publication_when_the_text_gives_none(client: TestClient, store: Store) -> None:
    dated = add(client, store(TEXT, published="2024-02-13T23:00:00Z"), quote={"exact": "a clerk"}).json()
    undated = add(client, store(TEXT + "!"), quote={"exact": "a clerk"}).json()
    assert (dated["said"]["edtf"], dated["said"]["inferred"], undated["said"]) == ("2024-02-13", True, None)


def test_an_entity_goes_by_every_alias_and_loses_those_that_are_replaced(client: TestClient, store: Store) -> None:
    entity = client.post("/entities", json={"name": "Daesh", "type": "organization", "aliases": ["ISIS", "Islamic State"]}).json()
    add(client, store(TEXT), quote={"exact": "a clerk"}, subjects=[{"entity": entity["id"]}])
    assert client.get("/claims?subject=islamic state").json()["total"]["value"] == 1
    client.patch(f"/entities/{entity['id']}", json={"aliases": ["IS"], "name": "Daesh group"})
    counts = [
        client.get("/claims", params={"subject": name}).json()["total"]["value"] for name in ("ISIS", "Daesh", "IS", "daesh group")
    ]
    assert counts == [0, 0, 1, 1]


def test_suggestions_find_the_beginning_of_any_word_of_any_name(client: TestClient) -> None:
    for name in ("Mohammed Shia’ al-Sudani", "Mohammed Ali", "Sudan"):
        client.post("/entities", json={"name": name, "type": "person", "aliases": [f"{name} X"]})
    for typed, count in (("moh", 2), ("mohammed su", 1), ("sud", 2), ("x", 3), ("shia'", 1), ("?", 0)):
        assert len(client.get("/entities/suggest", params={"q": typed}).json()["items"]) == count
