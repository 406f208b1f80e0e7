"""What has changed: as a list, and as a stream of events."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import StreamingResponse

from app.api import reads
from app.api.deps import asked, parameters
from app.api.following import Feed
from app.models.changes import ChangePage, ChangeQuery, ChangeStreamQuery
from app.models.fields import MAX_ID
from app.store import changes
from app.store.asking import Source

router = APIRouter(tags=["service"])


class _Events(StreamingResponse):
    """FastAPI's own takes the events from the route itself, and would have begun before anything can be refused."""

    media_type = "text/event-stream"


LastEventId = Annotated[
    int | None, Header(alias="Last-Event-ID", ge=0, le=MAX_ID, description="The `id` of the last event that was received.")
]
_EXAMPLE = """event: article
data: {"seq":41,"kind":"article","id":7,"action":"revised","made_by":"client",\
"recorded_at":"2024-03-08T09:00:00.000000Z","revision":2,"into":null}
id: 41

"""
_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events without end: `id` is the `seq`, `event` the `kind`, `data` a `Change` as JSON",
        "content": {"text/event-stream": {"schema": {"type": "string"}, "example": _EXAMPLE}},
    }
}


@router.get("/changes", response_model=ChangePage, openapi_extra=parameters(ChangeQuery))
async def list_changes(request: Request, query: Annotated[ChangeQuery, asked(ChangeQuery)]) -> Response:
    """Every create, change, revision, delete and merge, in one strictly rising sequence; deleted things leave a tombstone."""
    return await reads.page(request, query, changes.find, source=Source.WRITTEN)


@router.get("/changes/stream", response_class=_Events, responses=_EVENTS, openapi_extra=parameters(ChangeStreamQuery))
async def stream_changes(
    request: Request, query: Annotated[ChangeStreamQuery, asked(ChangeStreamQuery)], last_event_id: LastEventId = None
) -> _Events:
    """The same as server-sent events, as they happen.

    `Last-Event-ID`, which a browser sends when it connects again, goes before `since`; without either the stream begins now.
    """
    feed: Feed = request.app.state.feed
    since = await feed.place(query.since if last_event_id is None else last_event_id)
    return _Events(feed.follow(query, since), headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"})
