"""Scores an extractor on annotated texts, and times it: `python bench/extraction.py GOLD.jsonl… [--extractor rules]`.

Prints a table with a row for each file, the precision of each rule, and the speed on one core. `--write FILE` keeps the
predictions in the shape of the gold (see bench/scores.py), so that other scorers can read them.
"""

import argparse
import json
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from rich.box import MARKDOWN
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parent.parent))

from app import extract
from app.models.extraction import Extraction, Extractor, FoundClaim, FoundDate, Span
from bench import scores
from bench.scores import Gold, Scores

LABELS = {"person": "PER", "organization": "ORG", "place": "LOC"}
NAMES = ("name", "metonym")  # what annotators of names mark; "French", pronouns and "the group" are not names to them
ARTICLE_WORDS = 750  # of the article whose speed is told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--extractor", default="rules", help="a name, as in the setting DATELINE_EXTRACTOR")
    parser.add_argument("--write", type=Path, metavar="FILE", help="keep the predictions of all files here")
    parser.add_argument("--rules", action="store_true", help="print the precision of each rule too")
    asked = parser.parse_args()
    extractor = extract.find(asked.extractor)
    files = {path.stem: [json.loads(line) for line in path.read_text("utf-8").splitlines()] for path in asked.gold}
    results, written, per_rule = {}, [], Scores()
    for name, documents in files.items():
        total, layers = Scores(), scores.layers_of(documents)
        for document in documents:
            predicted = predict(extractor, document)
            for into in (total, per_rule):
                scores.add(into, document, predicted, layers)
            written.append(predicted)
        results[name] = total
    if asked.write:
        asked.write.write_text("".join(json.dumps(p, ensure_ascii=False) + "\n" for p in written), "utf-8")
    screen = Console(highlight=False, width=140)
    screen.print(table(results))
    if asked.rules:
        screen.print(rules_table(per_rule, {c["rule"]: c["confidence"] for p in written for c in p["claims"]}))
    screen.print(speed(extractor, [d for documents in files.values() for d in documents]))


def predict(extractor: Extractor, document: Gold) -> Gold:
    day = document.get("publication_date")
    found = extractor.extract(document["text"], date.fromisoformat(day) if day else None)
    named, claims = entities(found, document["text"]), [claim(c) for c in found.claims]
    return {"doc_id": document["doc_id"], "entities": named, "claims": claims, "dates": dates(found)}


def entities(found: Extraction, text: str) -> list[dict[str, Any]]:
    """The outermost names: annotators mark "U.S. Supreme Court" once, and "U.S." in "U.S.-led coalition", which is no name."""
    placed: list[dict[str, Any]] = [
        {"start": m.start, "end": m.end, "label": LABELS[entity.type], "cluster": number}
        for number, entity in enumerate(found.entities)
        if entity.type in LABELS
        for m in entity.mentions
        if m.kind in NAMES and not is_description(text[m.start : m.end])
    ]
    placed.sort(key=lambda e: (e["start"], -e["end"]))
    return [e for before, e in zip([None, *placed], placed, strict=False) if before is None or before["end"] < e["end"]]


def is_description(name: str) -> bool:
    return "-" in name and name.split()[-1].islower()


def claim(found: FoundClaim) -> dict[str, Any]:
    """Of "there are reports that" annotators mark all as the cue, and nobody as the source."""
    cue = found.cue or Span(0, 0)
    sources = [p.span for p in found.speakers if p.span is not None]
    return {
        "content": [[found.start, found.end], *([s.start, s.end] for s in found.continued)],
        "cue": [] if found.cue is None else [[cue.start, cue.end]],
        "source": [[s.start, s.end] for s in sources if not (cue.start <= s.start and s.end <= cue.end)],
        "kind": found.kind,
        "speech": True,
        "rule": found.rule,
        "confidence": found.confidence,
    }


def dates(found: Extraction) -> list[dict[str, Any]]:
    return [{"start": d.start, "end": d.end, "type": timex_type(d), "value": d.timex or d.edtf} for d in found.dates]


def timex_type(found: FoundDate) -> str:
    value = found.timex or ""
    if found.precision in ("duration", "set"):
        return found.precision.upper()
    return "TIME" if "T" in value and not value.endswith("REF") else "DATE"


def table(results: dict[str, Scores]) -> Table:
    of_layers = ("names typed", "untyped", "aliases B³"), ("claims F1", "P", "R", "exact", "speaker"), ("dates", "strict", "value")
    made = Table("gold", *(column for columns in of_layers for column in columns), box=MARKDOWN)
    for name, s in results.items():
        half = s.claims["half"]
        aliases = s.aliases_f1 if s.aliases_recall.gold else None
        of_names = [s.names["typed"].f1, s.names["untyped"].f1, aliases] if s.names["typed"].gold else [None] * 3
        of_claims = [half.f1, half.precision, half.recall, s.claims["exact"].f1, s.speakers.recall] if half.gold else [None] * 5
        of_dates = [s.dates["relaxed"].f1, s.dates["strict"].f1, s.date_value_f1] if s.dates["relaxed"].gold else [None] * 3
        made.add_row(name, *("" if value is None else f"{value:.1f}" for value in (*of_names, *of_claims, *of_dates)))
    return made


def rules_table(result: Scores, confidences: dict[str, float]) -> Table:
    made = Table("rule", "confidence", "its claims in gold texts", "right, %", box=MARKDOWN)
    for rule, tally in sorted(result.rules.items(), key=lambda item: -item[1].predicted):
        made.add_row(rule, f"{confidences.get(rule, 0):.2f}", str(int(tally.predicted)), f"{tally.precision:.0f}")
    return made


def speed(extractor: Extractor, documents: list[Gold]) -> str:
    """Articles of ARTICLE_WORDS words that one core reads in a second: all texts joined and cut, read for two seconds at least."""
    words = " ".join(d["text"] for d in documents).split(" ")
    cut = [" ".join(words[i : i + ARTICLE_WORDS]) for i in range(0, len(words) - ARTICLE_WORDS, ARTICLE_WORDS)] or [" ".join(words)]
    read, began = 0, time.process_time()
    while time.process_time() - began < 2:
        extractor.extract(cut[read % len(cut)], None)
        read += 1
    return f"{read / (time.process_time() - began):.0f} articles of {ARTICLE_WORDS} words a second, one core, {extractor.NAME}"


if __name__ == "__main__":
    main()
