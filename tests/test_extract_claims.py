"""What the rules make of sentences that attribute words to someone."""

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import NotFound
from app.extract import find, rules
from app.models.extraction import Extraction, FoundClaim

PIECES = [
    "said",
    "that",
    "“",
    "”",
    '"',
    "‘",
    "’",
    ".",
    ",",
    ":",
    "\n",
    " — ",
    "(",
    "U.S.",
    "-led",
    "coalition",
    "al-Masri",
    "Ann Berg",
    "Berg",
    "Prime Minister",
    "Iraqi",
    "PM:",
    "He",
    "adding",
    "according to",
    "what",
    "described as",
    "There are reports",
    "July 2021",
    "February 30",
    "the end of that year",
    "two days later",
    "today",
    "99th century",
    "declared",
    "victory",
    "İ",
    "\x00",
    "\u2028",
    "９",
    "the country",
]


@dataclass
class Told:
    text: str
    found: Extraction

    def claim(self, place: int = 0) -> FoundClaim:
        return self.found.claims[place]

    def words(self) -> list[str]:
        return [self.text[c.start : c.end] for c in self.found.claims]

    def speakers(self) -> list[list[str | None]]:
        """The preferred names; None for a speaker who is no entity."""
        names = [e.names[0].text for e in self.found.entities]
        return [[None if p.entity is None else names[p.entity] for p in c.speakers] for c in self.found.claims]


def told(text: str, published: date | None = None) -> Told:
    return Told(text, rules.extract(text, published))


def test_indirect_speech_leaves_out_cue_and_that_and_full_stop() -> None:
    assert told("Mayor Ann Berg said that the bridge would open.").words() == ["the bridge would open"]


def test_a_quotation_keeps_its_marks_and_its_closing_comma() -> None:
    heard = told("“The bridge is safe,” Ann Berg said.")
    assert (heard.words(), heard.claim().kind) == (["“The bridge is safe,”"], "direct")


def test_an_inverted_cue_names_its_speaker() -> None:
    assert told("“The bridge is safe,” said Ann Berg, an engineer.").speakers() == [["Ann Berg"]]


def test_a_speaker_is_carried_over_to_what_he_added() -> None:
    heard = told("Ann Berg opened the bridge. She said that it was safe, adding that the toll would rise.")
    assert heard.words() == ["it was safe", "the toll would rise"]
    assert heard.speakers() == [["Ann Berg"], ["Ann Berg"]]


def test_two_can_say_one_thing() -> None:
    heard = told("Governor Ann Berg and Mayor Carl Dorn announced in May 2019 that the port would close by the end of that year.")
    assert heard.speakers() == [["Ann Berg", "Carl Dorn"]]
    claim = heard.claim()
    assert claim.said is not None
    assert heard.found.dates[claim.said].edtf == "2019-05"
    assert [heard.found.dates[i].edtf for i in claim.dates] == ["2019"]


def test_according_to_names_the_speaker() -> None:
    heard = told("The harbour froze twice, according to Ann Berg.")
    assert (heard.words(), heard.speakers()) == (["The harbour froze twice"], [["Ann Berg"]])


def test_the_office_in_a_headline_is_the_person_who_holds_it() -> None:
    heard = told("PM: Norway Will Not Join\nOSLO (Wire) – Norwegian Prime Minister Kari Holt said on Monday that talks had ended.")
    assert heard.words()[0] == "Norway Will Not Join"
    assert heard.speakers()[0] == ["Kari Holt"]
    assert heard.claim().negated


def test_reports_that_nobody_signs_have_a_collective_speaker() -> None:
    heard = told("There are several reports that the convoy crossed the border.")
    party = heard.claim().speakers[0]
    assert party.span is not None
    assert (heard.words(), party.kind, party.entity) == (["the convoy crossed the border"], "collective", None)
    assert heard.text[party.span.start : party.span.end] == "several reports"


def test_what_a_capital_describes_is_its_countrys_word() -> None:
    heard = told("French soldiers stay in what Paris describes as a “training” mission.")
    assert (heard.words(), heard.speakers()) == (["a “training” mission"], [["France"]])
    assert {h.kind for h in heard.claim().hedges} == {"distancing", "scare_quotes"}


def test_a_declared_thing_is_about_the_day_of_its_declaration() -> None:
    heard = told("Peru declared victory over the rebels in June 1999.")
    claim = heard.claim()
    assert heard.words() == ["victory over the rebels"]
    assert claim.said is not None
    assert claim.said in claim.dates


def test_a_nationality_makes_the_country_a_subject() -> None:
    heard = told("Ann Berg said that the Peruvian navy had sailed.")
    assert [heard.found.entities[p.entity].names[0].text for p in heard.claim().subjects if p.entity is not None] == ["Peru"]


def test_allegedly_is_the_authors_doubt() -> None:
    hedge = told("Ann Berg said that the crew allegedly sold the cargo.").claim().hedges[0]
    assert (hedge.kind, hedge.by) == ("distancing", "author")


def test_an_unknown_extractor_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(NotFound, match="rules"):
        find("english")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=40).map(" ".join), st.none() | st.dates())
def test_every_place_lies_inside_any_text_and_the_answer_never_changes(text: str, published: date | None) -> None:
    found = rules.extract(text, published)
    parties = [p for c in found.claims for p in (*c.speakers, *c.subjects)]
    places = [(f.start, f.end) for f in (*found.dates, *found.claims)] + [
        (m.start, m.end) for e in found.entities for m in e.mentions
    ]
    spans = [(s.start, s.end) for s in (*(c.cue for c in found.claims), *(p.span for p in parties)) if s]
    hedged = [(h.start, h.end) for c in found.claims for h in c.hedges]
    assert all(0 <= start < end <= len(text) for start, end in (*places, *spans, *hedged))
    assert all(0 <= p.entity < len(found.entities) for p in parties if p.entity is not None)
    assert all(0 <= i < len(found.dates) for c in found.claims for i in (*c.dates, *([] if c.said is None else [c.said])))
    assert all([n.kind for n in e.names].count("preferred") == 1 for e in found.entities)
    assert rules.extract(text, published) == found


@pytest.mark.parametrize("piece", ["a", '"', "said ", "U.S.", "He said that ", "in 2014 "])
def test_a_long_text_without_end_is_read_in_seconds(piece: str) -> None:
    rules.extract(piece * (100_000 // len(piece)), None)
