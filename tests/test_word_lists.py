"""The shape of the word lists: what a slip of the pen in a TOML file would otherwise hide.

A new list needs no line here: it must be read by the code of its language, in small letters and without a word twice. What is kept
otherwise is told in the tables below.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from app.extract.lang.en import words
from app.extract.lang.en.statement import CONFIDENCE
from app.models.extraction import HedgeKind

LANGUAGES = Path(__file__).parent.parent / "app" / "extract" / "lang"
FILES = {path.relative_to(LANGUAGES).with_suffix("").as_posix(): path for path in sorted(LANGUAGES.rglob("*.toml"))}
TABLES: dict[str, dict[str, Any]] = {name: tomllib.loads(path.read_text("utf-8")) for name, path in FILES.items()}

# Lists that keep capitals, because the text must have them too.
CAPITALS = (
    "en/grammar.abbreviations",
    "en/grammar.openers",
    "en/names.words.not_cities",
    "en/names.words.with_article",
    "en/demonyms.",
)
# Tables whose keys are words or codes themselves, and so stand in no code.
KEYED_BY_WORDS = (
    "others",
    "en/demonyms",
    "en/names.offices",
    "en/cues.irregular",
    "en/cues.particles",
    "en/cues.prepositions",
    "en/cues.objects",
    "en/verbs.closed",  # by tag
    "en/dates.",
)
# Key → what its values may be; of every group of hedges.
OF_HEDGES: dict[str, set[str] | None] = {
    "kind": set(get_args(HedgeKind)),
    "by": {"author", "speaker"},
    "before": {"number", "verb", "noun"},
    "words": None,
    "next": None,
    "not_next": None,
    "not_after": None,
}


def lists(name: str) -> Iterator[tuple[str, list[Any]]]:
    """Every list of a file with its path, as in `en/hedges.negation.words`."""

    def walk(path: str, value: Any) -> Iterator[tuple[str, list[Any]]]:
        if isinstance(value, dict):
            for key, inner in value.items():
                yield from walk(f"{path}.{key}", inner)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for inner in value:
                yield from walk(path, inner)
        elif isinstance(value, list):
            yield path, value

    return walk(name, TABLES[name])


def keys(path: str, value: Any) -> Iterator[str]:
    """Paths of all keys that code must know."""
    if isinstance(value, list):
        for inner in value:
            yield from keys(path, inner)
    elif isinstance(value, dict) and path not in KEYED_BY_WORDS:
        for key, inner in value.items():
            if not any(p.endswith(".") and f"{path}.{key}".startswith(p) for p in KEYED_BY_WORDS):
                yield f"{path}.{key}"
                yield from keys(f"{path}.{key}", inner)


@pytest.mark.parametrize("name", FILES)
def test_no_list_is_empty_or_holds_a_word_twice(name: str) -> None:
    for path, listed in lists(name):
        twice = [word for word, count in Counter(map(str, listed)).items() if count > 1 and not isinstance(listed[0], int)]
        assert listed, f"{path} is empty"
        assert not twice, f"{path} holds {', '.join(twice)} twice"


@pytest.mark.parametrize("name", FILES)
def test_words_are_in_small_letters_where_nothing_else_is_said(name: str) -> None:
    for path, listed in lists(name):
        if not path.startswith(CAPITALS):
            assert [w for w in listed if isinstance(w, str) and w != w.lower()] == [], path


@pytest.mark.parametrize("name", FILES)
def test_words_have_no_blanks_at_their_ends_and_one_between(name: str) -> None:
    for path, listed in lists(name):
        assert [w for w in listed if isinstance(w, str) and w != " ".join(w.split())] == [], path


def literals(language: str) -> set[str]:
    """All strings of one word in the code of a language."""
    code = "\n".join(path.read_text("utf-8") for path in (*(LANGUAGES / language).glob("*.py"), LANGUAGES / "__init__.py"))
    return set(re.findall(r"[\"'](\w+)[\"']", code))


@pytest.mark.parametrize("name", FILES)
def test_every_list_is_read_by_the_code_of_its_language(name: str) -> None:
    read = literals(name.rpartition("/")[0])
    assert [path for path in keys(name, TABLES[name]) if path.rpartition(".")[2] not in read] == []


def test_each_group_of_verbs_has_lemmas_and_frames_that_the_code_knows() -> None:
    known = literals("en")
    for group in TABLES["en/cues"]["verbs"]:
        assert set(group) == {"frames", "lemmas"}
        assert set(group["frames"]) <= known


def test_each_group_of_hedges_has_known_keys_and_values() -> None:
    for group in TABLES["en/hedges"]["hedges"]:
        assert {"kind", "by", "words"} <= set(group) <= set(OF_HEDGES)
        for key, allowed in OF_HEDGES.items():
            assert allowed is None or key not in group or group[key] in allowed


def test_no_hedge_stands_in_two_groups_that_nothing_tells_apart() -> None:
    groups = TABLES["en/hedges"]["hedges"]
    freely = Counter(word for g in groups if not {"before", "next"} & set(g) for word in g["words"])
    assert [word for word, count in freely.items() if count > 1] == []


def test_a_form_in_angle_brackets_is_known() -> None:
    forms = TABLES["en/hedges"]["forms"]
    used = {form for g in TABLES["en/hedges"]["hedges"] for word in g["words"] for form in re.findall(r"<(\w+)>", word)}
    assert used == set(forms)


def test_a_harmless_negation_holds_a_word_that_denies() -> None:
    negation = TABLES["en/hedges"]["negation"]
    assert [p for p in negation["harmless"] if not set(p.split()) & set(negation["words"])] == []


def test_verbs_that_deny_or_distance_are_cues() -> None:
    lemmas = {verb.lemma for verb in words.cue_verbs().values()}
    assert TABLES["en/cues"]["distancing"]["lemmas"][0] in lemmas
    assert "deny" in lemmas & set(TABLES["en/hedges"]["negation"]["denying"])


def test_an_irregular_verb_is_in_another_list() -> None:
    listed = {word for path, its in lists("en/cues") if ".irregular" not in path for word in its} | set(
        TABLES["en/cues"].get("particles", {})
    )
    assert set(TABLES["en/cues"]["irregular"]) - listed == set()


def test_a_code_of_another_language_is_no_folders() -> None:
    folders = {path.parent.name for path in LANGUAGES.glob("*/function_words.toml")}
    assert not folders & set(TABLES["others"])


def test_every_confidence_is_a_probability() -> None:
    assert all(0 < value < 1 for value in CONFIDENCE.values())
