"""Many articles in one request, and their results in one answer, both as JSON Lines and both streamed."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

import anyio
import orjson
from fastapi import APIRouter, Request, Response
from starlette.types import Receive, Scope, Send

from app import bulk
from app.api import problems
from app.api.articles import CLIENT, OnConflict
from app.api.deps import Bounds, BulkBounds, Installed
from app.api.streams import Incoming, Outbox
from app.bulk import Result
from app.errors import DatelineError
from app.intake import jsonl
from app.intake.lines import Item, Line
from app.store.database import Noted

router = APIRouter(tags=["articles"])
MEDIA_TYPE = "application/x-ndjson"
READ_S = 0.5  # extractors read for so long, before what they have read is stored and answered
T = TypeVar("T")
Store = Callable[[Sequence[Item]], list[Result]]
_PROBLEMS = {"invalid": "invalid", "conflict": "already-stored"}


def _lines_of(shape: str) -> dict[str, Any]:
    """JSON Lines, for which OpenAPI 3.1 has no words; `binary` is what generators of clients stream."""
    inner = {"$ref": f"#/components/schemas/{shape}"}
    return {"type": "string", "format": "binary", "contentMediaType": MEDIA_TYPE, "contentSchema": inner}


_SENT = '{"text": "Ann Lee said that the dam is safe.", "url": "https://news.example/dam"}\n{"text": 5}\n'
_ANSWERED = (
    '{"line":1,"status":"created","id":1,"address":"/articles/1","change":3,"problem":null,"errors":[]}\n'
    '{"line":2,"status":"invalid","id":null,"address":null,"change":3,"problem":"/problems/invalid",'
    '"errors":[{"pointer":"/text","detail":"Input should be a valid string"}]}\n'
)
_BODY = {
    "required": True,
    "description": "An article in each line.",
    "content": {MEDIA_TYPE: {"schema": _lines_of("ArticleDraft"), "example": _SENT}},
}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A result for each line, in order",
        "content": {MEDIA_TYPE: {"schema": _lines_of("BulkResult"), "example": _ANSWERED}},
    }
}


class _Results(Response):
    """Reads lines and writes results, each as soon as it is on disk. A caller who leaves keeps what he was answered."""

    media_type = MEDIA_TYPE

    def __init__(self, store: Store, bounds: BulkBounds, noted: Noted) -> None:
        self.status_code = 200
        self.background = None
        self.init_headers()
        self._store = store
        self._bounds = bounds
        self._noted = noted  # of the lines that are stored together

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        outbox = Outbox(send, self.status_code, self.raw_headers)
        lines = Incoming(receive, self._bounds.most_bytes)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(outbox.run)
            try:
                while batch := await lines.batch():
                    await self._answer(batch, outbox)
            finally:
                lines.close()
            if lines.have_left:
                tasks.cancel_scope.cancel()
            outbox.close()

    async def _answer(self, batch: list[Line], outbox: Outbox) -> None:
        items = await self._in_turn(partial(_items, batch, self._bounds.most_bytes))
        while items:
            results = await self._in_turn(partial(self._results, items))
            outbox.put(b"".join(_written(result, self._noted.change) for result in results))
            items = items[len(results) :]

    async def _in_turn(self, work: Callable[[], list[T]]) -> list[T]:
        return await anyio.to_thread.run_sync(work, limiter=self._bounds.turns)

    def _results(self, items: Sequence[Item]) -> list[Result]:
        """An archive that fails is told in each line that it concerns; the next lines are tried again."""
        self._noted.change = None
        try:
            return self._store(items)
        except DatelineError as error:
            problems.told(error)
            return bulk.failed(items, error)
        except Exception as error:
            problems.told(error)
            return bulk.failed(items, RuntimeError(problems.TYPES["internal"].meaning))


@router.post("/articles/bulk", response_class=_Results, status_code=200, responses=_ANSWERS, openapi_extra={"requestBody": _BODY})
async def bulk_create_articles(
    request: Request, extractors: Installed, bounds: Bounds, on_conflict: OnConflict = "refuse"
) -> Response:
    """Store many articles, one in each line; each line is answered by one, in order, while more come.

    A line that cannot be stored is its own error and stops nothing. What was answered is stored, whatever happens next; sent again,
    it is `unchanged`. Lines that hold nothing are passed over.
    """
    noted = Noted()
    archive = request.app.state.database.noting(noted)
    store = partial(bulk.store, archive, extractors, made_by=CLIENT, revise=on_conflict == "revise", within_s=READ_S)
    return _Results(store, bounds, noted)


def _items(batch: list[Line], most_bytes: int) -> list[Item]:
    return list(jsonl.items(batch, most_bytes))


def _written(result: Result, change: int | None) -> bytes:
    address = None if result.article_id is None else f"/articles/{result.article_id}"
    problem = _PROBLEMS.get(result.status) or (result.error and problems.kind_of(result.error))
    told = {
        "line": result.line,
        "status": result.status,
        "id": result.article_id,
        "address": address,
        "change": change,
        "problem": f"/problems/{problem}" if problem else None,
        "errors": [{"pointer": fault.pointer, "detail": fault.detail} for fault in result.faults],
    }
    return orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE)
