"""What becomes of an article: stored once, revised, changed, deleted, never forgotten."""

import random
from typing import Any

from fastapi.testclient import TestClient

from tests.conftest import Store

ADDRESS = "https://harbor-wire.example/2024/02/13/dam"
TEXT = "Ann Lee said the dam is safe. Nobody else spoke that day, and the gates stayed shut."
SAFE = {"quote": {"exact": "the dam is safe"}, "speakers": [{"entity": "Ann Lee", "text": "Ann Lee", "start": 0, "end": 7}]}


def post(client: TestClient, path: str = "/articles", **body: Any) -> Any:
    return client.post(path, json={"extract": False, **body})


def test_an_article_is_answered_whole_and_where_it_is_said_to_be(client: TestClient) -> None:
    answer = post(client, text=TEXT, title="Dam", url=ADDRESS, source="Harbor Wire", published="2024-02-13", claims=[SAFE])
    assert answer.status_code == 201
    again = client.get(answer.headers["location"])
    assert again.json() == answer.json()
    assert again.headers["etag"] == answer.headers["etag"]
    assert again.json()["claims"][0]["quote"] == {
        "exact": "the dam is safe",
        "start": 13,
        "end": 28,
        "prefix": "Ann Lee said ",
        "suffix": ". Nobody else spoke that day, an",
        "continued": [],
    }


def test_the_same_address_and_text_again_is_the_stored_article(client: TestClient) -> None:
    first = post(client, text=TEXT, url=ADDRESS)
    again = post(client, text=TEXT, url="http://www.harbor-wire.example/2024/02/13/dam/?utm_source=mail")
    assert (again.status_code, again.json()) == (200, first.json())


def test_addresses_longer_than_an_index_takes_are_told_apart_to_their_last_letter(client: TestClient) -> None:
    chosen = random.Random(1)  # so that nothing makes them shorter
    address = f"https://wire.example/?q={''.join(chosen.choices('абвгдежзиклмнопрстуфхцчшэюя', k=1900))}"
    first = post(client, url=f"{address}а", text=TEXT)
    other = post(client, url=f"{address}б", text=f"{TEXT} Again.")
    assert (first.status_code, other.status_code) == (201, 201)
    assert client.get("/articles/lookup", params={"url": f"{address}б"}).json()["id"] == other.json()["id"]


def test_the_same_address_with_another_text_is_a_conflict_that_names_the_stored_one(client: TestClient) -> None:
    stored = post(client, text=TEXT, url=ADDRESS).json()
    answer = post(client, text="Something else.", url=ADDRESS)
    assert answer.status_code == 409
    assert answer.json()["existing"] == f"/articles/{stored['id']}"


def test_a_text_without_an_address_is_known_by_its_source_and_words(client: TestClient) -> None:
    first = post(client, text=TEXT, source="Harbor Wire")
    assert post(client, text=TEXT, source="HARBOR WIRE").json()["id"] == first.json()["id"]
    assert post(client, text=TEXT, source="Basin Daily").status_code == 201


def test_an_external_id_is_its_sources_own(client: TestClient) -> None:
    first = post(client, text="One.", source="A", external_id="7")
    assert post(client, text="Two.", source="A", external_id="7").status_code == 409
    assert post(client, text="Two.", source="B", external_id="7").status_code == 201
    assert first.status_code == 201


def test_a_revision_is_added_on_request_and_every_text_stays_readable(client: TestClient) -> None:
    first = post(client, text=TEXT, url=ADDRESS).json()
    revised = post(client, "/articles?on_conflict=revise", text="Late. " + TEXT, url=ADDRESS)
    assert (revised.status_code, revised.json()["id"], revised.json()["revision"]) == (200, first["id"], 2)
    texts = [r["text"] for r in client.get(f"/articles/{first['id']}/revisions").json()["items"]]
    assert texts == ["Late. " + TEXT, TEXT]
    assert client.get(f"/articles/{first['id']}/revisions/1").json()["text"] == TEXT


def test_a_revision_brings_its_headline_and_date_along_and_leaves_the_rest(client: TestClient) -> None:
    post(client, text=TEXT, url=ADDRESS, title="Dam", source="Wire", published="2024-02-13", claims=[SAFE])
    sent = {"text": "Late. " + TEXT, "url": ADDRESS + "?utm_source=x", "title": "Dam Breaks", "published": "2024-02-14"}
    revised = post(client, "/articles?on_conflict=revise", **sent).json()
    shown = [revised[field] for field in ("url", "title", "source", "published")]
    assert shown == [ADDRESS, "Dam Breaks", "Wire", "2024-02-14"]
    assert client.get("/claims?speaker=Ann Lee&published_from=2024-02-14").json()["total"]["value"] == 1
    assert [client.get(f"/articles?q={word}").json()["total"]["value"] for word in ("breaks", "late", "dam")] == [1, 1, 1]


def test_a_claim_moves_with_its_words_and_keeps_its_number(client: TestClient) -> None:
    article = post(client, text=TEXT, claims=[SAFE]).json()
    changed = client.patch(f"/articles/{article['id']}", json={"text": "Late. " + TEXT, "extract": False}).json()
    (claim,) = changed["claims"]
    assert (claim["id"], claim["anchor"], claim["revision"]) == (article["claims"][0]["id"], "moved", 2)
    assert changed["text"][claim["quote"]["start"] : claim["quote"]["end"]] == claim["quote"]["exact"]
    assert changed["text"][claim["speaker"]["start"] : claim["speaker"]["end"]] == "Ann Lee"


def test_a_claim_whose_words_are_gone_or_doubled_stays_on_its_revision_as_orphaned(client: TestClient) -> None:
    for text in ("Ann Lee said nothing.", f"{TEXT} {TEXT}"):
        article = post(client, text=TEXT, source=text, claims=[SAFE]).json()
        (claim,) = client.patch(f"/articles/{article['id']}", json={"text": text, "extract": False}).json()["claims"]
        assert (claim["anchor"], claim["revision"], claim["quote"]["exact"]) == ("orphaned", 1, "the dam is safe")


def test_a_text_of_thousands_of_claims_is_refused_and_can_be_stored_without_them(client: TestClient) -> None:
    text = "Ann Lee said that it rained. " * 1100
    answer = post(client, text=text, extract=True)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/text")
    assert "1100 claims" in answer.json()["detail"]
    assert post(client, text=text).status_code == 201


def test_the_same_text_again_is_no_new_revision(client: TestClient, store: Store) -> None:
    article = store(TEXT)
    assert client.patch(f"/articles/{article['id']}", json={"text": TEXT}).json()["revision"] == 1


def test_a_patch_changes_what_it_holds_and_nothing_else(client: TestClient, store: Store) -> None:
    article = store(TEXT, title="Dam", source="Harbor Wire", published="2024-02-13", authors=["A", "B"], claims=[SAFE])
    changed = client.patch(f"/articles/{article['id']}", json={"published": "2023-12", "title": None}).json()
    differs = {key for key in article if article[key] != changed[key]}
    assert differs == {"published", "title", "changed_at", "claims"}
    assert client.get("/claims?published_from=2023-12&published_to=2023-12").json()["total"]["value"] == 1


def test_a_patch_that_changes_nothing_is_no_change(client: TestClient, store: Store) -> None:
    article = store(TEXT, claims=[SAFE])
    latest = client.get("/changes").json()["latest"]
    entity = article["claims"][0]["speaker"]["entity"]["id"]
    for path, patch in (
        (f"/articles/{article['id']}", {"text": TEXT}),
        ("/articles/1", {}),
        ("/claims/1", {}),
        (f"/entities/{entity}", {}),
    ):
        assert client.patch(path, json=patch).status_code == 200
    assert client.get("/changes").json()["latest"] == latest
    assert client.get(f"/articles/{article['id']}").json() == article


def test_a_change_under_a_stale_etag_is_refused_and_changes_nothing(client: TestClient, store: Store) -> None:
    path = f"/articles/{store(TEXT)['id']}"
    etag = client.get(path).headers["etag"]
    assert client.patch(path, json={"title": "One"}, headers={"If-Match": etag}).status_code == 200
    for answer in (
        client.patch(path, json={"title": "Two"}, headers={"If-Match": etag}),
        client.delete(path, headers={"If-Match": etag}),
    ):
        assert answer.status_code == 412
    assert client.get(path).json()["title"] == "One"


def test_the_state_at_hand_is_answered_with_304_and_no_body(client: TestClient, store: Store) -> None:
    path = f"/articles/{store(TEXT)['id']}"
    etag = client.get(path).headers["etag"]
    answer = client.get(path, headers={"If-None-Match": f'"other", W/{etag}'})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)


def test_a_deleted_article_is_gone_from_every_door_but_the_log(client: TestClient, store: Store) -> None:
    article = store(TEXT, url=ADDRESS, claims=[SAFE])
    claim_id = article["claims"][0]["id"]
    assert client.delete(f"/articles/{article['id']}").status_code == 204
    assert client.get(f"/articles/{article['id']}").status_code == 404
    assert client.get(f"/claims/{claim_id}").status_code == 404
    assert client.get("/articles/lookup", params={"url": ADDRESS}).status_code == 404
    for path in ("/articles", "/articles?q=dam", "/claims", "/claims?speaker=Ann Lee", "/articles?entity=Ann Lee"):
        assert client.get(path).json()["items"] == []
    tombstones = [(c["kind"], c["id"]) for c in client.get("/changes").json()["items"] if c["action"] == "deleted"]
    assert tombstones == [("claim", claim_id), ("article", article["id"])]


def test_the_address_of_a_deleted_article_is_free_and_its_id_never_comes_again(client: TestClient, store: Store) -> None:
    first = store(TEXT, url=ADDRESS)
    client.delete(f"/articles/{first['id']}")
    assert store(TEXT, url=ADDRESS)["id"] > first["id"]


def test_an_article_is_found_by_an_address_it_once_had(client: TestClient, store: Store) -> None:
    article = store(TEXT, url=ADDRESS)
    client.patch(f"/articles/{article['id']}", json={"url": "https://harbor-wire.example/new"})
    for url in (ADDRESS + "?utm_medium=x", "https://harbor-wire.example/new"):
        assert client.get("/articles/lookup", params={"url": url}).json()["id"] == article["id"]


def test_an_address_of_another_article_cannot_be_taken(client: TestClient, store: Store) -> None:
    store("One.", url=ADDRESS)
    other = store("Two.")
    answer = client.patch(f"/articles/{other['id']}", json={"url": ADDRESS})
    assert answer.status_code == 409
    assert client.get(f"/articles/{other['id']}").json()["url"] is None


def test_an_instant_is_answered_in_utc_and_a_day_stays_a_day(store: Store) -> None:
    assert store("One.", published="2024-02-13T09:00:00+02:00")["published"] == "2024-02-13T07:00:00Z"
    assert store("Two.", published="2024-02-13")["published"] == "2024-02-13"


def test_changes_rise_strictly_and_go_on_where_they_were_left(client: TestClient, store: Store) -> None:
    store(TEXT, claims=[SAFE])
    first = client.get("/changes?limit=2").json()
    rest = client.get("/changes", params={"since": first["items"][-1]["seq"]}).json()
    sequence = [c["seq"] for c in first["items"] + rest["items"]]
    assert sequence == sorted(set(sequence))
    assert sequence[-1] == rest["latest"]
    assert {c["kind"] for c in first["items"] + rest["items"]} == {"article", "claim", "entity"}
