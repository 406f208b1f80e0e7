"""SQLite before 3.42 passes over rows that it seeks downwards in its full text: docs/decisions/0013-seeking-downwards.md."""

import json
import sqlite3
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.settings import Settings
from app.store import pages, searching
from app.store.fulltext.sqlite import FIRST_WITHOUT_GAPS, Fts5
from tests.archives import query

UNDATED, DATED = 40, 120
IS_OLD = sqlite3.sqlite_version_info < FIRST_WITHOUT_GAPS
QUESTIONS = [
    "",
    "?q=dam",
    "?q=dam river",
    "?q=river -reprint",
    '?q="the dam"',
    "?q=dam&published_to=2008",
    "?q=dam&published_from=2004-01-02T00:00:00Z&published_to=2009-02-01T00:00:00.5Z",
    "?q=dam&recorded_from=2000",
    "?entity=Ann&entity=Iraq&entity_match=all",
    "?copies=first",
]


@pytest.fixture
def archive(client: TestClient, settings: Settings) -> TestClient:
    """Each list of the index has many pages, for they are small, and steps over two thousand years from undated to dated."""
    for name in ("article_fts", "claim_fts") if settings.database_url.startswith("sqlite") else ():
        query(settings.database_url, f"INSERT INTO {name} ({name}, rank) VALUES ('pgsz', 64)")
    sent = []
    for number in range(UNDATED + DATED):
        exact = f"The dam {number}{' river' if number % 3 else ''}{' reprint' if number % 7 else ''}"
        claim = {"quote": {"exact": exact}, "speakers": [{"entity": "Ann"}], "subjects": [{"entity": "Iraq"}]}
        month = None if number < UNDATED else f"{2000 + number // 12:04}-{number % 12 + 1:02}"
        sent.append(
            {"text": f"{exact}.", "source": f"Wire {(number + 1) % 2}", "published": month, "extract": False, "claims": [claim]}
        )
    body = "\n".join(map(json.dumps, sent)).encode()
    results = client.post("/articles/bulk", content=body, headers={"content-type": "application/x-ndjson"}).text.splitlines()
    assert {json.loads(result)["status"] for result in results} == {"created"}
    return client


def walked(client: TestClient, noun: str, asked: str, sort: str) -> list[int]:
    address, found = f"/{noun}{asked}{'&' if asked else '?'}limit=30&sort={sort}", list[int]()
    while address:
        answer = client.get(address).json()
        found += [item["id"] for item in answer["items"]]
        address = answer["next"]
    return found


def wrong(client: TestClient) -> list[tuple[str, str]]:
    """The questions whose answers downwards are others than upwards."""
    return [
        (noun, asked)
        for noun in ("articles", "claims")
        for asked in QUESTIONS
        if walked(client, noun, asked, "-published") != walked(client, noun, asked, "published")[::-1]
    ]


def test_newest_first_has_every_match_and_nothing_else(archive: TestClient) -> None:
    assert wrong(archive) == []


@pytest.mark.sqlite
def test_an_old_sqlite_passes_over_matches_unless_it_is_read_upwards(archive: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Fts5, "skips_downwards", False)
    assert bool(wrong(archive)) == IS_OLD  # else the test before has tried nothing


@pytest.mark.parametrize("asked", ["?q=dam river", "?q=river -reprint", "?q=dam&published_to=2008"])
def test_the_newest_of_too_many_are_the_newest(archive: TestClient, monkeypatch: pytest.MonkeyPatch, asked: str) -> None:
    found = walked(archive, "articles", asked, "published")[::-1]
    for most in (1, 20, len(found) - 3, len(found), len(found) + 1):
        monkeypatch.setattr(pages, "CAP", most)
        monkeypatch.setattr(searching, "MOST_RANKED", most)
        facet = archive.get(f"/articles/facets{asked}&facet=source").json()["facets"][0]
        sources = [f"Wire {i % 2}" for i in found[:most]]
        assert {item["value"]: item["count"] for item in facet["items"]} == {name: sources.count(name) for name in set(sources)}
        best = archive.get(f"/articles{asked}&sort=relevance&limit=200").json()["items"]
        assert {item["id"] for item in best} == set(found[:most])


def test_the_timeline_begins_and_ends_with_a_match(archive: TestClient) -> None:
    asked = "interval=month&q=river -reprint&published_to=2009"
    items: list[dict[str, Any]] = archive.get(f"/articles/timeline?{asked}").json()["items"]
    assert 0 not in (items[0]["count"], items[-1]["count"])
