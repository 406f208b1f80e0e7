"""Timelines: counts without a gap, each of them what a search of the same days finds."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.store import periods
from tests.conftest import Store


def counts(answer: Any) -> dict[str, int]:
    return {period["earliest"]: period["count"] for period in answer.json()["items"]}


@pytest.fixture
def published(store: Store) -> None:
    for number, day in enumerate(["2023-11-30", "2024-02-13", "2024-02-13T09:00:00Z", "2024-02-29", "2023", None]):
        claims = [{"quote": {"exact": "all is well"}, "speakers": [{"entity": "Ann"}]}] if number else []
        store(f"Ann said all is well, {number}.", claims=claims, **({"published": day} if day else {}))


@pytest.mark.usefixtures("published")
def test_months_without_anything_are_counted_as_nothing(client: TestClient) -> None:
    answer = client.get("/claims/timeline?speaker=Ann&published_from=2023-11&published_to=2024-03")
    assert counts(answer) == {"2023-11-01": 1, "2023-12-01": 1, "2024-01-01": 0, "2024-02-01": 3, "2024-03-01": 0}
    assert answer.json()["undated"] == 0, "with a range, what has no date is not asked for"


@pytest.mark.usefixtures("published")
def test_without_a_range_it_goes_from_the_oldest_to_the_newest_and_tells_what_has_no_date(client: TestClient) -> None:
    answer = client.get("/articles/timeline?interval=year")
    assert (counts(answer), answer.json()["undated"]) == ({"2023-01-01": 2, "2024-01-01": 3}, 1)


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("interval", ["day", "week", "month", "year"])
@pytest.mark.parametrize("filters", ["", "&speaker=Ann", "&q=well", "&speaker=Ann&kind=indirect"])
def test_each_count_is_what_a_search_of_its_days_finds(client: TestClient, interval: str, filters: str) -> None:
    for period in client.get(f"/claims/timeline?interval={interval}&published_from=2024-01{filters}").json()["items"]:
        days = f"published_from={period['earliest']}T00:00:00Z&published_to={period['latest']}T23:59:59.999999Z"
        exact = [c for c in client.get(f"/claims?{days}{filters}").json()["items"] if c["article"]["published"] != "2023"]
        assert len(exact) == period["count"]


def test_nothing_is_an_empty_timeline(client: TestClient) -> None:
    assert client.get("/articles/timeline?source=nobody").json()["items"] == []


def test_too_many_periods_are_refused(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(periods, "MOST_PERIODS", 30)
    answer = client.get("/articles/timeline?interval=day&published_from=2024-01&published_to=2024-02")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/interval")


def test_what_only_a_list_takes_is_refused(client: TestClient) -> None:
    assert client.get("/articles/timeline?limit=3").status_code == 422
