"""New text for an old article, by section 5 of the contract: a claim goes along exactly when its words stand there just once."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import edit, ingest
from app.models.articles import ArticlePatch
from app.models.documents import ArticleDraft
from app.settings import Settings
from app.store import article_reading, claims
from app.store.database import Database
from tests.conftest import Store
from tests.scripted import Scripted, installed

NONE = installed(Scripted("none/1"))
# Of few letters, so that words stand in many places and overlap themselves.
TEXTS = st.text("ab.", min_size=4, max_size=16)
SPANS = st.lists(st.tuples(st.integers(0, 12), st.integers(1, 4), st.integers(0, 4), st.integers(0, 3)), min_size=1, max_size=4)
EDIT = st.one_of(
    TEXTS.map(lambda more: lambda text: more + text),
    TEXTS.map(lambda more: lambda text: text + more),
    st.integers(0, 12).map(lambda at: lambda text: text[:at] + text[at + 1 :] or "."),
    st.integers(0, 12).map(lambda at: lambda text: text[:at] + "ab" + text[at:]),
    st.just(lambda text: text + text),
    TEXTS.map(lambda other: lambda _: other),
    st.just(None),  # the text before the last one again
)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    with closing(Database(settings.database_url, synchronous="NORMAL")) as opened:
        yield opened


def sent(text: str, spans: list[tuple[int, int, int, int]]) -> list[dict[str, Any]]:
    """Claims on the words at these places: start, length, and the gap before and the length of what continues them."""
    found = []
    for start, length, gap, further in spans:
        end = min(start + length, len(text))
        if start < end:
            quote: dict[str, Any] = {"exact": text[start:end], "start": start, "end": end}
            if further and text[end + gap : end + gap + further]:
                place = (end + gap, min(end + gap + further, len(text)))
                quote["continued"] = [{"exact": text[slice(*place)], "start": place[0], "end": place[1]}]
            found.append({"quote": quote})
    return found


def expected(claim: dict[str, Any], text: str) -> int | None:
    """Where its first words stand in the text, looked for at every place; None when it must stay where it is."""
    quote = claim["quote"]
    wanted = quote["prefix"] + quote["exact"] + quote["suffix"]
    places = [at + len(quote["prefix"]) for at in range(len(text)) if text.startswith(wanted, at)]
    if len(places) != 1:
        return None
    step = places[0] - quote["start"]
    goes_on = all(text[part["start"] + step : part["end"] + step] == part["exact"] for part in quote["continued"])
    return places[0] if goes_on else None


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(first=TEXTS, spans=SPANS, edits=st.lists(st.tuples(EDIT, st.booleans()), min_size=1, max_size=4))
def test_a_claim_stands_in_the_newest_text_exactly_when_its_words_in_their_context_stand_there_once(
    database: Database, first: str, spans: Any, edits: list[Any]
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(claims, "CONTEXT", 2)  # characters
        with database.reading() as session:
            url = f"https://a.example/{session.connection().exec_driver_sql('SELECT count(*) FROM article').scalar_one()}"
        draft = {"text": first, "url": url, "extract": False}
        article = ingest.store_article(
            database, ArticleDraft.model_validate({**draft, "claims": sent(first, spans)}), NONE, "test"
        ).article
        texts = [first]
        for change, sends_again in edits:
            text = texts[max(0, len(texts) - 2)] if change is None else change(texts[-1])
            if text == texts[-1] or not text.strip():
                continue
            texts.append(text)
            before = {claim["id"]: claim for claim in article["claims"]}
            if sends_again:
                again = ArticleDraft.model_validate({**draft, "text": text})
                article = ingest.store_article(database, again, NONE, "test", revise=True).article
            else:
                patch = ArticlePatch(text=text, extract=False)
                article = edit.change_article(database, article["id"], patch, NONE, "test", lambda _: None)
            assert article["revision"] == len(texts)
            for claim in article["claims"]:
                was = before.pop(claim["id"])
                place = expected(was, text)
                if place is None:
                    assert claim["anchor"] == "orphaned"
                    assert (claim["revision"], claim["quote"]) == (was["revision"], was["quote"])
                else:
                    assert claim["anchor"] == ("exact" if place == was["quote"]["start"] else "moved")
                    assert (claim["revision"], claim["quote"]["start"]) == (article["revision"], place)
                for part in (claim["quote"], *claim["quote"]["continued"]):
                    assert texts[claim["revision"] - 1][part["start"] : part["end"]] == part["exact"]
            assert before == {}
        with database.reading() as session:
            assert article_reading.get(session, article["id"])["text"] == texts[-1]


def test_a_claim_comes_back_with_a_later_text_in_which_it_stands_again(client: TestClient, store: Store) -> None:
    text = "Ann Lee said that the dam is safe."
    store(text, claims=[{"quote": {"exact": "the dam is safe"}, "cue": {"exact": "said", "start": 8, "end": 12}}])
    seen = []
    for other in ("All is well.", f"Correction: {text}"):
        (claim,) = client.patch("/articles/1", json={"text": other, "extract": False}).json()["claims"]
        seen.append((claim["anchor"], claim["revision"], claim["quote"]["start"], claim["cue"]["start"]))
    assert seen == [("orphaned", 1, 18, 8), ("moved", 3, 30, 20)]
    assert client.get("/articles/1").json()["text"][20:24] == "said"


def test_words_that_only_look_alike_are_not_the_claims_words(client: TestClient, store: Store) -> None:
    """Another apostrophe, another case, a space more: no claim points at words that are not its own."""
    for number, text in enumerate(("It’s safe, he said.", "it's safe, he said.", "It's  safe, he said.", "It's safe; he said.")):
        article = store("It's safe, he said.", source=f"{number}", claims=[{"quote": {"exact": "It's safe"}}])
        (claim,) = client.patch(f"/articles/{article['id']}", json={"text": text, "extract": False}).json()["claims"]
        assert (claim["anchor"], claim["quote"]["exact"]) == ("orphaned", "It's safe")
