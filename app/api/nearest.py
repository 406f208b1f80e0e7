"""A misspelt field of a body is an error that names the one that was probably meant, by the service's own OpenAPI document."""

from collections.abc import Sequence
from typing import Any

from fastapi import Request

from app import faults


def nearest_field(request: Request, path: Sequence[Any]) -> str:
    document = request.app.openapi()
    operation = document["paths"][request.scope["route"].path_format][request.method.lower()]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    return faults.nearest_field(path, schema, document["components"]["schemas"])
