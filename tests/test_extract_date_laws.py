"""What holds of every time in every text."""

import re
from datetime import date
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import edtf
from app.extract import rules
from app.extract.lang.en import dates, reading

WORDS = [
    *re.findall(
        r"\S+",
        """the of to and - – , . ( ) a an in on at by from between until every each per last next this that past early
        mid late end beginning about nearly more than less least few several half two three hundred 3 5 12 31 14th 2nd
        1947 2014 2019 2014-16 '90s 1990s 9:30 11/9 2020-02-30 05.03.2011 May March July Feb. Sept. Monday Tue. summer
        fall spring morning night p.m. today tomorrow now recently day days week weekend months quarter year years
        decades century ago later earlier before daily annual Christmas Easter first second fourth will said met -old
        year-old mid-July three-year Q3 fiscal noon 9/11 nineties""",
    ),
    "\n",
]
texts = st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join)
days = st.none() | st.dates(date(2, 1, 1), date(9990, 12, 31))


@given(texts, days)
def test_times_lie_in_the_text_and_never_overlap(text: str, published: date | None) -> None:
    found = rules.extract(text, published).dates
    assert all(0 <= d.start < d.end <= len(text) for d in found)
    assert all(first.end <= second.start for first, second in pairwise(found))


@given(texts, days)
def test_edtf_says_what_the_days_say(text: str, published: date | None) -> None:
    for found in rules.extract(text, published).dates:
        assert found.earliest is None or found.latest is None or found.earliest <= found.latest
        if found.edtf is not None:
            whole = edtf.parse(found.edtf)
            assert found.precision == whole.precision
            assert found.timex is not None
            if found.modifier is None:
                assert (found.earliest, found.latest) == (whole.earliest, whole.latest)
            elif whole.earliest and whole.latest and found.earliest and found.latest:
                assert whole.earliest <= found.earliest <= found.latest <= whole.latest


@given(texts, days)
def test_the_same_text_gives_the_same_times(text: str, published: date | None) -> None:
    assert rules.extract(text, published).dates == rules.extract(text, published).dates


@given(texts, st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(1, 3))
def test_a_text_moved_moves_its_times(text: str, published: date, moved: int) -> None:
    before = [(d.start + moved, d.end + moved, d.timex) for d in rules.extract(text, published).dates]
    after = [(d.start, d.end, d.timex) for d in rules.extract("\n" * moved + text, published).dates]
    assert before == after


@pytest.mark.parametrize("word", ["the ", "two ", "12-", "last ", "between ", "1.1.1.1 ", '"', "a-"])
def test_times_are_read_in_a_time_proportional_to_the_text(word: str) -> None:
    def seconds(length: int) -> float:
        read = reading.read((word * length)[:length])
        began = process_time()
        dates.find(read, None, date(2024, 2, 13))
        return process_time() - began

    seconds(1000)
    # Ten times as long; where each place is looked at with all others, a hundred.
    assert seconds(400_000) < 50 * seconds(40_000) + 0.2
