"""A claim while it is being found: token ranges, not yet linked to anyone."""

from dataclasses import dataclass, field

from app.extract.lang.en.reading import TokenRange as TokenRange
from app.models.extraction import ClaimKind, FoundHedge, Span

# Precision of each rule, which is the confidence that a claim carries. Measured by bench/extraction.py on 97 open texts of the GUM
# corpus (news, interviews, court, scholarship; 587 claims), whose share stands first, and on news annotated for attribution
# (PolNeAR's open part), whose share stands second; the figure is their mean. "–" is where a corpus marks no such claims or too few.
CONFIDENCE: dict[str, float] = {
    "quote_trailing_cue": 0.92,  # 86 of 100, 99
    "cue_before_quote": 0.82,  # 74, 89
    "quote_continued": 0.60,  # –, 63 with what is carried
    "quote_carried": 0.40,  # 10, 63: GUM marks no quotation without a cue
    "according_to": 0.83,  # 75, 91
    "cue_that": 0.80,  # 79, 80
    "cue_bare": 0.77,  # 78, 75
    "cue_wh": 0.70,  # 70, –
    "adjective_cue": 0.78,  # 78, –
    "trailing_said": 0.51,  # 50, 51
    "cue_object": 0.60,  # –, 60 with cue_to: GUM marks clauses only
    "cue_to": 0.60,
    "noun_cue": 0.45,  # 33 of 9 claims, –
    "passive": 0.45,  # –, –: nobody is named, and GUM marks nothing without a source
    "describes_as": 0.45,  # 33 of 3 claims, –
    "headline_colon": 0.50,  # 40 of 5 claims, –
    "transcript": 0.50,  # –, –
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
