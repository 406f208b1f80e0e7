"""What weakens, denies and dates a claim, whom it is about, and what the author himself asserts."""

from datetime import date

import pytest

from app.extract import rules
from app.models.extraction import Extraction, FoundClaim

TUESDAY = date(2024, 2, 13)


def read(text: str, *, narrated: bool = False) -> tuple[Extraction, FoundClaim]:
    """The first claim of a text, and all that was found."""
    found = rules.extract(text, TUESDAY, narrated=narrated)
    return found, found.claims[0]


def hedges(text: str) -> list[tuple[str, str, str]]:
    """Those of the longest claim: inside "that he is said to be ill" stands another."""
    claim = max(rules.extract(text, None).claims, key=lambda c: c.end - c.start)
    return [(text[h.start : h.end], h.kind, h.by) for h in claim.hedges]


def said(text: str) -> str | None:
    found, claim = read(text)
    return None if claim.said is None else text[found.dates[claim.said].start : found.dates[claim.said].end]


def subjects(text: str) -> list[tuple[str | None, str]]:
    """Name of the entity, and the words that name it."""
    found, claim = read(text)
    spans = [(p.entity, p.span) for p in claim.subjects]
    return [(found.entities[e].names[0].text if e is not None else None, text[s.start : s.end]) for e, s in spans if s is not None]


def asserted(text: str) -> list[str]:
    return [text[c.start : c.end] for c in rules.extract(text, None, narrated=True).claims if c.kind == "narrated"]


@pytest.mark.parametrize(
    ("words", "hedge"),
    [
        ("the crew allegedly sold the cargo", ("allegedly", "distancing", "author")),
        ("the so-called elders met", ("so-called", "distancing", "author")),
        ("a purported buyer paid", ("purported", "distancing", "author")),
        ("the port might close", ("might", "modal", "speaker")),
        ("the port could close", ("could", "modal", "speaker")),
        ("the dam was probably safe", ("probably", "modal", "speaker")),
        ("it was possible that the dam held", ("it was possible", "modal", "speaker")),
        ("a possible attack was averted", ("possible", "modal", "speaker")),
        ("the dam seems safe", ("seems", "doubt", "speaker")),
        ("the dam appears to hold", ("appears", "doubt", "speaker")),
        ("the figures suggest that it rains", ("suggest", "doubt", "speaker")),
        ("the gates tend to stick", ("tend", "doubt", "speaker")),
        ("the thief is believed to be abroad", ("is believed to", "doubt", "speaker")),
        ("the thief is said to be abroad", ("is said to", "unnamed_source", "author")),
        ("about 40 ships sank", ("about", "approximation", "speaker")),
        ("some 25 states had signed", ("some", "approximation", "speaker")),
        ("around a dozen ships sank", ("around", "approximation", "speaker")),
        ("nearly $40 million were lost", ("nearly", "approximation", "speaker")),
        ("almost all ships sank", ("almost", "approximation", "speaker")),
        ("the dam was to some extent safe", ("to some extent", "approximation", "speaker")),
        ("the “experts” had lied", ("“experts”", "scare_quotes", "author")),
        ("the 'experts' had lied", ("'experts'", "scare_quotes", "author")),
    ],
)
def test_a_hedge_has_its_words_its_kind_and_its_owner(words: str, hedge: tuple[str, str, str]) -> None:
    assert hedges(f"Ann Berg said that {words}.") == [hedge]


@pytest.mark.parametrize(
    "words",
    [
        "they spoke about 40 ships",
        "a story about a dam was told",
        "the tour goes around the port",
        "some states had signed",
        "the port closed in May 2019",
        "Theresa May had resigned",
        "the might of the navy was broken",
        "the dam will hold",
        "they could not swim",
        "the thief appeared in court",
        "it came as soon as possible",
        "the guest is supposed to pay",
        "she had read “Moby Dick” twice",
        "the port was “doing well” again",
        "the crew were “heroes of the sea” to her",
        "the workers' pay and the owners' gains were cut",
        "it was a kind of fish",
        "it was built in a way that pleased them",
    ],
)
def test_a_word_that_only_looks_like_a_hedge_is_none(words: str) -> None:
    assert hedges(f"Ann Berg said that {words}.") == []


def test_what_stands_in_quotation_marks_is_the_speakers_hedge() -> None:
    assert hedges("“The so-called elders met,” Ann Berg said.") == [("so-called", "distancing", "speaker")]


def test_marks_inside_speech_are_the_speakers_distance() -> None:
    assert hedges("“The 'experts' have lied again,” Ann Berg said.") == [("'experts'", "scare_quotes", "speaker")]


def test_i_think_is_a_hedge_as_long_as_its_words() -> None:
    assert hedges("“I think the dam is safe,” Ann Berg said.") == [("I think", "doubt", "speaker")]


def test_a_question_is_no_guess() -> None:
    assert hedges("“Could we close it?” Ann Berg asked.") == []


@pytest.mark.parametrize(
    ("text", "hedge"),
    [
        ("Ann Berg claimed that it was safe.", ("claimed", "distancing", "author")),
        ("Ann Berg purportedly told reporters that it was safe.", ("purportedly told", "distancing", "author")),
        ("Ann Berg reportedly said that it was safe.", ("reportedly said", "doubt", "author")),
        ("Two sources said that it was safe.", ("Two sources", "unnamed_source", "author")),
        ("There are various reports that it was safe.", ("various reports", "unnamed_source", "author")),
        ("An aide said on condition of anonymity that it was safe.", ("on condition of anonymity", "unnamed_source", "author")),
    ],
)
def test_the_author_hedges_by_how_he_attributes(text: str, hedge: tuple[str, str, str]) -> None:
    assert hedges(text) == [hedge]


@pytest.mark.parametrize(
    "words",
    [
        "the port does not need a dam",
        "the port isn’t safe",
        "the port no longer poses a risk",
        "the port never closed",
        "nobody was hurt",
        "neither the port nor the dam has closed",
        "the crew failed to open the port",
        "the port has no plans",
        "there is no evidence of fraud",
        "by no means is the port safe",
        "if the rain stops, the port will not close",
        "in May 2019, the port did not open",
        "Dorn, a lawyer, did not come",
        "the plan that the board backed will not work",
    ],
)
def test_a_negated_predicate_negates_the_claim(words: str) -> None:
    assert read(f"Ann Berg said that {words}.")[1].negated


@pytest.mark.parametrize(
    "words",
    [
        "the port closed without a warning",
        "the port not only closed but burned",
        "there is no doubt it is closed",
        "no fewer than nine ships sank",
        "it was nothing but a mistake",
        "if the rain does not stop, the port will close",
        "the port will close because it is not safe",
        "the man who did not pay left the port",
        "Dorn, a lawyer who had never won, took the case",
        "the crew was urged not to sail",
        "the crew left with no help",
        "the port will open and will not close again",
    ],
)
def test_a_negation_elsewhere_leaves_the_claim_as_it_is(words: str) -> None:
    assert not read(f"Ann Berg said that {words}.")[1].negated


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("Ann Berg denied that the dam leaked.", True),
        ("Ann Berg denied that the dam did not leak.", False),
        ("Ann Berg does not think that the dam leaks.", True),
        ("Ann Berg did not say that the dam leaks.", False),
        ("Ann Berg doubts that the dam leaks.", False),
    ],
)
def test_a_denial_is_a_negated_claim(text: str, negated: bool) -> None:
    assert read(text)[1].negated is negated


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Ann Berg said on Monday that it closed in 2014.", "Monday"),
        ("Ann Berg told reporters Tuesday that it closed.", "Tuesday"),
        ("On Monday, Ann Berg said that it closed.", "Monday"),
        ("Ann Berg on Monday said that it closed.", "Monday"),
        ("Speaking in Oslo on Monday, Ann Berg said that it closed.", "Monday"),
        ("“It is closed,” Ann Berg said on Friday.", "Friday"),
        ("“It is closed,” said Ann Berg on Friday.", "Friday"),
        ("The port closed on Monday, Ann Berg said Tuesday.", "Tuesday"),
        ("After the storm on Monday, Ann Berg said that it closed.", None),
        ("“It is closed,” Ann Berg said after the storm on Friday.", None),
        ("Ann Berg said after Monday's storm that it closed.", None),
        ("Ann Berg, who left in 2014, said that it closed.", None),
        ("The 2014 winner said that it closed.", None),
        ("In 2014 the port burned, and Ann Berg said that it closed.", None),
        ("Ann Berg said for three years that it closed.", None),
        ("The port closed on Monday, Ann Berg said.", None),
    ],
)
def test_the_date_of_the_saying_stands_at_the_cue(text: str, day: str | None) -> None:
    assert said(text) == day


def test_what_was_added_was_said_on_the_same_day() -> None:
    found = rules.extract("Ann Berg said on Monday that it closed, adding that the dam was open.", TUESDAY)
    assert [c.said for c in found.claims] == [0, 0]


def test_a_claim_speaks_of_the_dates_inside_its_words() -> None:
    found, claim = read("Ann Berg said on Monday that it closed in 2014 and opened in 2016.")
    assert [found.dates[i].edtf for i in claim.dates] == ["2014", "2016"]


def test_a_subject_is_named_once_and_at_its_first_place() -> None:
    assert subjects("Ann Berg said that Peru left and Peruvian ships followed Carl Dorn.") == [
        ("Peru", "Peru"),
        ("Carl Dorn", "Carl Dorn"),
    ]


def test_a_name_inside_a_name_is_a_subject_too() -> None:
    assert [name for name, _ in subjects("Ann Berg said that the U.S.-led coalition would leave.")] == [
        "United States",
        "U.S.-led coalition",
    ]


def test_a_speaker_who_means_himself_is_a_subject() -> None:
    assert subjects("Ann Berg said she would leave the port.") == [("Ann Berg", "she")]


def test_a_pronoun_that_may_mean_another_is_no_subject() -> None:
    assert subjects("Carl Dorn was there. Ann Berg said he would leave the port.") == []


def test_a_speaker_whom_his_words_do_not_name_is_no_subject() -> None:
    assert subjects("Ann Berg said that Peru would leave.") == [("Peru", "Peru")]


def test_the_authors_own_sentences_are_claims_when_asked_for() -> None:
    text = "The port of Callao did not open in 2014. Ann Berg said that it was safe."
    found = rules.extract(text, None, narrated=True)
    claim = found.claims[0]
    assert text[claim.start : claim.end] == "The port of Callao did not open in 2014"
    assert (claim.kind, claim.speakers[0].kind, claim.negated, claim.dates) == ("narrated", "author", True, (0,))


def test_the_authors_own_sentences_are_left_alone_otherwise() -> None:
    assert not rules.extract("The port of Callao did not open in 2014.", None).claims


def test_a_hedge_in_the_authors_own_sentence_is_the_authors() -> None:
    _, claim = read("The dam may have leaked in the night.", narrated=True)
    assert [(h.kind, h.by) for h in claim.hedges] == [("modal", "author")]


def test_a_main_clause_before_a_description_is_the_authors() -> None:
    assert asserted("The soldiers have stayed in what Paris calls a training mission.") == ["The soldiers have stayed"]


@pytest.mark.parametrize(
    "text",
    [
        "Has the port been open for long?",
        "No trace of the ship or of its crew.",
        "A man with books that have not been read.",
        "Ann Berg said that the port was safe.",
        "“The port has been safe for years.”",
        "New Port Has Been Opened in Callao\nIt rained.",
    ],
)
def test_questions_fragments_headings_and_others_words_are_no_assertions(text: str) -> None:
    assert asserted(text) == []
