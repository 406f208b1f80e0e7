"""Words that a model tells, found again in the text."""

import pytest

from app.extract.llm.finding import Finder
from app.models.extraction import Span


@pytest.mark.parametrize(
    ("text", "sought", "found"),
    [
        ("a party at art fairs", "art", "art"),
        ("the ﬁnal word", "final WORD", "ﬁnal word"),
        ("re\u00adli\u200bable", "reliable", "re\u00adli\u200bable"),
        ("cafe\u0301 closed", "caf\u00e9 closed", "cafe\u0301 closed"),
        ("wait… no", "wait... no", "wait… no"),
        ("a — b", "a - b", "a — b"),
        ("Straße 7", "STRASSE 7", "Straße 7"),
        ("one\n\n two", "one two", "one\n\n two"),
        ("他说水坝安全。", "水坝安全", "水坝安全"),
        ("safe, safely", "safely safe", None),
        ("a b", "", None),
    ],
)
def test_words_are_found_again_but_for_typography_and_as_whole_words(text: str, sought: str, found: str | None) -> None:
    place = Finder(text, 100).best(sought, "")
    assert (None if place is None else text[place.start - 100 : place.end - 100]) == found


def test_the_nearest_place_is_chosen_and_none_inside() -> None:
    finder = Finder("he said a. he said it said he")
    assert finder.nearest("said", Span(14, 26)) == Span(3, 7)
    assert finder.nearest("he", Span(14, 26)) == Span(11, 13)
    assert finder.nearest("he", Span(3, 26)) == Span(0, 2)
