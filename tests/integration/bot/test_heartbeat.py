"""The sign of life that an outside monitor waits for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.app import build
from bot.checks import database_answers
from bot.heartbeat import EVERY, HeartbeatLost, beat
from bot.runtime import Runtime
from bot.schedule import Schedule
from bot.settings import load_settings
from storage.db import Database
from tests import factories as f
from tests.club import SetClock

SECRET = "8e1f0c2d"


@dataclass
class Monitor:
    """An outside monitor, and the calls it got."""

    url: str = ""
    answers_with: int = 200
    calls: list[str] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        """Notes the call."""
        self.calls.append(request.path)
        return web.Response(status=self.answers_with)


@pytest.fixture
async def monitor() -> AsyncIterator[Monitor]:
    monitor = Monitor()
    app = web.Application()
    app.router.add_get(f"/{SECRET}", monitor.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    monitor.url = f"http://127.0.0.1:{runner.addresses[0][1]}/{SECRET}"
    yield monitor
    await runner.cleanup()


@pytest.fixture
async def rt(migrated: str, monitor: Monitor) -> AsyncIterator[Runtime]:
    """A bot on its database that knows the monitor, and whose delivery has just turned."""
    settings = load_settings({"DATABASE_URL": migrated, "HEARTBEAT_URL": monitor.url})
    async with AsyncExitStack() as closing:
        rt = build(settings, SetClock(f.NOW))
        for part in (rt.db.close, rt.slack.close, rt.carrier.close):
            closing.push_async_callback(part)
        rt.health.good("delivery")
        yield rt


def clock_of(rt: Runtime) -> SetClock:
    assert isinstance(rt.clock, SetClock)
    return rt.clock


async def test_a_bot_that_can_send_says_so(rt: Runtime, monitor: Monitor) -> None:
    assert await beat(rt)
    assert monitor.calls == [f"/{SECRET}"]


async def test_without_an_address_nobody_is_called(rt: Runtime, monitor: Monitor) -> None:
    rt.settings.heartbeat_url = ""
    assert not await beat(rt)
    assert not monitor.calls


async def test_a_delivery_that_has_stood_still_for_a_minute_is_not_alive(
    rt: Runtime, monitor: Monitor
) -> None:
    clock_of(rt).skip(EVERY + timedelta(seconds=1))
    assert not await beat(rt)
    rt.health.good("delivery")
    assert await beat(rt)
    assert len(monitor.calls) == 1


async def test_a_process_without_a_delivery_never_calls(rt: Runtime, monitor: Monitor) -> None:
    of_the_web = build(rt.settings, rt.clock)
    assert not await beat(of_the_web)
    assert not monitor.calls
    for part in (of_the_web.db, of_the_web.slack, of_the_web.carrier):
        await part.close()


async def test_a_part_in_trouble_silences_the_heart_until_it_works_again(
    rt: Runtime, monitor: Monitor
) -> None:
    with capture_logs():
        rt.health.bad("recording", OSError())
        assert not await beat(rt)
        rt.health.good("recording")
    assert await beat(rt)
    assert len(monitor.calls) == 1


async def test_a_database_that_is_away_silences_the_heart_and_its_return_is_noticed(
    rt: Runtime, monitor: Monitor
) -> None:
    away = replace(rt, db=Database("sqlite+aiosqlite:////nowhere/at/all.db"))
    with capture_logs():
        assert not await beat(away)
        assert not monitor.calls
        assert "database" in rt.health.troubles
        assert await beat(rt), "nobody else may be asking whether it is back"
    assert await database_answers(rt)
    await away.db.close()


async def test_a_monitor_that_is_away_is_logged_once_and_its_address_never(
    rt: Runtime, monitor: Monitor
) -> None:
    schedule = Schedule(rt, {"heartbeat": (beat, EVERY)})
    with capture_logs() as lines:
        monitor.answers_with = 503
        await schedule.do("heartbeat")
        await schedule.do("heartbeat")
        monitor.answers_with = 200
        await schedule.do("heartbeat")
    assert [line["event"] for line in lines] == ["chore_failed", "chore_recovered"]
    assert "503" in repr(lines[0]["exc_info"])
    assert len(monitor.calls) == 3


async def test_no_error_shows_where_the_monitor_is(rt: Runtime) -> None:
    rt.settings.heartbeat_url = f"http://127.0.0.1:1/{SECRET}"
    with pytest.raises(HeartbeatLost) as lost:
        await beat(rt)
    assert SECRET not in str(lost.value)
    assert lost.value.__suppress_context__


async def test_a_monitor_that_hangs_is_left_after_a_moment(rt: Runtime) -> None:
    server = await asyncio.start_server(_never_answer, "127.0.0.1", 0)
    rt.settings.heartbeat_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/{SECRET}"
    with pytest.raises(HeartbeatLost, match="TimeoutError"):
        await beat(rt, patience=timedelta(seconds=0.1))
    server.close()


async def _never_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()
