"""The words of English, read once: the only place that knows how the files beside this one are shaped."""

import json
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from app.folding import name_key
from app.models.extraction import EntityType


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
    return {name_key(name): name for name in sorted(cities_of("small") | cities_of("large"))}


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


@cache
def listed(table_name: str, key: str) -> tuple[str, ...]:
    """Names that a file keeps in one string, parted by commas."""
    return tuple(name for part in table(table_name)[key].split(",") if (name := " ".join(part.split())))


@cache
def spaced(table_name: str, *keys: str) -> tuple[str, ...]:
    """Words that a file keeps in one string, parted by spaces; `keys` lead to it."""
    found: Any = table(table_name)
    for key in keys:
        found = found[key]
    return tuple(found.split())


def _by_letter(lines: dict[str, str]) -> list[str]:
    return [name for line in lines.values() for name in line.split(",")]


@cache
def cities_of(size: str) -> frozenset[str]:
    """The `large` or the `small` ones, as they are written."""
    return frozenset(_by_letter(_json("cities")[size])) - naming("not_cities")


@cache
def given_names() -> dict[str, str]:
    """First name in small letters → "female", "male" or "either"."""
    return {name.lower(): sex for sex, lines in _json("people")["first"].items() for name in _by_letter(lines)}


@cache
def surnames() -> frozenset[str]:
    listed_ones = (name.lower() for name in listed("people", "surnames") if " " not in name)
    return frozenset(name.lower() for name in _by_letter(_json("people")["last"])).union(listed_ones)


@cache
def everyday() -> frozenset[str]:
    """Common words in small letters: capitalised, they open a sentence more often than they name something."""
    return frozenset(_by_letter(_json("everyday")["words"])).union(spaced("everyday", "openers"), grammar("never_names"))


@cache
def nameless() -> frozenset[str]:
    """Capitalised words that alone name no person, organization or place: peoples, tongues, faiths, "DVD"."""
    return frozenset(spaced("everyday", "peoples_and_tongues")).union(spaced("everyday", "shortened"))


@cache
def person_nouns() -> frozenset[str]:
    """Common nouns for people, with the plural of each: "poet", "poets"."""
    nouns = spaced("evidence", "heads", "person")
    return frozenset(nouns).union(f"{noun}s" for noun in nouns)


@cache
def kinds_of_nouns() -> dict[str, EntityType]:
    """Common noun → kind of what it is said of: "a … brewer" is an organization."""
    kinds: tuple[EntityType, ...] = ("other", "event", "place", "organization", "person")
    people: dict[str, EntityType] = dict.fromkeys(spaced("everyday", "callings"), "person")
    return people | {word: kind for kind in kinds for word in spaced("evidence", "heads", kind)}


@cache
def callings() -> frozenset[str]:
    """Plurals of what people are or do, irregular ones among them."""
    return frozenset(map(plural, spaced("everyday", "callings"))).union(map(plural, spaced("evidence", "heads", "person")))


@cache
def calling_endings() -> tuple[str, ...]:
    return spaced("everyday", "calling_endings")


@cache
def kinds_of_firms() -> frozenset[str]:
    """ "Carmaker", "Retailer": before the name of one, and no part of it."""
    nouns = frozenset(spaced("evidence", "apposed", "organization"))
    return nouns - naming("organization") - surnames() - given_names().keys()


def plural(noun: str) -> str:
    if noun.endswith("man"):
        return noun[:-2] + "en"
    if noun.endswith("wife"):
        return noun[:-2] + "ves"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "sh", "ch", "x")) else "s")


@cache
def companies() -> frozenset[str]:
    """Those called by one word, in small letters."""
    return frozenset(name.lower() for name in listed("organizations", "companies") if " " not in name)


@cache
def makers() -> frozenset[str]:
    """Companies whose name is no surname: a second word behind it is mostly what they make."""
    return companies() - surnames()
