"""Whatever is done to an archive, in whatever order: what is kept twice for speed says the same as what it was made from."""

import tempfile
from collections import Counter
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app import edit, ingest, reread, worker
from app.errors import AlreadyStored, ExtractorUnavailable, Unusable
from app.extract import find
from app.folding import words
from app.models.articles import ArticlePatch
from app.models.claim_rows import ANY, SPEAKER, SUBJECT
from app.models.claims import ClaimDraft, ClaimPatch
from app.models.documents import ArticleDraft
from app.readers import Extractors
from app.store.database import Database
from app.store.time_keys import span_of
from tests.archives import Archives, full_text, plain, rows, tables
from tests.scripted import Scripted

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
PARTIES = st.lists(st.fixed_dictionaries({"entity": NAMES, "type": st.just("person")}), max_size=2)
DATES = st.lists(st.fixed_dictionaries({"edtf": st.sampled_from(["2021-03", "2019/2020", "../1999"])}), max_size=2)
METADATA = {
    "published": DAYS,
    "title": st.sampled_from([None, "Rain in Iraq", "The bridge, closed"]),
    "source": st.sampled_from([None, "Wire", "Dispatches"]),
}
CLAIM_FIELDS = {
    "status": st.sampled_from(["confirmed", "rejected"]),
    "speakers": PARTIES,
    "subjects": PARTIES,
    "dates": DATES,
    "said": st.sampled_from([None, "2024-02-12"]),
}
SHORT = Scripted(
    "short/1", {"it would rain": "Mary Smith", ("We will not", "told reporters"): "Peter Brown"}, more={"negated": True}
)
LATER = Scripted("later/1", {"We will not leave Iraq": "Peter Brown", "bridge": "Mary Smith"}, DEFERRED=True)
_INSTALLED: dict[str, Any] = {"rules": find("rules"), "short": SHORT, "later": LATER}
EXTRACTORS = Extractors("rules", _INSTALLED.__getitem__)
EXTRACT = st.sampled_from([True, False, "short", "later"])


def step(name: str, **arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A method of `Archive` and what it is called with. `which` is any number: it is taken modulo how many there are."""
    return st.tuples(st.just(name), st.fixed_dictionaries(arguments))


WHICH = st.integers(0, 5)
CREATE = step("create", text=TEXTS, extract=EXTRACT, more=st.fixed_dictionaries({}, optional=METADATA))
STEP = st.one_of(
    CREATE,
    step("change_article", which=WHICH, patch=st.fixed_dictionaries(METADATA)),
    step("change_article", which=WHICH, patch=st.fixed_dictionaries({"text": TEXTS, "extract": EXTRACT}, optional=METADATA)),
    step("send_again_with_another_text", which=WHICH, text=TEXTS),
    step("delete_article", which=WHICH),
    step("add_claim", which=WHICH, length=st.integers(1, 60), speakers=PARTIES, subjects=PARTIES, dates=DATES),
    step("change_claim", which=WHICH, patch=st.fixed_dictionaries({}, optional=CLAIM_FIELDS)),
    step("delete_claim", which=WHICH),
    step("read_again", which=WHICH, extractor=st.sampled_from(["rules", "short", "later"]), keep=st.booleans()),
    step("read_again_at_once", which=WHICH, extractor=st.sampled_from(["rules", "short", "later"])),
    step("work", failing=st.booleans()),
    step("merge", which=WHICH, into=WHICH),
    step("undo_a_merge", which=WHICH),
)


def anything(_current: Any) -> None:
    """Whatever the state is, the change may be made."""


class Archive:
    """A fresh archive, changed by the program's verbs and looked into with plain SQL."""

    def __init__(self, archives: Archives) -> None:
        with ExitStack() as opened:
            folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
            url = opened.enter_context(archives.empty(folder / "archive.db"))
            self.plain = opened.enter_context(plain(url))
            self.database = opened.enter_context(closing(Database(url)))
            self.close = opened.pop_all().close
        self.created = 0

    def create(self, text: str, extract: bool | str, more: dict[str, Any]) -> None:
        self.created += 1
        draft = ArticleDraft(text=text, extract=extract, url=f"https://news.example/{self.created}", **more)
        ingest.store_article(self.database, draft, EXTRACTORS, "test")

    def change_article(self, which: int, patch: dict[str, Any]) -> None:
        for article, _, _ in self.one_article(which):
            edit.change_article(self.database, article, ArticlePatch(**patch), EXTRACTORS, "test", anything)

    def send_again_with_another_text(self, which: int, text: str) -> None:
        for _, url, _ in self.one_article(which):
            ingest.store_article(self.database, ArticleDraft(text=text, url=url), EXTRACTORS, "test", revise=True)

    def delete_article(self, which: int) -> None:
        for article, _, _ in self.one_article(which):
            edit.delete_article(self.database, article, "test", anything)

    def add_claim(self, which: int, length: int, **lists: Any) -> None:
        for article, _, text in self.one_article(which):
            quote = {"exact": text[:length], "start": 0, "end": len(text[:length])}
            edit.add_claim(self.database, article, ClaimDraft.model_validate({"quote": quote, **lists}), "test")

    def change_claim(self, which: int, patch: dict[str, Any]) -> None:
        for claim in self.one_claim(which):
            edit.change_claim(self.database, claim, ClaimPatch.model_validate(patch), "test", anything)

    def delete_claim(self, which: int) -> None:
        for claim in self.one_claim(which):
            edit.delete_claim(self.database, claim, "test", anything)

    def read_again(self, which: int, extractor: str, keep: bool) -> None:
        for article, _, _ in self.one_article(which):
            reread.read_again(self.database, EXTRACTORS, article, extractor, keep=keep)

    def read_again_at_once(self, which: int, extractor: str) -> None:
        """Tried, then done, then done again: the trial tells what is done and changes no row, and neither does the second time."""
        for article, _, _ in self.one_article(which):
            before = self.all_rows()
            tried = self._read_at_once(article, extractor, keep=False)
            assert self.all_rows() == before
            assert self._read_at_once(article, extractor, keep=True) == tried
            after = self.all_rows()
            assert self._read_at_once(article, extractor, keep=True)[:3] == ([], [], [])
            assert self.all_rows() == after

    def _read_at_once(self, article: int, extractor: str, *, keep: bool) -> Any:
        told = reread.read_again(self.database, EXTRACTORS, article, extractor, keep=keep, at_once=True)
        without = {"recorded_at", "changed_at", "reviewed_at"}
        lists = [
            [{field: claim[field] for field in claim.keys() - without} for claim in told[name]]
            for name in ("added", "changed", "removed")
        ]
        return (*lists, told["kept"], told["reviewed"])

    def all_rows(self) -> dict[str, list[Any]]:
        """But for the full text's own: its count of words only grows."""
        return {table: sorted(self.rows(f'SELECT * FROM "{table}"'), key=repr) for table in tables(self.plain)}

    def work(self, failing: bool) -> None:
        LATER.errors = [ExtractorUnavailable("not now")] if failing else []
        worker.work_once(self.database, EXTRACTORS, 60)
        LATER.errors = []

    def merge(self, which: int, into: int) -> None:
        ids = [i for (i,) in self.rows("SELECT id FROM entity ORDER BY id")]
        with suppress(AlreadyStored):  # of what is merged already
            if ids:
                edit.merge_entity(self.database, ids[which % len(ids)], ids[into % len(ids)], "test")

    def undo_a_merge(self, which: int) -> None:
        merged = [i for (i,) in self.rows("SELECT entity_id FROM entity_merge ORDER BY 1")]
        if merged:
            edit.unmerge_entity(self.database, merged[which % len(merged)], "test")

    def one_article(self, which: int) -> list[Any]:
        """Id, address and text of one of the live articles; none when there is none."""
        live = self.rows(
            "SELECT a.id, a.url, r.text FROM article a JOIN article_revision r ON r.article_id = a.id AND r.number = a.revision"
            " WHERE a.withdrawn_at IS NULL ORDER BY a.id"
        )
        return [live[which % len(live)]] if live else []

    def one_claim(self, which: int) -> list[int]:
        """One of the live claims; none when there is none."""
        live = [claim for (claim,) in self.rows("SELECT id FROM claim WHERE withdrawn_at IS NULL ORDER BY id")]
        return [live[which % len(live)]] if live else []

    def rows(self, sql: str) -> list[Any]:
        return rows(self.plain, sql)

    def links_of_articles_follow_from_mentions_and_parties(self) -> None:
        assert sorted(self.rows("SELECT entity_id, time_key FROM article_link")) == sorted(
            self.rows(
                "SELECT m.entity_id, a.time_key FROM article a"
                " JOIN mention m ON m.article_id = a.id AND m.revision = a.revision WHERE a.withdrawn_at IS NULL"
                " UNION SELECT p.entity_id, a.time_key FROM article a JOIN claim c ON c.article_id = a.id"
                " JOIN claim_party p ON p.claim_id = c.id"
                " WHERE a.withdrawn_at IS NULL AND c.withdrawn_at IS NULL AND p.entity_id IS NOT NULL"
            )
        )

    def links_of_claims_follow_from_their_parties(self) -> None:
        parties = self.rows(
            "SELECT p.entity_id, p.role, c.time_key FROM claim c JOIN claim_party p ON p.claim_id = c.id"
            " WHERE c.withdrawn_at IS NULL AND c.status <> 'rejected' AND p.entity_id IS NOT NULL"
        )
        roles = {"speaker": SPEAKER, "subject": SUBJECT}
        derived = {row for entity, role, key in parties for row in ((entity, roles[role], key), (entity, ANY, key))}
        assert sorted(self.rows("SELECT entity_id, role, time_key FROM claim_link")) == sorted(derived)

    def what_is_live_has_a_place_in_the_second_of_its_publication_and_nothing_else_has_one(self) -> None:
        for sql in (
            "SELECT time_key, earliest, withdrawn_at FROM article",
            "SELECT c.time_key, a.earliest, c.withdrawn_at FROM claim c JOIN article a ON a.id = c.article_id",
        ):
            for key, earliest, withdrawn_at in self.rows(sql):
                assert (key is None) == (withdrawn_at is not None)
                assert key is None or span_of(earliest).first <= key <= span_of(earliest).last

    def dates_that_claims_repeat_are_those_of_their_articles_and_their_own(self) -> None:
        repeated = "SELECT id, said, said_latest, about FROM claim WHERE withdrawn_at IS NULL ORDER BY id"
        day = "CASE WHEN a.published IS NULL THEN 0 ELSE CAST(floor(a.{} / 86400000000.0) AS INTEGER) + 719163 END"
        assert self.rows(repeated) == self.rows(
            f"SELECT c.id, coalesce(s.earliest, {day.format('earliest')}), coalesce(s.latest, {day.format('latest')}),"
            " coalesce(min(d.earliest), 3652060)"
            " FROM claim c JOIN article a ON a.id = c.article_id"
            " LEFT JOIN claim_date d ON d.claim_id = c.id AND d.role = 'about'"
            " LEFT JOIN claim_date s ON s.claim_id = c.id AND s.role = 'said'"
            " WHERE c.withdrawn_at IS NULL GROUP BY c.id, a.id, s.earliest, s.latest ORDER BY c.id"
        )

    def counts_of_mentions_are_those_of_current_revisions_of_live_articles(self) -> None:
        assert self.rows("SELECT id, mentions FROM entity ORDER BY id") == self.rows(
            "SELECT e.id, count(a.id) FROM entity e JOIN entity o ON e.id IN (o.id, o.merged_into)"
            " LEFT JOIN mention m ON m.entity_id = o.id"
            " LEFT JOIN article a ON a.id = m.article_id AND a.revision = m.revision AND a.withdrawn_at IS NULL"
            " GROUP BY e.id ORDER BY e.id"
        )

    def whoever_stands_for_others_does_so_by_the_judgements_and_is_found_by_their_names(self) -> None:
        into = dict(self.rows("SELECT entity_id, into_id FROM entity_merge"))

        def end(entity: int) -> int:
            return end(into[entity]) if entity in into else entity

        assert self.rows("SELECT id, merged_into FROM entity WHERE merged_into IS NOT NULL ORDER BY id") == [
            (entity, end(entity)) for entity in sorted(into)
        ]
        derived = {
            (word, end(entity)) for entity, key in self.rows("SELECT entity_id, key FROM entity_name") for word in key.split()
        }
        found = self.rows(
            "SELECT w.word, w.entity_id FROM entity_name_word w JOIN entity e ON e.id = w.entity_id WHERE e.merged_into IS NULL"
        )
        assert sorted(found) == sorted(derived)

    def counts_of_links_are_how_many_there_are(self) -> None:
        roles = ", ".join(
            f"(SELECT count(*) FROM claim_link WHERE entity_id = e.id AND role = {role})" for role in (ANY, SPEAKER, SUBJECT)
        )
        assert self.rows("SELECT id, articles, claims, claims_made, claims_about FROM entity ORDER BY id") == self.rows(
            f"SELECT id, (SELECT count(*) FROM article_link WHERE entity_id = e.id), {roles} FROM entity e ORDER BY id"
        )

    def the_full_text_holds_every_word_of_what_is_live_at_its_place_and_no_other(self) -> None:
        texts = self.rows(
            "SELECT a.time_key, coalesce(a.title, ''), r.text FROM article a"
            " JOIN article_revision r ON r.article_id = a.id AND r.number = a.revision WHERE a.withdrawn_at IS NULL"
        )
        parts: dict[int, str] = {}
        for key, exact in self.rows(
            "SELECT c.time_key, c.exact FROM claim c WHERE c.withdrawn_at IS NULL"
            " UNION ALL SELECT * FROM (SELECT c.time_key, p.exact FROM claim_part p JOIN claim c ON c.id = p.claim_id"
            " WHERE c.withdrawn_at IS NULL ORDER BY c.id, p.position) further"
        ):
            parts[key] = f"{parts[key]} … {exact}" if key in parts else exact
        assert self.indexed("article") == derived_index(texts, ("title", "text"))
        assert self.indexed("claim") == derived_index(list(parts.items()), ("quote",))

    def what_is_filtered_by_stands_in_the_index_as_it_stands_in_the_rows(self) -> None:
        """But for times, which have laws of their own (`test_cells.py`), and what is made of a name's folded spelling."""
        claims = "FROM claim c JOIN article a ON a.id = c.article_id"
        live = "c.withdrawn_at IS NULL"
        party = f"{claims} JOIN claim_party p ON p.claim_id = c.id WHERE {live} AND p.entity_id IS NOT NULL"
        assert self.tags("claim", "esbzkro") == set(
            self.rows(
                f"SELECT c.time_key, '·e' || p.entity_id {party}"
                f" UNION SELECT c.time_key, CASE p.role WHEN 'speaker' THEN '·s' ELSE '·b' END || p.entity_id {party}"
                f" UNION SELECT c.time_key, '·z' || c.status {claims} WHERE {live}"
                f" UNION SELECT c.time_key, '·k' || c.kind {claims} WHERE {live}"
                f" UNION SELECT c.time_key, '·r' || a.id {claims} WHERE {live}"
                f" UNION SELECT c.time_key, '·o' || a.source_id {claims} WHERE {live} AND a.source_id IS NOT NULL"
            )
        )
        assert self.tags("article", "eo") == set(
            self.rows(
                "SELECT time_key, '·o' || source_id FROM article WHERE withdrawn_at IS NULL AND source_id IS NOT NULL"
                " UNION SELECT time_key, '·e' || entity_id FROM article_link"
            )
        )

    def tags(self, kind: str, letters: str) -> set[tuple[int, str]]:
        """(row, tag) of those whose first letter is one of `letters`."""
        found = full_text(self.plain, kind)
        return {(row, word) for word, row, field, _ in found if field == "tags" and word[1] in letters}

    def indexed(self, kind: str) -> Counter[tuple[str, int, str, Any]]:
        """Every word in the index: (word, row, field, place). What rows are filtered by stands in a field of its own."""
        return Counter(found for found in full_text(self.plain, kind) if found[2] != "tags")

    def every_quote_stands_where_it_says(self) -> None:
        quotes = self.rows(
            'SELECT c.exact, r.text, c."start", c."end" FROM claim c'
            " JOIN article_revision r ON r.article_id = c.article_id AND r.number = c.revision"
        )
        further = self.rows(
            'SELECT p.exact, r.text, p."start", p."end" FROM claim_part p JOIN claim c ON c.id = p.claim_id'
            " JOIN article_revision r ON r.article_id = c.article_id AND r.number = c.revision"
        )
        assert [exact for exact, text, start, end in quotes + further if text[start:end] != exact] == []

    def what_waits_to_be_read_is_the_current_text_of_a_live_article_once(self) -> None:
        waiting = self.rows("SELECT article_id, revision FROM extraction_run WHERE state IN ('queued', 'running') ORDER BY 1")
        assert waiting == self.rows("SELECT article_id, revision FROM extraction_run WHERE due_at IS NOT NULL ORDER BY 1")
        live = self.rows("SELECT id, revision FROM article WHERE withdrawn_at IS NULL")
        assert len(set(waiting)) == len(waiting)
        assert set(waiting) <= set(live)

    def nothing_reviewed_is_changed_or_withdrawn_by_an_extractor(self) -> None:
        """The last change of a reviewed claim was made by the one who had a hand in it, who is no extractor."""
        assert (
            self.rows(
                "SELECT c.id FROM claim c WHERE c.reviewed_by IS NOT NULL AND (SELECT made_by FROM change"
                " WHERE kind = 'claim' AND object_id = c.id ORDER BY seq DESC LIMIT 1) <> 'test'"
            )
            == []
        )

    def a_deleted_thing_is_never_told_of_again(self) -> None:
        assert (
            self.rows(
                "SELECT a.kind, a.object_id FROM change a JOIN change b ON b.kind = a.kind AND b.object_id = a.object_id"
                " WHERE a.action = 'deleted' AND b.seq > a.seq"
            )
            == []
        )


def derived_index(rows: list[Any], fields: tuple[str, ...]) -> Counter[tuple[str, int, str, Any]]:
    return Counter(
        (word, row_id, field, place)
        for row_id, *texts in rows
        for field, text in zip(fields, texts, strict=True)
        for place, (word, _, _) in enumerate(words(text))
    )


# Without shrinking, which takes minutes: the failing sequence is printed and short enough to read.
LAWS = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), phases=(Phase.generate,))
ANY_SEQUENCE = given(first=st.lists(CREATE, min_size=1, max_size=3), then=st.lists(STEP, min_size=10, max_size=20))


@settings(LAWS, max_examples=6)
@ANY_SEQUENCE
def test_links_counts_dates_and_full_text_follow_from_the_rows_after_any_sequence_of_changes(
    archives: Archives, first: list[Any], then: list[Any]
) -> None:
    assert_laws(archives, first, then)


@pytest.mark.long
@settings(LAWS, max_examples=50)
@ANY_SEQUENCE
def test_the_same_after_many_sequences(archives: Archives, first: list[Any], then: list[Any]) -> None:
    assert_laws(archives, first, then)


def assert_laws(archives: Archives, first: list[Any], then: list[Any]) -> None:
    with closing(Archive(archives)) as archive:
        for name, arguments in [*first, *then]:
            with suppress(Unusable):  # a claim by a name that several bear
                getattr(archive, name)(**arguments)
            archive.links_of_articles_follow_from_mentions_and_parties()
            archive.links_of_claims_follow_from_their_parties()
            archive.what_is_live_has_a_place_in_the_second_of_its_publication_and_nothing_else_has_one()
            archive.dates_that_claims_repeat_are_those_of_their_articles_and_their_own()
            archive.counts_of_mentions_are_those_of_current_revisions_of_live_articles()
            archive.whoever_stands_for_others_does_so_by_the_judgements_and_is_found_by_their_names()
            archive.counts_of_links_are_how_many_there_are()
            archive.the_full_text_holds_every_word_of_what_is_live_at_its_place_and_no_other()
            archive.what_is_filtered_by_stands_in_the_index_as_it_stands_in_the_rows()
            archive.every_quote_stands_where_it_says()
            archive.what_waits_to_be_read_is_the_current_text_of_a_live_article_once()
            archive.nothing_reviewed_is_changed_or_withdrawn_by_an_extractor()
            archive.a_deleted_thing_is_never_told_of_again()


def test_the_texts_of_these_tests_name_somebody_and_hold_claims() -> None:
    found = find("rules").extract("BAGHDAD (Wire) – Mary Smith said on Monday that it would rain in Baghdad.", None)
    assert found.entities
    assert found.claims
