"""The address of the next page, in the body and in the header `Link` (RFC 8288)."""

from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from app.models.lists import Page

P = TypeVar("P", bound=Page[Any])


def with_next(request: Request, response: Response, found: tuple[P, str | None]) -> P:
    page, cursor = found
    if cursor is not None:
        page.next = str(request.url.include_query_params(cursor=cursor))
        response.headers["Link"] = f'<{page.next}>; rel="next"'
    return page
