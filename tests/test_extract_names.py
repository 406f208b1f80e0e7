"""What the rules take for names, and which of them are one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.extract import rules
from app.extract.lang.en.given import Analysis, GivenName
from app.folding import name_key
from app.models.extraction import FoundEntity


def named(text: str) -> dict[str, FoundEntity]:
    return {e.names[0].text: e for e in rules.extract(text, None).entities}


def kinds(entity: FoundEntity) -> dict[str, str]:
    return {n.text: n.kind for n in entity.names}


def places(text: str, entity: FoundEntity) -> list[str]:
    return [text[m.start : m.end] for m in entity.mentions]


def test_a_surname_belongs_to_the_person_named_in_full() -> None:
    people = named("Mayor Ann Berg spoke on Friday. Later Berg left.")
    assert list(people) == ["Ann Berg"]
    assert kinds(people["Ann Berg"])["Berg"] == "weak"


def test_a_surname_with_a_particle_is_an_alias() -> None:
    people = named("Egyptian Minister Omar al-Masri spoke. Al-Masri left, and al-Masri returned.")
    assert kinds(people["Omar al-Masri"])["al-Masri"] == "alias"
    assert len(people["Omar al-Masri"].mentions) == 3


def test_of_a_family_the_surname_means_whoever_is_named_most() -> None:
    people = named("Ann Berg spoke. Ann Berg left with her brother Olaf Berg. Berg was tired.")
    assert len(people["Ann Berg"].mentions) == 3


def test_two_who_share_a_surname_keep_their_forms_of_address() -> None:
    people = named("Mrs. Berg met Mr. Berg. Mrs. Berg left.")
    assert {name: len(e.mentions) for name, e in people.items()} == {"Mrs. Berg": 2, "Mr. Berg": 1}


def test_a_woman_is_not_the_man_of_her_surname() -> None:
    assert len(named("John Berg spoke. Mrs. Berg stayed.")) == 2


def test_a_man_is_meant_where_two_of_a_surname_differ_in_sex() -> None:
    people = named("Ann Berg and Peter Berg came. Mr. Berg spoke.")
    assert kinds(people["Peter Berg"])["Berg"] == "weak"


def test_a_month_can_be_a_surname() -> None:
    assert "Theresa May" in named("Theresa May waited.")


def test_an_office_is_kept_as_role() -> None:
    assert named("Norwegian Prime Minister Kari Holt spoke.")["Kari Holt"].role == "Norwegian Prime Minister"


def test_an_office_behind_the_name_is_a_role_too() -> None:
    assert named("Kari Holt, the deputy head of the Harbour Union, spoke.")["Kari Holt"].role == "deputy head of the Harbour Union"


def test_an_office_stands_between_an_organization_and_its_person() -> None:
    found = named("NATO Secretary General Kari Holt spoke.")
    assert (found["NATO"].type, found["Kari Holt"].type) == ("organization", "person")


def test_a_country_has_one_entity_under_all_its_names() -> None:
    country = named("The U.S. agreed. American ships and the United States navy sailed.")["United States"]
    assert country.type == "place"
    assert [m.kind for m in country.mentions] == ["name", "demonym", "name"]


def test_a_currency_is_no_country() -> None:
    assert not named("It cost US$5 billion.")


def test_a_name_inside_a_name_is_both() -> None:
    text = "They left the U.S.-led international coalition."
    found = named(text)
    assert found["U.S.-led international coalition"].type == "organization"
    assert places(text, found["United States"]) == ["U.S."]


def test_a_government_is_an_organization_beside_its_country() -> None:
    text = "The Norwegian government agreed. Norway waited. Critics said the government slept."
    found = named(text)
    assert places(text, found["Government of Norway"]) == ["The Norwegian government", "the government"]
    assert places(text, found["Norway"]) == ["Norwegian", "Norway"]


def test_an_apostrophe_can_be_a_letter_of_a_name() -> None:
    assert "Hamid Rada’ al-Masri" in named("Minister Hamid Rada’ al-Masri spoke.")


def test_a_group_is_an_organization() -> None:
    assert named("He fought the Zarnak group. Later Zarnak fled.")["Zarnak"].type == "organization"


def test_a_feared_group_is_meant_by_what_it_is_called() -> None:
    text = "He fought the Zarnak group. The terror outfit fled."
    assert places(text, named(text)["Zarnak"]) == ["Zarnak", "The terror outfit"]


@pytest.mark.parametrize(
    ("text", "full", "short"),
    [
        ("The Northern Harbour Authority closed. Officials of the NHA left.", "Northern Harbour Authority", "NHA"),
        ("The Harbour Union (HU) met. The HU agreed.", "Harbour Union", "HU"),
        ("Vornex Holdings Plc fell. Analysts like Vornex.", "Vornex Holdings Plc", "Vornex"),
    ],
)
def test_an_organization_is_known_by_its_short_name(text: str, full: str, short: str) -> None:
    assert kinds(named(text)[full])[short] in ("acronym", "alias")


def test_an_article_parts_no_names() -> None:
    assert kinds(named("The Guardian wrote. Then Guardian readers left.")["Guardian"]) == {
        "Guardian": "preferred",
        "The Guardian": "alias",
    }


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("Officials in Quorvale waited.", "Quorvale", "place"),
        ("Tarn Quell, 43, waited.", "Tarn Quell", "person"),
        ("Quell, a spokesman for the club, waited.", "Quell", "person"),
        ("Mirova, the capital of the province, burned.", "Mirova", "place"),
        ("Brantex, a maker of pumps, closed.", "Brantex", "organization"),
        ("Shares in Brantex fell.", "Brantex", "organization"),
        ("His friends were Ann Berg, Olaf Holt and Trevik.", "Trevik", "person"),
        ("The Brantex Pump Company closed.", "Brantex Pump Company", "organization"),
        ("They swam in Lake Orvane.", "Lake Orvane", "place"),
        ("It rained when Hurricane Orvane came.", "Hurricane Orvane", "event"),
        ("They crossed the ocean in a Boeing 747 yesterday.", "Boeing 747", "other"),
        ("Jackson is a city of mills.", "Jackson", "place"),
        ("It sued the Dutch lender Holt.", "Holt", "organization"),
        ("Carmaker Jensen cut jobs.", "Jensen", "organization"),
        ("Quell shares rose.", "Quell", "organization"),
        ("Berg, Norway's biggest brewer, fell.", "Berg", "organization"),
        ("The government of Tarvo resigned.", "Tarvo", "place"),
        ("Shells hit the capital, Velm, on Friday.", "Velm", "place"),
        ("A village called Tarvel burned.", "Tarvel", "place"),
        ("They walked across the Ostrel border.", "Ostrel", "place"),
        ("Two Ostrian soldiers died.", "Ostrian", "other"),
        ("A man arrested the 70-year-old Tarvex.", "Tarvex", "person"),
        ("A woman who gives her name only as Nilar left.", "Nilar", "person"),
        ("Sociologist Ann Berg left.", "Ann Berg", "person"),
        ("MERRIN (Coastal Post) – It burned.", "MERRIN", "place"),
        ("QUELL, June 3 (Tarvo) – It burned.", "Tarvo", "organization"),
        ("NATO (Tarvo) – It burned.", "NATO", "organization"),
        ("Their money left First Boston yesterday.", "First Boston", "organization"),
        ("Their money left Wall Street yesterday.", "Wall Street", "place"),
        ("Critics like Jackson, a singer of ballads.", "Jackson", "person"),
    ],
)
def test_what_stands_around_a_name_tells_its_kind(text: str, name: str, kind: str) -> None:
    assert named(text)[name].type == kind


@pytest.mark.parametrize(
    "text",
    [
        "Many came. Nobody left. Yesterday it rained.",
        "Unfortunately it rained.",
        "The DVD was lost.",
        "See Figure 3 for more.",
        "Muslims prayed.",
        "Volcanologists warned of ash.",
        "Housewives, who came late, cried.",
        "A European envoy left.",
        "Dust is everywhere, and dust is heavy.",
    ],
)
def test_a_capital_alone_makes_no_name(text: str) -> None:
    assert not named(text)


def test_who_was_named_elsewhere_is_no_plural_of_what_people_are() -> None:
    assert set(named("They played the Vintners. Vintners scored twice.")) == {"Vintners"}


def test_an_official_who_speaks_tells_nothing_about_the_name_before_him() -> None:
    assert named("Rain fell on Quorvale, an official said.")["Quorvale"].type != "person"


def test_a_headline_in_title_case_holds_only_names_that_are_known() -> None:
    found = named("Angry Fishermen Block Rotterdam Harbour For Third Day\nThey went home at night.")
    assert list(found) == ["Rotterdam"]


NAMES = ["Ann", "Berg", "Smith", "Norway", "Norwegian", "U.S.", "-led", "Bank", "WHO", "NHA", "al-Masri", "Inc.", "The"]
AROUND = ["Mrs.", "Mr.", "Prime", "Minister", "coalition", "government", "group", "said", "in", "the", "of", "and", "43"]
WORDS = st.sampled_from([*NAMES, *AROUND, ",", ".", "(", ")", '"', "'", "\n"])


@given(st.lists(WORDS, max_size=40).map(" ".join))
def test_names_lie_in_the_text_have_one_preferred_spelling_and_no_namesakes(text: str) -> None:
    entities = rules.extract(text, None).entities
    for entity in entities:
        assert [n.kind for n in entity.names].count("preferred") == 1
        assert all(0 <= m.start < m.end <= len(text) for m in entity.mentions)
    called = [(e.type, name_key(e.names[0].text)) for e in entities]
    assert len(set(called)) == len(called)


@given(st.lists(WORDS, max_size=30).map(" ".join))
def test_the_same_text_has_the_same_names(text: str) -> None:
    assert rules.extract(text, None) == rules.extract(text, None)


def test_a_text_may_end_with_a_conjunction() -> None:
    assert set(named("said Ann and")) == {"Ann"}


def test_a_player_with_points_is_no_team() -> None:
    people = named("Scores: Kenya 215-5 (A. Quell 61, P. Strond 45).")
    assert [people[name].type for name in ("A. Quell", "P. Strond")] == ["person", "person"]


def test_what_is_of_a_people_is_no_name() -> None:
    assert "Results of Dutch" not in named("Results of Dutch matches played on Sunday were late.")


def test_the_kind_that_a_recognizer_gives_holds_against_the_lists() -> None:
    told = Analysis(names=[GivenName(0, 7, "organization"), GivenName(14, 20, "person"), GivenName(24, 28, "place")])
    found = rules.extract("Reuters asked Boeing in Peru.", None, analyse=lambda _: told)
    assert {e.names[0].text: e.type for e in found.entities} == {"Reuters": "organization", "Boeing": "person", "Peru": "place"}
