"""What every list has in common: how it is asked for and how it is answered."""

import hashlib
from typing import Annotated, ClassVar, Generic, Literal, Self, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from app.models.extraction import EntityType
from app.models.fields import CLEAN, Shape, clean
from app.models.times import stretch

Searched = Annotated[
    str,
    AfterValidator(clean),
    Field(
        max_length=500,
        description='Words are ANDed; `"a phrase"`, `-word`, `this OR that`, `prefix*`. Case and accents do not matter.',
        examples=["troops -rumour"],
        json_schema_extra=CLEAN,
    ),
]
FilterText = Annotated[str, AfterValidator(clean), Field(min_length=1, max_length=200, json_schema_extra=CLEAN)]
Filters = Annotated[list[FilterText], Field(max_length=20)]
SHORT_LIMIT = 50  # rows of a page that are read and written within a few milliseconds
Item = TypeVar("Item", bound=Shape)
FormatName = Literal["json", "jsonl", "csv", "jsonld", "atom"]


class RangedQuery(BaseModel):
    """A subclass names its ranges in `RANGES`: `X` for `X_from` and `X_to`."""

    model_config = ConfigDict(frozen=True)
    RANGES: ClassVar[tuple[str, ...]] = ()

    @model_validator(mode="after")
    def _ranges_do_not_end_before_they_begin(self) -> Self:
        for name in self.RANGES:
            begin, end = getattr(self, f"{name}_from"), getattr(self, f"{name}_to")
            if begin and end and stretch(begin)[0] > stretch(end)[1]:
                raise PydanticCustomError(
                    "range", f"{name}_from={begin} is after {name}_to={end}; swap them", {"field": f"{name}_from"}
                )
        return self


class ListQuery(RangedQuery):
    """How much of a list, and in which format. A subclass adds to `WRITTEN` what only says how its rows are written."""

    WRITTEN: ClassVar[tuple[str, ...]] = ("format",)

    limit: int = Field(20, ge=1, le=200, description="How many at the most.")
    cursor: str | None = Field(
        None, max_length=8000, pattern=r"^[A-Za-z0-9_-]+$", description="Where the page before ended; taken from `next`."
    )
    total: Literal["capped", "exact", "none"] = Field("capped", description="capped: exact up to 10,000, then “10,000 or more”.")
    format: FormatName | None = Field(
        None,
        description="How it is written, whatever `Accept` says. jsonl, csv and jsonld hold all there is, unless `limit` is given.",
    )

    @property
    def is_heavy(self) -> bool:
        """Whether an answer is known to take long, on an archive of any size."""
        return self.limit > SHORT_LIMIT or self.total == "exact"

    def digest(self) -> str:
        """Of everything that decides which rows there are and in which order; a cursor holds it."""
        asked = self.model_dump_json(exclude={"limit", "cursor", "total", *self.WRITTEN})
        return hashlib.blake2b(asked.encode(), digest_size=6).hexdigest()


class Total(Shape):
    value: int = Field(ge=0)
    relation: Literal["eq", "gte"] = Field(description="eq: that many. gte: that many or more.")


class EntityRef(Shape):
    """An entity by its id, with what a reader needs to recognise it."""

    id: int = Field(json_schema_extra={"format": "int64"})
    name: str
    type: EntityType


class AppliedEntities(Shape):
    """Which entities a name in a filter was taken to mean; empty when nobody bears it."""

    parameter: str
    given: str
    matched: list[EntityRef]


class AppliedRange(Shape):
    """The bounds as they were used, both inclusive; null is open."""

    parameter: str
    earliest: str | None
    latest: str | None


class Applied(Shape):
    """How the question was understood."""

    sort: str
    q: str | None = Field(description="The searched words as they were understood, folded; null without `q`.")
    entities: list[AppliedEntities]
    ranges: list[AppliedRange]
    notes: list[str] = Field(description="What a reader of the answer should know, such as rows left out by default.")


class Page(Shape, Generic[Item]):
    """One page of a list. Each kind of item has a subclass, so that its schema has a short name."""

    items: list[Item]
    next: str | None = Field(description="The address of the next page; null on the last one.")
    total: Total | None = Field(description="null with `total=none`.")
    applied: Applied

    @classmethod
    def item(cls) -> type[Shape]:
        """What its items are."""
        kind: type[Shape] = get_args(cls.model_fields["items"].annotation)[0]
        return kind
