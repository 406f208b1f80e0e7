"""Single resources are answered with an ETag; what is asked or changed under a condition is held to it (RFC 9110, section 13).

It leaves out what is counted of others, `copies` and an entity's `mentions`: these change with articles that somebody else stores,
and no change is told of them, so that nobody's correction is refused for it.
"""

import hashlib
import re

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app.edit import Guard
from app.errors import Stale
from app.models.fields import Json

# Within a string its quotes are escaped, so that this is a member's name wherever it stands.
_COUNTS = re.compile(rb'"(?:copies|mentions)":\d+')


def answer(request: Request, found: Json, status: int = 200, location: str | None = None) -> Response:
    """The resource as JSON with its ETag; 304 when the caller has that state already."""
    body = orjson.dumps(found)
    headers = {"ETag": _etag(body), "Cache-Control": "no-cache"}
    if location:
        headers["Location"] = location
    if status == 200 and request.method in ("GET", "HEAD") and _lists(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(body, status, headers, "application/json")


def guard(request: Request) -> Guard:
    """Stops a change when `If-Match` names another state than the stored one."""
    wanted = request.headers.get("if-match")

    def check(current: Json) -> None:
        if wanted is not None and not _lists(wanted, etag := _etag(orjson.dumps(current))):
            raise Stale(f"it has changed since you read it: its ETag is {etag} now")

    return check


def _etag(body: bytes) -> str:
    return f'"{hashlib.blake2b(_COUNTS.sub(b"", body), digest_size=12).hexdigest()}"'


def _lists(header: str | None, etag: str) -> bool:
    """Whether a list of ETags names this one; a weak one counts, since a proxy that compresses makes it weak."""
    if header is None:
        return False
    return header.strip() == "*" or etag in (part.strip().removeprefix("W/") for part in header.split(","))
