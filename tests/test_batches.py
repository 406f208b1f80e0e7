"""Many articles stored at once are what they would be one by one."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect

from app import ingest
from app.ingest import New
from app.main import open_archive
from app.models.claims import ClaimDraft
from app.models.documents import ArticleDraft
from app.models.extraction import (
    EntityType,
    Extraction,
    FoundClaim,
    FoundDate,
    FoundDateline,
    FoundEntity,
    FoundHedge,
    FoundMention,
    FoundName,
    FoundParty,
    Span,
)
from app.readers import Read
from app.settings import Settings
from app.store import claim_parts
from app.store.claims import Parts, place
from app.store.database import Database
from tests.archives import Archives, plain, rows, tables

Open = Callable[[], Database]
TEXT = "KELVAR – Ann Lee said on Monday that the dam of Kelvar may hold."
DAY = FoundDate(20, 29, "2024-02-12", date(2024, 2, 12), date(2024, 2, 12), "day", anchor="published", inferred=True)
MAY = {"exact": "may", "start": 52, "end": 55}
DAWN = "2024-02-13T06:00:00"
HEDGE = FoundHedge(52, 55, "modal", "speaker")


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    opened = open_archive(settings)
    yield opened
    opened.close()


def entity(kind: EntityType, preferred: str, role: str | None = None, **names: Any) -> FoundEntity:
    """`alias="…"`, `acronym="…"`, `weak="…"` are its other names. It is named in the first word of the text."""
    others = tuple(FoundName(text, name_kind) for name_kind, text in names.items())  # type: ignore[arg-type]
    return FoundEntity(kind, (FoundName(preferred, "preferred"), *others), (FoundMention(0, 6),), role)


def document(number: int, *entities: FoundEntity, by: str = "made/1", text: str = TEXT, **fields: Any) -> New:
    """An article in which the first entity says something of all, at a time that it gives, and the last says the same again."""
    ends = [FoundParty("named", Span(9, 16), 0)], [FoundParty("named", None, i) for i in range(len(entities))]
    said = FoundClaim(35, 63, "indirect", Span(17, 21), tuple(ends[0]), tuple(ends[1]), "r", 0.9, (HEDGE,), (0,), 0)
    again = FoundClaim(35, 46, "mixed", None, (), (), "r", 0.5, continued=(Span(50, 63),))
    claims = (said, said, again) if entities else ()
    found = Extraction(by, entities, (DAY,), claims, FoundDateline(0, 8, "KELVAR", None, 0), warnings=("a warning",))
    return ArticleDraft(text=f"{text} {number}", url=f"https://news.example/{number}", **fields), read_as(found)


def read_as(found: Extraction) -> Read:
    return Read(found.extractor.partition("/")[0], found.extractor, found)


def claim(exact: str, **fields: Any) -> ClaimDraft:
    return ClaimDraft.model_validate({"quote": {"exact": exact}, **fields})


BATCH: list[New] = [
    document(0, entity("person", "Ann Lee", weak="Lee"), entity("organization", "Daesh", alias="ISIS"), source="Wire"),
    # Shared, learned in the batch, learned and met by what was learned; a type that was unknown
    document(1, entity("organization", "ISIS", acronym="IS", alias="Islamic State"), entity("other", "Kelvar"), source="WIRE"),
    document(2, entity("organization", "Islamic State"), entity("place", "Kelvar", alias="Kelvar Town"), by="made/2"),
    document(3, entity("place", "Kelvar Town"), entity("person", "Lee"), entity("person", "ANN LEE", role="Mayor")),
    # Two of one text that are one elsewhere; two that become one only for the next text
    document(4, entity("organization", "Daesh"), entity("organization", "Islamic State")),
    document(5, entity("organization", "Army of Utopia", alias="Utopian Army"), entity("organization", "Utopian Army")),
    document(6, entity("organization", "Utopian Army"), published="2024-02-13", authors=["Bo Day", "Cy Orr"], language="en"),
    # Namesakes, told apart by their office or not at all
    document(7, entity("person", "John Smith", role="Chief Engineer")),
    document(8, entity("person", "John Smith", role="Mayor of Kelvar"), entity("person", "John Smith", role="Referee")),
    document(9, entity("person", "John Smith")),
    # Names that fold to one, a name that folds to nothing much, one that is there twice
    document(10, entity("place", "U.S.", alias="US", acronym="USA"), entity("organization", "!!!", weak="!!!")),
    document(11, entity("place", "US", alias="America"), entity("other", "america")),
    # The same again, with another text, without anything found, with claims of its own
    document(0, entity("person", "Ann Lee", alias="Anna Lee")),
    document(1, text="Another text."),
    (ArticleDraft(text="Nothing.", source="Wire", external_id="7"), None),
    (
        ArticleDraft(
            text="Ann Lee spoke.",
            claims=[claim("spoke", speaker={"entity": "Ann Lee"})],
        ),
        read_as(
            Extraction("made/1", (entity("person", "Ann Lee"),), (), (FoundClaim(8, 14, "narrated", None, (), (), "r", 0.5),))
        ),
    ),
    document(12, entity("person", "Dora Ek", alias="Ann Lee")),
]  # fmt: skip


def contents(database: Database) -> dict[str, list[Any]]:
    """Every row of every table, but for times of day; of the log of changes, what is told of each thing."""
    found: dict[str, list[Any]] = {}
    with plain(database.url) as connection:
        for table in tables(connection):
            columns = [column["name"] for column in inspect(connection).get_columns(table) if not column["name"].endswith("_at")]
            shown = ", ".join(f'"{name}"' for name in columns if (table, name) != ("change", "seq"))
            order = "kind, object_id, seq" if table == "change" else "1"
            found[table] = rows(connection, f'SELECT {shown} FROM "{table}" ORDER BY {order}')
            found[table] = found[table] if table == "change" else sorted(found[table], key=repr)
    return found


def sent(number: int, *claims: ClaimDraft, text: str = TEXT, **fields: Any) -> New:
    """An article with claims that a caller knows."""
    return ArticleDraft(text=text, url=f"https://news.example/{number}", claims=list(claims), **fields), None


# Claims sent along among texts that were read: whom they name by a name depends on what came before
SENT: list[New] = [
    sent(20, claim("may hold", speakers=[{"entity": "Ann Lee"}], subjects=[{"entity": "Kelvar", "type": "place"}], said="2024")),
    document(21, entity("person", "Ann Lee", alias="Anna Lee", weak="Lee"), entity("other", "Kelvar"), published=f"{DAWN}.9Z"),
    sent(22, claim("dam", speaker={"entity": "Lee"}), claim("may", subjects=[{"entity": "ANNA LEE"}, {"entity": 2}])),
    # None of these is stored, nor whom they name for the first time, nor the address
    sent(23, claim("Ann", speaker={"entity": "Nobody Yet"}), claim("not there"), published="2024"),
    sent(23, claim("Ann", subjects=[{"entity": "Nobody Yet"}, {"entity": 999}, {"entity": "Q1"}])),
    sent(23, claim("Ann", speaker={"entity": "Nobody Yet"}, status="rejected"), published=f"{DAWN}.1Z"),
    sent(23, claim("a"), text=f"{TEXT} Again."),
    # A name that several bear by now; one that looks like an id; one of which nothing is left
    document(24, entity("person", "Lee", role="Mayor"), entity("person", "Bo Lee", weak="Lee")),
    sent(25, claim("dam", speaker={"entity": "Lee"})),
    sent(26, claim("dam", subjects=[{"entity": "77"}, {"entity": "Queen"}, {"entity": "\u0301"}, {"entity": "\u0301"}])),
    document(26, entity("person", "Ann Lee"), text="Another text."),
    sent(22, claim("dam"), text=f"{TEXT} Longer.", title="Another title"),
    sent(22, claim("nowhere"), text="Third."),
    sent(22),
    sent(22, claim("dam")),
    sent(27, claim("dam", dates=[{"edtf": "2021-10/.."}, {"edtf": "2021"}], confidence=0.5, hedges=[MAY])),
    sent(20, text="Fourth.", external_id="7"),
    sent(28, text="Fifth.", external_id="7"),
]  # fmt: skip


@pytest.fixture
def other(archives: Archives, settings: Settings, tmp_path: Path) -> Iterator[Database]:
    with (
        archives.empty(tmp_path / "other.db") as url,
        closing(open_archive(settings.model_copy(update={"database_url": url}))) as opened,
    ):
        yield opened


@pytest.mark.parametrize("revise", [False, True])
def test_a_batch_leaves_the_same_rows_under_the_same_ids_as_its_articles_one_by_one(
    database: Database, other: Database, revise: bool
) -> None:
    batch = [*BATCH, *SENT]
    at_once = ingest.store_many(database, batch, "test", revise=revise)
    one_by_one = [outcome for item in batch for outcome in ingest.store_many(other, [item], "test", revise=revise)]
    assert at_once == one_by_one
    assert {outcome.became for outcome in at_once} == {"created", "unchanged", "invalid", "revised" if revise else "conflict"}
    alone, together = contents(other), contents(database)
    assert {table for table, found in alone.items() if found != together[table]} == set()
    assert all(together[table] for table in ("mention", "claim_part", "claim_hedge", "article_link", "extraction_run"))
    assert "Nobody Yet" in repr(together["entity"])


def test_what_the_database_refuses_in_spite_of_every_check_stops_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = Parts({**place(TEXT, 5, 5), "kind": "direct", "confidence": None, "negated": False})
    monkeypatch.setattr(claim_parts, "checked", lambda *_: nowhere)
    outcomes = ingest.store_many(database, [BATCH[0], sent(30, claim("dam")), BATCH[1]], "test")
    assert [outcome.became for outcome in outcomes] == ["created", "invalid", "created"]
    assert "database refuses" in outcomes[1].faults[0].detail
    assert len(contents(database)["article"]) == 2


def test_what_is_known_is_told_for_each_article_in_order(database: Database) -> None:
    first, second = ArticleDraft(text="One.", url="https://a.example/1"), ArticleDraft(text="Two.", external_id="2")
    ingest.store_many(database, [(first, None)], "test")
    batch = [second, first, first.model_copy(update={"text": "Other."}), second, second.model_copy(update={"text": "Third."})]
    outcomes = ingest.store_many(database, [(draft, None) for draft in batch], "test")
    assert [(outcome.article_id, outcome.became) for outcome in outcomes] == [
        (2, "created"),
        (1, "unchanged"),
        (1, "conflict"),
        (2, "unchanged"),
        (2, "conflict"),
    ]
    assert ingest.store_many(database, [], "test") == []


def test_a_claim_that_does_not_stand_in_its_text_is_told_and_the_others_are_stored(database: Database) -> None:
    wrong = ArticleDraft(text="One.", claims=[claim("One"), claim("Two", speakers=[{"entity": "New Name"}, {"entity": 999}])])
    first, bad, last = ingest.store_many(database, [BATCH[0], (wrong, None), BATCH[1]], "test")
    assert (first.became, bad.became, last.became) == ("created", "invalid", "created")
    assert (bad.article_id, [fault.pointer for fault in bad.faults]) == (
        None,
        ["/claims/1/quote/exact", "/claims/1/speakers/1/entity"],
    )
    assert "New Name" not in repr(contents(database))
