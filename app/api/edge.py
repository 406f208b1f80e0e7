"""What holds for every request before any route: an id, a log line, HEAD, OPTIONS, a right `Allow`, no packed
bodies, and 413 and 500 as problems.

Pure ASGI: three layers of Starlette's BaseHTTPMiddleware were measured to cost three quarters of the throughput.
"""

import random
import re
import time
from collections.abc import Callable
from typing import Any

import structlog
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api import problems
from app.logs import Requests
from app.store.database import Noted

# In the scope of a request:
HEAD_ONLY = "dateline.head_only"  # nobody will see the body
KNOWN_CHANGE = "dateline.known_change"  # the change that the caller knows of
NOTED = "dateline.noted"  # the change that it has made
_GOOD_ID = re.compile(r"[\w.:-]{1,100}", re.ASCII)
_PARAMETER = re.compile(r"\{[^}]+\}")


class Edge:
    """`document` gives the OpenAPI document, from which the methods of each path are known."""

    def __init__(self, app: ASGIApp, document: Callable[[], dict[str, Any]], requests: Requests) -> None:
        self.app = app
        self._document = document
        self._allowed: list[tuple[re.Pattern[str], str]] = []
        self._requests = requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope[NOTED] = Noted()
        answer = _Answer(send, scope, _request_id(scope), self._allow)
        structlog.contextvars.bind_contextvars(request_id=answer.request_id)  # each request is a task with a context of its own
        if scope["method"] == "OPTIONS" and (allow := self._allow(scope["path"])):
            await Response(status_code=204, headers={"Allow": allow})(scope, receive, answer.send)
        elif scope["method"] in ("POST", "PATCH") and _is_packed(scope):
            told = "bodies are taken as they are, without `Content-Encoding`; unpack it before it is sent"
            refusal = problems.answer("unsupported-media-type", told, headers={"Accept-Encoding": "identity"})
            await refusal(scope, receive, answer.send)
        else:
            asked = {**scope, "method": "GET", HEAD_ONLY: True} if scope["method"] == "HEAD" else scope
            try:
                await self.app(asked, receive, answer.send)
            except Exception as error:
                if answer.is_enough:
                    pass
                elif answer.has_begun:
                    raise
                else:
                    await problems.unexpected(error)(scope, receive, answer.send)
        self._requests.write(answer.request_id, scope["method"], scope["path"], answer.status, answer.took_ms)

    def _allow(self, path: str) -> str | None:
        """The methods of a path, for the header `Allow`; None for a path that the document does not know."""
        if not self._allowed:
            paths = self._document()["paths"].items()
            # Fixed paths first: /articles/lookup is not /articles/{article_id}.
            self._allowed = [(_pattern(p), _methods(o)) for p, o in sorted(paths, key=lambda item: item[0].count("{"))]
        return next((methods for pattern, methods in self._allowed if pattern.fullmatch(path)), None)


class _Answer:
    """One answer on its way out."""

    def __init__(self, send: Send, scope: Scope, request_id: str, allow: Callable[[str], str | None]) -> None:
        self._send, self._scope, self._allow = send, scope, allow
        self.request_id = request_id
        self._began = time.perf_counter()
        self.status = 0
        self.is_enough = False
        self._replaced: bytes | None = None

    @property
    def has_begun(self) -> bool:
        return self.status > 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start(message)
        elif message["type"] == "http.response.body":
            if self._replaced is not None:
                message = {**message, "body": self._replaced}
                self._replaced = b""
            if self._scope["method"] == "HEAD":
                self.is_enough = message.get("more_body", False)
                message = {**message, "body": b"", "more_body": False}
        await self._send(message)
        if self.is_enough:
            raise OSError("HEAD has no body: whoever streams one can stop")

    def _start(self, message: Message) -> None:
        self.status = message["status"]
        if self.status in (405, 413):
            message["headers"] = self._put_right(MutableHeaders(raw=list(message["headers"]))).raw
        own = [(b"x-request-id", self.request_id.encode()), (b"x-content-type-options", b"nosniff")]
        newest = self._scope[NOTED].change
        if newest is not None:
            own.append((b"dateline-change", str(newest).encode()))
        message["headers"] = [*message["headers"], *own]

    def _put_right(self, headers: MutableHeaders) -> MutableHeaders:
        if self.status == 413 and headers.get("content-type") != problems.MEDIA_TYPE:
            problem = problems.answer("too-large", problems.TYPES["too-large"].meaning)
            self._replaced = bytes(problem.body)
            headers["content-type"], headers["content-length"] = problems.MEDIA_TYPE, str(len(self._replaced))
        if self.status == 405 and (allow := self._allow(self._scope["path"])):
            headers["allow"] = allow
        return headers

    @property
    def took_ms(self) -> float:
        return round((time.perf_counter() - self._began) * 1000, 1)


def _request_id(scope: Scope) -> str:
    """The one that was sent, if it can be written; else one that nobody needs to be unable to guess."""
    given = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"x-request-id"), "")
    return given if _GOOD_ID.fullmatch(given) else f"{random.getrandbits(128):032x}"


def _is_packed(scope: Scope) -> bool:
    return any(name == b"content-encoding" and value.strip().lower() not in (b"", b"identity") for name, value in scope["headers"])


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile("[^/]+".join(map(re.escape, _PARAMETER.split(path))))


def _methods(operations: dict[str, Any]) -> str:
    methods = {name.upper() for name in operations} | {"OPTIONS"}
    return ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))
