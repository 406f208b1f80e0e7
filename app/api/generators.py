"""Schemas as generators of clients need them: every enumeration has one name, integers say how wide they are, and no null is
offered where none can be sent. Without this a client reads `SearchClaimsSortType0 | None | Unset`.
"""

from types import NoneType
from typing import Any, Literal, get_args

from app.api.articles import OnConflict
from app.models.articles import ArticleQuery
from app.models.bulk import BulkStatus
from app.models.changes import Action, ChangedKind
from app.models.claims import Anchor, ClaimQuery, Hedge, Status
from app.models.copies import Verdict
from app.models.differences import HunkKind
from app.models.entities import EntityQuery
from app.models.extraction import ClaimKind, DateModifier, DatePrecision, EntityType, HedgeKind, MentionKind, NameKind, SpeakerKind
from app.models.facets import ArticleFacet, ClaimFacet, CountsWanted, RelatedQuery
from app.models.feeds import EntryState, Outcome
from app.models.lists import FormatName, ListQuery, Total
from app.models.runs import RunState
from app.models.timelines import ArticleDate, ClaimDate, Interval

_KINDS: dict[str, Any] = {
    "ArticleDetail": ArticleQuery.model_fields["detail"].annotation,
    "ArticleFacet": ArticleFacet,
    "ArticleDate": ArticleDate,
    "ArticleSort": ArticleQuery.model_fields["sort"].annotation,
    "BulkStatus": BulkStatus,
    "ChangeAction": Action,
    "ChangedKind": ChangedKind,
    "ClaimAnchor": Anchor,
    "ClaimFacet": ClaimFacet,
    "ClaimKind": ClaimKind,
    "ClaimSort": ClaimQuery.model_fields["sort"].annotation,
    "ClaimStatus": Status,
    "CopiesWanted": ArticleQuery.model_fields["copies"].annotation,
    "CopyVerdict": Verdict,
    "CountsWanted": CountsWanted,
    "DateMatch": ArticleQuery.model_fields["about_match"].annotation,
    "DateModifier": DateModifier,
    "DatePrecision": DatePrecision,
    "EntityFormat": Literal["json", "jsonl", "csv", "jsonld"],
    "EntityMatch": ArticleQuery.model_fields["entity_match"].annotation,
    "EntitySort": EntityQuery.model_fields["sort"].annotation,
    "EntityType": EntityType,
    "FeedEntryState": EntryState,
    "FeedOutcome": Outcome,
    "HedgeKind": HedgeKind,
    "HedgedBy": Hedge.model_fields["by"].annotation,
    "HunkKind": HunkKind,
    "ListFormat": Literal["json", "jsonl", "csv"],
    "MentionKind": MentionKind,
    "NameKind": NameKind,
    "OnConflict": get_args(OnConflict)[0],
    "RunState": RunState,
    "SearchFormat": FormatName,
    "SpeakerKind": SpeakerKind,
    "TimelineDate": ClaimDate,
    "TimelineInterval": Interval,
    "Together": RelatedQuery.model_fields["together"].annotation,
    "TotalRelation": Total.model_fields["relation"].annotation,
    "TotalWanted": ListQuery.model_fields["total"].annotation,
}


def _values(kind: Any) -> tuple[str, ...]:
    choices = get_args(kind)
    return _values(choices[0]) if NoneType in choices else choices


_NAMES = {_values(kind): name for name, kind in _KINDS.items()}


def enumerations() -> dict[str, Any]:
    return {name: _enumeration(list(values)) for values, name in sorted(_NAMES.items(), key=lambda named: named[1])}


def _enumeration(values: list[str]) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "string", "enum": values}
    if any(value.startswith("-") for value in values):
        made["x-enum-varnames"] = [f"{v[1:]}_desc".upper() if v.startswith("-") else v.upper() for v in values]
    return made


def tidy(schema: dict[str, Any]) -> None:
    """In place, with everything in it. Titles that only repeat a name go too: they become comments that say nothing."""
    schema.pop("title", None)
    if schema.get("type") == "integer":
        schema.setdefault("format", "int64")
    if name := _NAMES.get(tuple(schema.get("enum", ()))):
        del schema["enum"], schema["type"]
        reference = {"$ref": f"#/components/schemas/{name}"}
        schema |= {"allOf": [reference]} if schema else reference  # beside a bare $ref, generators overlook the default
    inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", [])]
    for part in inner + ([schema["items"]] if "items" in schema else []):
        tidy(part)


def tidy_parameter(parameter: dict[str, Any]) -> None:
    """In place. An address cannot hold null: what may be left out is not required, and that is all."""
    schema = parameter["schema"]
    if choices := schema.pop("anyOf", None):
        schema = next(choice for choice in choices if choice["type"] != "null") | schema
    if "description" in schema:  # in both places: some generators read it here, some there
        parameter["description"] = schema["description"]
    parameter["schema"] = schema
    tidy(schema)
