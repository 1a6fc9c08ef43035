"""What stands at /metrics: what this process counted, and what only the database and the clocks know."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta

from prometheus_client import generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.runtime import Runtime
from storage.backlog import Backlog, backlog

PATIENCE = timedelta(seconds=5)
"""How long the database may take; Prometheus itself waits ten seconds."""


class Snapshot(Collector):
    """The gauges of one moment."""

    def __init__(self, rt: Runtime, now: datetime, queue: Backlog | None) -> None:
        self._rt = rt
        self._now = now
        self._queue = queue

    def collect(self) -> Iterator[Metric]:
        """Those that can be said: of a database that is away, only that it is."""
        yield self._up()
        yield self._troubles()
        yield self._ticks()
        if self._queue is not None:
            yield from self._of_queue(self._queue)

    def _up(self) -> Metric:
        up = GaugeMetricFamily("touchline_up", "Whether a part answers.", labels=["part"])
        up.add_metric(["database"], float(self._queue is not None))
        return up

    def _troubles(self) -> Metric:
        troubles = GaugeMetricFamily(
            "touchline_part_in_trouble", "1 for a part that cannot work.", labels=["part"]
        )
        for part in self._rt.health.troubles:
            troubles.add_metric([part], 1)
        return troubles

    def _ticks(self) -> Metric:
        ages = GaugeMetricFamily(
            "touchline_chore_age_seconds", "Since a chore last came to a good end.", labels=["chore"]
        )
        steady = self._rt.clock.steady()
        for chore, at_seconds in self._rt.metrics.ticks.items():
            ages.add_metric([chore], steady - at_seconds)
        return ages

    def _of_queue(self, queue: Backlog) -> Iterator[Metric]:
        yield _gauge(
            "queue_age_seconds",
            "How long what could leave waits to be looked at.",
            self._age(queue.overdue_since),
        )
        yield _gauge(
            "oldest_waiting_seconds",
            "Since the oldest waiting message was queued.",
            self._age(queue.waiting_since),
        )
        yield _gauge("messages_waiting", "Messages that wait to leave.", queue.waiting)
        yield _gauge("messages_parked", "Messages that wait in paused campaigns.", queue.parked)
        yield _gauge("messages_in_doubt", "Messages whose answer is lost and is looked for.", queue.in_doubt)
        campaigns = GaugeMetricFamily("touchline_campaigns", "Campaigns that are open.", labels=["state"])
        campaigns.add_metric(["sending"], queue.sending)
        campaigns.add_metric(["paused"], queue.paused)
        yield campaigns

    def _age(self, since: datetime | None) -> float:
        return max(0.0, (self._now - since).total_seconds()) if since else 0.0


async def scrape(rt: Runtime) -> bytes:
    """Everything that is measured, in Prometheus's text format; never fails for a database that is away."""
    now = rt.clock.now()
    return rt.metrics.text() + generate_latest(Snapshot(rt, now, await _queue(rt, now)))


async def _queue(rt: Runtime, now: datetime) -> Backlog | None:
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()), rt.db.read() as session:
            found = await backlog(session, now)
    except Exception as error:  # whoever watches is told by the gauge, and people by the log
        rt.health.bad("database", error)
        return None
    rt.health.good("database")
    return found


def _gauge(name: str, help_: str, value: float) -> Metric:
    return GaugeMetricFamily(f"touchline_{name}", help_, value)
