"""The live count while somebody types, in real time."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from bot.clock import WallClock
from bot.playground.log import Exchange
from tests.club import Club, block_of, open_club, text_of

KEYSTROKE_SECONDS = 0.08
TYPED = "Training is moved to the small hall tonight, please be there."[:60]


@dataclass(frozen=True)
class Update:
    """One answered views.update: when it was asked, when answered, and the count it brought."""

    began_at: datetime
    ended_at: datetime
    count: str


@pytest.fixture
async def club(tmp_path: Path, planted: str) -> AsyncIterator[Club]:
    async with open_club(tmp_path, planted=planted, clock=WallClock()) as club:
        yield club


def watch(club: Club) -> list[Update]:
    """Every update of a view from now on."""
    seen: list[Update] = []

    def note(exchange: Exchange) -> None:
        if exchange.url == "/api/views.update":
            view = json.loads(exchange.request_body)["view"]
            view = json.loads(view) if isinstance(view, str) else view
            (count,) = [b for b in view["blocks"] if b.get("block_id") == "count"]
            took = timedelta(milliseconds=exchange.took_ms)
            seen.append(Update(exchange.at, exchange.at + took, count["elements"][0]["text"]))

    club.workspace.log.listen(note)
    return seen


@pytest.mark.parametrize("seconds", [0.05, 0.3])
async def test_the_count_follows_sixty_keystrokes_without_updates_that_overtake_each_other(
    club: Club, seconds: float
) -> None:
    view = await club.open("/sms")
    await club.fill(view, groups="U13")
    await club.quiet(lambda: len(club.workspace.calls("views.update")), seconds=1.2)
    club.workspace.faults.slow("views.update", seconds)
    updates = watch(club)
    began_at, loop = datetime.now(UTC), asyncio.get_running_loop()
    started = loop.time()
    for typed in range(1, len(TYPED) + 1):
        await asyncio.sleep(max(0.0, started + typed * KEYSTROKE_SECONDS - loop.time()))
        await club.workspace.set_value(view, block_of(view, "message"), "message", TYPED[:typed], wait=False)
    typed_at = datetime.now(UTC)
    await club.until(lambda: f"*{len(TYPED)} characters" in text_of(view), seconds=3)
    await club.workspace.settled()

    on_the_way = [update for update in updates if update.ended_at < typed_at]
    assert (updates[0].ended_at - began_at).total_seconds() < 1.2 + seconds
    assert len(on_the_way) >= 4
    assert updates[-1].count.startswith(f"*{len(TYPED)} characters")
    for earlier, later in pairwise(updates):
        assert later.began_at >= earlier.ended_at - timedelta(milliseconds=5)
    # One at once, then one a second, give or take what the machine is busy with.
    assert len(updates) <= 1 + (updates[-1].began_at - updates[0].began_at).total_seconds() * 1.1
    assert view.form.value("message", "message") == TYPED


async def test_the_text_is_submitted_as_typed_while_an_update_is_on_its_way(club: Club) -> None:
    view = await club.open("/sms")
    await club.fill(view, groups="U13")
    club.workspace.faults.slow("views.update", 0.3)
    for typed in range(1, 20):
        await club.workspace.set_value(view, block_of(view, "message"), "message", TYPED[:typed], wait=False)
    preview = await club.submit(view)
    assert preview.callback_id == "preview", (view.trouble, view.errors)
    assert TYPED[:19] in text_of(preview)
