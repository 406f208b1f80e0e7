"""One log for the program and its server: for people on a terminal, one JSON object a line elsewhere."""

import asyncio
import logging
import sys
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog

WAIT_S = 0.1  # for so long lines of requests are gathered
_ACCESS = "dateline.access"


def is_text(form: str) -> bool:
    return form == "text" or (form == "auto" and sys.stderr.isatty())


def configure(level: str, form: str) -> None:
    """`form` is json, text or auto (text on a terminal). Everything goes to standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Any] = (
        [structlog.dev.ConsoleRenderer()]
        if is_text(form)
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last]
    )
    handler.setFormatter(formatter)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = name != "uvicorn.access"  # api/edge.py writes the line for each request
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it tells every address that is asked
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells what it assumes at every start
    logging.getLogger("procrastinate").setLevel(logging.CRITICAL)  # the worker tells what becomes of its jobs


class Requests:
    """The line for each request. As JSON, lines are gathered and written together: alone, each costs as much as a short read."""

    def __init__(self, *, as_text: bool) -> None:
        self._as_text = as_text
        self._log = logging.getLogger(_ACCESS)
        self._gathered: list[bytes] = []

    def write(self, request_id: str, method: str, path: str, status: int, took_ms: float) -> None:
        """To be called in the event loop."""
        if not self._log.isEnabledFor(logging.INFO):
            return
        line = {"method": method, "path": path, "status": status, "took_ms": took_ms, "event": "request", "request_id": request_id}
        if self._as_text:
            structlog.get_logger(_ACCESS).info(**line)
            return
        if not self._gathered:
            asyncio.get_running_loop().call_later(WAIT_S, self.flush)
        now = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        self._gathered.append(orjson.dumps({**line, "level": "info", "logger": _ACCESS, "timestamp": now}))

    def flush(self) -> None:
        lines, self._gathered = self._gathered, []
        if lines:
            sys.stderr.write(b"\n".join([*lines, b""]).decode())
            sys.stderr.flush()
