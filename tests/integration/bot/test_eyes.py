"""What those see who watch a bot at work: its metrics at the door, and the doctor at a terminal."""

import asyncio
import os
import re
import sys
from pathlib import Path

import aiohttp
import pytest

from storage.models import Campaign
from tests.club import Club
from tests.scrapes import samples

pytestmark = pytest.mark.turns


async def doctor(club: Club, *arguments: str, database: str | None = None) -> tuple[int, str]:
    """What `touchline doctor` says of the club, as a process of its own, and how it ends."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "doctor", *arguments),
        env=os.environ | {"DATABASE_URL": database or club.settings.database_url, "COLUMNS": "300"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


def is_there(path: Path) -> bool:
    return path.exists()


async def paused(club: Club) -> Campaign:
    club.carrier.fail("daily_cap", times=None)
    campaign = await club.send("U13", "Canarywords")
    await club.stands(campaign, "paused")
    return campaign


async def test_the_metrics_of_a_bot_at_work_are_at_its_door(club: Club) -> None:
    campaign = await club.send("U13", "Hello")
    await club.reached(campaign, {"delivered": 7})
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{club.settings.public_url}/metrics") as answer,
    ):
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/plain; version=")
        seen = samples(await answer.read())
    assert seen["touchline_messages_accepted_total"] == 7
    assert seen["touchline_commits_total"] > 0
    assert seen["touchline_receipts_total delivered"] >= 7
    assert seen["touchline_messages_waiting"] == 0
    assert {"release", "heartbeat", "reconcile"} <= {
        name.split()[1] for name in seen if name.startswith("touchline_chore_age_seconds")
    }
    if sys.platform == "linux":
        assert seen["process_resident_memory_bytes"] > 0


async def test_the_doctor_explains_a_paused_campaign_beside_the_bot(club: Club) -> None:
    campaign = await paused(club)
    code, said = await doctor(club, "--delivery")
    assert code == 1, said
    assert campaign.title in said
    assert "! Paused by the carrier's number 63038: The account has reached its limit" in said
    assert "7 queued" in said
    assert not re.search(r"\+?33[67]\d{8}", said)


async def test_the_doctor_is_content_when_nothing_is_open(club: Club) -> None:
    assert await doctor(club, "--delivery") == (0, "Nothing is open.\n")


async def test_the_doctor_says_what_the_carrier_counts_otherwise_and_that_nothing_is_stuck(
    club: Club,
) -> None:
    club.carrier.scenario(segments=2)
    campaign = await club.send("U13", "Canarywords")
    await club.reached(campaign, {"delivered": 7})
    await club.stands(campaign, "done")
    code, said = await doctor(club, "--delivery")
    assert code == 0, said
    assert "Of the last 7 texts the carrier counts 7 otherwise than Touchline: 7 SMS more, 0 fewer." in said
    assert {message.segments for message in await club.messages(campaign)} == {2}


async def test_the_doctor_makes_no_database_that_is_not_there(club: Club, tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    code, said = await doctor(club, "--delivery", database=f"sqlite+aiosqlite:///{path}")
    assert (code, said) == (2, f"touchline: DATABASE_URL: there is no file {path}\n")
    assert not is_there(path)
