"""The extractor `spacy`, with small pipelines that are made here, saved, and found again by path as any other."""

import threading
from pathlib import Path
from typing import Any

import pytest

from app import extract
from app.errors import ExtractorUnavailable, NotFound
from app.extract import spacy as extractor
from app.models.extraction import Extraction

spacy = pytest.importorskip("spacy", reason="spaCy is an extra: python3 run.py test-extras")

# word/part of speech/relation/place of the head; what the parser learns here it says again of the same sentences. The rules alone
# find "The man Bob" speaking, nobody in the second sentence, and in the third a claim of the project.
PARSED = {
    "relative": "The/DET/det/1 man/NOUN/nsubj/4 Bob/PROPN/nsubj/3 hired/VERB/relcl/1 said/VERB/ROOT/4 that/SCONJ/mark/8"
    " the/DET/det/7 dam/NOUN/nsubj/8 is/AUX/ccomp/4 safe/ADJ/acomp/8 ./PUNCT/punct/4",
    "second verb": "Tests/NOUN/nsubj/4 the/DET/det/2 firm/NOUN/nsubj/3 ran/VERB/relcl/0 ended/VERB/ROOT/4 and/CCONJ/cc/4"
    " say/VERB/conj/4 that/SCONJ/mark/10 the/DET/det/9 dam/NOUN/nsubj/10 is/AUX/ccomp/6 safe/ADJ/acomp/10 ./PUNCT/punct/4",
    "noun": "The/DET/det/2 project/NOUN/compound/2 reports/NOUN/nsubj/6 that/PRON/dobj/5 Ann/PROPN/nsubj/5 wrote/VERB/relcl/2"
    " are/AUX/ROOT/6 gone/VERB/acomp/6 ./PUNCT/punct/6",
}
LABELS = {"Boulder": "ORG", "Amber Cross": "PERSON", "Iraqi": "NORP", "Tuesday": "DATE", "Floodfest": "Event", "Widget": "GADGET"}


def naming(language: str = "en") -> Any:
    made = spacy.blank(language)
    made.add_pipe("entity_ruler").add_patterns([{"label": label, "pattern": words} for words, label in LABELS.items()])
    return made


def saved(pipeline: Any, folder: Path) -> str:
    pipeline.to_disk(folder)
    return f"spacy:{folder}"


@pytest.fixture(scope="module")
def parsing(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A parser and a tagger, trained on the sentences above until they know them."""
    from spacy.training import Example
    from spacy.util import fix_random_seed

    fix_random_seed(1)
    made = spacy.blank("en")
    made.add_pipe("morphologizer")
    made.add_pipe("parser", config={"min_action_freq": 1})
    examples = []
    for line in PARSED.values():
        words, pos, deps, heads = zip(*(word.split("/") for word in line.split()), strict=True)
        doc = spacy.tokens.Doc(made.vocab, words=list(words))
        examples.append(Example.from_dict(doc, {"pos": list(pos), "deps": list(deps), "heads": [int(h) for h in heads]}))
    optimizer = made.initialize(lambda: examples)
    for _ in range(30):
        made.update(examples, sgd=optimizer)
    return saved(made, tmp_path_factory.mktemp("parsing") / "parsing")


def read(name: str, text: str) -> Extraction:
    return extract.find(name).extract(text, None)


def names(found: Extraction, text: str) -> list[tuple[str, str]]:
    return [(e.type, text[m.start : m.end]) for e in found.entities for m in e.mentions if m.kind in ("name", "demonym")]


def speakers(found: Extraction, text: str) -> list[str]:
    return [text[p.span.start : p.span.end] for c in found.claims for p in c.speakers if p.span]


def sentence(which: str) -> str:
    return " ".join(word.split("/")[0] for word in PARSED[which].split()).replace(" .", ".")


# What a pipeline tells the rules


def test_the_names_are_the_pipelines_with_our_types_and_a_people_is_its_country(tmp_path: Path) -> None:
    text = "Boulder hired Amber Cross for Floodfest on Tuesday, Iraqi papers and Widget Gazette said."
    found = read(saved(naming(), tmp_path / "names"), text)
    assert names(found, text) == [
        ("organization", "Boulder"),
        ("person", "Amber Cross"),
        ("event", "Floodfest"),
        ("place", "Iraqi"),
    ]
    assert [text[d.start : d.end] for d in found.dates] == ["Tuesday"]


def test_without_a_parser_the_rules_find_the_claims_alone(tmp_path: Path) -> None:
    text = sentence("relative")
    alone, told = read("rules", text), read(saved(naming(), tmp_path / "names"), text)
    assert alone.claims
    assert [(c.start, c.end, c.rule) for c in told.claims] == [(c.start, c.end, c.rule) for c in alone.claims]


def test_without_a_recognizer_of_names_the_rules_find_the_names_alone(parsing: str) -> None:
    text = "Bob Reed of Paris said that the dam is safe."
    assert names(read(parsing, text), text) == names(read("rules", text), text) != []


@pytest.mark.parametrize(
    ("which", "whose"),
    [("relative", ["The man"]), ("second verb", ["Tests"]), ("noun", [])],
)
def test_a_parse_says_who_speaks_and_what_is_no_verb(parsing: str, which: str, whose: list[str]) -> None:
    text = sentence(which)
    assert speakers(read("rules", text), text) != whose  # otherwise this shows nothing
    assert speakers(read(parsing, text), text) == whose


def test_of_a_language_that_the_rules_do_not_read_there_are_the_names_and_a_warning(tmp_path: Path) -> None:
    text = "Boulder sagte am Tuesday, dass Amber Cross geht."
    found = extract.find(saved(naming("de"), tmp_path / "german"))
    told = found.extract(text, None)
    assert found.LANGUAGES == ("de",)
    assert [(e.type, [n.text for n in e.names], len(e.mentions)) for e in told.entities] == [
        ("organization", ["Boulder"], 1),
        ("person", ["Amber Cross"], 1),
    ]
    assert (told.claims, told.dates) == ((), ())
    assert told.warnings[0].startswith("claims and dates are found in English only")


def test_a_long_text_is_read_in_pieces_and_every_place_is_one_of_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extractor, "MOST_CHARACTERS", 60)
    text = "“Ünïcode” 🌊 and no name here.\n" * 5 + "Amber Cross spoke.\n" * 5
    found = read(saved(naming(), tmp_path / "names"), text)
    assert names(found, text) == [("person", "Amber Cross")] * 5


def test_many_threads_may_read_with_one_pipeline(parsing: str) -> None:
    text, found = sentence("relative"), list[list[str]]()
    threads = [threading.Thread(target=lambda: found.append(speakers(read(parsing, text), text))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [["The man"]] * 8


# Names and failures


def test_the_name_tells_the_pipeline_its_version_and_that_of_the_rules(tmp_path: Path) -> None:
    made = naming()
    made.meta["name"], made.meta["version"] = "harbor", "1.2.3"
    assert f"spacy/en_harbor-1.2.3+{extract.find('rules').NAME}" == extract.find(saved(made, tmp_path / "harbor")).NAME


def test_a_pipeline_is_loaded_once(parsing: str) -> None:
    assert extract.find(parsing) is extract.find(parsing)


def test_without_the_name_of_a_pipeline_those_that_are_installed_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spacy.util.get_installed_models", lambda: ["en_small", "de_small"])
    said = (
        "the extractor spacy needs the name of a pipeline, as in 'spacy:en_core_web_sm'; installed: spacy:de_small, spacy:en_small"
    )
    with pytest.raises(NotFound) as raised:
        extract.find("spacy")
    assert str(raised.value) == said
    with pytest.raises(NotFound, match=r"spaCy has no pipeline 'fr_small' that it can read; installed: spacy:de_small"):
        extract.find("spacy:fr_small")


def test_a_pipeline_that_finds_nothing_is_refused(tmp_path: Path) -> None:
    blank = spacy.blank("en")
    blank.add_pipe("sentencizer")
    with pytest.raises(NotFound, match="has neither a parser nor a recognizer of names"):
        extract.find(saved(blank, tmp_path / "blank"))


def test_a_component_of_somebody_else_that_fails_makes_the_extractor_unavailable(tmp_path: Path) -> None:
    def fails_on_fire(doc: Any) -> Any:
        if "fire" in doc.text:
            raise RuntimeError("too hot\nand more")
        return doc

    spacy.Language.component("fails_on_fire", func=fails_on_fire)
    made = naming()
    made.add_pipe("fails_on_fire")
    found = extract.find(saved(made, tmp_path / "failing"))
    with pytest.raises(ExtractorUnavailable, match=r"failed: RuntimeError: too hot$"):
        found.extract("Amber Cross saw fire.", None)
    assert found.extract("Amber Cross saw water.", None).entities  # and reads on


def test_a_pipeline_made_with_components_that_are_not_here_cannot_be_loaded(tmp_path: Path) -> None:
    name = saved(naming(), tmp_path / "strange")
    config = tmp_path / "strange" / "config.cfg"
    config.write_text(config.read_text("utf-8").replace('factory = "entity_ruler"', 'factory = "of_somebody_else"'), "utf-8")
    with pytest.raises(ExtractorUnavailable, match="cannot be loaded: ValueError"):
        extract.find(name)
