"""The club whose doors are besieged: a bot in this process, its real doors, and strangers before them."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from time import monotonic

from bot.clock import WallClock
from tests.club import Club, open_club
from tests.proof import doors, drafts
from tests.proof.rules import Violation, Wrong
from tests.proof.toll import Say, Toll


async def forge(*, number: int, dice: Random, say: Say) -> Toll:
    """Forged webhooks: none is accepted, and none changes a row."""
    toll = Toll("forged webhooks", "sqlite", 0)
    async with _sent(toll) as club:
        came = await doors.forge(club, number=number, dice=dice)
    toll.blows = came.posted.total()
    for webhook in came.accepted:
        toll.violations.append(_untrue(f"{webhook.how} was accepted: {sorted(webhook.fields)}"))
    toll.violations += [_untrue(f"a forgery changed {row}") for row in came.changed]
    say("  " + ", ".join(f"{how} {times}" for how, times in sorted(came.posted.items())))
    return toll


async def replay(*, number: int, dice: Random, say: Say) -> Toll:
    """Replayed webhooks: none changes a row."""
    toll = Toll("replayed webhooks", "sqlite", 0)
    async with _sent(toll) as club:
        came = await doors.replay(club, number=number, dice=dice)
    toll.blows = came.posted.total()
    toll.violations += [_untrue(f"a replay changed {row}") for row in came.changed]
    say(f"  the genuine ones were answered {dict(came.first)}, then {dict(came.posted)} copies")
    return toll


async def confirm(*, number: int, dice: Random, say: Say) -> Toll:
    """Drafts confirmed three times at once: each makes one campaign."""
    toll = Toll("drafts confirmed thrice", "sqlite", 0)
    began = monotonic()
    async with _club() as club:
        confirmed = await drafts.confirm(club, number=number, dice=dice)
    toll.seconds = monotonic() - began
    toll.blows = confirmed.answers.total()
    say(f"  {number} drafts, {toll.blows} confirmations, {len(confirmed.campaigns)} campaigns")
    if not confirmed.is_clean:
        words = (
            f"{number} drafts made {len(confirmed.campaigns)} campaigns, answered {dict(confirmed.answers)}"
        )
        toll.violations.append(_untrue(words))
    return toll


@asynccontextmanager
async def _sent(toll: Toll) -> AsyncIterator[Club]:
    """The club, one text sent, so that there are receipts to forge."""
    async with _club() as club:
        campaign = await club.send("U13", "Training is off.")
        await club.stands(campaign, "done")
        began = monotonic()
        yield club
        toll.seconds = monotonic() - began


@asynccontextmanager
async def _club() -> AsyncIterator[Club]:
    with tempfile.TemporaryDirectory(prefix="touchline-proof-") as folder:
        async with open_club(Path(folder), clock=WallClock()) as club:
            yield club


def _untrue(sentence: str) -> Violation:
    return Violation(0, Wrong.UNTRUE, sentence)
