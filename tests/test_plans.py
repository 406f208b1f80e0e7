"""Every question is read from an index, whatever filters it combines: the plans say so."""

import re
from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, event

from app.store import pages
from app.store.prepared import Prepared
from tests.conftest import Store

CLAIM = {
    "quote": {"exact": "all is well"},
    "speakers": [{"entity": "Ann"}],
    "subjects": [{"entity": "Iraq", "type": "place"}],
    "dates": [{"edtf": "2017-12"}],
    "hedges": [{"exact": "well", "start": 16, "end": 20}],
    "confidence": 0.8,
}
OF_ARTICLES = {
    "q": "well",
    "entity": "Iraq",
    "source": "Wire",
    "language": "en",
    "author": "Dee",
    "published_from": "2024-02",
    "published_to": "2024-02-13T09:00:00Z",
    "recorded_from": "2020",
    "copies": "first",
}
OF_CLAIMS = OF_ARTICLES | {
    "about_from": "2017-12",
    "about_match": "within",
    "speaker": "Ann",
    "subject": "Iraq",
    "speaker_kind": "named",
    "kind": "indirect",
    "hedged": "true",
    "negated": "false",
    "status": "extracted",
    "article": "1",
    "said_to": "2024-02",
    "min_confidence": "0.75",
}
pytestmark = pytest.mark.sqlite
BY_TIME, BY_OTHERS = ["-published", "published"], ["-recorded", "-said", "about"]
Plans = Callable[..., list[str]]


@pytest.fixture
def plans(client: TestClient, store: Store) -> Plans:
    """Asks a question that finds one row, and gives every step of every statement that looked for it."""
    store(
        "Ann said all is well.",
        published="2024-02-13",
        source="Wire",
        language="en",
        authors=["Dee"],
        claims=[CLAIM],
    )
    engine = client.app.state.database.engine  # type: ignore[attr-defined]
    put = Prepared.put

    def ask(path: str, asked: dict[str, Any]) -> list[str]:
        seen: list[tuple[str, Any]] = []

        def remember(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
            seen.append((statement, parameters))

        def remember_prepared(*given: Any) -> tuple[str, list[Any]]:
            statement, parameters = put(*given)
            seen.append((statement, tuple(parameters)))
            return statement, parameters

        event.listen(Engine, "before_cursor_execute", remember)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Prepared, "put", remember_prepared)
            answer = client.get(path, params=asked)
        event.remove(Engine, "before_cursor_execute", remember)
        assert answer.json()["total"]["value"] == 1, "a question that finds nothing proves nothing"
        with engine.connect() as connection:
            return [
                row.detail
                for statement, given in seen
                if re.match(r"\s*(SELECT|WITH)", statement)
                for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
            ]

    return ask


def is_read_from_an_index(step: str) -> bool:
    """A search by key, the index of words asked for words, or what another step of the statement has found."""
    return not step.startswith("SCAN") or bool(
        re.match(r"SCAN (\w+_fts VIRTUAL TABLE INDEX \d+:\S*M|anon_|matches|pairs|\(|CONSTANT|json_each)", step)
    )


def is_sorted(step: str) -> bool:
    return "TEMP B-TREE" in step


@pytest.mark.parametrize(
    ("path", "asked", "read_from"),
    [
        ("/claims", {"speaker": "Ann"}, "claim_link USING PRIMARY KEY (entity_id=? AND role=? AND time_key>? AND time_key<?)"),
        (
            "/claims",
            {"entity": "Iraq", "sort": "published"},
            "claim_link USING PRIMARY KEY (entity_id=? AND role=? AND time_key>? AND time_key<?)",
        ),
        (
            "/claims",
            {"subject": "Iraq", "published_from": "2024-02", "published_to": "2024-02"},
            "claim_link USING PRIMARY KEY (entity_id=? AND role=? AND time_key>? AND time_key<?)",
        ),
        ("/articles", {"entity": "Iraq"}, "article_link USING PRIMARY KEY (entity_id=? AND time_key>? AND time_key<?)"),
        (
            "/articles",
            {"entity": "Iraq", "published_from": "2024-02", "published_to": "2024-02"},
            "article_link USING PRIMARY KEY (entity_id=? AND time_key>? AND time_key<?)",
        ),
    ],
)
def test_a_page_by_one_entity_is_a_range_of_its_links(plans: Plans, path: str, asked: dict[str, str], read_from: str) -> None:
    assert f"SEARCH {read_from}" in plans(path, asked)


@pytest.mark.parametrize("sort", BY_TIME)
@pytest.mark.parametrize(("path", "filters"), [("/articles", OF_ARTICLES), ("/claims", OF_CLAIMS)])
def test_newest_first_any_two_filters_are_read_in_order_and_nothing_is_sorted(
    plans: Plans, path: str, filters: dict[str, str], sort: str
) -> None:
    for names in [*combinations(filters, 2), (), tuple(filters)]:
        steps = plans(path, {name: filters[name] for name in names} | {"sort": sort})
        assert [step for step in steps if not is_read_from_an_index(step) or is_sorted(step)] == [], names


@pytest.mark.parametrize("sort", BY_OTHERS)
def test_by_another_order_few_matches_are_sorted(plans: Plans, sort: str) -> None:
    for names in combinations(OF_CLAIMS, 2):
        steps = plans("/claims", {name: OF_CLAIMS[name] for name in names} | {"sort": sort})
        assert [step for step in steps if not is_read_from_an_index(step)] == [], names


@pytest.mark.parametrize("sort", BY_OTHERS)
def test_by_another_order_many_matches_are_met_along_its_index(plans: Plans, sort: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "CAP", 0)
    index = {"-recorded": "ix_claim_recorded", "-said": "ix_claim_said", "about": "ix_claim_about"}[sort]
    for name in OF_CLAIMS:
        steps = plans("/claims", {name: OF_CLAIMS[name], "sort": sort, "total": "exact"})
        assert [step for step in steps if is_sorted(step)] == [], name
        assert any(index in step for step in steps), name


def test_relevance_sorts_no_more_than_the_newest_matches(plans: Plans) -> None:
    steps = plans("/articles", {"q": "well", "entity": "Iraq", "published_from": "2024"})
    assert [step for step in steps if not is_read_from_an_index(step)] == []


@pytest.mark.parametrize(
    ("path", "facets", "filters"),
    [
        ("/articles/facets", ["source", "author", "language", "entity"], OF_ARTICLES),
        ("/claims/facets", ["source", "author", "language", "entity", "speaker", "subject", "kind", "status"], OF_CLAIMS),
    ],
)
def test_facets_read_the_rows_of_what_matches_and_no_others(
    plans: Plans, path: str, facets: list[str], filters: dict[str, str]
) -> None:
    for name in filters:
        steps = plans(path, {name: filters[name], "facet": facets})
        assert [step for step in steps if not is_read_from_an_index(step)] == [], name
