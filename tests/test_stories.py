"""Laws of stories: whatever is stored, changed and said in whatever order, they follow from the articles."""

import tempfile
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path
from random import Random
from typing import Any

from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app import copies, edit, ingest
from app.errors import NotFound, Unusable
from app.main import open_archive
from app.models.articles import ArticlePatch
from app.models.claims import ClaimPatch
from app.models.copies import CopyDraft
from app.models.documents import ArticleDraft
from app.settings import Settings
from app.store import schema
from app.store.database import Database
from tests.archives import Archives
from tests.test_consistency import EXTRACTORS, Archive, anything
from tests.test_copies import WIRE, as_printed, claims_in, prose, told

TEXTS = [*(as_printed(number) for number in range(6)), told("the dam is safe", seed=9), " ".join(prose(11)), "Too short."]
LAWS = settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), phases=(Phase.generate,))


def stored(archives: Archives, drafts: list[tuple[int, int]]) -> dict[int, frozenset[int]]:
    """The stories by what was stored: (which text, which day), each in a transaction of its own."""
    with (
        tempfile.TemporaryDirectory() as folder,
        archives.empty(Path(folder) / "test.db") as url,
        closing(Database(url)) as database,
    ):
        number = {}
        for text, day in drafts:
            draft = ArticleDraft(text=TEXTS[text], published=f"2024-02-{day + 1:02}", source=f"Outlet {day}", extract=False)
            number[ingest.store_article(database, draft, EXTRACTORS, "test").article["id"]] = day
        with database.reading() as session:
            found = session.connection().exec_driver_sql("SELECT story_id, article_id FROM article_story").fetchall()
    stories: dict[int, set[int]] = {}
    for story, article in found:
        stories.setdefault(number[story], set()).add(number[article])
    return {first: frozenset(days) for first, days in stories.items()}


@LAWS
@given(texts=st.lists(st.integers(0, len(TEXTS) - 1), min_size=2, max_size=7), random=st.randoms(use_true_random=False))
def test_stories_are_the_same_in_whatever_order_articles_of_different_days_are_stored(
    archives: Archives, texts: list[int], random: Random
) -> None:
    drafts = [(text, day) for day, text in enumerate(texts)]
    in_order = stored(archives, drafts)
    random.shuffle(drafts)
    assert stored(archives, drafts) == in_order
    assert all(first == min(days) for first, days in in_order.items())


WHICH = st.integers(0, 6)
STEPS = st.one_of(
    st.tuples(st.just("create"), st.integers(0, len(TEXTS) - 1), st.sampled_from([None, "2024-02-01", "2024-02-02", "2024-02-03"])),
    st.tuples(st.just("rewrite"), WHICH, st.integers(0, len(TEXTS) - 1)),
    st.tuples(st.just("date"), WHICH, st.sampled_from([None, "2024-01-01", "2024-03-01"])),
    st.tuples(st.just("delete"), WHICH, st.none()),
    st.tuples(st.just("join"), WHICH, WHICH),
    st.tuples(st.just("part"), WHICH, WHICH),
    st.tuples(st.just("judge"), WHICH, st.sampled_from(["rejected", "confirmed"])),
)


class Stories(Archive):
    """An archive of few texts, in which people judge."""

    def do(self, name: str, which: Any, more: Any) -> None:
        if name == "create":
            self.created += 1
            text = TEXTS[which]
            draft = ArticleDraft(
                text=text,
                published=more,
                extract=False,
                url=f"https://news.example/{self.created}",
                claims=claims_in(text),  # type: ignore[arg-type]
            )
            ingest.store_article(self.database, draft, EXTRACTORS, "test")
        elif name == "judge":
            for claim in self.one_claim(which):
                edit.change_claim(self.database, claim, ClaimPatch(status=more), "test", anything)
        for article, *_ in [] if name in ("create", "judge") else self.one_article(which):
            if name == "rewrite":
                patch = ArticlePatch(text=TEXTS[more], extract=False)
                edit.change_article(self.database, article, patch, EXTRACTORS, "test", anything)
            elif name == "date":
                edit.change_article(self.database, article, ArticlePatch(published=more), EXTRACTORS, "test", anything)
            elif name == "delete":
                edit.delete_article(self.database, article, "test", anything)
            for other, *_ in self.one_article(more) if name in ("join", "part") else []:
                if name == "join":
                    copies.join(self.database, article, CopyDraft(article=other), "test")
                else:
                    copies.part(self.database, article, other, "test")

    def every_story_has_several_live_articles_and_the_earliest_is_its_first(self) -> None:
        places = self.rows(
            "SELECT s.story_id, a.published IS NULL, a.earliest, a.id, a.withdrawn_at"
            " FROM article_story s JOIN article a ON a.id = s.article_id"
        )
        assert all(withdrawn is None for *_, withdrawn in places)
        assert all(count > 1 for count in Counter(story for story, *_ in places).values())
        first = {story: min(order for of, *order, _ in places if of == story)[-1] for story, *_ in places}
        assert all(story == article for story, article in first.items())

    def nobody_is_in_one_story_with_an_article_it_was_parted_from(self) -> None:
        assert not self.rows(
            "SELECT * FROM copy_judgement j JOIN article_story a ON a.article_id = j.article_a"
            " JOIN article_story b ON b.article_id = j.article_b AND a.story_id = b.story_id WHERE j.verdict = 'different'"
        )

    def a_reprint_repeats_a_claim_of_the_earliest_article_of_its_story_that_makes_it(self) -> None:
        claims = self.rows(
            "SELECT s.story_id, c.exact, a.published IS NULL, a.earliest, a.id, c.start, c.id FROM claim c"
            " JOIN article a ON a.id = c.article_id JOIN article_story s ON s.article_id = a.id"
            " WHERE c.withdrawn_at IS NULL AND c.status <> 'rejected' ORDER BY 3, 4, 5, 6, 7"
        )
        first: dict[Any, tuple[int, int]] = {}
        wanted = set()
        for story, exact, _, _, article, _, claim in claims:
            of, firsts = first.setdefault((story, exact), (article, claim))
            wanted |= {(claim, firsts)} if of != article else set()
        assert set(self.rows("SELECT claim_id, first_id FROM claim_reprint")) == wanted

    def what_copies_first_leaves_out_stands_in_the_index(self) -> None:
        later = "SELECT a.time_key, '·y' FROM article_story s JOIN article a ON a.id = s.article_id WHERE s.story_id <> a.id"
        reprints = "SELECT c.time_key, '·y' FROM claim_reprint r JOIN claim c ON c.id = r.claim_id"
        assert self.tags("article", "y") == set(self.rows(later))
        assert self.tags("claim", "y") == set(self.rows(reprints))

    def every_live_text_is_found_by_its_keys(self) -> None:
        live = self.rows("SELECT id, revision, earliest FROM article WHERE withdrawn_at IS NULL ORDER BY id")
        assert live == self.rows("SELECT article_id, revision, earliest FROM article_signature ORDER BY article_id")
        assert not self.rows("SELECT * FROM copy_key WHERE article_id NOT IN (SELECT article_id FROM article_signature)")


@LAWS
@given(steps=st.lists(STEPS, min_size=15, max_size=25))
def test_stories_reprints_and_what_the_index_says_of_them_follow_from_the_rows(archives: Archives, steps: list[Any]) -> None:
    with closing(Stories(archives)) as archive:
        for step in steps:
            with suppress(NotFound, Unusable):  # no copies to be parted; stories that hold a parted pair
                archive.do(*step)
            archive.every_story_has_several_live_articles_and_the_earliest_is_its_first()
            archive.nobody_is_in_one_story_with_an_article_it_was_parted_from()
            archive.a_reprint_repeats_a_claim_of_the_earliest_article_of_its_story_that_makes_it()
            archive.what_copies_first_leaves_out_stands_in_the_index()
            archive.every_live_text_is_found_by_its_keys()
            archive.the_full_text_holds_every_word_of_what_is_live_at_its_place_and_no_other()


def test_copies_that_an_older_program_stored_are_found_when_the_archive_is_opened(client: TestClient, settings: Settings) -> None:
    for number in range(3):
        body = {"text": as_printed(number), "published": f"2024-02-0{number + 1}", "claims": claims_in(as_printed(number))}
        assert client.post("/articles", json={**body, "source": f"Outlet {number}", "extract": False}).status_code == 201
    database = open_archive(settings)
    schema.downgrade(database, "0004")
    with closing(open_archive(settings)) as again, again.reading() as session:
        rows = session.connection().exec_driver_sql("SELECT article_id, story_id FROM article_story ORDER BY 1").fetchall()
        waiting = session.connection().exec_driver_sql("SELECT count(*) FROM unsigned_article").scalar_one()
    assert ([tuple(row) for row in rows], waiting) == ([(1, 1), (2, 1), (3, 1)], 0)
    assert [item["id"] for item in client.get("/articles?copies=first&q=lee").json()["items"]] == [1]
    database.close()


def test_the_texts_of_these_tests_are_what_they_are_taken_for() -> None:
    assert TEXTS[0] == WIRE
    assert len({len(claims_in(text)) for text in TEXTS[:6]}) > 1
