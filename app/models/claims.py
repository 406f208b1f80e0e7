"""Claims: one statement made in one article, with its exact words, place, speakers, subjects, dates and hedges."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field as Described
from pydantic import model_validator

from app.models.articles import ArticleFilters, ArticleRef, SearchQuery
from app.models.extraction import ClaimKind, EntityType, HedgeKind, SpeakerKind
from app.models.fields import Draft, Id, Instant, Name, Offset, PlacedDraft, Shape, Text, omitted
from app.models.lists import EntityRef, Filters, Page
from app.models.times import Bound, DateDraft, Edtf, PartialDate

Status = Literal["extracted", "confirmed", "rejected"]
Anchor = Literal["exact", "moved", "orphaned"]


class Stretch(Shape):
    """Words and where they stand: `text[start:end] == exact`."""

    exact: str
    start: int
    end: int


class Quote(Shape):
    """The exact words and where they stand: `text[start:end] == exact`, in code points of the revision's text."""

    exact: str
    start: int
    end: int
    prefix: str = Described(description="Up to 32 characters before.")
    suffix: str = Described(description="Up to 32 characters behind.")
    continued: list[Stretch] = Described(
        description="Where the words go on behind what interrupts them, as in “We will,” he said, “go on.” Mostly empty."
    )


class Cue(Shape):
    """The words that attribute the claim: “has reiterated”, “according to”."""

    exact: str
    start: int
    end: int


class Hedge(Shape):
    """Words that weaken or distance, and whose they are: the author's, or the speaker's own."""

    exact: str
    start: int
    end: int
    kind: HedgeKind
    by: Literal["author", "speaker"]


class Speaker(Shape):
    kind: SpeakerKind
    text: str | None = Described(description="The words that name the speaker there: “He”, “a senior official”.")
    start: int | None
    end: int | None
    entity: EntityRef | None


class Claim(Shape):
    id: int = Described(json_schema_extra={"format": "int64"})
    article: ArticleRef
    revision: int
    quote: Quote
    kind: ClaimKind
    speaker: Speaker | None = Described(description="The first of `speakers`.")
    speakers: list[Speaker]
    subjects: list[EntityRef]
    cue: Cue | None
    hedges: list[Hedge]
    negated: bool
    said: PartialDate | None = Described(description="The day the text gives, else the day of publication, else null.")
    dates: list[PartialDate] = Described(description="The times that the claim speaks about.")
    status: Status
    anchor: Anchor = Described(description="How the claim came to its revision; orphaned: it stayed on an older one.")
    copies: int = Described(description="How many other claims of its story, in copies of its article, have the same words.")
    made_by: str
    rule: str | None = Described(description="Which of the extractor's rules found it.")
    confidence: float | None = Described(description="How often that rule is right, measured; 0 to 1.")
    reviewed_by: str | None = Described(
        description="Who sent, judged or corrected it, so that no extractor changes it; null when nobody has."
    )
    reviewed_at: Instant | None
    recorded_at: Instant
    changed_at: Instant
    snippet: str | None = Described(description="With `q`: the words as HTML text, matches in `<mark>`.")


class ClaimPage(Page[Claim]):
    """One page of claims."""


class PlaceDraft(Draft):
    exact: Text
    start: Offset
    end: Offset


class QuoteDraft(PlacedDraft):
    """`exact` alone when it stands in the text exactly once; otherwise `start` and `end` too."""

    exact: Text
    continued: list[PlaceDraft] = Described([], max_length=50, description="Where its words go on, in text order.")


class HedgeDraft(PlaceDraft):
    kind: HedgeKind = "doubt"
    by: Literal["author", "speaker"] = "author"


EntityId = Annotated[Id | Name, Described(description="An id, a Wikidata id, or a name.")]


class SubjectDraft(Draft):
    """An entity by id, Wikidata id or name. A name that nobody bears makes a new entity of `type`."""

    entity: EntityId
    type: EntityType = "other"


class SpeakerDraft(Draft):
    """`named` needs `entity`; the other kinds have none. `text` are the words, which must stand at `start` to `end` if given."""

    kind: SpeakerKind = "named"
    entity: EntityId | None = None
    type: EntityType = "person"
    text: Name | None = None
    start: Offset | None = None
    end: Offset | None = None

    @model_validator(mode="after")
    def _kind_and_entity_agree(self) -> Self:
        if (self.kind == "named") != (self.entity is not None):
            raise ValueError("a speaker of kind named has an entity, one of another kind has none")
        if len({self.start is None, self.end is None, self.start is None or self.text is None}) > 1:
            raise ValueError("start, end and text go together")
        return self


class _SpokenDraft(Draft):
    """`speaker` is short for `speakers` with one of them."""

    @model_validator(mode="after")
    def _one_or_many(self) -> Self:
        if {"speaker", "speakers"} <= self.model_fields_set:
            raise ValueError("give speaker or speakers, not both")
        return self


class ClaimDraft(_SpokenDraft):
    quote: QuoteDraft
    kind: ClaimKind = "indirect"
    speaker: SpeakerDraft | None = None
    speakers: list[SpeakerDraft] = Described([], max_length=20)
    subjects: list[SubjectDraft] = Described([], max_length=100)
    cue: PlaceDraft | None = None
    hedges: list[HedgeDraft] = Described([], max_length=50)
    negated: bool = Described(False, strict=True)
    said: Edtf | None = None
    dates: list[DateDraft] = Described([], max_length=50)
    status: Status = "extracted"
    confidence: Annotated[float, Described(ge=0, le=1, strict=True)] | None = None


class ClaimPatch(_SpokenDraft):
    """What is left out stays as it is; a list replaces the whole list, `speaker` all speakers."""

    status: Status = omitted()
    kind: ClaimKind = omitted()
    speaker: SpeakerDraft | None = None
    speakers: list[SpeakerDraft] = omitted(max_length=20)
    subjects: list[SubjectDraft] = omitted(max_length=100)
    hedges: list[HedgeDraft] = omitted(max_length=50)
    negated: bool = omitted(strict=True)
    said: Edtf | None = None
    dates: list[DateDraft] = omitted(max_length=50)


class ClaimFilters(ArticleFilters):
    """Everything that an article is asked for, and what only a claim has."""

    RANGES: ClassVar[tuple[str, ...]] = (*ArticleFilters.RANGES, "said")

    speaker: Filters = Described([], description="Who says it: an id, a Wikidata id, or any name.")
    subject: Filters = Described([], description="Whom the words name.")
    speaker_kind: list[SpeakerKind] = Described([], max_length=4)
    kind: list[ClaimKind] = Described([], max_length=4)
    hedged: bool | None = Described(None, description="Whether any words weaken or distance it.")
    negated: bool | None = None
    status: list[Status] = Described([], max_length=3, description="Rejected claims are left out unless asked for.")
    article: list[Annotated[int, Described(ge=1, le=2**53 - 1)]] = Described([], max_length=20)
    said_from: Bound | None = None
    said_to: Bound | None = None
    min_confidence: Annotated[float, Described(ge=0, le=1, allow_inf_nan=False)] | None = Described(
        None, description="Inclusive. Claims without a confidence, which were sent and not found, always pass."
    )


class ClaimQuery(ClaimFilters, SearchQuery):
    sort: Literal["-published", "published", "relevance", "-recorded", "-said", "about"] | None = Described(  # type: ignore[assignment]
        None, description="`-published` without `q`, `relevance` with it."
    )
