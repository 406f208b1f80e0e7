"""Which format a list is answered in, by the header Accept."""

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from app.api.negotiation import accepted


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/csv", "text/csv"),
        ("text/csv;q=0.4, application/x-ndjson;q=0.5, text/html", "application/x-ndjson"),
        ("text/*", "text/csv"),
        ("application/json;q=0.2, application/atom+xml", "application/atom+xml"),
        ("*/*, application/json;q=0", "application/atom+xml"),
        ("text/html, application/xhtml+xml, */*;q=0.8", "application/json"),
        ("application/ld+json, */*", "application/ld+json"),
    ],
)
def test_accept_chooses_by_how_much_a_format_is_wanted(client: TestClient, accept: str, kind: str) -> None:
    assert client.get("/claims?limit=1", headers={"accept": accept}).headers["content-type"].partition(";")[0] == kind


@given(
    st.lists(st.sampled_from(["text/csv", "application/json", "*/*", "text/*", "q=0", ";q=0.5", ",", ";;", "q=x", " "])).map(
        "".join
    )
)
def test_any_header_is_read_and_gives_none_but_what_is_there(accept: str) -> None:
    gives = frozenset({"application/json", "text/csv"})
    assert set(accepted(accept, gives)) <= gives
