"""The made-up archive of bench/corpus.py: what is measured on it is worth what its places and names are worth."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app import ingest
from app.main import open_archive
from app.models.claims import ClaimQuery
from app.settings import Settings
from app.store import claim_search
from app.store.database import Database
from bench import by_hand
from bench.corpus import Corpus, Document, as_read, documents
from bench.questions import answered, questions
from bench.writing import EXTRACTOR

COUNT = 200


@pytest.fixture(scope="module")
def made() -> list[Document]:
    return list(documents(COUNT))


@pytest.fixture(scope="module")
def archive(shared_settings: Settings, made: list[Document]) -> Settings:
    """All of them, stored in one batch."""
    database = open_archive(shared_settings)
    ingest.store_many(database, as_read(made), EXTRACTOR)
    database.close()
    return shared_settings


@pytest.fixture
def database(archive: Settings) -> Iterator[Database]:
    opened = open_archive(archive)
    yield opened
    opened.close()


def test_the_same_seed_makes_the_same_articles_in_any_order(made: list[Document]) -> None:
    shuffled = list(documents(COUNT, shuffled=True))
    assert shuffled != made
    by_address = {draft.url: (draft, found) for draft, found in shuffled}
    assert [by_address[draft.url] for draft, _ in made] == made
    assert next(documents(COUNT, seed=2)) != made[0]


def test_everything_found_stands_where_it_says(made: list[Document]) -> None:
    for draft, found in made:
        text = draft.text
        for entity in found.entities:
            said = {text[m.start : m.end] for m in entity.mentions if m.kind == "name"}
            assert said <= {name.text for name in entity.names}
        for when in found.dates:
            assert text[when.start : when.end][-4:] in (when.edtf or "")[-9:] or when.precision != "year"
        at = 0
        for claim in found.claims:
            assert at <= claim.start < claim.end <= len(text)
            at = claim.start
            exact = text[claim.start : claim.end]
            assert exact.startswith("“") == (claim.kind == "direct")
            assert " not " in exact or not claim.negated
            for party in (*claim.speakers, *claim.subjects):
                if party.entity is not None and party.span is not None:
                    places = {(m.start, m.end) for m in found.entities[party.entity].mentions}
                    assert (party.span.start, party.span.end) in places
            for subject in claim.subjects:
                assert subject.span is not None
                assert claim.start <= subject.span.start < subject.span.end <= claim.end


def test_what_is_made_passes_the_checks_of_the_service(made: list[Document]) -> None:
    for draft, _ in made[:20]:
        assert type(draft).model_validate(draft.model_dump()) == draft


def test_each_name_finds_the_claims_of_its_entity(database: Database, made: list[Document]) -> None:
    for name in [names[0].text for names in Corpus(COUNT).entities.names[:5]]:
        meant = [
            claim
            for _, found in made
            for claim in found.claims
            if any(party.entity is not None and found.entities[party.entity].names[0].text == name for party in claim.subjects)
        ]
        with database.reading() as session:
            page, _ = claim_search.find(session, ClaimQuery(subject=[name], limit=1, total="exact"))
        assert page["total"]["value"] == len(meant) > 0


def test_the_sql_by_hand_answers_what_the_store_answers(archive: Path, database: Database) -> None:
    connection = by_hand.opened(archive)
    for question in questions(connection):
        if question.by_hand is None or "three letters" in question.name:  # of those the store looks for the most frequent ones
            continue
        with database.reading() as session:
            told = answered(session, question.path)
        shown = told[0] if isinstance(told, tuple) else told
        expected = question.by_hand(connection)
        for item in [*shown.get("items", ()), *expected.get("items", ())]:
            item.pop("snippet", None)
        assert {key: shown[key] for key in expected} == expected, question.name
    connection.close()
