"""What is different between two revisions of an article."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.models.fields import MAX_ID, Shape

RevisionNumber = Annotated[int, Field(ge=1, le=MAX_ID)]
HunkKind = Literal["insert", "delete", "replace"]


class DiffQuery(BaseModel):
    """`from` is a word of Python's, so it has another name here."""

    model_config = ConfigDict(frozen=True)

    begin: RevisionNumber | None = Field(None, alias="from", description="A revision; by default the one before `to`.")
    end: RevisionNumber | None = Field(None, alias="to", description="A revision; by default the current one.")


class Passage(Shape):
    """Words of one revision and where they stand: `text[start:end]`, in code points; empty between two characters."""

    start: int
    end: int
    text: str


class Hunk(Shape):
    """Words that another revision has in the place of these. Whole words, but the white space beside them may belong to it too."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True, validate_by_name=True, serialize_by_alias=True)

    kind: HunkKind
    begin: Passage = Field(alias="from")
    end: Passage = Field(alias="to")


class Difference(Shape):
    """Hunks in text order. All between them is the same in both: with each `to` in the place of its `from`, one is the other."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True, validate_by_name=True, serialize_by_alias=True)

    article: int = Field(json_schema_extra={"format": "int64"})
    begin: int = Field(alias="from", description="The number of the revision that is gone out from.")
    end: int = Field(alias="to", description="The number of the revision that it is compared with.")
    complete: bool = Field(description="false: so much is different that not all of it was compared word by word.")
    hunks: list[Hunk]
    orphaned: list[Annotated[int, Field(json_schema_extra={"format": "int64"})]] = Field(
        description="Claims whose words stood in the older of the two, or came in between, and do not stand in the newer one."
    )
