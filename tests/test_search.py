"""Searches: each filter, how filters go together, and how a question is understood."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from app.main import create_app
from app.settings import Settings
from app.store.fulltext.query import parse
from app.store.fulltext.snippets import snippet
from tests.conftest import Store

OPEN = settings(deadline=None, max_examples=60)


@pytest.fixture(scope="module")
def archive(shared_settings: Settings) -> Iterator[TestClient]:
    """Four dispatches that differ in everything that can be asked for."""
    texts: list[dict[str, Any]] = [
        {
            "text": "Al-Sudani said Daesh is beaten. The U.S. agreed.",
            "title": "Beaten",
            "source": "Dispatches",
            "published": "2024-02-13",
            "language": "en",
            "authors": ["Zoë Day"],
            "claims": [
                {
                    "quote": {"exact": "Daesh is beaten"},
                    "speakers": [{"entity": "al-Sudani"}],
                    "subjects": [{"entity": "Daesh", "type": "organization"}],
                    "dates": [{"edtf": "2017-12"}],
                }
            ],
        },
        {
            "text": "Daesh allegedly denied it, reports said.",
            "source": "Basin Daily",
            "published": "2024-02-29T23:59:59.5Z",
            "language": "en-GB",
            "claims": [
                {
                    "quote": {"exact": "denied it"},
                    "kind": "direct",
                    "negated": True,
                    "speakers": [{"kind": "collective", "text": "reports"}],
                    "subjects": [{"entity": "Daesh", "type": "organization"}],
                    "hedges": [{"exact": "allegedly", "start": 6, "end": 15}],
                    "dates": [{"edtf": "2017"}],
                    "said": "2014-06",
                }
            ],
        },
        {
            "text": "Nothing new from the troops.",
            "title": "Troops of Iraq",
            "source": "DISPATCHES",
            "published": "2023",
            "language": "fr",
        },
        {"text": "An undated note on troops."},
    ]
    with TestClient(create_app(shared_settings)) as opened:
        for fields in texts:
            assert opened.post("/articles", json={"extract": False, **fields}).status_code == 201
        yield opened


def found(archive: TestClient, question: str) -> list[int]:
    answer = archive.get(question)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


@pytest.mark.parametrize(
    ("question", "ids"),
    [
        ("", [2, 1, 3, 4]),
        ("sort=published", [4, 3, 1, 2]),
        ("sort=-recorded", [4, 3, 2, 1]),
        ("published_from=2024-02&published_to=2024-02", [2, 1]),
        ("published_from=2024-02-13&published_to=2024-02-13", [1]),
        ("published_from=2024-02-13T10:00:00Z&published_to=2024-02-13T11:00:00Z", [1]),
        ("published_to=2024-02-29T23:59:59Z", [1, 3]),
        ("published_from=2023-06&published_to=2023-06", [3]),
        ("published_from=2024-02-29T00:59:59%2B02:00", [2]),
        ("published_from=2024-02-29T00:59:59+02:00", [2]),
        ("entity=daesh", [2, 1]),
        ("entity=daesh&entity=AL SUDANI", [2, 1]),
        ("entity=daesh&entity=al-sudani&entity_match=all", [1]),
        ("entity=nobody", []),
        ("entity=nobody&entity=daesh&entity_match=all", []),
        ("source=dispatches", [1, 3]),
        ("source=dispatches&source=basin daily", [2, 1, 3]),
        ("language=en", [2, 1]),
        ("language=en-GB", [2]),
        ("author=zoe day", [1]),
        ("recorded_to=2001", []),
        ("recorded_from=2001", [2, 1, 3, 4]),
        ("q=troops", [3, 4]),
        ("q=al-Sudani", [1]),
        ("q=U.S.", [1]),
        ("q=us", [1]),
        ("q=daesh -denied", [1]),
        ("q=-daesh", [3, 4]),
        ("q=beaten OR undated&sort=-published", [1, 4]),
        ('q="daesh is beaten"', [1]),
        ('q="daesh beaten"', []),
        ("q=troop*&sort=published", [4, 3]),
        ("q=troop", []),
        ("q=daesh&entity=al-sudani&published_from=2024&source=dispatches", [1]),
        ('q="', []),
        ("q=NOT", []),
    ],
)
def test_a_question_about_articles_finds_what_it_asks_for(archive: TestClient, question: str, ids: list[int]) -> None:
    assert found(archive, f"/articles?{question}") == ids


@pytest.mark.parametrize(
    ("question", "ids"),
    [
        ("", [2, 1]),
        ("speaker=al-sudani", [1]),
        ("speaker=daesh", []),
        ("subject=daesh", [2, 1]),
        ("entity=al sudani&subject=daesh", [1]),
        ("entity=al sudani&entity=daesh&entity_match=all", [1]),
        ("speaker_kind=collective", [2]),
        ("kind=direct", [2]),
        ("kind=direct&kind=indirect", [2, 1]),
        ("hedged=true", [2]),
        ("hedged=false", [1]),
        ("negated=true", [2]),
        ("article=1", [1]),
        ("status=confirmed", []),
        ("source=dispatches", [1]),
        ("language=en", [2, 1]),
        ("author=Zoe Day", [1]),
        ("published_to=2024-02-28", [1]),
        ("about_from=2017-12&about_to=2017-12", [2, 1]),
        ("about_from=2017-12&about_to=2017-12&about_match=within", [1]),
        ("about_from=2017-11&about_to=2017-12&about_match=covers", [2]),
        ("about_to=2016", []),
        ("said_from=2014&said_to=2014", [2]),
        ("said_from=2024-02-13&said_to=2024-02-13", [1]),
        ("sort=-said", [1, 2]),
        ("sort=about", [2, 1]),
        ("q=beaten", [1]),
        ("q=agreed", []),
    ],
)
def test_a_question_about_claims_finds_what_it_asks_for(archive: TestClient, question: str, ids: list[int]) -> None:
    assert found(archive, f"/claims?{question}") == ids


def test_an_answer_says_how_the_question_was_understood(archive: TestClient) -> None:
    applied = archive.get('/claims?q="Daesh is" OR win* -lost&subject=DAESH&published_to=2024-02&about_from=2017').json()["applied"]
    assert applied["q"] == '("daesh is" OR win*) -lost'
    assert applied["sort"] == "relevance"
    assert applied["entities"] == [
        {"parameter": "subject", "given": "DAESH", "matched": [{"id": 2, "name": "Daesh", "type": "organization"}]}
    ]
    assert applied["ranges"] == [
        {"parameter": "published", "earliest": None, "latest": "2024-02-29T23:59:59.999999Z"},
        {"parameter": "about", "earliest": "2017-01-01", "latest": None},
    ]


def test_matches_are_marked_where_they_stand_and_the_rest_is_escaped(client: TestClient, store: Store) -> None:
    store("Is 1 < 2? The U.S. & al-Sudani's <b>troops</b> say so.")
    snippet_ = client.get('/articles?q=u.s. "al sudani"').json()["items"][0]["snippet"]
    assert snippet_ == "Is 1 &lt; 2? The <mark>U.S.</mark> &amp; <mark>al-Sudani's</mark> &lt;b&gt;troops&lt;/b&gt; say so."


def test_a_total_is_capped_exact_or_left_out_as_asked(archive: TestClient) -> None:
    assert archive.get("/articles?limit=1").json()["total"] == {"value": 4, "relation": "eq"}
    assert archive.get("/articles?limit=1&total=none").json()["total"] is None


@OPEN
@given(
    q=st.text(min_size=0, max_size=60) | st.from_regex(r'[\w "*()-]{1,40}( OR | AND | NOT | NEAR )[\w"*:^+-]{1,20}', fullmatch=True)
)
def test_no_question_in_words_is_an_error(archive: TestClient, q: str) -> None:
    for path in ("/articles", "/claims", "/entities", "/entities/suggest"):
        expected = 422 if "\x00" in q else 200
        assert archive.get(path, params={"q": q}).status_code == expected


@OPEN
@given(
    name=st.sampled_from(
        ["published_from", "about_to", "entity", "speaker", "source", "author", "language", "cursor", "limit", "sort"]
    ),
    value=st.text(max_size=30),
)
def test_no_value_of_any_filter_is_a_500(archive: TestClient, name: str, value: str) -> None:
    assert archive.get("/claims", params={name: value}).status_code in (200, 400, 422)


@given(st.text(alphabet='ab"-* OR’.', max_size=40), st.text(alphabet="ab ’.-<", max_size=80))
def test_a_snippet_without_its_marks_is_a_part_of_the_text(q: str, text: str) -> None:
    plain = snippet(text, parse(q)).replace("<mark>", "").replace("</mark>", "").replace("&lt;", "<")
    assert plain.removeprefix("… ").removesuffix(" …") in text
