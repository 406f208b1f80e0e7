"""A claim while it is being found: token ranges, not yet linked to anyone."""

from dataclasses import dataclass, field

from app.models.extraction import ClaimKind, FoundHedge, Span

# Precision of each rule by kind, measured on news that was annotated for attribution; it is the confidence that a claim carries.
CONFIDENCE: dict[str, float] = {
    "quote_trailing_cue": 0.97,
    "cue_before_quote": 0.89,
    "quote_continued": 0.85,
    "quote_carried": 0.63,
    "according_to": 0.91,
    "cue_that": 0.80,
    "cue_bare": 0.75,
    "trailing_said": 0.51,
    "cue_object": 0.60,
    "cue_to": 0.60,
    "noun_cue": 0.60,
    "describes_as": 0.70,
    "headline_colon": 0.70,
}

TokenRange = tuple[int, int]  # half-open


@dataclass(slots=True)
class Statement:
    """`content` and `cue` are token ranges. `speaker` is the phrase that names the speaker, None where the last one speaks on."""

    content: TokenRange
    cue: TokenRange | None
    rule: str
    speaker: TokenRange | None
    kind: ClaimKind = "indirect"
    lemma: str = ""
    sentence: int = 0
    hedges: list[FoundHedge] = field(default_factory=list)
    span: Span = field(default_factory=lambda: Span(0, 0))
    continued: list[TokenRange] = field(default_factory=list)  # further stretches of the content, in text order
    nobody: bool = False  # "according to reports": words name the source and it is no one
