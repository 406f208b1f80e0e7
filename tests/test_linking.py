"""Which stored entity a text means: each rule of app/store/linking.py, and that no link is made which could not be defended."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.models.entities import EntityRow
from app.models.extraction import EntityType, FoundEntity, FoundName
from app.store import resolving
from app.store.database import Database
from app.store.linking import is_bare

SUDANI = "Mohammed Shia’ al-Sudani"


@pytest.fixture
def database(client: TestClient) -> Database:
    opened: Database = client.app.state.database  # type: ignore[attr-defined]
    return opened


def entity(kind: EntityType, preferred: str, role: str | None = None, **names: Any) -> FoundEntity:
    """`alias="…"`, `acronym="…"`, `weak="…"` are its other names."""
    others = tuple(FoundName(text, name_kind) for name_kind, text in names.items())  # type: ignore[arg-type]
    return FoundEntity(kind, (FoundName(preferred, "preferred"), *others), (), role)


def told(database: Database, *found: FoundEntity, by: str = "rules/1") -> list[int]:
    """A text is stored that names these; which entities it meets or makes."""
    with database.transaction() as session:
        return resolving.resolve(session, found, by)


def meets(database: Database, stored: list[FoundEntity], found: FoundEntity) -> int | None:
    """The place in `stored`, each of them from a text of its own, of the one that a later text meets; None for a new one."""
    ids = [told(database, one)[0] for one in stored]
    (met,) = told(database, found)
    return ids.index(met) if met in ids else None


HUSSEIN = entity("person", "Saddam Hussein", weak="Hussein")
CRIMINAL = entity("organization", "International Criminal Court", acronym="ICC")


@pytest.mark.parametrize(
    ("stored", "found", "place"),
    [
        # The preferred name, folded, and the type
        ([entity("person", SUDANI)], entity("person", "MOHAMMED SHIA AL SUDANI"), 0),
        ([entity("place", "Jordan")], entity("person", "Jordan Lee"), None),
        ([entity("place", "Georgia")], entity("organization", "Georgia"), None),
        # An alias or acronym that only one bears
        ([CRIMINAL], entity("organization", "ICC"), 0),
        ([entity("organization", "Daesh", alias="Islamic State")], entity("organization", "Islamic State"), 0),
        # Never a surname, a first name, an office alone, whatever kind an extractor gave them
        ([HUSSEIN], entity("person", "Hussein"), None),
        ([entity("person", SUDANI, alias="al-Sudani")], entity("person", "al-Sudani"), None),
        ([entity("person", "Ludwig van Ahlen", alias="van Ahlen")], entity("person", "Mr. van Ahlen"), None),
        ([entity("person", "Ann Lee", alias="Ann")], entity("person", "Ann"), None),
        ([entity("person", "the president")], entity("person", "the president"), None),
        ([entity("person", "Ann Lee", acronym="PM")], entity("person", "PM"), None),
        ([entity("person", "Lee")], entity("person", "Lee"), None),
        ([entity("person", "Lee")], entity("other", "Lee"), None),
        # Of several, the one that bears the name as its own
        (
            [entity("organization", "IRGC"), entity("organization", "Guard", acronym="IRGC")],
            entity("organization", "IRGC"),
            0,
        ),
        # Of several, what else is known tells; else a new one
        ([CRIMINAL, entity("organization", "International Cricket Council", acronym="ICC")], entity("organization", "ICC"), None),
        (
            [CRIMINAL, entity("organization", "International Cricket Council", acronym="ICC")],
            entity("organization", "ICC", alias="International Cricket Council"),
            1,
        ),
        # Nobody bears it: by another full name, but not by a part of the name nor by an acronym
        ([entity("organization", "Daesh")], entity("organization", "Islamic State", alias="Daesh"), 0),
        ([entity("organization", "Army")], entity("organization", "Army of Utopia", alias="Army"), None),
        ([CRIMINAL], entity("organization", "International Cricket Council", acronym="ICC"), None),
        ([entity("person", "Ann Lee")], entity("person", "Anna Lee-Day", weak="Ann Lee"), None),
        # An unknown type, here or there, when only one bears the name as its own
        ([entity("place", "Kelvar")], entity("other", "Kelvar"), 0),
        ([entity("other", "Kelvar")], entity("place", "Kelvar"), 0),
        ([entity("place", "Kelvar"), entity("organization", "Kelvar")], entity("other", "Kelvar"), None),
        ([entity("place", "Kelvar Town", alias="Kelvar")], entity("other", "Kelvar"), None),
    ],
)  # fmt: skip
def test_a_name_meets_the_entity_it_must_mean_or_nobody(
    database: Database, stored: list[FoundEntity], found: FoundEntity, place: int | None
) -> None:
    assert meets(database, stored, found) == place


@pytest.mark.parametrize(("role", "place"), [("Mayor of Kelvar", 1), ("Referee", None), (None, None)])
def test_of_two_namesakes_the_office_tells_and_without_it_neither_is_meant(
    client: TestClient, database: Database, role: str | None, place: int | None
) -> None:
    (engineer,) = told(database, entity("person", "John Smith", role="Chief Engineer"))
    mayor = client.post("/entities", json={"name": "John Smith", "type": "person"}).json()["id"]
    with database.transaction() as session:
        session.get_one(EntityRow, mayor).role = "mayor of Kelvar"
    (met,) = told(database, entity("person", "John Smith", role=role))
    assert ([engineer, mayor].index(met) if met in (engineer, mayor) else None) == place


def test_one_word_is_enough_for_whom_somebody_has_identified_by_it(client: TestClient, database: Database) -> None:
    known = client.post("/entities", json={"name": "Pelé", "type": "person", "wikidata_id": "Q12897"}).json()["id"]
    client.post("/entities", json={"name": "Lee", "type": "person"})
    fully = {"name": "Ann Day", "type": "person", "aliases": ["Day"], "wikidata_id": "Q42"}
    day = client.post("/entities", json=fully).json()["id"]
    assert told(database, entity("person", "Pele")) == [known]
    assert told(database, entity("person", "Lee")) > [day]
    assert told(database, entity("person", "Day")) > [day]


def test_a_type_that_was_unknown_is_learned_and_told(client: TestClient, database: Database) -> None:
    (known,) = told(database, entity("other", "Kelvar"))
    told(database, entity("place", "Kelvar"), by="rules/2")
    assert client.get(f"/entities/{known}").json()["type"] == "place"
    last = client.get("/changes").json()["items"][-1]
    assert (last["kind"], last["id"], last["action"], last["made_by"]) == ("entity", known, "changed", "rules/2")


def test_every_name_keeps_who_added_it_even_when_a_person_rewrites_the_list(client: TestClient, database: Database) -> None:
    (known,) = told(database, entity("organization", "Daesh", alias="ISIS"), by="rules/1")
    told(database, entity("organization", "Daesh", alias="Islamic State", acronym="IS"), by="spacy/3")
    added = {name["name"]: name["added_by"] for name in client.get(f"/entities/{known}").json()["aliases"]}
    assert added == {"ISIS": "rules/1", "Islamic State": "spacy/3", "IS": "spacy/3"}
    patched = client.patch(f"/entities/{known}", json={"aliases": ["ISIS", "ISIL"]}).json()
    assert {name["name"]: name["added_by"] for name in patched["aliases"]} == {"ISIS": "rules/1", "ISIL": "client"}


def test_two_names_of_one_text_that_are_one_entity_elsewhere_both_meet_it(database: Database) -> None:
    (known,) = told(database, entity("organization", "Daesh", alias="Islamic State"))
    assert told(database, entity("organization", "Daesh"), entity("organization", "Islamic State")) == [known, known]


def test_what_an_article_had_it_has_again_even_if_a_person_has_corrected_its_type(client: TestClient, database: Database) -> None:
    (known,) = told(database, entity("person", "Kelvar"))
    client.patch(f"/entities/{known}", json={"type": "place"})
    with database.transaction() as session:
        assert resolving.resolve(session, [entity("person", "Kelvar")], "rules/1", {known}) == [known]


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("Smith", True),
        ("al-Sudani", True),
        ("the president", True),
        ("Dr. de la Cruz", True),
        ("Ann Lee", False),
        (SUDANI, False),
        ("田中", True),
        ("毛泽东", False),
        ("김대중", False),
    ],
)
def test_one_word_beside_titles_and_particles_is_no_full_name(name: str, bare: bool) -> None:
    assert is_bare(name) == bare
