"""A thousand drafts, each confirmed three times at once through Slack's door: a thousand campaigns."""

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from urllib.parse import urlencode
from uuid import UUID, uuid4

import aiohttp

from bot.playground.launcher import APP
from bot.playground.workspace.http_wire import sign
from storage.models import Campaign, Draft
from tests.club import Club, Json, draft_of
from tests.proof.arena import BESIDE_SPEED

COPIES = 3
CONNECTIONS = 30
TOGETHER = 10
"""How many drafts' copies are mixed, so that the copies of one are under way at the same time."""
A_DAY = 86_400


@dataclass
class Confirmed:
    """What came of it."""

    drafts: frozenset[UUID]
    campaigns: list[UUID] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)

    @property
    def is_clean(self) -> bool:
        """Whether each draft made one campaign, and each confirmation was answered."""
        once = sorted(self.campaigns) == sorted(self.drafts)
        return once and self.answers == {200: COPIES * len(self.drafts)}


async def confirm(club: Club, *, number: int, dice: Random) -> Confirmed:
    """Confirms so many drafts of one coach, three times each and at once."""
    await club.limit(undo_seconds=A_DAY, segments_a_day=BESIDE_SPEED)
    preview = await club.compose(audience="fixed", groups="U15", message="No match on Sunday.")
    like = UUID(draft_of(preview))
    (pattern,) = await club.rows(Draft, id=like)
    ids = [uuid4() for _ in range(number)]
    await club.keep(*(_copy(pattern, id_) for id_ in ids))
    confirmed = Confirmed(frozenset(ids))
    submission = json.dumps(club.submission(preview))
    await _post(club, [submission.replace(str(like), str(id_)) for id_ in _mixed(ids, dice)], confirmed)
    confirmed.campaigns = [campaign.id for campaign in await club.rows(Campaign)]
    return confirmed


def _copy(pattern: Draft, id_: UUID) -> Draft:
    return Draft(**pattern.model_dump() | {"id": id_})


def _mixed(ids: list[UUID], dice: Random) -> list[UUID]:
    mixed: list[UUID] = []
    for start in range(0, len(ids), TOGETHER):
        some = ids[start : start + TOGETHER] * COPIES
        dice.shuffle(some)
        mixed += some
    return mixed


async def _post(club: Club, submissions: list[str], confirmed: Confirmed) -> None:
    waiting = iter(submissions)

    async def work(session: aiohttp.ClientSession) -> None:
        for submission in waiting:
            body, stamp = urlencode({"payload": submission}), int(datetime.now(UTC).timestamp())
            headers = {
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Slack-Request-Timestamp": str(stamp),
                "X-Slack-Signature": sign(APP.signing_secret, stamp, body),
            }
            url = f"{club.settings.public_url}/slack/events"
            async with session.post(url, data=body, headers=headers) as answer:
                confirmed.answers[answer.status if _is_told(await answer.text()) else 0] += 1

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(work(session) for _ in range(CONNECTIONS)))


def _is_told(answer: str) -> bool:
    """Whether the coach is told that it leaves, and not that something is wrong."""
    told: Json = json.loads(answer) if answer else {}
    view: Json = told.get("view", {})
    return view.get("callback_id") == "told"
