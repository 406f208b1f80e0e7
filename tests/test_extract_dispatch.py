"""The dispatch that the project starts from, fact by fact, against what an expert wants from it.

Text and annotations are not part of the project; where they are not beside it, these tests are skipped.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from app.extract import rules
from app.models.extraction import FoundClaim, FoundDate

PROJECT = Path(__file__).parent.parent
GOLD = next(
    (path for up in ("..", "../..") if (path := PROJECT / up / "shared" / "data" / "dispatch" / "gold.json").exists()), None
)
HEDGE_KINDS = {"unnamed-source": "unnamed_source", "scare-quotes": "scare_quotes"}
# Things that the dispatch names by a description alone ("the security forces"), which the rules do not take for entities.
DESCRIBED = {"e6", "e7", "e16", "e17"}
# What only a reader who knows the story can tell: that "the foreign forces" are the coalition.
NOT_TOLD = {("c4", "e5")}
# Quoted in one claim as the author's distance and in another as a plain quotation: the rules cannot tell them apart.
QUOTED_WORD = {"c12"}

if GOLD is None:
    pytest.skip("the dispatch is not beside the project", allow_module_level=True)
DISPATCH: dict[str, Any] = json.loads(GOLD.read_text("utf-8"))
TEXT: str = DISPATCH["text"]
ENTITIES = {e["id"]: e for e in DISPATCH["entities"]}
CLAIMS = [c for c in DISPATCH["claims"] if c["required"]]
DATES = [d for d in DISPATCH["dates"] if d["required"]]
FOUND = rules.extract(TEXT, None)

each_claim = pytest.mark.parametrize("gold", CLAIMS, ids=[c["id"] for c in CLAIMS])
each_date = pytest.mark.parametrize("gold", DATES, ids=[f"{d['text']} at {d['start']}" for d in DATES])


def words(spans: list[dict[str, Any]]) -> list[tuple[int, int]]:
    return [(s["start"], s["end"]) for s in spans]


def claim(gold: dict[str, Any]) -> FoundClaim:
    wanted = words(gold["content"])
    found = [c for c in FOUND.claims if [(c.start, c.end), *((s.start, s.end) for s in c.continued)] == wanted]
    assert len(found) == 1, f"no claim “{gold['content'][0]['text']}”"
    return found[0]


def date(gold: dict[str, Any]) -> FoundDate:
    return next(d for d in FOUND.dates if (d.start, d.end) == (gold["start"], gold["end"]))


def ids(entities: list[int | None]) -> list[str]:
    """The expert's ids of found entities, by a name that both have."""
    by_name = {m["text"]: e["id"] for e in ENTITIES.values() for m in e["mentions"] if m["kind"] == "name"}
    by_name |= {e["canonical"]: e["id"] for e in ENTITIES.values()}
    names = [FOUND.entities[e].names[0].text for e in entities if e is not None]
    return [by_name.get(name, name) for name in names]


@each_claim
def test_a_claim_is_found_with_exactly_its_words(gold: dict[str, Any]) -> None:
    claim(gold)


@each_claim
def test_a_claim_has_its_cue(gold: dict[str, Any]) -> None:
    cue = claim(gold).cue
    assert cue is not None
    assert [(cue.start, cue.end)] == words(gold["cue"])


@each_claim
def test_a_claim_has_its_speakers(gold: dict[str, Any]) -> None:
    assert ids([p.entity for p in claim(gold).speakers]) == gold["speaker_entities"]


@each_claim
def test_a_claim_is_of_its_kind(gold: dict[str, Any]) -> None:
    assert claim(gold).kind == gold["kind"]


@each_claim
def test_a_claim_denies_or_affirms(gold: dict[str, Any]) -> None:
    assert claim(gold).negated is (gold["polarity"] == "negative")


@each_claim
def test_a_claim_has_its_hedges_and_their_owners(gold: dict[str, Any]) -> None:
    found = {(h.start, h.end, h.kind, h.by) for h in claim(gold).hedges}
    wanted = {(h["start"], h["end"], _kind(h), h["by"]) for h in gold["hedges"]}
    assert found == wanted or (gold["id"] in QUOTED_WORD and wanted < found)


def _kind(hedge: dict[str, Any]) -> str:
    kind = hedge.get("kind", "distancing")
    return HEDGE_KINDS.get(kind, kind)


@each_claim
def test_a_claim_was_made_when_the_text_says(gold: dict[str, Any]) -> None:
    said = claim(gold).said
    assert (None if said is None else FOUND.dates[said].edtf) == gold["said_on"]


ABOUT = [(c, e) for c in CLAIMS for e in c["about"] if e not in DESCRIBED and (c["id"], e) not in NOT_TOLD]


@pytest.mark.parametrize(("gold", "entity"), ABOUT, ids=[f"{c['id']} about {ENTITIES[e]['canonical']}" for c, e in ABOUT])
def test_a_claim_is_about_whom_it_names(gold: dict[str, Any], entity: str) -> None:
    assert entity in ids([p.entity for p in claim(gold).subjects])


@each_date
def test_a_date_is_found_with_exactly_its_words_and_placed(gold: dict[str, Any]) -> None:
    found = date(gold)
    days = [d.isoformat() if d else None for d in (found.earliest, found.latest)]
    assert (found.timex, found.precision) == (gold["value"], gold["precision"])
    assert days == (gold["interval"] or [None, None])


def test_nothing_else_is_claimed_but_what_stands_inside_a_claim() -> None:
    wanted = [s for c in DISPATCH["claims"] for s in words(c["content"])]
    assert [TEXT[c.start : c.end] for c in FOUND.claims if not any(a <= c.start and c.end <= b for a, b in wanted)] == []


NARRATED = [c for c in DISPATCH["claims"] if c["kind"] == "narrator"]


@pytest.mark.parametrize("gold", NARRATED, ids=[c["id"] for c in NARRATED])
def test_the_authors_own_assertions_are_found_when_asked_for(gold: dict[str, Any]) -> None:
    (start, end), *_ = words(gold["content"])
    own = [c for c in rules.extract(TEXT, None, narrated=True).claims if c.kind == "narrated"]
    assert any(c.start <= start and c.end == end for c in own)
