"""What generators of clients make badly of a schema does not stand in the document."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.main import create_app
from app.settings import Settings


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_app(Settings(log_level="error", _env_file=None)).openapi()


def schemas_in(part: Any) -> Iterator[dict[str, Any]]:
    """Every object of the document but the examples, schemas among them."""
    if isinstance(part, dict):
        yield part
        for key, inner in part.items():
            if key not in ("example", "examples"):
                yield from schemas_in(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from schemas_in(inner)


def parameters_in(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [p for methods in document["paths"].values() for o in methods.values() for p in o.get("parameters", [])]


def test_every_enumeration_is_a_schema_with_a_name(document: dict[str, Any]) -> None:
    named = [schema for schema in document["components"]["schemas"].values() if "enum" in schema]
    found = [part for part in schemas_in(document) if isinstance(part.get("enum"), list)]
    assert [s["enum"] for s in found if s not in named] == [], "name them in app/api/generators.py"
    assert {"EntityType", "ClaimKind", "ClaimStatus"} <= {
        name for name, schema in document["components"]["schemas"].items() if schema in named
    }


def test_every_named_enumeration_is_used(document: dict[str, Any]) -> None:
    used = {part["$ref"].rsplit("/", 1)[-1] for part in schemas_in(document) if isinstance(part.get("$ref"), str)}
    assert {name for name, schema in document["components"]["schemas"].items() if "enum" in schema} <= used


def test_a_value_that_is_no_identifier_has_one_beside_it(document: dict[str, Any]) -> None:
    for name, schema in document["components"]["schemas"].items():
        names = schema.get("x-enum-varnames", schema.get("enum", []))
        assert len(names) == len(schema.get("enum", [])), name
        assert all(value.isidentifier() for value in names), name


def test_no_parameter_can_be_null(document: dict[str, Any]) -> None:
    parameters = parameters_in(document)
    assert parameters
    assert [p["name"] for p in parameters if "anyOf" in p["schema"] or p["schema"].get("type") == "null"] == []


def test_a_parameter_says_the_same_of_itself_in_both_places(document: dict[str, Any]) -> None:
    described = [p for p in parameters_in(document) if "description" in p["schema"]]
    assert described
    assert [p["name"] for p in described if p["description"] != p["schema"]["description"]] == []


def test_integers_are_64_bits_wide_and_every_object_has_named_fields(document: dict[str, Any]) -> None:
    for part in schemas_in(document["components"]["schemas"]):
        assert part.get("type") != "integer" or part["format"] == "int64"
        assert part.get("type") != "object" or part["properties"]


def test_points_in_time_are_declared_as_such(document: dict[str, Any]) -> None:
    fields = [
        (name, field, shape)
        for name, schema in document["components"]["schemas"].items()
        for field, shape in schema.get("properties", {}).items()
        if field.endswith("_at")
    ]
    assert fields
    assert [(name, field) for name, field, shape in fields if _format(shape) != "date-time"] == []


def _format(shape: dict[str, Any]) -> str | None:
    """Of what it is when it is not null."""
    choices = [choice for choice in shape.get("anyOf", [shape]) if choice.get("type") != "null"]
    return choices[0].get("format")
