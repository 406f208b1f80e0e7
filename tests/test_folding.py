"""Two spellings of one name or word are one; the place of a word is where it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.folding import name_key, spelled, words
from app.urls import address_key


@pytest.mark.parametrize(
    "spellings",
    [
        ("al-Sudani", "Al Sudani", "AL-SUDANI", "al–Sudani"),
        ("U.S.", "US", "us", "U.S"),
        ("Shia’ al-Sudani", "Shia' al-Sudani", "Shiaʿ al Sudani"),
        ("Müller", "Muller", "MÜLLER"),
        ("Łódź", "Lodz"),
        ("Strauß", "STRAUSS"),
    ],
)
def test_spellings_of_one_name_have_one_key(spellings: tuple[str, ...]) -> None:
    assert len({name_key(spelling) for spelling in spellings}) == 1


@given(st.text())
def test_a_key_is_its_own_key(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)


@given(st.text())
def test_every_word_stands_where_it_says_and_in_order(text: str) -> None:
    found = words(text)
    assert all(0 <= start < end <= len(text) for _, start, end in found)
    assert [start for _, start, _ in found] == sorted(start for _, start, _ in found)


def test_a_possessive_is_searched_without_its_s_and_dotted_letters_are_one_word() -> None:
    assert [word for word, _, _ in words("Iraq’s U.S. allies")] == ["iraq", "us", "allies"]


@pytest.mark.parametrize(
    "other",
    [
        "http://www.example.org/a/b",
        "https://example.org/a/b/",
        "https://EXAMPLE.org:443/a/b#top",
        "https://example.org/a/b?utm_source=x&fbclid=1",
    ],
)
def test_addresses_of_one_article_have_one_key(other: str) -> None:
    assert address_key(other) == address_key("https://example.org/a/b")


def test_addresses_that_differ_in_path_or_query_are_two() -> None:
    keys = {address_key(f"https://example.org/{rest}") for rest in ("a", "A", "a?id=1", "a?id=2")}
    assert len(keys) == 4


@given(st.text(st.sampled_from("aZ9sß¹üU.'’_-“” \n\t\x1c\xa0")))
def test_words_without_their_places_are_the_same_words(text: str) -> None:
    assert spelled(text) == [word for word, _, _ in words(text)]
