"""What the rules make of sentences that attribute words to someone."""

import itertools
from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import NotFound
from app.extract import find, rules
from app.extract.lang.en import reading, statements
from app.extract.lang.en.reading import Hints
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


@pytest.mark.parametrize(
    ("sentence", "speaker"),
    [
        ("Ann Berg left, while a second engineer, who stayed, said it was late.", "a second engineer"),
        ("Ann Berg left, but the engineer, who stayed, said it was late.", "the engineer"),
        ("Farmers in the upper valley fear that it will rain.", "Farmers in the upper valley"),
    ],
)
def test_a_doer_is_found_behind_a_conjunction_and_over_a_preposition(sentence: str, speaker: str) -> None:
    party = told(sentence).claim().speakers[0]
    assert party.span is not None
    assert sentence[party.span.start : party.span.end] == speaker


def test_who_is_told_may_stand_somewhere() -> None:
    assert told("“We are late,” Ann Berg told reporters in the capital.").speakers() == [["Ann Berg"]]


def test_in_there_are_reports_nobody_speaks() -> None:
    heard = told("There were reports that thieves had come, though Ann Berg said that none had.")
    assert [s.kind for c in heard.found.claims for s in c.speakers] == ["collective", "named"]


def test_an_unknown_extractor_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(NotFound, match="rules"):
        find("english")


@pytest.mark.parametrize(
    ("sentence", "contents"),
    [
        ("“We will,” Ann Berg said, “go on.”", ["“We will,” + “go on.”"]),
        ("The dam, Ann Berg said, is safe.", ["The dam + is safe"]),
        ("The dam, said Ann Berg, who heads the office, is safe.", ["The dam + is safe"]),
        ("The dam, according to Ann Berg, is safe.", ["The dam + is safe"]),
        ("The crew is believed to have fled.", ["The crew + to have fled"]),
        ("Berg said the port would close and added that tolls would rise.", ["the port would close", "tolls would rise"]),
        ("Berg said the dues were late and urged Peru to pay them.", ["the dues were late", "Peru to pay them"]),
        ("Berg has promised to pay, but boat owners say that nothing came.", ["to pay", "nothing came"]),
        ("Berg thinks it will hold: “We built it well,” she said.", ["it will hold", "“We built it well,”"]),
        ("It is understood that two of them left.", ["two of them left"]),
        ("Ministers urged both towns to respect the truce.", ["both towns to respect the truce"]),
        ("Ann Berg wrote that the toll punishes the poor.", ["the toll punishes the poor"]),
        ("The river has lost half of its fish, a study found.", ["The river has lost half of its fish"]),
        ("Lawyers doubt whether it will pass.", ["whether it will pass"]),
        ("While Berg said the port would close, Dorn insisted it would stay.", ["the port would close", "it would stay"]),
        ("If the sailors think the pay is low, they can leave.", ["the pay is low"]),
        ("Berg said that if it rains, the dam will break.", ["if it rains, the dam will break"]),
        ("Berg said in a statement on Tuesday its profit had doubled.", ["its profit had doubled"]),
        ("Berg told the BBC the vaccine was late.", ["the vaccine was late"]),
        ("Berg asked whether the port would close.", ["whether the port would close"]),
        ("Berg’s belief that the dam would break was shared by many.", ["the dam would break"]),
        ("Critics accused the mayor of taking bribes.", ["the mayor of taking bribes"]),
        ("The mayor vowed to fight the charges.", ["to fight the charges"]),
        ("Berg did not say when the port would open.", ["when the port would open"]),
        ("The ship called “Aurora” sank.", []),
        ("The reports that we read, when it was quiet, were long.", []),
        ("That said, the port will open.", []),
    ],
)
def test_a_content_ends_where_the_words_of_its_speaker_end(sentence: str, contents: list[str]) -> None:
    heard = told(f"The harbour froze. {sentence}")
    claims = [c for c in heard.found.claims if c.start > 0]
    assert [
        " + ".join([heard.text[c.start : c.end], *(heard.text[s.start : s.end] for s in c.continued)]) for c in claims
    ] == contents


@pytest.mark.parametrize(
    ("sentence", "speaker"),
    [
        ("The minister, who opened the bridge in May, said it was safe.", "The minister"),
        ("In July, the minister, who opened the bridge in May, said it was safe.", "the minister"),
        ("The minister opened the bridge and said it was safe.", "The minister"),
        ("Scientists who study ice warn that it melts.", "Scientists who study ice"),
        ("A study published this week in a journal suggests the drug works.", "A study published this week in a journal"),
        ("Officials in Oslo and Bergen say the drug works.", "Officials in Oslo"),
        ("The club’s president, Ann Berg, said it was over.", "The club’s president, Ann Berg"),
        ("The minister had come to believe that it was over.", "The minister"),
        ("The minister was quoted as saying that it was over.", "The minister"),
        ("Asked about the strike, the minister said it was over.", "the minister"),
    ],
)
def test_the_speaker_is_the_doer_of_the_cue_and_not_the_nearest_noun(sentence: str, speaker: str) -> None:
    heard = told(sentence)
    span = heard.claim().speakers[0].span
    assert span is not None
    assert heard.text[span.start : span.end] == speaker


def test_a_claim_inside_a_claim_has_its_own_speaker() -> None:
    heard = told("Ann Berg said that Carl Dorn believes the dam is safe.")
    assert heard.words() == ["Carl Dorn believes the dam is safe", "the dam is safe"]
    assert heard.speakers() == [["Ann Berg"], ["Carl Dorn"]]


def test_i_in_quoted_words_is_who_speaks_them() -> None:
    assert told("“I think it will rain,” Ann Berg said.").speakers() == [["Ann Berg"], ["Ann Berg"]]


@pytest.mark.parametrize("text", ["‘It’s over, and we’re done,’ Ann Berg said.", "'It's over, and we're done,' Ann Berg said."])
def test_single_marks_quote_and_apostrophes_do_not(text: str) -> None:
    heard = told(text)
    assert (heard.words(), heard.claim().kind) == ([text.partition(" Ann")[0]], "direct")


def test_a_quotation_that_each_paragraph_opens_and_the_last_one_closes_is_one_claim() -> None:
    heard = told("Ann Berg said: “It was hard.\n\n“We would do it again.\n\n“Nobody believed us.”\n\nThe port is open.")
    claim = heard.claim()
    assert len(heard.found.claims) == 1
    assert [heard.text[s.start : s.end] for s in claim.continued] == ["“We would do it again.", "“Nobody believed us.”"]


@pytest.mark.parametrize("line", ["Norway Will Not Join, Says PM", "Norway Will Not Join: PM"])
def test_a_headline_may_name_its_speaker_last(line: str) -> None:
    heard = told(f"{line}\nOSLO (Wire) – Norwegian Prime Minister Kari Holt spoke on Monday.")
    assert (heard.words(), heard.speakers()) == (["Norway Will Not Join"], [["Kari Holt"]])


def test_the_turns_of_an_interview_are_their_speakers_words() -> None:
    heard = told("ANN BERG: We left in May.\nQ: Why so late?\nANN BERG: It was cold. We waited.\nQ: Thank you.")
    assert heard.words() == ["We left in May.", "Why so late?", "It was cold. We waited.", "Thank you."]


def test_what_nobody_is_named_for_has_no_speaker() -> None:
    party = told("It was reported that the crew had fled.").claim().speakers[0]
    assert (party.entity, party.kind) == (None, "unnamed")


def test_a_parser_may_know_better() -> None:
    text = "The man the mayor hired said the dam in the hills was safe."
    places = {token.text: i for i, token in enumerate(reading.read(text).tokens)}
    said = places["said"]
    hints = Hints(subjects={said: (0, 2)}, clauses={said: (places["dam"] - 1, places["dam"] + 1)})
    (statement,) = statements.find(reading.read(text, hints), None)
    assert (statement.speaker, statement.content) == ((0, 2), (said + 1, said + 3))
    assert statements.find(reading.read(text, Hints(not_verbs=frozenset({said}))), None) == []


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


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join))
def test_claims_of_one_rule_lie_apart_or_one_inside_the_other(text: str) -> None:
    found = statements.find(reading.read(text), None)
    for one, other in itertools.combinations(found, 2):
        if (one.rule, one.sentence) == (other.rule, other.sentence):
            (a, b), (c, d) = sorted([(one.span.start, one.span.end), (other.span.start, other.span.end)])
            assert b <= c or d <= b or a == c
    parts = [part for s in found for part in (s.span, *s.continued)]
    assert all(text[p.start : p.end] == text[p.start : p.end].strip() != "" for p in parts)


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        '"',
        "'",
        "(",
        "a-",
        "said ",
        "U.S.",
        "He said that ",
        "in 2014 ",
        "According to ",
        "“x ",
        "he said, ",
        "A: b\n",
        "who, ",
    ],
)
def test_a_long_text_without_end_is_read_in_seconds(piece: str) -> None:
    rules.extract(piece * (100_000 // len(piece)), None)
