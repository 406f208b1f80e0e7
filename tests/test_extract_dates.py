"""What the rules make of times, with and without a day of publication."""

from datetime import date

import pytest

from app.extract import rules
from app.models.extraction import FoundDate

PUBLISHED = date(2024, 2, 13)  # a Tuesday


def only(text: str, published: date | None = None, place: int = 0) -> FoundDate:
    return rules.extract(text, published).dates[place]


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("It fell in December 2017.", "2017-12"),
        ("It fell on 3 March 2015.", "2015-03-03"),
        ("It fell on March 3, 2015.", "2015-03-03"),
        ("It fell in the 1990s.", "199X"),
        ("It fell in the 19th century.", "18XX"),
        ("It fell in the summer of 2021.", "2021-22"),
        ("It fell in the third quarter of 2020.", "2020-07/2020-09"),
        ("It lasted from 2014 to 2017.", "2014/2017"),
    ],
)
def test_a_full_date_needs_no_day_of_publication(text: str, edtf: str) -> None:
    found = only(text)
    assert (found.edtf, found.inferred) == (edtf, False)


@pytest.mark.parametrize(
    ("words", "edtf"),
    [
        ("today", "2024-02-13"),
        ("last month", "2024-01"),
        ("on Monday", "2024-02-12"),
        ("three days ago", "2024-02-10"),
        ("next year", "2025"),
    ],
)
def test_a_relative_date_is_counted_from_publication(words: str, edtf: str) -> None:
    found = only(f"They met {words}.", PUBLISHED)
    assert (found.edtf, found.anchor, found.inferred) == (edtf, "published", True)


def test_today_in_an_undated_text_is_vague() -> None:
    found = only("They met today.")
    assert (found.edtf, found.precision) == (None, "vague")


def test_the_end_of_that_year_is_its_december() -> None:
    found = only("They agreed in July 2021 to leave by the end of that year.", None, 1)
    assert (found.edtf, found.modifier, found.anchor, found.precision) == ("2021", "end", "July 2021", "year")
    assert (found.earliest, found.latest) == (date(2021, 12, 1), date(2021, 12, 31))


def test_early_is_the_first_third() -> None:
    found = only("It fell in early 2014.")
    assert (found.edtf, found.earliest, found.latest) == ("2014", date(2014, 1, 1), date(2014, 4, 30))


def test_a_day_without_a_year_takes_the_texts_own() -> None:
    found = only("It ended in 2014, and now is the year 2024. They met on Feb. 11.", None, 2)
    assert (found.edtf, found.inferred) == ("2024-02-11", True)


def test_a_deadline_is_not_the_texts_own_year() -> None:
    assert only("By 2050 the sea will rise. In 2019 they met. On May 3 they signed.", None, 2).edtf == "2019-05-03"


def test_a_day_without_a_year_is_nearest_to_publication() -> None:
    assert only("They met on Dec. 20.", PUBLISHED).edtf == "2023-12-20"


def test_two_days_later_is_counted_from_the_date_before() -> None:
    assert only("They met on March 3, 2015. Two days later they left.", PUBLISHED, 1).edtf == "2015-03-05"


def test_a_day_that_does_not_exist_is_vague() -> None:
    assert only("They met on February 30, 2020.").precision == "vague"


def test_a_count_is_no_year() -> None:
    assert not rules.extract("They sent 2000 troops and paid $1999.", PUBLISHED).dates
