"""Two entities are one by somebody's judgement: all finds and shows the one that is kept; taken back, nothing remains."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.conftest import Store

SAYING = "Ann Lee said that the dam is safe. A. B. Leeson denied it."
SAFE, IT = "the dam is safe", "denied it"


def entity(client: TestClient, name: str, type_: str = "person", **more: Any) -> int:
    answer = client.post("/entities", json={"name": name, "type": type_, **more})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def merge(client: TestClient, one: int, into: int) -> Any:
    return client.post(f"/entities/{one}/merge", json={"into": into})


def claim(exact: str, *speakers: int, subjects: tuple[int, ...] = ()) -> dict[str, Any]:
    about = [{"entity": i} for i in subjects]
    return {"quote": {"exact": exact}, "speakers": [{"entity": i} for i in speakers], "subjects": about}


two = pytest.mark.usefixtures("_two")


@pytest.fixture
def _two(client: TestClient, store: Store) -> None:
    """Ann Lee and A. B. Leeson: one article names each, a third one both."""
    lee = entity(client, "Ann Lee", aliases=["Lee the engineer"], wikidata_id="Q11")
    leeson = entity(client, "A. B. Leeson", aliases=["Bee Leeson"], wikidata_id="Q12")
    store(f"{SAYING} 1", published="2024-01-01", claims=[claim(SAFE, lee)])
    store(f"{SAYING} 2", published="2024-01-02", claims=[claim(IT, leeson)])
    store(f"{SAYING} 3", published="2024-01-03", claims=[claim(SAFE, lee, leeson, subjects=(lee, leeson))])


def everything(client: TestClient) -> dict[str, Any]:
    """All that is answered, but for what says when it was changed."""
    asked = (
        *("/articles", "/claims", "/entities", "/entities?sort=name", "/entities/1", "/entities/2"),
        *(f"/articles/{i}" for i in (1, 2, 3)),
        *(f"/{noun}?{f}={g}" for noun, f in (("articles", "entity"), ("claims", "speaker")) for g in ("Q11", "Bee Leeson", 1, 2)),
        *("/entities/suggest?q=lee", "/entities?q=bee", "/entities?q=engineer", "/claims/timeline?speaker=1&interval=day"),
    )
    found = {path: client.get(path).json() for path in asked}
    return dict(json.loads(json.dumps(found), object_hook=lambda o: {k: v for k, v in o.items() if k != "changed_at"}))


@pytest.mark.parametrize("given", ["1", "2", "Q11", "Q12", "Ann Lee", "bee leeson"])
@two
def test_a_filter_by_either_finds_what_names_either_and_what_names_both_is_counted_once(client: TestClient, given: str) -> None:
    assert merge(client, 2, 1).json()["id"] == 1
    for path, ids in (
        (f"/articles?entity={given}", [3, 2, 1]),
        (f"/claims?speaker={given}", [3, 2, 1]),
        (f"/claims?speaker={given}&total=exact&sort=-said", [3, 2, 1]),
        (f"/claims?subject={given}", [3]),
        (f"/articles?entity={given}&entity=Ann Lee&entity_match=all", [3, 2, 1]),
    ):
        answer = client.get(path).json()
        assert [item["id"] for item in answer["items"]] == ids, path
        assert answer["total"] == {"value": len(ids), "relation": "eq"}, path
        assert {e["id"] for value in answer["applied"]["entities"] for e in value["matched"]} == {1}, path
    counts = client.get(f"/claims/timeline?speaker={given}&interval=year").json()["items"]
    assert [item["count"] for item in counts] == [3]


@two
def test_answers_show_the_one_that_is_kept_once(client: TestClient) -> None:
    merge(client, 2, 1)
    shown = client.get("/claims/3").json()
    assert [s["entity"]["name"] for s in shown["speakers"]] == ["Ann Lee", "Ann Lee"]
    assert [s["name"] for s in shown["subjects"]] == ["Ann Lee"]
    assert client.get("/claims/2").json()["speaker"]["entity"] == {"id": 1, "name": "Ann Lee", "type": "person"}
    assert [e["id"] for e in client.get("/entities").json()["items"]] == [1]
    assert client.get("/entities").json()["total"]["value"] == 1
    for q in ("bee", "leeson", "engineer"):
        assert [e["id"] for e in client.get("/entities/suggest", params={"q": q}).json()["items"]] == [1], q
        assert [e["id"] for e in client.get("/entities", params={"q": q}).json()["items"]] == [1], q
    assert client.get("/entities/1").json()["merged"] == [{"id": 2, "name": "A. B. Leeson", "type": "person"}]


@two
def test_whoever_asks_for_the_other_is_sent_to_the_one_that_is_kept(client: TestClient) -> None:
    merge(client, 2, 1)
    sent_on = client.get("/entities/2", follow_redirects=False)
    assert (sent_on.status_code, sent_on.headers["location"]) == (308, "/entities/1")
    assert sent_on.json()["type"] == "/problems/merged"
    assert client.patch("/entities/2", json={"description": "An engineer."}, follow_redirects=False).status_code == 308
    assert client.get("/entities/2").json()["id"] == 1


@two
def test_undone_everything_is_answered_as_before(client: TestClient) -> None:
    before = everything(client)
    merge(client, 2, 1)
    assert everything(client) != before
    assert client.delete("/entities/2/merge").status_code == 204
    assert everything(client) == before
    assert client.delete("/entities/2/merge").status_code == 404


@two
def test_a_way_of_merges_is_followed_to_its_end_and_undone_in_the_middle(client: TestClient) -> None:
    kept = entity(client, "Chief Engineer of Kelvar")
    merge(client, 2, 1)
    merge(client, 1, kept)
    assert client.get("/entities/2", follow_redirects=False).headers["location"] == f"/entities/{kept}"
    assert [c["id"] for c in client.get("/claims?speaker=Bee Leeson").json()["items"]] == [3, 2, 1]
    assert [e["id"] for e in client.get("/entities/suggest?q=bee").json()["items"]] == [kept]
    client.delete("/entities/1/merge")
    assert client.get("/entities/2", follow_redirects=False).headers["location"] == "/entities/1"
    assert client.get(f"/claims?speaker={kept}").json()["items"] == []
    assert [e["id"] for e in client.get("/entities/suggest?q=bee").json()["items"]] == [1]


@pytest.mark.parametrize(
    ("one", "into", "status", "said"),
    [
        (9, 1, 404, "there is no entity 9"),
        (1, 9, 422, "there is no entity 9"),
        (1, 1, 422, "cannot be merged into itself"),
        (1, 2, 409, "DELETE /entities/2/merge"),  # in a circle
        (2, 3, 409, "DELETE /entities/2/merge undoes that"),
        (3, 2, 409, "merge into 1 instead"),
    ],
)
@two
def test_a_merge_that_cannot_be_is_a_problem_and_changes_nothing(
    client: TestClient, one: int, into: int, status: int, said: str
) -> None:
    entity(client, "Cy Orr")
    merge(client, 2, 1)
    latest = client.get("/changes").json()["latest"]
    answer = merge(client, one, into)
    assert (answer.status_code, said in answer.json()["detail"]) == (status, True), answer.text
    assert merge(client, 2, 1).status_code == 200  # said again
    assert client.get("/changes").json()["latest"] == latest


@two
def test_the_log_tells_of_merges_and_of_their_undoing(client: TestClient) -> None:
    since = client.get("/changes").json()["latest"]
    merge(client, 2, 1)
    client.delete("/entities/2/merge")
    told = client.get("/changes", params={"since": since}).json()["items"]
    assert [(c["kind"], c["id"], c["action"], c["into"]) for c in told] == [
        ("entity", 2, "merged", 1),
        ("entity", 1, "changed", None),
        ("entity", 2, "unmerged", 1),
        ("entity", 1, "changed", None),
    ]


def test_a_text_that_names_the_other_means_the_one_that_is_kept_and_teaches_it_no_name(client: TestClient, store: Store) -> None:
    """Two namesakes that were merged are one, so that a text means it."""
    kept = entity(client, "Kelvar Dam Authority", "organization", aliases=["KDA"])
    other = entity(client, "Kelvar Waterworks", "organization", aliases=["Kelvar Dam Authority"])
    merge(client, other, kept)
    for name in ("Kelvar Waterworks", "Kelvar Dam Authority"):
        said = store(f"Ann Lee, of the {name}, said that the {name} had repaired the gates.", extract=True)
        assert kept in [e["id"] for e in said["entities"]], said["entities"]
    client.delete(f"/entities/{other}/merge")
    assert [alias["name"] for alias in client.get(f"/entities/{kept}").json()["aliases"]] == ["KDA"]


def test_how_often_it_is_named_counts_both_and_parts_again(client: TestClient, store: Store) -> None:
    text = "Ann Lee said on Monday that Peter Brown had left. Peter Brown denied it."
    store(text, extract=True)
    (lee, brown) = (client.get(f"/entities/suggest?q={q}").json()["items"][0] for q in ("ann", "brown"))
    merge(client, brown["id"], lee["id"])
    together = client.get(f"/entities/{lee['id']}").json()["mentions"]
    assert together == lee["mentions"] + brown["mentions"]
    (shown,) = [e for e in client.get("/articles/1").json()["entities"] if e["id"] == lee["id"]]
    assert len(shown["mentions"]) == together
    client.patch("/articles/1", json={"text": "Peter Brown said that it rained.", "extract": True})
    now = client.get(f"/entities/{lee['id']}").json()["mentions"]
    assert now == len(client.get("/articles/1").json()["entities"][0]["mentions"])
    client.delete(f"/entities/{brown['id']}/merge")
    parted = [client.get(f"/entities/{e['id']}").json()["mentions"] for e in (lee, brown)]
    assert sum(parted) == now
