"""The OpenAPI document: valid, complete, and the one that is committed."""

import json
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate
from pydantic import TypeAdapter

from app.api.examples import answers
from app.main import create_app
from app.settings import Settings

COMMITTED = Path(__file__).parent.parent / "openapi.json"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_app(Settings(log_level="error", _env_file=None)).openapi()


@pytest.fixture(scope="module")
def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for methods in document["paths"].values() for operation in methods.values()]


def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    validate(document)
    assert document["openapi"].startswith("3.1")


def test_the_committed_document_is_the_one_that_is_served(document: dict[str, Any]) -> None:
    assert json.loads(COMMITTED.read_text("utf-8")) == document, "make it again: python3 run.py openapi > openapi.json"


def test_every_operation_has_a_short_id_of_its_own_a_summary_and_a_tag(operations: list[dict[str, Any]]) -> None:
    ids = [operation["operationId"] for operation in operations]
    assert len(ids) == len(set(ids))
    assert all(id_.count("_") <= 2 and len(id_) <= 24 for id_ in ids)
    assert all(operation["summary"] and len(operation["tags"]) == 1 for operation in operations)


def test_every_answer_is_typed_and_every_error_is_the_one_problem(operations: list[dict[str, Any]]) -> None:
    for operation in operations:
        for status, answer in operation["responses"].items():
            kinds = answer.get("content", {})
            if status in ("204", "304"):
                assert not kinds
            elif status.startswith("2"):
                assert kinds["application/json"]["schema"]["$ref"].startswith("#/components/schemas/")
            else:
                assert kinds == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


def test_every_operation_that_answers_has_an_example_that_its_own_schema_accepts(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for operation in methods.values():
            answer = operation["responses"].get("200") or operation["responses"].get("201")
            if answer is None:
                continue
            example = answer["content"]["application/json"].get("example")
            assert example is not None, f"{operation['operationId']} ({path}) has no example"
    assert set(answers()) == {
        o["operationId"] for m in document["paths"].values() for o in m.values() if {"200", "201"} & set(o["responses"])
    }


def test_the_examples_are_answers_of_the_models() -> None:
    returns = {route.name: route.response_model for router in _routers() for route in router.routes if route.response_model}
    for name, example in answers().items():
        parsed = TypeAdapter(returns[name]).validate_python(example)
        assert json.loads(parsed.model_dump_json()) == example


def _routers() -> list[Any]:
    from app.api import articles, claims, entities, service, web

    return [module.router for module in (articles, claims, entities, web, service)]
