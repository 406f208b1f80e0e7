"""The only table from what went wrong to what is answered. Every error of the service is an RFC 9457 problem, on every path."""

import http
from collections.abc import Sequence
from functools import partial
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app import errors
from app.api.nearest import nearest_field
from app.errors import Fault
from app.faults import fault, once_each, standing_in
from app.models.fields import Shape
from app.models.problems import ProblemError

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 1
log = structlog.get_logger("dateline")


class Problem(Shape):
    """An error, by RFC 9457."""

    type: str = Field(description="An address that explains this kind of problem.", examples=["/problems/not-found"])
    title: str
    status: int
    detail: str = Field(description="What was given, what is accepted and what to do.")
    errors: list[ProblemError] = Field(description="Each thing that is wrong with what was sent; empty when it is not about that.")
    existing: str | None = Field(description="With 409: the address of what already stands there.")


class ProblemType(Shape):
    type: str
    title: str
    status: int
    meaning: str = Field(description="When it is answered, and what to do about it.")


_KINDS = (
    ("merged", 308, "Merged into another", "The entity was merged into the one that `Location` names; ask that one."),
    ("bad-request", 400, "The request cannot be read", "The body is not JSON in UTF-8, or the HTTP itself is broken."),
    ("bad-cursor", 400, "The cursor cannot be used", "It is damaged or belongs to other filters. Begin again without `cursor`."),
    ("not-found", 404, "Not found", "There is no such address, or what was there has been deleted; `/changes` tells which."),
    ("method-not-allowed", 405, "This method is not allowed here", "The header `Allow` lists the methods that are."),
    ("not-acceptable", 406, "No such format here", "Every resource answers `application/json`; ask for it in `Accept`."),
    ("already-stored", 409, "Something else is stored there", "`existing` is its address; `detail` says what to do."),
    (
        "log-too-short",
        410,
        "The log cannot tell what changed since then",
        "It begins later, or ends before that. Note `latest` of `/changes` without `since`, read all again, go on from there.",
    ),
    ("stale", 412, "It has changed since you read it", "Read it again, decide again, and send the new `ETag` in `If-Match`."),
    ("too-large", 413, "The body is too large", "One article may have 2 MB by default; send fewer or smaller ones."),
    ("unsupported-media-type", 415, "The body must be JSON", "Send `Content-Type: application/json`."),
    ("invalid", 422, "What was sent cannot be used", "`errors` says for each part what is wrong and what is accepted."),
    (
        "nothing-to-read",
        422,
        "There is no article at that address",
        "The site answered, but not with a page that holds an article; `detail` says what was there. The same again will not help.",
    ),
    ("internal", 500, "Something went wrong here", "This is a defect. The request id in `X-Request-ID` finds it in the log."),
    ("site-failed", 502, "The site did not give the page", "It is away or out of order; `detail` says how. Try again later."),
    ("busy", 503, "Too busy to answer now", "Nothing was changed. Try again after `Retry-After` seconds."),
    (
        "unreachable",
        503,
        "The database cannot be reached now",
        "Nothing was changed. Another server may be taking over: try again after `Retry-After` seconds.",
    ),
    (
        "in-doubt",
        503,
        "It may have been stored, or not",
        "The connection to the database was lost while it was being stored. Read what is there before you send it again.",
    ),
    ("storage-unavailable", 503, "The archive cannot be used now", "Nothing was changed. Somebody must look at the server."),
    (
        "extractor-unavailable",
        503,
        "The extractor cannot read now",
        "What it reads with, a model or a server, failed; `detail` says how. Send it later, or with `extract=false`.",
    ),
    ("site-too-slow", 504, "The site did not give the page in time", "Nothing was stored. Try again later."),
    ("storage-full", 507, "There is no room left", "Nothing of the request was kept. Reading goes on."),
)
TYPES = {slug: ProblemType(type=f"/problems/{slug}", title=title, status=s, meaning=m) for slug, s, title, m in _KINDS}
_BY_STATUS = {kind.status: slug for slug, kind in reversed(TYPES.items())}  # the first of a status is the plain one
# What Starlette says when nobody said more; Python and Starlette do not agree on the phrase of 413.
_PLAIN = {None, "Content Too Large", *(status.phrase for status in http.HTTPStatus)}
_BY_ERROR: dict[type[errors.DatelineError], str] = {
    errors.NotFound: "not-found",
    errors.Unusable: "invalid",
    errors.Merged: "merged",
    errors.AlreadyStored: "already-stored",
    errors.BadCursor: "bad-cursor",
    errors.Stale: "stale",
    errors.LogTooShort: "log-too-short",
    errors.NothingToRead: "nothing-to-read",
    errors.SiteFailed: "site-failed",
    errors.SiteTooSlow: "site-too-slow",
    errors.Busy: "busy",
    errors.Unreachable: "unreachable",
    errors.InDoubt: "in-doubt",
    errors.StorageFull: "storage-full",
    errors.StorageUnavailable: "storage-unavailable",
    errors.ExtractorUnavailable: "extractor-unavailable",
}


def answer(
    slug: str,
    detail: str,
    *,
    faults: Sequence[Fault] = (),
    existing: str | None = None,
    status: int | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    kind = TYPES[slug]
    problem = Problem(
        type=kind.type,
        title=kind.title,
        status=status or kind.status,
        detail=detail,
        errors=[ProblemError(pointer=one.pointer, detail=one.detail) for one in faults],
        existing=existing,
    )
    more = {"Retry-After": str(RETRY_AFTER_S)} if problem.status == 503 else {}
    return Response(problem.model_dump_json(), problem.status, {**more, **(headers or {})}, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    app.add_exception_handler(errors.DatelineError, _own)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


def _own(request: Request, error: Exception) -> Response:
    headers = {"Location": _of_the_kept(request, error)} if isinstance(error, errors.Merged) else None
    faults, existing = getattr(error, "faults", ()), getattr(error, "path", None)
    return answer(told(error), str(error), faults=faults, existing=existing, headers=headers)


def kind_of(error: Exception) -> str:
    """Which of TYPES it is."""
    return next((_BY_ERROR[kind] for kind in type(error).__mro__ if kind in _BY_ERROR), "internal")


def told(error: Exception) -> str:
    """The same; what somebody must look at goes to the log."""
    slug = kind_of(error)
    if slug.startswith("storage") or slug in ("unreachable", "in-doubt"):
        log.error("storage", detail=str(error))
    if slug == "internal":
        log.error("unexpected", exc_info=error)
    return slug


def _of_the_kept(request: Request, error: errors.Merged) -> str:
    """The same address of the entity that stands for it."""
    path = request.url.path.replace(f"/entities/{error.entity_id}", f"/entities/{error.kept_id}", 1)
    return f"{path}?{request.url.query}" if request.url.query else path


def _http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    slug = _BY_STATUS.get(error.status_code, "bad-request" if error.status_code < 500 else "internal")
    detail = TYPES[slug].meaning if error.detail in _PLAIN else _unread(error.__cause__) or str(error.detail)
    return answer(slug, detail, status=error.status_code, headers=dict(error.headers or {}))


def _unread(cause: BaseException | None) -> str | None:
    """Why a body cannot be read as JSON, where that is all that is known of an error."""
    if isinstance(cause, UnicodeDecodeError):
        return f"the body is not UTF-8: it holds the byte 0x{cause.object[cause.start]:02x} at {cause.start}"
    if isinstance(cause, RecursionError):
        return "the body is not JSON that can be read: it is nested too deep"
    if isinstance(cause, ValueError):
        return "the body is not JSON that can be read: it holds a number of too many digits"
    return None


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if broken := next((e for e in found if e["type"] == "json_invalid"), None):
        return answer("bad-request", f"the body is not JSON: {broken['ctx']['error']} at character {broken['loc'][-1]}")
    faults = once_each(_fault(request, e, error.body) for e in found)
    return answer("invalid", _told_of(faults), faults=faults[:100])


def refusal(error: RequestValidationError) -> str:
    """What a query that cannot be understood is answered with, in one line."""
    return _told_of(once_each(fault(e, e["loc"][1:], lambda _: "is not known") for e in error.errors()))


def _told_of(faults: list[Fault]) -> str:
    detail = "; ".join(f"{one.pointer}: {one.detail}" for one in faults[:5])
    return detail + (f"; and {len(faults) - 5} more" if len(faults) > 5 else "")


def _fault(request: Request, error: dict[str, Any], body: Any) -> Fault:
    where, *path = error["loc"]
    if where == "body" and error["type"] == "missing" and not path:
        return Fault("", "a JSON body is required")
    if where == "body" and error["type"] != "missing":
        path = list(standing_in(body, path))
    return fault(error, path, partial(nearest_field, request))


def unexpected(error: Exception) -> Response:
    """A defect of ours: the traceback goes to the log, not to the caller."""
    return answer(told(error), TYPES["internal"].meaning)
