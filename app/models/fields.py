"""The kinds of field that several nouns share, and the two bases: what comes in (`Draft`) and what goes out (`Shape`)."""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer, model_validator
from sqlalchemy import BigInteger, Integer
from sqlmodel import SQLModel

from app.urls import is_web_address

# Every constraint has a name, so that a migration can speak of it in every database.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

# Unicode's White_Space, which every regular expression of a client agrees with; Python's strip() takes more.
_WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
Json = dict[str, Any]  # an answer in the shape that its route promises, of nothing but what JSON holds
MAX_ID = 2**53 - 1  # the largest integer that JavaScript holds exactly
Id = Annotated[int, Field(ge=1, le=MAX_ID, strict=True, json_schema_extra={"format": "int64"})]
# SQLite counts rows up only in an INTEGER key; PostgreSQL's INTEGER ends at 2^31.
BIG = BigInteger().with_variant(Integer(), "sqlite")
# `info` of a table or column that store/indexing.py makes from the others: it is left behind when an archive moves.
DERIVED: dict[Any, Any] = {"derived": True}


def clean(text: str) -> str:
    """Refuse what one database stores and the other does not, or what cannot be sent back as UTF-8."""
    if "\x00" in text:
        raise ValueError("a text must not hold the character NUL (U+0000)")
    try:
        text.encode()  # a hundred times as fast as a look at each character
    except UnicodeEncodeError:
        raise ValueError("a text must not hold half of a surrogate pair (U+D800 to U+DFFF)") from None
    return text


def not_blank(text: str) -> str:
    if not text.strip(_WHITE_SPACE):
        raise ValueError("must hold more than white space")
    return text


def web_address(url: str) -> str:
    if not is_web_address(url):
        raise ValueError("must be an address that begins with http:// or https:// and names a host")
    return url


# What the checks below come to, for the OpenAPI document only.
CLEAN = {"pattern": r"^[^\u0000]*$"}
_NOT_BLANK = {"pattern": r"^[^\u0000]*[^\s\u0000][^\u0000]*$"}
_Any = Annotated[str, AfterValidator(clean)]
Text = Annotated[_Any, AfterValidator(not_blank), Field(min_length=1, max_length=2_000_000, json_schema_extra=_NOT_BLANK)]
Line = Annotated[_Any, AfterValidator(not_blank), Field(min_length=1, max_length=1000, json_schema_extra=_NOT_BLANK)]
Name = Annotated[_Any, AfterValidator(not_blank), Field(min_length=1, max_length=200, json_schema_extra=_NOT_BLANK)]
Url = Annotated[_Any, AfterValidator(web_address), Field(min_length=8, max_length=2000, json_schema_extra={"format": "uri"})]
WikidataId = Annotated[str, Field(pattern=r"^Q[1-9][0-9]{0,15}$", examples=["Q796"])]
LanguageTag = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35, examples=["en", "pt-BR"])]
Offset = Annotated[int, Field(ge=0, le=2_000_000, strict=True)]


def _in_utc(moment: AwareDatetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


Instant = Annotated[AwareDatetime, PlainSerializer(_in_utc, when_used="json"), Field(json_schema_extra={"format": "date-time"})]


def _without_null_defaults(schema: dict[str, Any]) -> None:
    """A field that is left out is not null; generators would make it so."""
    for field in schema["properties"].values():
        if field.get("default", "") is None:
            del field["default"]


class Draft(BaseModel):
    """What a caller sends. An unknown field is an error, so that a misspelt one is never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra=_without_null_defaults)


class PlacedDraft(Draft):
    """Something that may say where in the text it stands."""

    start: Offset | None = None
    end: Offset | None = None

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.start is None) != (self.end is None):
            raise ValueError("give both start and end, or neither")
        return self


class Shape(BaseModel):
    """What the service answers. Every field is always there, so that generated clients need not ask."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


def omitted(**more: Any) -> Any:
    """A field of a patch that may be left out but not be null."""
    return Field(None, **more)
