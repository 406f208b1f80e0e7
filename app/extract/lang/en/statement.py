"""A claim while it is being found: token ranges, not yet linked to anyone."""

from dataclasses import dataclass, field

from app.extract.lang.en.reading import TokenRange as TokenRange
from app.models.extraction import ClaimKind, FoundHedge, Span

# Precision of each rule; it is the confidence that a claim carries.
CONFIDENCE: dict[str, float] = {
    "quote_trailing_cue": 0.97,
    "cue_before_quote": 0.89,
    "quote_continued": 0.85,
    "quote_carried": 0.63,
    "according_to": 0.91,
    "cue_that": 0.80,
    "cue_bare": 0.75,
    "cue_wh": 0.75,
    "trailing_said": 0.51,
    "cue_object": 0.60,
    "cue_to": 0.60,
    "noun_cue": 0.60,
    "adjective_cue": 0.60,
    "passive": 0.60,
    "describes_as": 0.70,
    "headline_colon": 0.70,
    "transcript": 0.70,
}


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
    nobody: bool = False  # "according to reports": words name the source and it is no one
    more: list[TokenRange] = field(default_factory=list)  # further stretches of the content, behind the first
    continued: tuple[Span, ...] = ()

    @property
    def spans(self) -> tuple[Span, ...]:
        """The content, part by part."""
        return (self.span, *self.continued)
