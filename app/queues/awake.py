"""procrastinate's workers: one for each table, in one event loop, each taking one row at a time; and one that looks after them all.

They beat every few seconds. What was being done by one that beats no more is given to another, which takes the row without waiting
for the end of its lease; if the first one is alive after all, it finds that it has lost its hold. A worker whose connection is lost
ends, by procrastinate's design, and is begun again here.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import procrastinate
import psycopg
import structlog
from procrastinate.exceptions import ConnectorException
from procrastinate.retry import RetryStrategy
from psycopg.conninfo import make_conninfo
from sqlalchemy import text
from sqlmodel import col

from app.errors import DatelineError
from app.queues.due import Queue, Take, Which, Work

POLL_S = 2.0  # for what becomes due later, and where no NOTIFY comes
SILENT_S = 30  # without a beat: then a worker is taken for dead
BEATS = 3  # in that time
AFTER_ERROR_S = 5
AT_ONCE = 1000  # jobs made in one transaction
CONNECTIONS = 4  # of a process, beside the one that listens
LISTENING = {"extraction_run"}  # somebody waits for claims; nobody for the minute at which a feed is looked at
_LOOKING = "look"
_WAITING = (  # rows that are due and have no job that waits
    "SELECT id FROM {table} WHERE due_at <= now() AND NOT EXISTS (SELECT FROM {schema}.procrastinate_jobs AS job"
    " WHERE job.status = 'todo' AND job.queue_name = '{table}' AND (job.args->>'row_id')::bigint = {table}.id)"
    " ORDER BY due_at, id LIMIT :most"
)
log = structlog.get_logger("dateline.worker")


class Workers:
    def __init__(self, queue: Queue, schema: str, work: Work) -> None:
        self._queue, self._schema = queue, schema
        self._database, self._tasks, self._stop = work.database, work.tasks, work.stop
        self._names = [*(kind.__tablename__ for kind in self._tasks), _LOOKING]
        self._silent_s = max(1, int(min(SILENT_S, work.lease_s)))
        self._beat_s = self._silent_s / BEATS

    async def work(self) -> None:
        """Until told to stop, whatever becomes of the connections."""
        while not self._stop.is_set():
            app = self._app()
            try:
                async with app.open_async():
                    await asyncio.gather(*(self._serve(app, name) for name in self._names))
            except (ConnectorException, psycopg.Error, OSError) as error:  # none could be opened
                await self._after(error)

    def _app(self) -> procrastinate.App:
        engine = self._database.engine
        _, given = engine.dialect.create_connect_args(engine.url)
        given.pop("context", None)  # of SQLAlchemy's own
        options = f"{given.pop('options', '')} -c search_path={self._schema}".strip()
        connector = procrastinate.PsycopgConnector(
            conninfo=make_conninfo(**{"application_name": "dateline worker", "connect_timeout": 5, **given, "options": options}),
            min_size=1,
            max_size=CONNECTIONS,
            timeout=10,
        )
        app = procrastinate.App(connector=connector)
        for kind, take in self._tasks.items():
            name = kind.__tablename__
            task = app.task(name=name, queue=name, pass_context=True, retry=RetryStrategy(wait=AFTER_ERROR_S))
            task(self._taking(app, name, take))
        look = app.task(name=_LOOKING, queue=_LOOKING)(self._looking(app))
        app.periodic(cron=f"* * * * * */{self._silent_s}")(look)
        return app

    async def _serve(self, app: procrastinate.App, name: str) -> None:
        """procrastinate's worker for one queue, begun again whenever it ends by itself."""
        while not self._stop.is_set():
            worker = asyncio.create_task(
                app.run_worker_async(
                    queues=[name],
                    name=name,
                    listen_notify=name in LISTENING,
                    fetch_job_polling_interval=POLL_S,
                    update_heartbeat_interval=self._beat_s,
                    stalled_worker_timeout=self._silent_s,
                    delete_jobs="always",  # what became of it stands in our row
                    install_signal_handlers=False,
                )
            )
            while not worker.done() and not self._stop.is_set():
                await asyncio.wait([worker], timeout=0.1)
            worker.cancel()  # it ends what it is doing first
            await asyncio.wait([worker])
            if not self._stop.is_set():
                await self._after(None if worker.cancelled() else worker.exception())

    def _taking(self, app: procrastinate.App, name: str, take: Take) -> Callable[..., Awaitable[None]]:
        async def taking(context: Any, row_id: int) -> None:
            job = context.job
            work = _in_thread(take, Which(row_id, again=job.attempts > 0))
            while not (await asyncio.wait([work], timeout=self._beat_s))[0]:
                with suppress(ConnectorException):  # a worker that was told to stop beats no more by itself
                    await app.job_manager.update_heartbeat(job.worker_id)
            try:
                work.result()
            except DatelineError as error:  # procrastinate tries again, if it can reach the database
                log.warning("worker", detail=str(error))
                raise
            except Exception:
                log.exception("worker")
                raise

        taking.__name__ = name
        return taking

    def _looking(self, app: procrastinate.App) -> Callable[[int], Awaitable[None]]:
        async def looking(timestamp: int) -> None:  # noqa: ARG001 - of the tick
            """By one of all workers at a time."""
            for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=self._silent_s):
                if job.queue == _LOOKING:
                    await app.job_manager.finish_job(job, procrastinate.jobs.Status.FAILED, delete_job=True)
                else:
                    with suppress(ConnectorException):  # another has done so
                        await app.job_manager.retry_job(job)
            await _in_thread(self._make_missing)

        return looking

    def _make_missing(self) -> None:
        """Jobs for rows that are due without one: of an archive that was moved, that had another queue, of a worker that hangs."""
        for kind in self._tasks:
            asked = text(_WAITING.format(table=kind.__tablename__, schema=self._schema))
            while True:
                with self._database.reading() as session:
                    ids = session.execute(asked, {"most": AT_ONCE}).scalars().all()
                if not ids:
                    break
                with self._database.transaction() as session:
                    # What was taken meanwhile is not due any more.
                    self._queue.tell(session, kind, col(kind.id).in_(ids) & (col(kind.due_at) <= datetime.now(UTC)))

    async def _after(self, error: BaseException | None) -> None:
        said = str(error.__cause__ or error) if error else "procrastinate's worker has ended"
        log.warning("worker", detail=" ".join(said.split()))
        for _ in range(AFTER_ERROR_S * 10):
            if not self._stop.is_set():
                await asyncio.sleep(0.1)


def _in_thread(work: Callable[..., Any], *given: Any) -> "asyncio.Future[Any]":
    """In a thread that nobody waits for when the process ends, as asyncio and anyio do with theirs."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Any] = loop.create_future()

    def tell(result: Any, error: BaseException | None) -> None:
        if not done.done():
            done.set_exception(error) if error else done.set_result(result)

    def run() -> None:
        result, error = None, None
        try:
            result = work(*given)
        except Exception as raised:
            error = raised
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(tell, result, error)

    threading.Thread(target=run, name="worker", daemon=True).start()
    return done
