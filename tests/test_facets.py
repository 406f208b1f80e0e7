"""Facets and related entities: each count is what the search finds with that filter added."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.main import create_app
from app.settings import Settings
from app.store import pages
from tests.conftest import Store
from tests.test_search_laws import COMMON, MADE, OF_CLAIMS, flattened

TOLD = {
    "text": "BAGHDAD (Wire) – Ann Lee said that Bo Day left Iraq. Cy Orr denied it.",
    "source": "Wire",
    "language": "en-GB",
    "authors": ["Dee", "dee", "Eve"],
}
FACETS = {
    "articles": ["source", "author", "language", "entity"],
    "claims": ["source", "author", "language", "entity", "speaker", "subject", "kind", "status"],
}
LAWS = settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def archive(shared_settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(shared_settings)) as client:
        assert {client.post("/articles", json=draft).status_code for draft in [*MADE, TOLD]} == {201}
        yield client


def total(client: TestClient, noun: str, asked: dict[str, Any]) -> int:
    answer = client.get(f"/{noun}", params=asked | {"total": "exact"})
    assert answer.status_code == 200, answer.text
    return int(answer.json()["total"]["value"])


def assert_law(client: TestClient, noun: str, asked: dict[str, str]) -> None:
    answer = client.get(f"/{noun}/facets", params=asked | {"facet": FACETS[noun]})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["total"] == {"value": total(client, noun, asked), "relation": "eq"}
    assert [facet["facet"] for facet in told["facets"]] == FACETS[noun]
    for facet in told["facets"]:
        name, items = facet["facet"], facet["items"]
        assert len(items) == min(facet["values"], 20)
        assert [item["count"] for item in items] == sorted((item["count"] for item in items), reverse=True)
        for item in items:
            if name in ("entity", "speaker", "subject"):
                added = asked | {name: [asked[name], item["value"]] if name in asked else item["value"], "entity_match": "all"}
            elif name in asked and asked[name] != item["value"]:
                continue  # the same parameter again widens, so no search narrows to both
            else:
                added = asked | {name: item["value"]}
            assert item["count"] == total(client, noun, added), (name, item, asked)


@LAWS
@given(asked=st.fixed_dictionaries({}, optional=COMMON))
def test_a_value_of_articles_counts_what_the_search_with_it_finds(archive: TestClient, asked: dict[str, Any]) -> None:
    assert_law(archive, "articles", flattened(asked))


@LAWS
@given(asked=st.fixed_dictionaries({}, optional=COMMON | OF_CLAIMS))
def test_a_value_of_claims_counts_what_the_search_with_it_finds(archive: TestClient, asked: dict[str, Any]) -> None:
    assert_law(archive, "claims", flattened(asked))


@LAWS
@given(
    asked=st.fixed_dictionaries({}, optional={name: given_ for name, given_ in COMMON.items() if name != "entity"}),
    together=st.sampled_from(["article", "claim"]),
)
def test_a_related_entity_counts_what_the_search_for_both_finds(archive: TestClient, asked: dict[str, Any], together: str) -> None:
    asked = flattened(asked)
    (ann,) = [e for e in archive.get("/entities?q=ann&limit=200").json()["items"] if e["name"] == "Ann"]
    told = archive.get(f"/entities/{ann['id']}/related", params=asked | {"together": together}).json()
    assert told["total"]["value"] == total(archive, f"{together}s", asked | {"entity": str(ann["id"])})
    assert ann["id"] not in [item["id"] for item in told["items"]]
    for item in told["items"]:
        both = asked | {"entity": [ann["id"], item["id"]], "entity_match": "all"}
        assert item["count"] == total(archive, f"{together}s", both)


COPIED = "The river dam near the old mill is safe after the long winter and its many storms, the engineers of the county said."
AFTERWARDS = [{}, {"entity": "1"}, {"speaker": "2"}, {"copies": "first"}, {"q": "dam", "copies": "first"}]


@pytest.fixture
def merged(client: TestClient, store: Store) -> TestClient:
    """Three articles of which one is printed again; 2 and 3 are one person, who is named by both names in one claim."""
    for name in ("Ann", "Bo Day", "B. Day"):
        assert client.post("/entities", json={"name": name, "type": "person"}).status_code == 201
    for number, (speakers, subjects) in enumerate([((1, 2), (3,)), ((2, 3), (1, 2)), ((3,), (1,))]):
        parties = {"speakers": [{"entity": i} for i in speakers], "subjects": [{"entity": i} for i in subjects]}
        claims = [{"quote": {"exact": "The river dam"}, **parties}]
        for day in (1, 2) if number == 0 else (1,):
            unlike = f" {'Nobody denied it. ' * number}{number}" * number
            store(COPIED + unlike, published=f"2024-0{number + 1}-0{day}", source=f"Wire {day}", claims=claims)
    assert client.get("/articles?copies=first").json()["total"]["value"] < 4
    assert client.post("/entities/3/merge", json={"into": 2}).status_code == 200
    return client


@pytest.mark.parametrize("asked", AFTERWARDS)
def test_merged_entities_and_copies_are_counted_as_they_are_found(merged: TestClient, asked: dict[str, str]) -> None:
    for noun in ("articles", "claims") if "speaker" not in asked else ("claims",):
        assert_law(merged, noun, asked)
        for facet in merged.get(f"/{noun}/facets", params=asked | {"facet": FACETS[noun]}).json()["facets"]:
            assert facet["facet"] == "source" or "3" not in [item["value"] for item in facet["items"]]


@pytest.mark.parametrize("date", ["published", "about"])
@pytest.mark.parametrize("noun", ["articles", "claims"])
def test_a_timeline_without_copies_counts_what_the_search_without_copies_finds(merged: TestClient, noun: str, date: str) -> None:
    merged.post("/articles", json={"text": "In May 2024 it rained.", "published": "2024-03-01", "language": "en"})
    asked = {"date": date, "interval": "month", "copies": "first"}
    told = merged.get(f"/{noun}/timeline", params=asked).json()
    assert sum(item["count"] for item in told["items"]) + told["undated"] == total(merged, noun, {"copies": "first"})
    for item in told["items"]:
        days = {f"{date}_from": item["earliest"], f"{date}_to": item["latest"], "copies": "first"}
        assert item["count"] == total(merged, noun, days)


@pytest.mark.parametrize("copies", ["all", "first"])
@pytest.mark.parametrize("together", ["article", "claim"])
def test_related_are_those_of_all_that_one_stands_for(merged: TestClient, copies: str, together: str) -> None:
    asked: dict[str, Any] = {"together": together, "copies": copies}
    for one, other in ((1, 2), (2, 1)):
        told = merged.get(f"/entities/{one}/related", params=asked).json()
        assert told["total"]["value"] == total(merged, f"{together}s", {"entity": one, "copies": copies})
        both = {"entity": [one, other], "entity_match": "all", "copies": copies}
        assert [(item["id"], item["count"]) for item in told["items"]] == [(other, total(merged, f"{together}s", both))]


def values(answer: Any) -> list[dict[str, int]]:
    return [{item["value"]: item["count"] for item in facet["items"]} for facet in answer.json()["facets"]]


def test_what_has_no_value_is_told(client: TestClient, store: Store) -> None:
    store("One.", source="Wire", language="en")
    store("Two.", source="wire", language="en-GB")
    store("Three.")
    answer = client.get("/articles/facets?facet=language&facet=source")
    assert values(answer) == [{"en": 2, "en-GB": 1}, {"Wire": 2}]
    assert [(facet["values"], facet["none"]) for facet in answer.json()["facets"]] == [(2, 1), (1, 1)]


def test_rejected_claims_are_left_out_unless_asked_for(client: TestClient, store: Store) -> None:
    store("All is well.", claims=[{"quote": {"exact": "well"}, "status": "rejected"}, {"quote": {"exact": "All"}}])
    assert values(client.get("/claims/facets?facet=status")) == [{"extracted": 1}]
    assert values(client.get("/claims/facets?facet=status&status=rejected&status=extracted")) == [{"extracted": 1, "rejected": 1}]


def test_of_too_many_matches_the_newest_are_looked_at_and_the_answer_says_so(
    client: TestClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "CAP", 2)
    for number, source in enumerate(["Old", "Wire", "Wire"]):
        store(f"Rain {number}.", source=source, published=f"2024-02-1{number}")
    answer = client.get("/articles/facets?facet=source&q=rain")
    assert values(answer) == [{"Wire": 2}]
    assert (answer.json()["total"], answer.json()["counted"], answer.json()["relation"]) == (
        {"value": 2, "relation": "gte"},
        2,
        "gte",
    )
    exact = client.get("/articles/facets?facet=source&q=rain&total=exact")
    assert (values(exact), exact.json()["relation"]) == ([{"Wire": 2, "Old": 1}], "eq")


def test_related_entities_are_of_the_types_asked_for(client: TestClient, store: Store) -> None:
    entities = [{"entity": "Ann", "type": "person"}, {"entity": "Iraq", "type": "place"}, {"entity": "Bo", "type": "person"}]
    store("All is well.", claims=[{"quote": {"exact": "well"}, "subjects": entities}])
    assert [item["name"] for item in client.get("/entities/1/related?type=place").json()["items"]] == ["Iraq"]
    assert [item["name"] for item in client.get("/entities/1/related?limit=1").json()["items"]] == ["Iraq"]


@pytest.mark.parametrize(
    ("path", "status", "pointer"),
    [
        ("/articles/facets", 422, "/facet"),
        ("/articles/facets?facet=speaker", 422, "/facet/0"),
        ("/articles/facets?facet=source&limit=3", 422, "/limit"),
        ("/entities/1/related?entity=2", 422, "/entity"),
        ("/entities/99/related", 404, None),
    ],
)
def test_what_cannot_be_asked_is_said(client: TestClient, path: str, status: int, pointer: str | None) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert pointer in [None, *(error["pointer"] for error in answer.json().get("errors", []))]
