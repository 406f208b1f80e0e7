"""The diff of two revisions: putting the hunks in makes one text of the other, and each place holds its words."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from app import diff
from tests.conftest import Store

WORD = st.sampled_from(["rain", "wheat", "the", "dam", "said.", "“well,”", "naïve", "𝄞", "日本語", "\n", "\n\n", "!", " ", "हिन्दी"])
TEXT = st.one_of(st.lists(WORD, max_size=40).map(" ".join), st.text(max_size=60))
OLD = "The dam is safe, Ann Lee said on Monday. Farmers in Iraq are worried.\n\nThe gates held in 2017, as the engineers had hoped."
NEW = "The old dam is safe, Ann Lee said on Tuesday. Farmers are worried.\n\nThe gates held in 2017, as the engineers had hoped."


def put_in(changes: list[diff.Change], old: str, new: str) -> str:
    made, at = "", 0
    for change in changes:
        made += old[at : change.start] + new[change.new_start : change.new_end]
        at = change.end
    return made + old[at:]


@settings(deadline=None)
@given(old=TEXT, new=TEXT, looks=st.sampled_from([0, 30, 10**6]))
def test_with_the_changes_put_in_one_text_is_the_other(old: str, new: str, looks: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(diff, "MOST_LOOKS", looks)
        changes, _ = diff.changes(old, new)
    assert put_in(changes, old, new) == new
    ends = [(change.end, change.new_end) for change in changes]
    begins = [(change.start, change.new_start) for change in changes]
    for (end, new_end), (start, new_start) in zip([(0, 0), *ends], [*begins, (len(old), len(new))], strict=True):
        assert old[end:start] == new[new_end:new_start]


@given(text=TEXT)
def test_a_text_has_no_difference_from_itself(text: str) -> None:
    assert diff.changes(text, text) == ([], True)


def test_a_changed_word_is_a_change_of_that_word() -> None:
    changes, is_complete = diff.changes(OLD, NEW)
    assert [(OLD[c.start : c.end], NEW[c.new_start : c.new_end]) for c in changes] == [
        ("", "old "),
        ("Monday", "Tuesday"),
        (" in Iraq", ""),
    ]
    assert is_complete


def test_what_takes_too_long_is_one_change_and_the_answer_says_so() -> None:
    old, new = "a b " * 20_000, "b a a " * 20_000 + "!"
    changes, is_complete = diff.changes(old, new)
    assert (put_in(changes, old, new), is_complete) == (new, False)


@pytest.fixture
def revised(client: TestClient, store: Store) -> None:
    claims = [{"quote": {"exact": "as the engineers had hoped"}}, {"quote": {"exact": "Farmers in Iraq are worried"}}]
    store(OLD, claims=claims, url="https://a.example/1")
    client.patch("/articles/1", json={"text": NEW, "extract": False})
    client.patch("/articles/1", json={"text": NEW + " Late.", "extract": False})


def hunks(answer: Any) -> list[tuple[str, str, str]]:
    return [(hunk["kind"], hunk["from"]["text"], hunk["to"]["text"]) for hunk in answer.json()["hunks"]]


@pytest.mark.usefixtures("revised")
def test_without_revisions_it_is_the_one_before_the_current_one_and_the_current_one(client: TestClient) -> None:
    answer = client.get("/articles/1/diff")
    assert (answer.json()["from"], answer.json()["to"], hunks(answer)) == (2, 3, [("insert", "", " Late.")])


@pytest.mark.usefixtures("revised")
def test_places_are_those_of_either_revision_and_claims_left_behind_are_named(client: TestClient) -> None:
    answer = client.get("/articles/1/diff?from=1&to=2").json()
    assert [(h["kind"], OLD[slice(h["from"]["start"], h["from"]["end"])]) for h in answer["hunks"]] == [
        ("insert", ""),
        ("replace", "Monday"),
        ("delete", " in Iraq"),
    ]
    assert [NEW[slice(h["to"]["start"], h["to"]["end"])] for h in answer["hunks"]] == ["old ", "Tuesday", ""]
    assert answer["orphaned"] == [2]
    assert client.get("/articles/1/diff?from=2&to=3").json()["orphaned"] == []


@pytest.mark.usefixtures("revised")
def test_it_can_be_asked_backwards(client: TestClient) -> None:
    assert hunks(client.get("/articles/1/diff?from=3&to=2")) == [("delete", " Late.", "")]


@pytest.mark.usefixtures("revised")
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/articles/9/diff", 404),
        ("/articles/1/diff?to=4", 404),
        ("/articles/1/diff?to=9007199254740991", 404),
        ("/articles/1/diff?from=0", 422),
        ("/articles/1/diff?from=x", 422),
        ("/articles/1/diff?begin=1", 422),
    ],
)
def test_what_is_not_there_or_no_number_is_said(client: TestClient, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_an_article_with_one_text_differs_in_nothing(client: TestClient, store: Store) -> None:
    store("Nothing.")
    answer = client.get("/articles/1/diff").json()
    assert (answer["from"], answer["to"], answer["hunks"]) == (1, 1, [])
