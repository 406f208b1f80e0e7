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
        ("It lasted from May to June 2019.", "2019-05/2019-06"),
        ("It lasted from November to February 2019.", "2018-11/2019-02"),
        ("It lasted May 3-5, 2019.", "2019-05-03/2019-05-05"),
        ("It lasted between 3 and 5 May 2019.", "2019-05-03/2019-05-05"),
        ("It ruled in 2014-16.", "2014/2016"),
        ("It fell in the first half of 2023.", "2023-01/2023-06"),
        ("It fell on the 4th of May 2011.", "2011-05-04"),
        ("It fell on 05.03.2011.", "2011-03-05"),
        ("It fell in the 1600s.", "16XX"),
        ("It fell on Good Friday 2021.", "2021-04-02"),
        ("It fell in the last week of March 2013.", "2013-03-25/2013-03-31"),
        ("It fell after the Sept. 11 attacks.", "2001-09-11"),
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


@pytest.mark.parametrize("words", ["today", "now"])
def test_today_in_an_undated_text_is_vague(words: str) -> None:
    found = only(f"They meet {words}.")
    assert (found.edtf, found.precision, found.timex) == (None, "vague", "PRESENT_REF")


@pytest.mark.parametrize(
    ("sentence", "day"),
    [
        ("They met on Friday.", "2024-02-09"),
        ("They will meet on Friday.", "2024-02-16"),
        ("On Friday, they will meet.", "2024-02-16"),
        ("The vote is due on Friday.", "2024-02-16"),
        ("The report should be completed on Friday.", "2024-02-16"),
        ("The plan has a Friday deadline.", "2024-02-16"),
        ("They agreed to meet on Friday.", "2024-02-16"),
        ("They met on Tuesday.", "2024-02-13"),
        ("They met last Tuesday.", "2024-02-06"),
        ("They met on Tuesday of last week.", "2024-02-06"),
    ],
)
def test_the_verb_says_which_friday(sentence: str, day: str) -> None:
    assert only(sentence, PUBLISHED).edtf == day


def test_of_two_verbs_the_nearest_says_which_day() -> None:
    found = rules.extract("She said Monday that it would open on Friday.", PUBLISHED).dates
    assert [d.edtf for d in found] == ["2024-02-12", "2024-02-16"]


@pytest.mark.parametrize(("sentence", "month"), [("It fell in June.", "2023-06"), ("It will fall in January.", "2025-01")])
def test_the_verb_says_which_june(sentence: str, month: str) -> None:
    assert only(sentence, PUBLISHED).edtf == month


@pytest.mark.parametrize(
    ("words", "timex"),
    [
        ("in the first quarter of 2024", "2024-Q1"),
        ("in the second half of 2024", "2024-H2"),
        ("this week", "2024-W07"),
        ("over the weekend", "2024-W06-WE"),
        ("in the early 1990s", "199"),
        ("in the 20th century", "19"),
        ("in the summer of 2024", "2024-SU"),
        ("on Tuesday morning", "2024-02-13TMO"),
        ("last night", "2024-02-12TNI"),
        ("at 3 p.m. on Friday", "2024-02-09T15:00"),
        ("at 6:30 p.m. EST Monday", "2024-02-12T18:30"),
        ("at noon on Monday", "2024-02-12T12:00"),
        ("for three years", "P3Y"),
        ("on a three-year term", "P3Y"),
        ("for two and a half hours", "PT2.5H"),
        ("for a few months", "PXM"),
        ("for two decades", "P20Y"),
        ("within minutes", "PTXM"),
        ("in the past nine days", "P9D"),
        ("every Tuesday", "XXXX-WXX-2"),
        ("on Mondays", "XXXX-WXX-1"),
        ("annually", "P1Y"),
        ("twice a week", "P1W"),
        ("every two years", "P2Y"),
        ("recently", "PAST_REF"),
        ("several years ago", "PAST_REF"),
        ("in recent years", "PAST_REF"),
        ("in the near future", "FUTURE_REF"),
        ("currently", "PRESENT_REF"),
    ],
)
def test_a_time_is_written_as_timex3_writes_it(words: str, timex: str) -> None:
    assert only(f"They met {words}.", PUBLISHED).timex == timex


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("They left by the end of June.", "the end of June"),
        ("They waited nearly five months.", "nearly five months"),
        ("They left around 2014.", "2014"),
        ("A 25-year-old man left.", "25-year-old"),
        ("They left late Thursday night.", "late Thursday night"),
        ("They left in 2003's heat.", "2003"),
        ("They left over the weekend.", "the weekend"),
        ("They left at the moment of truth, on a cold Tuesday.", "Tuesday"),
    ],
)
def test_a_span_holds_what_annotators_mark(sentence: str, words: str) -> None:
    found = rules.extract(sentence, PUBLISHED).dates[-1]
    assert sentence[found.start : found.end] == words


def test_both_ends_of_a_range_know_the_whole() -> None:
    found = rules.extract("It lasted from May to June 2019.", PUBLISHED).dates
    assert [(d.edtf, d.timex) for d in found] == [("2019-05/2019-06", "2019-05"), ("2019-05/2019-06", "2019-06")]


def test_the_past_three_years_are_a_length_that_ends_with_publication() -> None:
    found = only("Sales grew over the past three years.", PUBLISHED)
    assert (found.precision, found.edtf, found.earliest, found.latest) == ("duration", None, date(2021, 2, 13), PUBLISHED)


def test_today_against_a_bare_year_means_these_days() -> None:
    assert only("It had 40 ships in 1990 and has twelve today.", PUBLISHED, 1).timex == "PRESENT_REF"


def test_today_in_what_somebody_says_is_the_day_of_publication() -> None:
    assert only('"We leave today," Smith said.', PUBLISHED).edtf == "2024-02-13"


def test_the_end_of_that_year_is_its_december() -> None:
    found = only("They agreed in July 2021 to leave by the end of that year.", None, 1)
    assert (found.edtf, found.modifier, found.anchor, found.precision) == ("2021", "end", "July 2021", "year")
    assert (found.earliest, found.latest) == (date(2021, 12, 1), date(2021, 12, 31))


def test_early_is_the_first_third() -> None:
    found = only("It fell in early 2014.")
    assert (found.edtf, found.earliest, found.latest) == ("2014", date(2014, 1, 1), date(2014, 4, 30))


def test_a_day_without_a_year_takes_the_texts_own() -> None:
    found = only("It ended in 2014, and now is the year 2024. They met on Feb. 11.", None, 3)
    assert (found.edtf, found.inferred) == ("2024-02-11", True)


def test_a_deadline_is_not_the_texts_own_year() -> None:
    assert only("By 2050 the sea will rise. In 2019 they met. On May 3 they signed.", None, 2).edtf == "2019-05-03"


def test_a_day_without_a_year_is_nearest_to_publication() -> None:
    assert only("They met on Dec. 20.", PUBLISHED).edtf == "2023-12-20"


def test_two_days_later_is_counted_from_the_date_before() -> None:
    assert only("They met on March 3, 2015. Two days later they left.", PUBLISHED, 1).edtf == "2015-03-05"


def test_a_day_that_does_not_exist_is_vague() -> None:
    assert only("They met on February 30, 2020.").precision == "vague"


@pytest.mark.parametrize(
    "sentence",
    [
        "They sent 2000 troops and paid $1999.",
        "A survey of 2014 schoolchildren was made.",
        "They live at 1600 Pennsylvania Avenue.",
        "The council passed resolution 1973.",
        "It may march; the fall of the house is a second spring.",
        "Prime Minister May spoke with May.",
        "The Sun wrote that she sat in the sun.",
        "He read Seven Days in the library.",
        "April Carter and June Brown wed.",
        "He reads USA Today.",
    ],
)
def test_what_only_looks_like_a_time_is_none(sentence: str) -> None:
    assert not rules.extract(sentence, PUBLISHED).dates


def test_in_a_text_of_no_day_now_and_two_hours_only_describe() -> None:
    guide = "The ferry now takes two hours and goes daily. " * 40
    assert not rules.extract(guide, PUBLISHED).dates
    assert rules.extract(guide + "It sank on Monday. " * 3, PUBLISHED).dates[0].timex == "PRESENT_REF"


def test_a_life_goes_on_in_the_year_named_last() -> None:
    life = "Born in 1901, schooled in 1912, he left in 1920, wed in 1922 and 1925 and sailed in 1930. On May 4 he arrived."
    assert only(life, PUBLISHED, -1).edtf == "1930-05-04"


def test_an_hour_is_on_the_day_named_before() -> None:
    assert only("They met on Monday in Oslo. It began at 6 a.m. and ended soon.", PUBLISHED, 1).timex == "2024-02-12T06:00"
