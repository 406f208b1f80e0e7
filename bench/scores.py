"""How well an extraction agrees with gold: names, claims and dates, by the measures that others publish.

Gold and predictions have one shape, one JSON object a line; offsets are code points, half-open:

    doc_id, text, publication_date|null,
    entities: [{start, end, label PER|ORG|LOC, cluster?}], misc: [{start, end}] (spans that count for nothing),
    claims: [{content: [[start, end]…], cue: [[start, end]…], source: [[start, end]…], kind, speech}],
    dates: [{start, end, type DATE|TIME|DURATION|SET, value (TIMEX3), dct? (the dateline's own: counts for nothing)}]

Names: exact spans, with and without their type; B-cubed (Bagga and Baldwin 1998) for aliases over the spans both sides have.
Claims: contents are sets of words, a leading "that" left out; each gold claim is matched to at most one prediction, best first, by
|both| / |the larger|; F1 counts pairs of 0.5 and more (PARC3 and PolNeAR are scored in this way), exact those of 1.
Dates: TempEval-3: relaxed F1 counts overlapping spans, value F1 multiplies it with the share of those whose values agree.
"""

import re
from collections import Counter
from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any

_WORD = re.compile(r"\w+")
Gold = dict[str, Any]


@dataclass(slots=True)
class Tally:
    """Right, predicted and gold items; precision, recall and F1 in percent."""

    right: float = 0
    predicted: float = 0
    gold: float = 0

    @property
    def precision(self) -> float:
        return 100 * self.right / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        return 100 * self.right / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        total = self.predicted + self.gold
        return 200 * self.right / total if total else 0.0


@dataclass(slots=True)
class Scores:
    names: dict[str, Tally] = field(default_factory=lambda: {"typed": Tally(), "untyped": Tally()})
    aliases_precision: Tally = field(default_factory=Tally)  # B-cubed; `gold` counts the mentions
    aliases_recall: Tally = field(default_factory=Tally)
    claims: dict[str, Tally] = field(default_factory=lambda: {"exact": Tally(), "half": Tally()})
    speakers: Tally = field(default_factory=Tally)  # over pairs of half and more
    rules: dict[str, Tally] = field(default_factory=dict)  # precision by rule, at half
    kinds: dict[str, Tally] = field(default_factory=dict)  # recall by kind of claim, at half
    dates: dict[str, Tally] = field(default_factory=lambda: {"strict": Tally(), "relaxed": Tally(), "value": Tally()})

    @property
    def aliases_f1(self) -> float:
        precision, recall = self.aliases_precision.recall, self.aliases_recall.recall
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0

    @property
    def date_value_f1(self) -> float:
        return self.dates["relaxed"].f1 * self.dates["value"].recall / 100


LAYERS = ("entities", "claims", "dates")


def layers_of(documents: Iterable[Gold]) -> set[str]:
    """What was annotated at all; a document of such a file that has none of them has none to be found."""
    return {layer for document in documents for layer in LAYERS if document.get(layer)}


def add(scores: Scores, gold: Gold, predicted: Gold, layers: Collection[str] = LAYERS) -> None:
    """Count one document."""
    count = {"entities": _names, "claims": _claims, "dates": _dates}
    for layer in layers:
        count[layer](scores, {layer: [], **gold}, predicted)


def _names(scores: Scores, gold: Gold, predicted: Gold) -> None:
    ignored = [(m["start"], m["end"]) for m in gold.get("misc") or ()]
    kept = [e for e in predicted["entities"] if not any(e["start"] < end and start < e["end"] for start, end in ignored)]
    for kind, keys in (("typed", ("start", "end", "label")), ("untyped", ("start", "end"))):
        wanted, got = (Counter(tuple(e.get(k) for k in keys) for e in side) for side in (gold["entities"], kept))
        _count(scores.names[kind], (wanted & got).total(), got.total(), wanted.total())
    clusters = {(e["start"], e["end"]): e.get("cluster") for e in kept}
    both = [(e.get("cluster"), clusters[e["start"], e["end"]]) for e in gold["entities"] if (e["start"], e["end"]) in clusters]
    _b_cubed(scores, [(g, p) for g, p in both if g is not None and p is not None])


def _b_cubed(scores: Scores, pairs: list[tuple[Hashable, Hashable]]) -> None:
    by_gold, by_predicted, together = Counter(g for g, _ in pairs), Counter(p for _, p in pairs), Counter(pairs)
    for gold, predicted in pairs:
        shared = together[gold, predicted]
        _count(scores.aliases_precision, shared / by_predicted[predicted], 1, 1)
        _count(scores.aliases_recall, shared / by_gold[gold], 1, 1)


def _claims(scores: Scores, gold: Gold, predicted: Gold) -> None:
    words = [m.span() for m in _WORD.finditer(gold["text"])]
    wanted = [c for c in gold["claims"] if _content(c, words, gold["text"])]
    got = [c for c in predicted["claims"] if _content(c, words, gold["text"])]
    pairs = _matched([_content(c, words, gold["text"]) for c in wanted], [_content(c, words, gold["text"]) for c in got])
    for kind, least in (("exact", 1.0), ("half", 0.5)):
        _count(scores.claims[kind], sum(score >= least for score, _, _ in pairs), len(got), len(wanted))
    good = [(i, j) for score, i, j in pairs if score >= 0.5]
    for i, j in good:
        theirs, ours = _within(wanted[i].get("source"), words), _within(got[j].get("source"), words)
        _count(scores.speakers, bool(theirs & ours) or not (theirs or ours), 1, 1)
    right = {j for _, j in good}
    for j, claim in enumerate(got):
        _count(scores.rules.setdefault(claim.get("rule") or "none", Tally()), j in right, 1, 0)
    found = {i for i, _ in good}
    for i, claim in enumerate(wanted):
        _count(scores.kinds.setdefault(claim["kind"], Tally()), i in found, 0, 1)


def _content(claim: dict[str, Any], words: list[tuple[int, int]], text: str) -> set[int]:
    found = _within(claim["content"], words)
    if len(found) > 1 and text[slice(*words[min(found)])].lower() == "that":
        found.remove(min(found))
    return found


def _within(spans: Iterable[tuple[int, int]] | None, words: list[tuple[int, int]]) -> set[int]:
    return {i for start, end in spans or () for i, (first, last) in enumerate(words) if first < end and start < last}


def _matched(wanted: list[set[int]], got: list[set[int]]) -> list[tuple[float, int, int]]:
    """Pairs, one for each item at most, the best first."""
    scored = [(len(w & g) / max(len(w), len(g)), i, j) for i, w in enumerate(wanted) for j, g in enumerate(got) if w & g]
    pairs: list[tuple[float, int, int]] = []
    for score, i, j in sorted(scored, key=lambda t: (-t[0], t[1], t[2])):
        if all(i != a and j != b for _, a, b in pairs):
            pairs.append((score, i, j))
    return pairs


def _dates(scores: Scores, gold: Gold, predicted: Gold) -> None:
    wanted = [d for d in gold["dates"] if not d.get("dct")]
    ignored = [d for d in gold["dates"] if d.get("dct")]
    got = [d for d in predicted["dates"] if not any(_overlap(d, i) for i in ignored) or any(_overlap(d, w) for w in wanted)]
    pairs = sorted(
        ((_same_place(w, g), _overlap(w, g), -i, -j) for i, w in enumerate(wanted) for j, g in enumerate(got) if _overlap(w, g)),
        reverse=True,
    )
    taken: list[tuple[bool, int, int]] = []
    for same, _, i, j in pairs:
        if all(-i != a and -j != b for _, a, b in taken):
            taken.append((same, -i, -j))
    _count(scores.dates["relaxed"], len(taken), len(got), len(wanted))
    _count(scores.dates["strict"], sum(same for same, _, _ in taken), len(got), len(wanted))
    agreeing = sum(_value(wanted[i]) == _value(got[j]) for _, i, j in taken)
    _count(scores.dates["value"], agreeing, len(taken), len(taken))


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> int:
    shared: int = min(one["end"], other["end"]) - max(one["start"], other["start"])
    return max(0, shared)


def _same_place(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return (one["start"], one["end"]) == (other["start"], other["end"])


def _value(date: dict[str, Any]) -> str | None:
    value = date.get("value")
    return re.sub(r"T00:00(:00)?$", "", value.strip()) if value else None


def _count(tally: Tally, right: float, predicted: float, gold: float) -> None:
    tally.right += right
    tally.predicted += predicted
    tally.gold += gold
