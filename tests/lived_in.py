"""An archive in which people have worked, made through the service, and everything that stands in it."""

import json
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from fastapi.testclient import TestClient
from sqlmodel import SQLModel, select

from app.extract import find
from app.models.feeds import FeedEntryRow
from app.readers import Extractors
from tests.archives import full_text, given_numbers, plain, rows, tables
from tests.scripted import Scripted

TEXT = (
    "Ann Lee said the dam is safe. Bo Day warned that it may rain in Kelvar on 3 May 2024."
    " “We will stay,” Cy Orr told reporters on Monday, “until the bridge was mended in 2025.”"
)
LATER = Scripted("later/1", {"the dam is safe": "Ann Lee"}, DEFERRED=True)
QUESTIONS = (
    "/articles?limit=200",
    "/articles?q=dam&sort=relevance",
    "/articles?author=Dee&source=Wire",
    "/articles?published_from=2024-02&published_to=2024-02-13",
    "/articles/lookup?url=https://wire.example/1",
    "/articles/1",
    "/articles/1/revisions",
    "/articles/2",
    "/claims?limit=200",
    "/claims?limit=200&status=rejected&status=confirmed",
    "/claims?speaker=Ann%20Lee&sort=about",
    "/claims?entity=Bo%20Day&q=rai*",
    "/claims?about_from=2017-12&about_to=2017-12&about_match=within",
    "/claims?recorded_from=2020&sort=-recorded",
    "/claims/timeline?speaker=al-Sudani",
    "/articles/timeline?q=iraq",
    "/entities?limit=200",
    "/entities/suggest?q=al",
    "/articles?copies=first",
    "/claims?copies=first&entity=Ann%20Lee",
    "/articles/1/copies",
    "/entities?q=Bo",
    "/feeds",
    "/feeds/1/entries",
    "/changes?limit=200",
    "/changes?since=20&kind=claim",
)


def fill(client: TestClient) -> None:
    """Sample news, and articles that were changed, corrected, judged, deleted, or wait for a reader that takes long."""
    installed = {"rules": find("rules"), "later": LATER}
    client.app.state.extractors = Extractors("rules", installed.__getitem__)  # type: ignore[attr-defined]
    for number in range(1, 6):
        post(client, number, extract="later" if number == 4 else "rules")
    for draft in json.loads(files("app.samples").joinpath("news.json").read_text("utf-8"))[:6]:
        sent = [{"quote": {"exact": draft["text"][:30]}, "speakers": [{"entity": "al-Sudani"}], "dates": [{"edtf": "2017-12"}]}]
        _done(client.post("/articles", json={**draft, "extract": False, "claims": sent}))
    first, second, *_ = client.get("/articles/1").json()["claims"]
    _done(client.patch(f"/claims/{first['id']}", json={"status": "confirmed", "speakers": [{"entity": "Ada", "type": "person"}]}))
    _done(client.patch(f"/claims/{second['id']}", json={"status": "rejected"}))
    _done(client.patch("/articles/1", json={"text": f"Late. {TEXT.replace('the dam is safe', 'nobody knows')}", "extract": False}))
    _done(client.patch("/articles/2", json={"published": "2023-12", "title": None, "authors": ["Dee", "Élodie"]}))
    gone = client.get("/articles/3").json()["claims"][0]["id"]
    _done(client.delete(f"/claims/{gone}"))
    _done(client.delete("/articles/5"))
    speaker = client.get("/entities?q=Ann").json()["items"][0]["id"]
    _done(client.patch(f"/entities/{speaker}", json={"aliases": ["Lee", "A. Lee"], "wikidata_id": "Q1", "description": "“Ann”"}))
    other = client.post("/entities", json={"name": "Bo Daye", "type": "person"}).json()["id"]
    into = client.get("/entities?q=Bo Day").json()["items"][0]["id"]
    _done(client.post(f"/entities/{other}/merge", json={"into": into}))
    print_again(client)
    follow(client)


def print_again(client: TestClient) -> None:
    """A dispatch that three outlets carry, one of them by what a person says."""
    told = " ".join(f"The {word} of Kelvar was counted again and found to be whole." for word in ("dam", "bridge", "mill", "wall"))
    said = {"quote": {"exact": "was counted again"}, "speakers": [{"entity": "Ann Lee"}]}
    sent: list[int] = []
    for number, text in enumerate((f"{told} Ann Lee was there.", f"{told} Nobody else was there.", "It is whole, it was said.")):
        told_of = {"title": f"Counted, {number}", "published": f"2024-03-0{number + 1}", "extract": False}
        claims = [{**said, "quote": {**said["quote"], "start": 18, "end": 35}}] if number < 2 else []
        answer = client.post("/articles", json={"text": text, "claims": claims, **told_of})
        _done(answer)
        sent.append(answer.json()["id"])
    _done(client.post(f"/articles/{sent[0]}/copies", json={"article": sent[2]}))


def follow(client: TestClient) -> None:
    """A feed of which one entry was read and one waits."""
    _done(client.post("/feeds", json={"url": "https://wire.example/feed", "source": "Wire"}))
    now = datetime.now(UTC)
    with client.app.state.database.transaction() as session:  # type: ignore[attr-defined]
        for number, state, article, due in ((1, "stored", 1, None), (2, "waiting", None, now)):
            url = f"https://wire.example/{number}"
            entry = FeedEntryRow(feed_id=1, key=f"{number}", url=url, state=state, article_id=article, due_at=due, recorded_at=now)
            session.add(entry)


def post(client: TestClient, number: int, **fields: Any) -> None:
    told = {"url": f"https://wire.example/{number}", "source": "Wire", "authors": ["Dee"], "published": "2024-02-13"}
    text = TEXT if number < 4 else f"{TEXT} Number {number}."
    _done(client.post("/articles", json={"text": text, "title": f"The dam, {number}", **told, **fields}))


def _done(answer: Any) -> None:
    assert answer.status_code < 300, answer.text


def answers(client: TestClient) -> dict[str, Any]:
    return {path: client.get(path).json() for path in QUESTIONS}


def everything(url: str) -> dict[str, list[Any]]:
    """Every row of every table, of the search the words and where they stand: the same of the same archive, on whatever database.

    How frequent a word is, for the beginnings of words, is counted anew when an archive moves: deleted texts no longer count.
    """
    with plain(url) as connection:
        told: dict[str, list[Any]] = {"numbers": sorted(given_numbers(connection).items())}
        for name in tables(connection):
            if name in SQLModel.metadata.tables:  # in Python's types, whatever the database keeps them as
                found = [tuple(row) for row in connection.execute(select(SQLModel.metadata.tables[name]))]
            elif name not in ("sqlite_sequence", "given_number"):
                found = rows(connection, f'SELECT * FROM "{name}"')
            else:
                continue
            told[name] = sorted(found, key=repr)
        return {**told, **{f"{kind}_fts": full_text(connection, kind) for kind in ("article", "claim")}}
