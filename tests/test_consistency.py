"""Whatever is done to an archive, in whatever order: what is kept twice for speed says the same as what it was made from."""

import shutil
import sqlite3
import tempfile
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule, run_state_machine_as_test

from app import edit, ingest
from app.extract import find
from app.folding import words
from app.models.articles import ArticlePatch
from app.models.claims import ClaimDraft, ClaimPatch
from app.models.documents import ArticleDraft
from app.store.database import Database

SENTENCES = st.sampled_from(
    [
        "BAGHDAD (Wire) – Mary Smith said on Monday that it would rain in Baghdad.",
        "“We will not leave Iraq,” Peter Brown told reporters in Berlin.",
        "According to Mary Smith, the bridge was closed in March 2021.",
        "Peter Brown denied that the bridge had been closed.",
        "A senior official in Iraq said that the talks may fail.",
        "Nothing is said here.",
    ]
)
TEXTS = st.lists(SENTENCES, min_size=1, max_size=4).map(" ".join)
NAMES = st.sampled_from(["Mary Smith", "Peter Brown", "Iraq", "Ada"])
DAYS = st.sampled_from([None, "2024", "2024-02-13", "2024-02-13T09:00:00+02:00"])
SPEAKERS = st.lists(st.fixed_dictionaries({"entity": NAMES, "type": st.just("person")}), max_size=2)
DATES = st.lists(st.fixed_dictionaries({"edtf": st.sampled_from(["2021-03", "2019/2020", "../1999"])}), max_size=2)
METADATA = {
    "published": DAYS,
    "title": st.sampled_from([None, "Rain in Iraq", "The bridge, closed"]),
    "source": st.sampled_from([None, "Wire", "Dispatches"]),
}
EXTRACTOR = find("rules")


def anything(_current: Any) -> None:
    """Whatever the state is, the change may be made."""


class Archive(RuleBasedStateMachine):
    """One archive in a file of its own, changed by the program's verbs in an order that Hypothesis chooses."""

    template: Path
    articles = Bundle("articles")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.file = Path(self.folder.name) / "archive.db"
        shutil.copy(self.template, self.file)
        self.database = Database(f"sqlite:///{self.file}")
        self.created = 0

    def teardown(self) -> None:
        self.database.close()
        self.folder.cleanup()

    @rule(target=articles, text=TEXTS, extract=st.booleans(), more=st.fixed_dictionaries({}, optional=METADATA))
    def create(self, text: str, extract: bool, more: dict[str, Any]) -> Any:
        self.created += 1
        draft = ArticleDraft(text=text, extract=extract, url=f"https://news.example/{self.created}", **more)
        return ingest.store_article(self.database, draft, EXTRACTOR, "test").article.id

    @rule(
        article=articles,
        patch=st.fixed_dictionaries({"extract": st.booleans()}, optional={**METADATA, "text": TEXTS}),
    )
    def change_article(self, article: int, patch: dict[str, Any]) -> None:
        edit.change_article(self.database, article, ArticlePatch(**patch), EXTRACTOR, "test", anything)

    @rule(article=articles, text=TEXTS)
    def send_again_with_another_text(self, article: int, text: str) -> None:
        [(url,)] = self.rows(f"SELECT url FROM article WHERE id = {article}")
        ingest.store_article(self.database, ArticleDraft(text=text, url=url), EXTRACTOR, "test", revise=True)

    @rule(article=consumes(articles))
    def delete_article(self, article: int) -> None:
        edit.delete_article(self.database, article, "test", anything)

    @rule(article=articles, speakers=SPEAKERS, subjects=SPEAKERS, dates=DATES, length=st.integers(1, 60))
    def add_claim(self, article: int, speakers: Any, subjects: Any, dates: Any, length: int) -> None:
        [(text,)] = self.rows(
            "SELECT text FROM article_revision r JOIN article a ON a.id = r.article_id AND a.revision = r.number"
            f" WHERE a.id = {article}"
        )
        quote = {"exact": text[:length], "start": 0, "end": len(text[:length])}
        draft = {"quote": quote, "speakers": speakers, "subjects": subjects, "dates": dates}
        edit.add_claim(self.database, article, ClaimDraft.model_validate(draft), "test")

    @rule(
        which=st.integers(0, 1000),
        patch=st.fixed_dictionaries(
            {},
            optional={
                "status": st.sampled_from(["confirmed", "rejected"]),
                "speakers": SPEAKERS,
                "subjects": SPEAKERS,
                "dates": DATES,
                "said": st.sampled_from([None, "2024-02-12"]),
            },
        ),
    )
    def change_claim(self, which: int, patch: dict[str, Any]) -> None:
        for claim in self.one_claim(which):
            edit.change_claim(self.database, claim, ClaimPatch.model_validate(patch), "test", anything)

    @rule(which=st.integers(0, 1000))
    def delete_claim(self, which: int) -> None:
        for claim in self.one_claim(which):
            edit.delete_claim(self.database, claim, "test", anything)

    def one_claim(self, which: int) -> list[int]:
        """One of the live claims; none when there is none."""
        live = [claim for (claim,) in self.rows("SELECT id FROM claim WHERE withdrawn_at IS NULL ORDER BY id")]
        return [live[which % len(live)]] if live else []

    def rows(self, sql: str) -> list[Any]:
        with closing(sqlite3.connect(self.file)) as connection:
            return connection.execute(sql).fetchall()

    @invariant()
    def links_of_articles_follow_from_mentions_and_parties(self) -> None:
        assert set(self.rows("SELECT entity_id, published, article_id FROM article_link")) == set(
            self.rows(
                "SELECT m.entity_id, a.earliest, a.id FROM article a"
                " JOIN mention m ON m.article_id = a.id AND m.revision = a.revision WHERE a.withdrawn_at IS NULL"
                " UNION SELECT p.entity_id, a.earliest, a.id FROM article a JOIN claim c ON c.article_id = a.id"
                " JOIN claim_party p ON p.claim_id = c.id"
                " WHERE a.withdrawn_at IS NULL AND c.withdrawn_at IS NULL AND p.entity_id IS NOT NULL"
            )
        )

    @invariant()
    def links_of_claims_follow_from_their_parties(self) -> None:
        parties = self.rows(
            "SELECT p.entity_id, p.role, a.earliest, c.id FROM article a JOIN claim c ON c.article_id = a.id"
            " JOIN claim_party p ON p.claim_id = c.id WHERE c.withdrawn_at IS NULL AND p.entity_id IS NOT NULL"
        )
        derived = {row for entity, role, day, claim in parties for row in ((entity, role, day, claim), (entity, "any", day, claim))}
        assert set(self.rows("SELECT entity_id, role, published, claim_id FROM claim_link")) == derived

    @invariant()
    def dates_that_claims_repeat_are_those_of_their_articles_and_their_own(self) -> None:
        repeated = "SELECT id, published, published_latest, about FROM claim WHERE withdrawn_at IS NULL ORDER BY id"
        assert self.rows(repeated) == self.rows(
            "SELECT c.id, a.earliest, a.latest, coalesce(min(d.earliest), 3652060)"
            " FROM claim c JOIN article a ON a.id = c.article_id"
            " LEFT JOIN claim_date d ON d.claim_id = c.id AND d.role = 'about'"
            " WHERE c.withdrawn_at IS NULL GROUP BY c.id ORDER BY c.id"
        )

    @invariant()
    def counts_of_mentions_are_those_of_current_revisions_of_live_articles(self) -> None:
        assert self.rows("SELECT id, mentions FROM entity ORDER BY id") == self.rows(
            "SELECT e.id, count(a.id) FROM entity e LEFT JOIN mention m ON m.entity_id = e.id"
            " LEFT JOIN article a ON a.id = m.article_id AND a.revision = m.revision AND a.withdrawn_at IS NULL"
            " GROUP BY e.id ORDER BY e.id"
        )

    @invariant()
    def the_full_text_holds_every_word_of_what_is_live_at_its_place_and_no_other(self) -> None:
        texts = self.rows(
            "SELECT a.id, coalesce(a.title, ''), r.text FROM article a"
            " JOIN article_revision r ON r.article_id = a.id AND r.number = a.revision WHERE a.withdrawn_at IS NULL"
        )
        quotes = self.rows("SELECT id, exact FROM claim WHERE withdrawn_at IS NULL")
        assert self.indexed("article_fts") == derived_index(texts, ("title", "text"))
        assert self.indexed("claim_fts") == derived_index(quotes, ("quote",))

    def indexed(self, table: str) -> Counter[tuple[str, int, str, int]]:
        """Every word in the index: (word, row, field, place)."""
        with closing(sqlite3.connect(self.file)) as connection:
            connection.execute(f"CREATE VIRTUAL TABLE temp.held USING fts5vocab(main, {table}, instance)")
            return Counter(connection.execute("SELECT term, doc, col, offset FROM held").fetchall())

    @invariant()
    def every_quote_stands_where_it_says(self) -> None:
        quotes = self.rows(
            'SELECT c.exact, r.text, c."start", c."end" FROM claim c'
            " JOIN article_revision r ON r.article_id = c.article_id AND r.number = c.revision"
        )
        assert [exact for exact, text, start, end in quotes if text[start:end] != exact] == []


def derived_index(rows: list[Any], fields: tuple[str, ...]) -> Counter[tuple[str, int, str, int]]:
    return Counter(
        (word, row_id, field, place)
        for row_id, *texts in rows
        for field, text in zip(fields, texts, strict=True)
        for place, (word, _, _) in enumerate(words(text))
    )


def test_links_counts_dates_and_full_text_follow_from_the_rows_after_any_sequence_of_changes(migrated: Path) -> None:
    Archive.template = migrated
    run_state_machine_as_test(
        Archive,
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
        ),
    )


def test_the_texts_of_these_tests_name_somebody_and_hold_claims() -> None:
    found = EXTRACTOR.extract("BAGHDAD (Wire) – Mary Smith said on Monday that it would rain in Baghdad.", None)
    assert found.entities
    assert found.claims
