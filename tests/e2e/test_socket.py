"""The real process in Socket Mode: at work, and when Slack is gone for good."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.playground.launcher import ON_SOCKET
from tests.club import Club, open_club
from tests.e2e.process import bot_at_work, environment, run


@pytest.fixture
async def club(tmp_path: Path, planted: str) -> AsyncIterator[Club]:
    async with open_club(tmp_path, planted=planted, app=ON_SOCKET, is_started=False) as club:
        yield club


async def test_it_hears_slack_sends_and_ends_when_asked(club: Club) -> None:
    async with bot_at_work(club) as process:
        campaign = await club.send("U13", "Training is off tonight.")
        await club.reached(campaign, {"delivered": 7})
        code, said = await process.end(signal.SIGTERM)
    assert (code, said.count("error")) == (0, 0), said


async def test_without_slack_for_too_long_it_ends_so_that_it_is_started_again(club: Club) -> None:
    async with bot_at_work(club, SOCKET_SECONDS="3") as process:
        await club.workspace.close()
        _, written = await asyncio.wait_for(process.running.communicate(), 20)
    said = written.decode()
    assert process.running.returncode == 1, said
    last = said.rstrip().splitlines()[-1]
    assert last.startswith("touchline: Slack's socket has been dead for 3 s."), said
    assert "socket_dead" in said
    assert "Traceback" not in said


async def test_a_wrong_app_token_stops_the_start_with_one_line(club: Club) -> None:
    code, _, err = await run("run", env=environment(club.settings, SLACK_APP_TOKEN="xapp-wrong"))
    assert (code, err) == (2, "touchline: SLACK_APP_TOKEN: Slack does not know it (invalid_auth)\n")
