"""What holds for every request before any route: an id, a log line, HEAD, OPTIONS, a right `Allow`, and 413 and 500 as
problems.

Pure ASGI: three layers of Starlette's BaseHTTPMiddleware were measured to cost three quarters of the throughput.
"""

import re
import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api import problems

log = structlog.get_logger("dateline.access")
_GOOD_ID = re.compile(r"[\w.:-]{1,100}", re.ASCII)
_PARAMETER = re.compile(r"\{[^}]+\}")


class Edge:
    """`document` gives the OpenAPI document, from which the methods of each path are known."""

    def __init__(self, app: ASGIApp, document: Callable[[], dict[str, Any]]) -> None:
        self.app = app
        self._document = document
        self._allowed: list[tuple[re.Pattern[str], str]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given_id = Headers(scope=scope).get("x-request-id", "")
        answer = _Answer(send, scope, given_id if _GOOD_ID.fullmatch(given_id) else uuid.uuid4().hex, self._allow(scope["path"]))
        with structlog.contextvars.bound_contextvars(request_id=answer.request_id):
            if scope["method"] == "OPTIONS" and answer.allow:
                await Response(status_code=204, headers={"Allow": answer.allow})(scope, receive, answer.send)
            else:
                asked = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
                try:
                    await self.app(asked, receive, answer.send)
                except Exception as error:
                    if answer.has_begun:
                        raise
                    await problems.unexpected(error)(scope, receive, answer.send)
            answer.write_log()

    def _allow(self, path: str) -> str | None:
        """The methods of a path, for the header `Allow`; None for a path that the document does not know."""
        if not self._allowed:
            paths = self._document()["paths"].items()
            # Fixed paths first: /articles/lookup is not /articles/{article_id}.
            self._allowed = [(_pattern(p), _methods(o)) for p, o in sorted(paths, key=lambda item: item[0].count("{"))]
        return next((methods for pattern, methods in self._allowed if pattern.fullmatch(path)), None)


class _Answer:
    """One answer on its way out."""

    def __init__(self, send: Send, scope: Scope, request_id: str, allow: str | None) -> None:
        self._send, self._scope = send, scope
        self.request_id, self.allow = request_id, allow
        self._began = time.perf_counter()
        self._status = 0
        self._replaced: bytes | None = None

    @property
    def has_begun(self) -> bool:
        return self._status > 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start(message)
        elif message["type"] == "http.response.body":
            if self._replaced is not None:
                message = {**message, "body": self._replaced}
                self._replaced = b""
            if self._scope["method"] == "HEAD":
                message = {**message, "body": b""}
        await self._send(message)

    def _start(self, message: Message) -> None:
        self._status = message["status"]
        headers = MutableHeaders(raw=list(message["headers"]))
        if self._status == 413 and headers.get("content-type") != problems.MEDIA_TYPE:
            problem = problems.answer("too-large", problems.TYPES["too-large"].meaning)
            self._replaced = bytes(problem.body)
            headers["content-type"], headers["content-length"] = problems.MEDIA_TYPE, str(len(self._replaced))
        if self._status == 405 and self.allow:
            headers["allow"] = self.allow
        headers["x-request-id"] = self.request_id
        headers["x-content-type-options"] = "nosniff"
        message["headers"] = headers.raw

    def write_log(self) -> None:
        took_ms = round((time.perf_counter() - self._began) * 1000, 1)
        log.info("request", method=self._scope["method"], path=self._scope["path"], status=self._status, took_ms=took_ms)


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile("[^/]+".join(map(re.escape, _PARAMETER.split(path))))


def _methods(operations: dict[str, Any]) -> str:
    methods = {name.upper() for name in operations} | {"OPTIONS"}
    return ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))
