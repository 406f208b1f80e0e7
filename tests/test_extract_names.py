"""What the rules take for names, and which of them are one."""

from app.extract import rules
from app.models.extraction import FoundEntity


def named(text: str) -> dict[str, FoundEntity]:
    return {e.names[0].text: e for e in rules.extract(text, None).entities}


def kinds(entity: FoundEntity) -> dict[str, str]:
    return {n.text: n.kind for n in entity.names}


def test_a_surname_belongs_to_the_person_named_in_full() -> None:
    people = named("Mayor Ann Berg spoke on Friday. Later Berg left.")
    assert list(people) == ["Ann Berg"]
    assert kinds(people["Ann Berg"])["Berg"] == "weak"


def test_a_surname_with_a_particle_is_an_alias() -> None:
    people = named("Egyptian Minister Omar al-Masri spoke. Al-Masri left, and al-Masri returned.")
    assert kinds(people["Omar al-Masri"])["al-Masri"] == "alias"
    assert len(people["Omar al-Masri"].mentions) == 3


def test_an_office_is_kept_as_role() -> None:
    assert named("Norwegian Prime Minister Kari Holt spoke.")["Kari Holt"].role == "Norwegian Prime Minister"


def test_a_country_has_one_entity_under_all_its_names() -> None:
    country = named("The U.S. agreed. American ships and the United States navy sailed.")["United States"]
    assert country.type == "place"
    assert [m.kind for m in country.mentions] == ["name", "demonym", "name"]


def test_a_name_inside_a_name_is_both() -> None:
    text = "They left the U.S.-led international coalition."
    found = named(text)
    assert found["U.S.-led international coalition"].type == "organization"
    assert text[slice(found["United States"].mentions[0].start, found["United States"].mentions[0].end)] == "U.S."


def test_an_apostrophe_can_be_a_letter_of_a_name() -> None:
    assert "Hamid Rada’ al-Masri" in named("Minister Hamid Rada’ al-Masri spoke.")


def test_a_group_is_an_organization() -> None:
    assert named("He fought the Zarnak group. Later Zarnak fled.")["Zarnak"].type == "organization"


def test_initials_stand_for_the_organization() -> None:
    found = named("The Northern Harbour Authority closed. Officials of the NHA left.")
    assert kinds(found["Northern Harbour Authority"])["NHA"] == "acronym"


def test_the_word_that_opens_a_sentence_is_no_name() -> None:
    assert not named("Many came. Nobody left. Yesterday it rained.")
