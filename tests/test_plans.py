"""The main questions are read from an index, whatever the size of the archive: the plans say so."""

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, event

from tests.conftest import Store

CLAIM = {
    "quote": {"exact": "all is well"},
    "speakers": [{"entity": "Ann"}],
    "subjects": [{"entity": "Iraq", "type": "place"}],
    "dates": [{"edtf": "2017-12"}],
}


@pytest.fixture
def plans(client: TestClient, store: Store) -> Any:
    """Asks a question, and gives the plans of the statements that choose the rows of its page."""
    store("Ann said all is well.", published="2024-02-13", source="Wire", claims=[CLAIM])
    engine = client.app.state.database.engine  # type: ignore[attr-defined]

    def ask(path: str) -> list[str]:
        seen: list[tuple[str, Any]] = []

        def remember(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
            seen.append((statement, parameters))

        event.listen(Engine, "before_cursor_execute", remember)
        answer = client.get(path)
        event.remove(Engine, "before_cursor_execute", remember)
        assert answer.json()["total"]["value"] == 1, "a question that finds nothing proves nothing"
        paged = [(s, p) for s, p in seen if re.search(r"ORDER BY \w+\.\w+ (DESC|ASC), \w+\.\w+ (DESC|ASC)\s+LIMIT", s)]
        assert paged
        with engine.connect() as connection:
            return [
                row.detail
                for statement, given in paged
                for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
            ]

    return ask


@pytest.mark.parametrize(
    ("question", "read_from"),
    [
        ("/claims?speaker=Ann", "claim_link USING PRIMARY KEY (entity_id=? AND role=?)"),
        ("/claims?entity=Iraq&sort=published", "claim_link USING PRIMARY KEY (entity_id=? AND role=?)"),
        (
            "/claims?subject=Iraq&published_from=2024-02&published_to=2024-02",
            "claim_link USING PRIMARY KEY (entity_id=? AND role=? AND published>? AND published<?)",
        ),
        ("/claims?speaker=Ann&subject=Iraq", "claim_link USING PRIMARY KEY (entity_id=? AND role=?)"),
        (
            "/claims?speaker=Ann&about_from=2017-12&about_to=2017-12",
            "claim_date USING COVERING INDEX ix_claim_date_about (role=? AND earliest<?)",
        ),
        ("/claims?published_from=2024&published_to=2024", "claim USING INDEX ix_claim_published (published>? AND published<?)"),
        ("/articles?entity=Iraq", "article_link USING PRIMARY KEY (entity_id=?)"),
        (
            "/articles?entity=Iraq&published_from=2024-02&published_to=2024-02",
            "article_link USING PRIMARY KEY (entity_id=? AND published>? AND published<?)",
        ),
        ("/articles?published_from=2024", "article USING INDEX ix_article_published (earliest>?)"),
    ],
)
def test_a_page_is_a_range_of_an_index_and_nothing_is_sorted(plans: Any, question: str, read_from: str) -> None:
    found = plans(question)
    assert f"SEARCH {read_from}" in found
    assert not [step for step in found if "TEMP B-TREE" in step or step.startswith("SCAN")]


@pytest.mark.parametrize("sort", ["-published", "published", "-recorded", "-said", "about"])
def test_each_order_of_claims_has_its_index(plans: Any, sort: str) -> None:
    assert not [step for step in plans(f"/claims?sort={sort}") if "TEMP B-TREE" in step]
