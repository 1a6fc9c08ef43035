"""The engine of many processes: chunks are jobs of Procrastinate, enqueued in the transaction that makes them due."""

# mypy: allow-untyped-calls
# Procrastinate leaves some of its functions without types.

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.worker import Worker
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from bot.engine import AT_ONCE, Work
from bot.health import Health
from bot.tasks import Signal
from storage import chunks
from storage.db import Database
from storage.models import Chunk

QUEUE = "chunks"
WORK_OFF = "work_off"
CLEAN = "clean"
LOOK_EVERY = timedelta(seconds=1)
"""How often to look for due chunks without a job, and for jobs when nobody said that there are any."""
HANDED_FOR = timedelta(seconds=3)
"""How long nobody looks at a chunk that has a job: the job is lost when its worker dies before it claims anything."""
PATIENCE = timedelta(seconds=3)
"""How long the worker waits for a connection before it begins anew: its pool would try ever more seldom."""
SWEPT_AT_ONCE = 500
HEARTBEAT = timedelta(seconds=10)
MISSED_HEARTBEATS = 3
CLEANED_AT = "* * * * * */10"

_WAITING = sa.text(
    "SELECT queueing_lock FROM procrastinate_jobs WHERE status = 'todo' AND queueing_lock = ANY(:locks)"
)


class QueueEngine:
    """Shares the chunks among the processes on the database; what one leaves when it dies, another takes over.

    A job only says that somebody should look at a chunk: to look twice, or late, is harmless.
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        work: Signal,
        health: Health,
        *,
        heartbeat: timedelta = HEARTBEAT,
        look_every: timedelta = LOOK_EVERY,
    ) -> None:
        self._db = db
        self._clock = clock
        self._signal = work
        self._health = health
        self._heartbeat_seconds = heartbeat.total_seconds()
        self._look_seconds = look_every.total_seconds()
        self._app = App(
            connector=PsycopgConnector(
                conninfo=_address(db),
                min_size=1,
                max_size=AT_ONCE + 1,
                timeout=PATIENCE.total_seconds(),
                reconnect_timeout=PATIENCE.total_seconds(),
            )
        )
        self._worker: Worker | None = None
        self._handing_out: asyncio.Task[None] | None = None
        self._stopping = False

    async def enqueue(self, session: AsyncSession, chunks: Sequence[Chunk]) -> None:
        """Sees to it that these chunks, stored in this transaction, are worked off once it is committed."""
        # In one order everywhere, so that two processes which enqueue the same ones never wait for each other.
        wanted = {str(chunk.id): chunk for chunk in sorted(chunks, key=lambda chunk: chunk.id)}
        while missing := await _without_job(session, wanted):
            if await self._defer(session, missing):
                return

    async def run(self, work: Work) -> None:
        """Hands out what is due until told to stop, however often the database is away."""
        self._register(work)
        while not self._stopping:
            if await self._is_swept():
                self._keep_worker()
            await self._signal.wait(0 if self._stopping else self._look_seconds)

    async def stop(self) -> None:
        """Hands out nothing more, and comes back when the work under way is done."""
        self._stopping = True
        self._signal.set()
        # Told, not cancelled: before 3.12 Python's `wait_for`, through which the worker asks its database, loses a
        # cancellation that comes together with the answer (https://github.com/python/cpython/issues/86296).
        if self._worker:
            self._worker.stop()
        if self._handing_out:
            await asyncio.wait([self._handing_out])

    async def sweep(self) -> None:
        """Enqueues what is due and has no job: its time has come, or whoever had it died."""
        now = self._clock.now()
        async with self._db.begin() as session:
            due = await chunks.due_for_workers(session, now, limit=SWEPT_AT_ONCE)
            await self.enqueue(session, due)
            await chunks.put_off(session, [chunk.id for chunk in due], now + HANDED_FOR)

    async def clean(self) -> None:
        """Deletes the jobs of dead workers; their chunks get others from the sweep."""
        silent_for = self._heartbeat_seconds * MISSED_HEARTBEATS
        jobs = self._app.job_manager
        for job in await jobs.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=silent_for):
            try:
                await jobs.finish_job(job, Status.FAILED, delete_job=True)
            except ConnectorException:
                continue  # somebody else has deleted it

    def _register(self, work: Work) -> None:
        async def work_off(chunk_id: str) -> None:
            try:
                await work(UUID(chunk_id))
            except Exception as error:  # the chunk stays due, and gets another job
                self._health.bad("delivery", error)
            else:
                self._health.good("delivery")

        async def clean(timestamp: int) -> None:
            await self.clean()

        self._app.task(name=WORK_OFF, queue=QUEUE)(work_off)
        # Without any periodic task a worker would not notice that its heartbeat has failed.
        cleaning = self._app.task(name=CLEAN, queue=QUEUE, queueing_lock=CLEAN)(clean)
        self._app.periodic(cron=CLEANED_AT)(cleaning)

    async def _is_swept(self) -> bool:
        try:
            await self.sweep()
        except Exception as error:  # the database is away: say so, and look again
            self._health.bad("chunks", error)
            return False
        self._health.good("chunks")
        return True

    def _keep_worker(self) -> None:
        if self._handing_out and not self._handing_out.done():
            self._health.good("queue")
        elif not self._stopping:
            self._handing_out = asyncio.create_task(self._hand_out(), name="worker")

    async def _hand_out(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                await self._app.open_async()
            # What was told before it runs, a worker forgets.
            if not self._stopping:
                self._worker = self._new_worker()
                await self._worker.run()
        except Exception as error:  # the database is away, or was told that this worker is dead: begin anew
            self._health.bad("queue", error)
        finally:
            # A pool that could not be opened would be taken for an open one ever after.
            await self._app.close_async()

    def _new_worker(self) -> Worker:
        return Worker(
            self._app,
            queues=[QUEUE],
            concurrency=AT_ONCE,
            fetch_job_polling_interval=self._look_seconds,
            delete_jobs="always",
            install_signal_handlers=False,
            update_heartbeat_interval=self._heartbeat_seconds,
            stalled_worker_timeout=self._heartbeat_seconds * MISSED_HEARTBEATS,
        )

    async def _defer(self, session: AsyncSession, missing: Sequence[Chunk]) -> bool:
        jobs = [self._job(chunk) for chunk in missing]
        try:
            # A job that another process makes at this moment must not end the whole transaction.
            async with session.begin_nested():
                # Asked for in here, since the session makes its savepoint with the first connection it gives out.
                raw = (await (await session.connection()).get_raw_connection()).driver_connection
                await self._app.job_manager.batch_defer_jobs_async(jobs, connection=raw)
        except AlreadyEnqueued:
            return False
        return True

    def _job(self, chunk: Chunk) -> Job:
        return self._app.configure_task(
            WORK_OFF,
            queue=QUEUE,
            queueing_lock=str(chunk.id),
            priority=-chunk.priority,
            task_kwargs={"chunk_id": str(chunk.id)},
        ).job


async def _without_job(session: AsyncSession, wanted: Mapping[str, Chunk]) -> list[Chunk]:
    if not wanted:
        return []
    connection = await session.connection()
    waiting = set((await connection.execute(_WAITING, {"locks": list(wanted)})).scalars())
    return [chunk for lock, chunk in wanted.items() if lock not in waiting]


def _address(db: Database) -> str:
    return db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
