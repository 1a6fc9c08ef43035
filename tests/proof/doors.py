"""Ten thousand forged webhooks and ten thousand replayed ones at the real door of a running bot."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice
from random import Random

import aiohttp
import sqlalchemy as sa
from sqlmodel import SQLModel
from yarl import URL

from bot.playground import seed
from bot.playground.carrier.state import new_sid
from storage.db import Database
from storage.models import Campaign, Message, Reply
from tests.club import ACCOUNT_SID, SHORT_CODE, TOKEN, Club
from tests.proof.forgeries import Webhook, genuine, many

CONNECTIONS = 20
REST_SECONDS = 1.5
"""Longer than the pause between two looks at what Slack is to be shown."""
TEXTS = (
    "STOP",
    "Oui",
    " Non\n",
    "",
    "To +33612345678",
    "MessageSidSM",
    "Où ? à 18 h & après",
    "STOPDo call me",
)


@dataclass
class Siege:
    """What the door did."""

    posted: Counter[str] = field(default_factory=Counter)
    first: Counter[int] = field(default_factory=Counter)
    """How the genuine ones were answered."""
    accepted: list[Webhook] = field(default_factory=list)
    """The forgeries that were answered with 2xx."""
    changed: frozenset[str] = frozenset()
    """The rows that are not as they were."""

    @property
    def is_clean(self) -> bool:
        """Whether the door held."""
        return not self.accepted and not self.changed


async def forge(club: Club, *, number: int, dice: Random) -> Siege:
    """Posts so many forgeries; whether one was accepted, or changed a row."""
    webhooks = [*await _receipts(club), *_replies(club)]
    siege = Siege()
    before = await _at_rest(club)

    def note(webhook: Webhook, status: int) -> None:
        siege.posted[webhook.how] += 1
        if status // 100 == 2:
            siege.accepted.append(webhook)

    await _post(club, many(webhooks, TOKEN, dice, number), note)
    siege.changed = await _at_rest(club) ^ before
    return siege


async def replay(club: Club, *, number: int, dice: Random) -> Siege:
    """Posts genuine webhooks once, then so many copies of them; whether a copy changed a row."""
    webhooks = [*await _receipts(club), *_replies(club)]
    siege = Siege()
    await _post(club, webhooks, lambda _, status: siege.first.update([status]))
    before = await _at_rest(club)
    copies = list(islice(cycle(webhooks), number))
    dice.shuffle(copies)
    await _post(club, copies, lambda webhook, _: siege.posted.update([webhook.kind]))
    siege.changed = await _at_rest(club) ^ before
    return siege


async def _at_rest(club: Club) -> frozenset[str]:
    """Every row of the database, once they stay the same for a while and Slack has been shown all there is."""
    async with club.database() as db:
        before: frozenset[str] = frozenset()
        while (now := await rows_of(db)) != before or await _is_unshown(club):
            before = now
            await asyncio.sleep(REST_SECONDS)
    return before


async def _is_unshown(club: Club) -> bool:
    cards = any(campaign.card_due for campaign in await club.rows(Campaign))
    return cards or any(reply.post_after for reply in await club.rows(Reply))


async def rows_of(db: Database) -> frozenset[str]:
    """Every row of every table."""
    rows: set[str] = set()
    async with db.read() as session:
        connection = await session.connection()
        for table in SQLModel.metadata.sorted_tables:
            rows |= {
                f"{table.name} {tuple(row)}" for row in (await connection.execute(sa.select(table))).all()
            }
    return frozenset(rows)


async def _receipts(club: Club) -> list[Webhook]:
    """The receipts of everything that was sent, as the carrier would send them."""
    made: list[Webhook] = []
    for message in await club.rows(Message):
        for status in ("sent", "delivered"):
            made.append(_receipt(club, message, status))
    return made


def _receipt(club: Club, message: Message, status: str) -> Webhook:
    fields = {
        "MessageSid": message.sid or "",
        "SmsSid": message.sid or "",
        "MessageStatus": status,
        "SmsStatus": status,
        "To": message.e164,
        "From": message.sender,
        "AccountSid": ACCOUNT_SID,
        "ApiVersion": "2010-04-01",
    }
    path = f"/twilio/status/{message.id}?attempt={message.attempt}"
    return genuine("status", TOKEN, club.settings.public_url, path, fields)


def _replies(club: Club) -> Iterator[Webhook]:
    """SMS of members, none of which has been received yet."""
    for body in TEXTS:
        sid = new_sid("SM")
        fields = {
            "MessageSid": sid,
            "SmsSid": sid,
            "SmsMessageSid": sid,
            "SmsStatus": "received",
            "AccountSid": ACCOUNT_SID,
            "ApiVersion": "2010-04-01",
            "From": seed.number_of("hugo"),
            "FromCity": "",
            "FromCountry": "FR",
            "To": SHORT_CODE,
            "ToCountry": "FR",
            "Body": body,
            "NumMedia": "0",
            "NumSegments": "1",
        }
        yield genuine("inbound", TOKEN, club.settings.public_url, "/twilio/inbound", fields)


async def _post(club: Club, webhooks: Iterable[Webhook], note: Callable[[Webhook, int], object]) -> None:
    """Posts them all over a few connections, and notes how each was answered."""
    waiting = iter(webhooks)

    async def work(session: aiohttp.ClientSession) -> None:
        for webhook in waiting:
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            if webhook.signature is not None:
                headers["X-Twilio-Signature"] = webhook.signature
            url = URL(club.settings.public_url + webhook.path, encoded=True)
            async with session.post(url, data=webhook.body, headers=headers) as answer:
                note(webhook, answer.status)

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(work(session) for _ in range(CONNECTIONS)))
