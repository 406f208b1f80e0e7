"""The words of English, read once: the only place that knows how the files beside this one are shaped."""

import json
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from app.folding import name_key


@cache
def table(name: str) -> dict[str, Any]:
    return tomllib.loads((files(__package__) / f"{name}.toml").read_text("utf-8"))


@cache
def _json(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((files("app.extract") / "data" / f"{name}.json").read_text("utf-8"))
    return loaded


@cache
def grammar(key: str) -> frozenset[str]:
    return frozenset(table("grammar")[key])


@cache
def denying(key: str) -> frozenset[str]:
    return frozenset(table("hedges")["negation"][key])


@cache
def sayings(key: str) -> frozenset[str]:
    return frozenset(table("sayings")[key])


@cache
def naming(key: str) -> frozenset[str]:
    """A list of `names.toml`, at the top or under [words]."""
    names = table("names")
    return frozenset(names[key] if key in names else names["words"][key])


@cache
def numbers(key: str) -> dict[str, int]:
    return dict(table("dates")[key])


@dataclass(frozen=True, slots=True)
class Verb:
    lemma: str
    frames: frozenset[str]
    participle: bool


@cache
def cue_verbs() -> dict[str, Verb]:
    """Form → verb; a lemma under several [[verbs]] has the frames of all."""
    cues = table("cues")
    frames: dict[str, set[str]] = {}
    for group in cues["verbs"]:
        for lemma in group["lemmas"]:
            frames.setdefault(lemma, set()).update(group["frames"])
    found = {}
    for lemma, its_frames in frames.items():
        for form in cues["irregular"].get(lemma) or inflected(lemma):
            found[form] = Verb(lemma, frozenset(its_frames), form.endswith("ing"))
    return found


def inflected(lemma: str) -> list[str]:
    if lemma.endswith("y") and lemma[-2] not in "aeiou":
        return [lemma, lemma[:-1] + "ies", lemma[:-1] + "ied", lemma + "ing"]
    stem = lemma.removesuffix("e")
    third = lemma + ("es" if lemma.endswith(("s", "sh", "ch", "x", "z", "o")) else "s")
    return [lemma, third, stem + "ed", ("agree" if lemma == "agree" else stem) + "ing"]


@cache
def cue_particles() -> dict[str, frozenset[str]]:
    """Of verbs that attribute only with one of these words behind them: point *out*."""
    return {lemma: frozenset(its) for lemma, its in table("cues")["particles"].items()}


@cache
def cue_prepositions() -> dict[str, frozenset[str]]:
    return {lemma: frozenset(its) for lemma, its in table("cues")["prepositions"].items()}


@cache
def cue_words(section: str, key: str) -> frozenset[str]:
    return frozenset(table("cues")[section][key])


@dataclass(frozen=True, slots=True)
class Country:
    code: str
    name: str
    others: tuple[str, ...]


@cache
def countries() -> dict[str, Country]:
    return {code: Country(code, c["name"], tuple(c["others"])) for code, c in _json("countries")["countries"].items()}


@cache
def demonyms() -> dict[str, str]:
    return {word: code for code, words in table("demonyms").items() for word in words}


@cache
def cities() -> dict[str, str]:
    avoided = naming("not_cities")
    return {name_key(name): name for name in _json("cities")["cities"] if name not in avoided}


@cache
def capitals() -> dict[str, str]:
    return {name_key(c["capital"]): code for code, c in _json("countries")["countries"].items() if c["capital"]}


@cache
def offices() -> dict[str, str]:
    return dict(table("names")["offices"])


@cache
def common() -> frozenset[str]:
    """Words that open a sentence and are then capitalised without being names."""
    keys = (
        "auxiliaries",
        "adverbs",
        "determiners",
        "subject_pronouns",
        "prepositions",
        "clause_words",
        "subordinators",
    )
    closed = [grammar(key) for key in (*keys, "quantities")]
    speakers = [cue_words("speakers", "collective"), cue_words("speakers", "unnamed")]
    return frozenset().union((word.lower() for word in grammar("openers")), denying("words"), *closed, *speakers)
