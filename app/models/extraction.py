"""What an extractor finds in one text: plain drafts without ids, which any extractor returns and `ingest` stores.

All places are half-open ranges of Unicode code points of the text that was given: `text[start:end]`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

EntityType = Literal["person", "organization", "place", "event", "other"]
NameKind = Literal["preferred", "alias", "acronym", "weak"]
MentionKind = Literal["name", "title", "pronoun", "nominal", "demonym", "metonym"]
SpeakerKind = Literal["named", "unnamed", "collective", "author"]
ClaimKind = Literal["direct", "indirect", "mixed", "narrated"]
HedgeKind = Literal["doubt", "distancing", "scare_quotes", "unnamed_source", "modal", "approximation"]
DatePrecision = Literal["day", "month", "season", "year", "decade", "century", "interval", "duration", "set", "vague"]
DateModifier = Literal["early", "mid", "late", "start", "end", "before", "after", "about", "less_than", "more_than"]


@dataclass(frozen=True, slots=True)
class Span:
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class FoundName:
    """`weak` is a name too common to link texts by, such as a bare surname: found by a filter, never used to identify."""

    text: str
    kind: NameKind


@dataclass(frozen=True, slots=True)
class FoundMention:
    start: int
    end: int
    kind: MentionKind = "name"


@dataclass(frozen=True, slots=True)
class FoundEntity:
    """One thing that the text names, with every name and every place; exactly one of `names` is `preferred`."""

    type: EntityType
    names: tuple[FoundName, ...]
    mentions: tuple[FoundMention, ...]
    role: str | None = None


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A time that the text speaks about. `earliest` and `latest` are inclusive; None where open or not resolvable.

    `edtf` is None for durations, sets and what cannot be placed ("today" inside reported speech of an undated text).
    `timex` is the value as TIMEX3 (ISO-TimeML) writes it, also of what EDTF has no word for: `P3Y`, `XXXX-WXX-2`, `2024-W07`,
    `2024-02-13TNI`, `PRESENT_REF`; None when not even that is known.
    `anchor` says in words what it was counted from ("published", "July 2021"); `inferred` that a part was not written there.
    `modifier` narrows `earliest` and `latest` but not `edtf` ("the end of 2021": edtf 2021, earliest 2021-12-01).
    """

    start: int
    end: int
    edtf: str | None
    earliest: date | None
    latest: date | None
    precision: DatePrecision
    modifier: DateModifier | None = None
    anchor: str | None = None
    inferred: bool = False
    timex: str | None = None


@dataclass(frozen=True, slots=True)
class FoundParty:
    """A speaker or a subject. `entity` is an index into `Extraction.entities`; `span` is None where no words name the party."""

    kind: SpeakerKind
    span: Span | None
    entity: int | None


@dataclass(frozen=True, slots=True)
class FoundHedge:
    """Words that weaken or distance, and whose they are: the article's author's or the speaker's."""

    start: int
    end: int
    kind: HedgeKind
    by: Literal["author", "speaker"]


@dataclass(frozen=True, slots=True)
class FoundClaim:
    """One statement. `start`, `end` hold the content without its cue and without a leading "that", quotation marks included.

    `continued` are further stretches of the same statement behind the first, in text order: “We will,” he said, “go on.”
    `dates` are indexes into `Extraction.dates`: the times that the claim speaks about. `said` is the index of the date that the
    text gives for the saying itself, else None. `rule` names what found it; `confidence` is that rule's measured precision.
    """

    start: int
    end: int
    kind: ClaimKind
    cue: Span | None
    speakers: tuple[FoundParty, ...]
    subjects: tuple[FoundParty, ...]
    rule: str
    confidence: float
    hedges: tuple[FoundHedge, ...] = ()
    dates: tuple[int, ...] = ()
    said: int | None = None
    negated: bool = False
    continued: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundDateline:
    """The line that opens a dispatch, `BAGHDAD (Dispatches) –`, as the text writes it, or a line above the text with its day alone.

    `date` is an index into `Extraction.dates`: the day that the line gives.
    """

    start: int
    end: int
    place: str | None
    agency: str | None
    date: int | None = None


@dataclass(frozen=True, slots=True)
class Extraction:
    """Everything found in one text, in text order. `extractor` is name and version, as in `rules/1`.

    `warnings` are sentences for a person: why nothing was looked for, what was dropped and why.
    """

    extractor: str
    entities: Sequence[FoundEntity] = ()
    dates: Sequence[FoundDate] = ()
    claims: Sequence[FoundClaim] = ()
    dateline: FoundDateline | None = None
    warnings: tuple[str, ...] = ()


class Extractor(Protocol):
    """A module of `app/extract/`, or any object like one: what `extract.find` gives. See docs/extractors.md.

    `NAME` is name and version, and changes whenever the same text may be answered otherwise. `LANGUAGES` are the ISO 639 codes
    it reads, an empty tuple for all; a text of unknown language is always read. One that takes long has `DEFERRED = True`: it
    reads after the answer, as a job. Without that it reads at once.
    """

    NAME: str
    LANGUAGES: tuple[str, ...]

    def extract(self, text: str, published: date | None) -> Extraction:
        """Pure, and the same text and date give the same answer; a model elsewhere may break the second half.

        Raises:
            ExtractorUnavailable: when what it needs to read with, a model or a server, fails.
        """
