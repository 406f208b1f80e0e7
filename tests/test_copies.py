"""Wire stories printed again: recognised, counted once, and parted or joined by people."""

from random import Random
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.conftest import Store

SYLLABLES = [a + b + c for a in "bdfgklmnprst" for b in "aeiou" for c in ("ran", "tol", "mis", "den", "vek")]
QUOTES = ["the dam is safe", "the gates held in the flood", "nobody was hurt on the road"]


def prose(seed: int, sentences: int = 12) -> list[str]:
    """Made-up sentences of twelve words, the same for the same seed."""
    random = Random(seed)
    return [" ".join(random.choices(SYLLABLES, k=12)).capitalize() + "." for _ in range(sentences)]


def told(*quotes: str, seed: int = 1, sentences: int = 12) -> str:
    """A dispatch in which Ann Lee says these things, spread over its text."""
    lines = prose(seed, sentences)
    step = max(sentences // (len(quotes) + 1), 1)
    for i, quote in enumerate(quotes):
        lines.insert(i * (step + 1), f"Ann Lee said {quote}.")
    return " ".join(lines)


WIRE = told(*QUOTES)


def as_printed(number: int) -> str:
    """What the outlet of this number makes of the dispatch."""
    lines = WIRE.split(". ")
    match number % 5:
        case 1:
            return ". ".join(lines[: len(lines) // 2])
        case 2:
            return f"{prose(1000 + number, 1)[0]} {WIRE}"
        case 3:
            return f"{lines[0]}. {' '.join(prose(1000 + number, 2))} {'. '.join(lines[3:])}"
        case 4:
            respelled = WIRE.replace("batol", "batoll").replace("mis", "miz", 5)
            return f"By our staff, {number} a.m.\n\n{respelled}\n\nSubscribe to the paper of the town."
    return WIRE


def claims_in(text: str) -> list[dict[str, Any]]:
    return [{"quote": {"exact": quote}, "speakers": [{"entity": "Ann Lee"}]} for quote in QUOTES if quote in text]


def printed(store: Store, text: str, day: str | None, **more: Any) -> int:
    number: int = store(text, claims=claims_in(text), **({"published": day} if day else {}), **more)["id"]
    return number


def ids(client: TestClient, path: str) -> list[int]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


def copies(client: TestClient, article: int) -> dict[int, bool]:
    """The others of its story, in order: whether each is the first."""
    answer = client.get(f"/articles/{article}/copies")
    assert answer.status_code == 200, answer.text
    return {item["article"]["id"]: item["is_first"] for item in answer.json()["items"]}


def test_forty_reprints_count_once(client: TestClient, store: Store) -> None:
    for number in range(40):
        printed(
            store, as_printed(number), f"2024-02-{number // 2 + 1:02}", source=f"Outlet {number}", url=f"https://o{number}.example/"
        )
    other = printed(store, told(seed=2), "2024-01-01")
    listed = client.get("/articles?copies=first").json()
    assert [(item["id"], item["copies"]) for item in listed["items"]] == [(1, 39), (other, 0)]
    assert client.get("/articles").json()["total"]["value"] == 41
    assert client.get("/articles/1").json()["copies"] == 39
    assert len(client.get("/articles/7/copies?limit=200").json()["items"]) == 39
    once = client.get("/claims?speaker=Ann Lee&copies=first").json()
    assert {item["quote"]["exact"] for item in once["items"]} == set(QUOTES)
    assert once["total"] == {"value": 3, "relation": "eq"}
    assert {item["quote"]["exact"]: item["copies"] for item in once["items"]}[QUOTES[0]] >= 30
    for noun, whole in (("articles", 41), ("claims", client.get("/claims").json()["total"]["value"])):
        counted = {kind: client.get(f"/{noun}/timeline?interval=year&copies={kind}").json() for kind in ("first", "all")}
        assert [sum(item["count"] for item in counted[kind]["items"]) for kind in ("first", "all")] == [
            len(client.get(f"/{noun}?copies=first").json()["items"]),
            whole,
        ]


def test_a_claim_that_only_a_copy_has_stays(client: TestClient, store: Store) -> None:
    printed(store, told(QUOTES[0]), "2024-02-01")
    printed(store, told(*QUOTES[:2]), "2024-02-02")
    printed(store, told(*QUOTES[:2]), "2024-02-03", source="Other")
    answer = client.get("/claims?copies=first&sort=published").json()["items"]
    assert [(item["quote"]["exact"], item["article"]["id"], item["copies"]) for item in answer] == [
        (QUOTES[0], 1, 2),
        (QUOTES[1], 2, 1),
    ]


@pytest.mark.parametrize(
    "other",
    [
        told(QUOTES[0], seed=3),
        "the dam is safe.",
        told(*QUOTES, seed=3, sentences=30) + " " + told(sentences=2),
    ],
)
def test_another_text_that_says_the_same_is_no_copy(client: TestClient, store: Store, other: str) -> None:
    printed(store, WIRE, "2024-02-01")
    printed(store, other, "2024-02-02")
    assert copies(client, 1) == copies(client, 2) == {}


def test_reports_from_one_form_with_other_figures_are_no_copies_and_the_same_report_elsewhere_is(
    client: TestClient, store: Store
) -> None:
    def report(seed: int) -> str:
        random = Random(seed)
        return " ".join(f"{line[:-1]} {random.randint(1, 400)} points." for line in prose(8, 10))

    first, second = printed(store, report(1), "2024-02-01"), printed(store, report(2), "2024-02-08")
    again = printed(store, f"Markets today. {report(2)}", "2024-02-08", source="Other")
    assert (copies(client, first), copies(client, second)) == ({}, {again: False})


def test_an_earlier_copy_that_arrives_late_becomes_the_first(client: TestClient, store: Store) -> None:
    late, undated = printed(store, WIRE, "2024-02-03"), printed(store, as_printed(2), None)
    assert copies(client, undated) == {late: True}
    early = printed(store, as_printed(1), "2024-02-02")
    assert copies(client, undated) == {early: True, late: False}
    assert ids(client, "/articles?copies=first") == [early]
    assert ids(client, "/articles?copies=first&q=lee") == [early]
    claims = client.get("/claims?copies=first&sort=published").json()["items"]
    assert [item["article"]["id"] for item in claims if item["quote"]["exact"] == QUOTES[0]] == [early]


def test_when_the_first_is_deleted_the_next_one_is(client: TestClient, store: Store) -> None:
    for number in range(3):
        printed(store, as_printed(number), f"2024-02-0{number + 1}", source=f"Outlet {number}")
    assert client.delete("/articles/1").status_code == 204
    assert (copies(client, 3), ids(client, "/articles?copies=first")) == ({2: True}, [2])
    assert sorted({claim["article"]["id"] for claim in client.get("/claims?copies=first").json()["items"]}) == [2, 3]
    client.delete("/articles/2")
    assert (copies(client, 3), client.get("/articles/3").json()["copies"]) == ({}, 0)


def test_another_text_leaves_the_story_and_the_old_text_brings_it_back(client: TestClient, store: Store) -> None:
    printed(store, WIRE, "2024-02-01")
    printed(store, as_printed(2), "2024-02-02")
    client.patch("/articles/1", json={"text": told(seed=4), "extract": False})
    assert (copies(client, 1), ids(client, "/articles?copies=first")) == ({}, [2, 1])
    client.patch("/articles/1", json={"text": WIRE, "extract": False})
    assert copies(client, 2) == {1: True}
    client.patch("/articles/1", json={"published": "2024-02-03"})
    assert copies(client, 1) == {2: True}


def test_a_rejected_claim_of_the_first_hides_no_reprint(client: TestClient, store: Store) -> None:
    printed(store, told(QUOTES[0]), "2024-02-01")
    printed(store, told(QUOTES[0]), "2024-02-02", source="Other")
    client.patch("/claims/1", json={"status": "rejected"})
    assert ids(client, "/claims?copies=first") == [2]
    client.patch("/claims/1", json={"status": "confirmed"})
    assert ids(client, "/claims?copies=first") == [1]


def test_what_was_parted_is_never_joined_again_by_the_program(client: TestClient, store: Store) -> None:
    for number in range(3):
        printed(store, as_printed(0), f"2024-02-0{number + 1}", source=f"Outlet {number}")
    seen = client.get("/changes").json()["latest"]
    assert client.delete("/articles/1/copies/2").status_code == 204
    told_ = client.get(f"/changes?since={seen}").json()["items"]
    assert [(item["kind"], item["id"], item["action"]) for item in told_] == [("article", 1, "changed"), ("article", 2, "changed")]
    assert (copies(client, 1), copies(client, 2)) == ({3: False}, {})
    assert client.delete("/articles/1/copies/2").status_code == 404
    client.patch("/articles/2", json={"text": as_printed(2), "extract": False})
    client.patch("/articles/2", json={"published": "2024-01-01"})
    assert 2 not in copies(client, 1)
    assert client.post("/articles/1/copies", json={"article": 2}).status_code == 201
    assert copies(client, 1) == {2: True, 3: False}


def test_what_a_person_has_joined_stays_joined_and_brings_its_copies_along(client: TestClient, store: Store) -> None:
    printed(store, WIRE, "2024-02-01")
    for number in (2, 3):
        printed(store, told(seed=5), f"2024-02-0{number}", source=f"Outlet {number}")
    assert copies(client, 1) == {}
    joined = client.post("/articles/1/copies", json={"article": 2})
    assert (joined.status_code, joined.json()["judgement"]["verdict"], joined.json()["score"]) == (201, "same", 0.0)
    assert copies(client, 1) == {2: False, 3: False}
    client.patch("/articles/2", json={"text": told(seed=6), "extract": False})
    assert copies(client, 1) == {2: False}
    assert ids(client, "/articles?copies=first") == [3, 1]


@pytest.mark.parametrize(
    ("body", "pointer"), [({"article": 1}, "/article"), ({"article": 9}, "/article"), ({"article": "2"}, "/article")]
)
def test_what_cannot_be_joined_is_said_where_it_stands(
    client: TestClient, store: Store, body: dict[str, Any], pointer: str
) -> None:
    store()
    answer = client.post("/articles/1/copies", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    assert client.get("/changes").json()["latest"] == 1


def test_stories_that_hold_a_parted_pair_are_not_joined_behind_it(client: TestClient, store: Store) -> None:
    printed(store, WIRE, "2024-02-01")
    printed(store, WIRE, "2024-02-02", source="Other")
    printed(store, told(seed=7), "2024-02-03")
    client.delete("/articles/1/copies/2")
    client.post("/articles/1/copies", json={"article": 3})
    answer = client.post("/articles/2/copies", json={"article": 3})
    assert (answer.status_code, copies(client, 2)) == (422, {})
