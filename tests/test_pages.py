"""Walking a list page by page while others write: nothing twice, nothing missed of what was there when the walk began."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app.main import create_app
from app.settings import Settings
from app.store import pages
from tests.conftest import Store

SORTS = st.sampled_from(
    [
        *(f"/claims?sort={order}" for order in ("-published", "published", "-recorded", "-said", "about")),
        *("/claims?q=word", "/claims?q=word OR other", "/claims?speaker=Ann", "/claims?speaker=Ann&speaker=Bo"),
        *("/articles?sort=-published", "/articles?entity=Ann", "/articles?q=word", "/entities?sort=name", "/entities", "/changes"),
    ]
)
DATES = st.sampled_from([None, "2023", "2024-02", "2024-02-13", "2024-02-13T00:00:00Z"])
DRAFTS = st.lists(st.tuples(DATES, st.integers(1, 4), st.sampled_from(["Ann", "Bo"])), min_size=1, max_size=7)


@pytest.fixture(scope="module")
def opened(shared_settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(shared_settings)) as client:
        yield client


def post(client: TestClient, draft: tuple[str | None, int, str]) -> int:
    published, times, speaker = draft
    post.count += 1  # type: ignore[attr-defined]
    claim = {
        "quote": {"exact": f"{'word ' * times}and other"},
        "speakers": [{"entity": speaker}],
        "subjects": [{"entity": "Cy"}],
        "dates": [{"edtf": f"20{10 + times}"}],
    }
    body = {"text": f"{'word ' * times}and other {post.count}.", "claims": [claim], "extract": False}  # type: ignore[attr-defined]
    answer = client.post("/articles", json=body | ({"published": published} if published else {}))
    return int(answer.json()["id"])


post.count = 0  # type: ignore[attr-defined]


def everything(client: TestClient, path: str) -> list[int]:
    joined = "&" if "?" in path else "?"
    answer = client.get(f"{path}{joined}limit=200").json()
    assert answer["next"] is None
    return [item.get("seq", item["id"]) for item in answer["items"]]


@hypothesis_settings(deadline=None, max_examples=15)
@given(path=SORTS, before=DRAFTS, during=DRAFTS, limit=st.integers(1, 5), delete=st.booleans())
def test_a_walk_meets_each_row_that_stays_exactly_once(
    opened: TestClient,
    path: str,
    before: list[tuple[str | None, int, str]],
    during: list[tuple[str | None, int, str]],
    limit: int,
    delete: bool,
) -> None:
    for article in everything(opened, "/articles"):
        opened.delete(f"/articles/{article}")
    since = opened.get("/changes?limit=1").json()["latest"]
    path = f"{path}?since={since}" if path == "/changes" else path
    ids = [post(opened, draft) for draft in before]
    there = everything(opened, path)
    met: list[int] = []
    following: str | None = f"{path}{'&' if '?' in path else '?'}limit={limit}"
    writes = list(during)
    while following:
        answer = opened.get(following).json()
        met += [item.get("seq", item["id"]) for item in answer["items"]]
        following = answer["next"]
        if writes:
            post(opened, writes.pop())
        if delete and ids:
            opened.delete(f"/articles/{ids.pop()}")
    assert len(met) == len(set(met))
    stayed = set(there) & set(everything(opened, path))
    assert stayed <= set(met)


def test_pages_put_together_are_the_whole_list_in_its_order(client: TestClient, store: Store) -> None:
    for number in range(11):
        store(f"Text {number}.", published=f"2024-01-{number % 4 + 1:02}")
    whole = everything(client, "/articles")
    met, following = [], "/articles?limit=3"
    while following:
        answer = client.get(following)
        met += [item["id"] for item in answer.json()["items"]]
        following = answer.json()["next"]
        assert (answer.headers.get("link") == f'<{following}>; rel="next"') == bool(following)
    assert met == whole


def test_behind_the_ranked_ceiling_the_rest_follows_newest_first(
    client: TestClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "RANKED_CEILING", 2)
    ids = [store(f"word {number}", published=f"2024-01-{number + 1:02}")["id"] for number in range(6)]
    met, following = [], "/articles?q=word&limit=2"
    while following:
        answer = client.get(following).json()
        met += [item["id"] for item in answer["items"]]
        following = answer["next"]
    assert sorted(met) == ids
    assert met[2:] == sorted(met[2:], reverse=True)


def test_a_cursor_used_with_other_filters_is_a_400(client: TestClient, store: Store) -> None:
    for number in range(3):
        store(f"Text {number}.")
    cursor = client.get("/articles?limit=1").json()["next"].split("cursor=")[1]
    assert client.get(f"/articles?limit=2&total=none&cursor={cursor}").status_code == 200
    for other in ("sort=published", "q=text", "source=x", "published_from=2020"):
        answer = client.get(f"/articles?limit=1&{other}&cursor={cursor}")
        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/bad-cursor")


@given(st.text(alphabet="ABCDEFGHIJKLMNOPabcdefghijklmnop0123456789-_", max_size=60))
def test_a_made_up_cursor_is_a_400(opened: TestClient, cursor: str) -> None:
    assert opened.get("/claims?q=x", params={"cursor": cursor}).status_code in (400, 422)
    assert opened.get("/claims", params={"cursor": cursor}).status_code in (400, 422)


@given(st.sets(st.integers(1, 2**53 - 1), max_size=200))
def test_packed_ids_are_unpacked_as_they_were(ids: set[int]) -> None:
    assert pages._unpack(pages.pack(list(ids))) == sorted(ids)  # noqa: SLF001
