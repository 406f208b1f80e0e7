"""What the model said, as what was asked for: JSON alone, in a fence, behind some thoughts, or cut off in the middle."""

import contextlib
import json
import re
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from app.extract.llm.prompt import ToldClaim, ToldName

Told = TypeVar("Told", bound=BaseModel)
MOST_ITEMS = 500  # names, and claims, of one piece
_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_FENCE = re.compile(r"```(?:json)?\s*\n(.*?)(?:\n```|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Answer:
    """`unusable` counts the entries that were not of the shape asked for; `cut_off` says that some may be missing at the end."""

    names: tuple[ToldName, ...] = ()
    claims: tuple[ToldClaim, ...] = ()
    unusable: int = 0
    cut_off: bool = False
    readable: bool = True


def read(said: str) -> Answer:
    """Entry by entry: one that is wrong costs no other. Not `readable` when there is no object with a list of claims."""
    told, cut_off = _object(said)
    if not isinstance(told, dict) or not isinstance(told.get("claims"), list):
        return Answer(readable=False)
    claims: list[Any] = told["claims"][:-1] if cut_off and _ends_in(told, "claims") else told["claims"]
    listed = told.get("names")
    names: list[Any] = listed if isinstance(listed, list) else []
    good_claims, good_names = _valid(ToldClaim, claims), _valid(ToldName, names)
    unusable = len(claims) - len(good_claims) + len(names) - len(good_names)
    return Answer(tuple(good_names), tuple(good_claims), unusable, cut_off)


def _ends_in(told: dict[str, Any], key: str) -> bool:
    return list(told)[-1] == key


def _object(said: str) -> tuple[Any, bool]:
    """The first JSON object in it, and whether it breaks off."""
    said = _THOUGHTS.sub("", said)
    fenced = _FENCE.search(said)
    said = fenced[1] if fenced else said
    begins = said.find("{")
    if begins < 0:
        return None, False
    with contextlib.suppress(ValueError, RecursionError):
        return json.JSONDecoder().raw_decode(said, begins)[0], False
    try:
        return from_json(said[begins:], allow_partial=True), True
    except ValueError:
        return None, False


def _valid(shape: type[Told], entries: list[Any]) -> list[Told]:
    found = []
    for entry in entries[:MOST_ITEMS]:
        try:
            found.append(shape.model_validate(entry))
        except ValidationError:
            continue
    return found
