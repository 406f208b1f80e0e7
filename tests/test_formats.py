"""Lists in other formats: what is in them is what pages of JSON hold, all of it, and the formats themselves are kept."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app import formats
from app.formats.csv import HARMFUL, Writer, columns
from app.formats.listing import Listing
from app.main import create_app
from app.models.articles import Revision
from app.models.claims import Claim
from app.models.documents import Article
from app.settings import Settings

DATES = (None, "2023", "2024-02", "2024-02-13", "2024-02-13T09:00:00Z")
TEXT = "“The dam,” she said, “is safe.” Number {}."
MADE = [
    {
        "text": TEXT.format(n),
        "title": f"=Title {n}, “quoted”\r\n\x0b<b>" if n % 3 else None,
        "published": DATES[n % 5],
        "source": "Wire" if n % 2 else None,
        "url": f"https://wire.example/{n}?a=1&b=2" if n % 4 else None,
        "authors": ["Dee", "Eve; Co"] if n % 2 else [],
        "claims": [
            {
                "quote": {"exact": "The dam", "continued": [{"exact": "is safe", "start": 22, "end": 29}]},
                "speakers": [{"entity": ("Ann", "Bo")[n % 2]}, {"kind": "unnamed", "text": "she", "start": 11, "end": 14}],
                "subjects": [{"entity": "Cy", "type": "place"}] if n % 2 else [],
                "dates": [{"edtf": "2017-12"}, {"edtf": "../2015"}],
            }
        ],
        "extract": False,
    }
    for n in range(60)
]
LISTS = [
    *(
        "/articles",
        "/articles?q=dam",
        "/articles?entity=Ann&sort=published",
        "/articles?source=wire&published_from=2024",
        "/articles?q=safe -dam",
    ),
    *("/claims", "/claims?speaker=Bo&subject=Cy", "/claims?q=dam&sort=-recorded", "/claims?about_from=2017", "/claims?sort=-said"),
    *(
        "/entities",
        "/entities?sort=name&type=place",
        "/changes",
        "/changes?since=7&kind=claim",
        "/articles/2/claims",
        "/articles/3/revisions",
    ),
]


@pytest.fixture(scope="module")
def client(shared_settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(shared_settings)) as opened:
        assert {opened.post("/articles", json=draft).status_code for draft in MADE} == {201}
        yield opened


def pages(client: TestClient, path: str) -> list[Any]:
    """Every item of the list, walked page by page."""
    items, address = [], path + ("&" if "?" in path else "?") + "limit=7"
    while address:
        answer = client.get(address).json()
        items += answer["items"]
        address = answer["next"]
    return items


def in_format(client: TestClient, path: str, form: str) -> str:
    answer = client.get(path + ("&" if "?" in path else "?") + f"format={form}")
    assert (answer.status_code, answer.headers["vary"]) == (200, "Accept"), answer.text
    return answer.text


@pytest.mark.parametrize("path", LISTS)
def test_a_list_as_json_lines_or_csv_is_all_that_its_pages_hold_in_their_order(client: TestClient, path: str) -> None:
    items = pages(client, path)
    assert [json.loads(line) for line in in_format(client, path, "jsonl").splitlines()] == items
    rows = list(csv.DictReader(io.StringIO(in_format(client, path, "csv"), newline="")))
    key = next(name for name in ("seq", "number", "id") if not items or name in items[0])
    assert [row[key] for row in rows] == [str(item[key]) for item in items]


def test_whole_articles_are_what_each_address_gives_and_a_page_of_json_has_none(client: TestClient) -> None:
    lines = in_format(client, "/articles?entity=Ann&detail=full", "jsonl").splitlines()
    items = pages(client, "/articles?entity=Ann")
    assert [json.loads(line) for line in lines] == [client.get(f"/articles/{item['id']}").json() for item in items]
    refused = client.get("/articles?detail=full")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/detail")


def test_with_a_limit_it_ends_there_and_a_header_has_the_rest(client: TestClient) -> None:
    first = client.get("/claims?limit=5&total=exact", headers={"accept": "application/x-ndjson"})
    assert first.headers["x-total-count"] == "60;relation=eq"
    following = client.get(first.headers["link"].split(">")[0][1:].replace("limit=5&", "")).text
    ids = [json.loads(line)["id"] for line in first.text.splitlines() + following.splitlines()]
    assert ids == [claim["id"] for claim in pages(client, "/claims")]


def test_a_cursor_of_a_page_goes_on_in_another_format(client: TestClient) -> None:
    cursor = client.get("/claims?limit=50").json()["next"].rpartition("cursor=")[2]
    assert len(in_format(client, f"/claims?cursor={cursor}", "jsonl").splitlines()) == 10
    foreign = client.get(f"/claims?q=dam&format=csv&cursor={cursor}")
    assert (foreign.status_code, foreign.headers["content-type"]) == (400, "application/problem+json")


def test_a_format_that_a_list_has_not_is_refused_with_those_it_has(client: TestClient) -> None:
    by_name = client.get("/entities?format=atom")
    assert (by_name.status_code, by_name.json()["errors"][0]["pointer"]) == (422, "/format")
    assert "json, jsonl, csv, jsonld" in by_name.json()["detail"]
    by_header = client.get("/changes", headers={"accept": "application/ld+json"})
    assert by_header.status_code == 406
    assert "application/json, application/x-ndjson, text/csv" in by_header.json()["detail"]
    assert client.get("/changes?format=jsonl", headers={"accept": "text/html"}).status_code == 200


@hypothesis_settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), st.integers(-5, 5))
def test_a_cell_comes_back_as_it_was_and_none_begins_a_formula(words: str, number: int) -> None:
    writer = Writer(Listing(Revision, "", "", ()))
    item = {"article": number, "number": 1, "text": words, "recorded_at": "2024"}
    written = (writer.begin() + writer.rows([item]) + writer.end(None)).decode()
    assert written.endswith("\r\n")
    header, row = csv.reader(io.StringIO(written, newline=""))
    assert header == ["article", "number", "text", "recorded_at"]
    assert row[0] == str(number)  # a negative number stays one
    assert not row[2].startswith(HARMFUL)
    assert row[2].removeprefix("'") == words or row[2] == words


def test_csv_has_the_parts_of_things_in_columns_and_joins_lists(client: TestClient) -> None:
    row = next(csv.DictReader(io.StringIO(in_format(client, "/claims?article=2", "csv"), newline="")))
    assert [row[name] for name in ("speaker.entity.name", "speakers", "subjects", "dates")] == [
        "Bo",
        "Bo; she",
        "Cy",
        "2017-12; ../2015",
    ]
    assert [row[name] for name in ("negated", "cue.exact", "quote.continued")] == ["false", "", "is safe"]
    assert row["article.title"].startswith("'=Title 1")
    answer = client.get("/articles/2/claims?format=csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="articles-2-claims.csv"'


def test_every_column_is_in_the_docs() -> None:
    told = (Path(__file__).parent.parent / "docs" / "export.md").read_text("utf-8")
    for shape in (Claim, Article):
        for name, _ in columns(shape):
            assert f"`{name}`" in told or f"`{name.rpartition('.')[0]}.*`" in told, name


@pytest.mark.parametrize("path", ["/articles?detail=full", "/articles?q=dam", "/claims", "/claims?q=nothing"])
def test_json_ld_is_one_document_whose_claims_point_at_the_words_of_their_article(client: TestClient, path: str) -> None:
    document = json.loads(in_format(client, path, "jsonld"))
    assert isinstance(document["@context"], dict)
    nodes = {node["@id"]: node for node in document["@graph"]}
    assert len(nodes) == len(document["@graph"])
    known = {term for term in document["@context"] if not term.startswith("@")}
    for node in nodes.values():
        if node["@type"] == "NewsArticle":
            continue
        assert node["@type"] == ["Claim", "Annotation"]
        assert {"target", "Annotation", "exact", "prefix", "suffix", "start", "end", "selector", "source"} <= known
        assert node["appearance"]["@type"] == "NewsArticle"
        for target in node["target"]:
            quote, position = target["selector"]
            text = client.get(target["source"]).json()["text"]
            assert text[position["start"] : position["end"]] == quote["exact"]
            assert quote.get("prefix", "") + quote["exact"] + quote.get("suffix", "") in text
    assert all(node for node in nodes.values() if None not in node.values())


@pytest.mark.parametrize("path", ["/articles?sort=-recorded", "/articles?q=dam", "/claims?speaker=Ann", "/articles?q=nothing"])
def test_a_saved_search_is_a_feed_that_is_walked_page_by_page(client: TestClient, path: str) -> None:
    address, ids, feeds = path + "&format=atom&limit=25", [], set()
    while address:
        text = client.get(address).content
        ET.fromstring(text)  # well-formed, whatever stands in titles
        feed = feedparser.parse(text)
        assert (feed.bozo, feed.version) == (False, "atom10")
        links = {link.rel: link.href for link in feed.feed.links}
        assert client.get(links["self"]).content == text
        feeds.add(feed.feed.id)
        ids += [entry.id for entry in feed.entries]
        assert all(entry.updated_parsed and entry.link and entry.title for entry in feed.entries)
        address = links.get("next")
    assert ids == [f"http://testserver/{path[1:].partition('?')[0]}/{item['id']}" for item in pages(client, path)]
    assert len(feeds) == 1


def test_a_day_of_publication_stays_a_day_in_a_feed(client: TestClient) -> None:
    told = {entry.id: entry for entry in feedparser.parse(in_format(client, "/articles?limit=60", "atom")).entries}
    kept = [told[f"http://testserver/articles/{i}"].get("published") for i in (1, 3, 4, 5)]
    assert kept == [None, "2024-02", "2024-02-13", "2024-02-13T09:00:00Z"]


def test_head_has_the_headers_and_no_body(client: TestClient) -> None:
    for path in ("/claims?format=csv", "/articles?format=jsonl&detail=full", "/claims?format=atom"):
        answer = client.head(path)
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["content-type"] == client.get(path).headers["content-type"]


def test_the_document_names_the_formats_of_each_list_and_json_first(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    for path, names in {
        "/claims": ["jsonl", "csv", "jsonld", "atom"],
        "/entities": ["jsonl", "csv", "jsonld"],
        "/changes": ["jsonl", "csv"],
    }.items():
        declared = list(paths[path]["get"]["responses"]["200"]["content"])
        assert declared == ["application/json", *(formats.BY_NAME[name].MEDIA_TYPE for name in names)]
