"""What the bot makes of a flood of receipts: every end is right, those that nobody reported are asked after."""

import asyncio
import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from uuid import UUID, uuid4

import sqlalchemy as sa

from bot.playground.carrier.state import new_sid
from storage import tallies
from storage.models import Campaign, Message
from storage.states import MessageState
from storage.tallies import Key, Shift
from tests import factories
from tests.proof.arena import UNFINISHED, Arena
from tests.proof.flood import RECEIPTS_EACH, Sent, drawn
from tests.proof.ledger import Ledger, Report
from tests.proof.rules import broken_at_rest
from tests.proof.toll import Say, Toll

IN_A_CAMPAIGN = 10_000
AT_ONCE = 5_000
LONGEST_SECONDS = 3_600.0


async def pour(arena: Arena, toll: Toll, *, receipts: int, folder: Path, say: Say) -> None:
    """Pours about so many receipts over one bot, and checks what it made of them."""
    sent = await _send_before(arena, round(receipts / RECEIPTS_EACH))
    (worker,) = arena.workers
    await arena.start(worker)
    await arena.is_listening(worker)
    began = monotonic()
    answers = await _pour(arena, sent, toll.seed, folder)
    took = monotonic() - began
    toll.blows = sum(answers.values())
    say(f"  {toll.blows} receipts in {took:.1f} s, {toll.blows / took:.0f}/s, answered {answers}")
    if set(answers) != {"204"}:
        toll.deaths.append(f"The receipts were answered {answers}.")
    toll.is_settled = await arena.settled(UNFINISHED, seconds=LONGEST_SECONDS)
    say(f"  those that were missing were found {monotonic() - began - took:.1f} s later")
    await arena.end_all()
    ledger, books = await arena.books_and_ledger()
    toll.texts, toll.stalls = len(ledger.texts), ledger.stalls
    toll.violations += broken_at_rest(_with_reports(ledger, sent, toll.seed), books)
    toll.seconds = monotonic() - began


async def _send_before(arena: Arena, messages: int) -> list[Sent]:
    """Messages that the carrier has taken, in the bot's database and in the carrier's."""
    made: list[Sent] = []
    for start in range(0, messages, IN_A_CAMPAIGN):
        campaign = factories.campaign(arena.club)
        several = [
            Sent(str(uuid4()), new_sid("SM"), factories.number(n - start), n)
            for n in range(start, min(start + IN_A_CAMPAIGN, messages))
        ]
        await _keep(arena, campaign, several)
        made += several
    for start in range(0, messages, AT_ONCE):
        await arena.network.remember([_text(one) for one in made[start : start + AT_ONCE]])
    return made


async def _keep(arena: Arena, campaign: Campaign, sent: list[Sent]) -> None:
    now = datetime.now(UTC)
    rows = [
        factories.message(
            campaign,
            id=UUID(one.id),
            e164=one.e164,
            state=MessageState.ACCEPTED,
            sid=one.sid,
            attempt=1,
            requested_at=now,
            not_before=now + timedelta(seconds=arena.terms.receipt_seconds),
            created_at=now,
            changed_at=now,
        ).model_dump()
        for one in sent
    ]
    await factories.keep(arena.db, campaign)
    async with arena.db.begin() as session:
        connection = await session.connection()
        await connection.execute(sa.insert(Message), rows)
        counts = Shift()
        accepted = Key(campaign.id, MessageState.ACCEPTED.value)
        counts.add(campaign.club_id, accepted, len(rows), sum(row["segments"] for row in rows))
        await tallies.store(session, counts)


def _text(one: Sent) -> dict[str, object]:
    return {
        "sid": one.sid,
        "token": one.id,
        "to": one.e164,
        "body": factories.BODY,
        "status": one.statuses[-1],
        "error_code": one.error_code,
    }


async def _pour(arena: Arena, sent: list[Sent], seed: int, folder: Path) -> dict[str, int]:
    plan, answers = folder / "sent.json", folder / "answers.json"
    plan.write_text(json.dumps([asdict(one) for one in sent]))
    options = {
        "sent": str(plan),
        "answers": str(answers),
        "seed": seed,
        "public_url": arena.workers[0].url,
    }
    pouring = arena.spawner.start("flood", log=str(folder / "flood.log"), options=json.dumps(options))
    await pouring.over(seconds=LONGEST_SECONDS)
    if not answers.exists():
        raise AssertionError((folder / "flood.log").read_text())
    counted: dict[str, int] = json.loads(await asyncio.to_thread(answers.read_text))
    return counted


def _with_reports(ledger: Ledger, sent: list[Sent], seed: int) -> Ledger:
    reports = []
    for receipt in sorted(set(drawn(sent, seed))):
        one, status = sent[receipt // 10], sent[receipt // 10].statuses[receipt % 10]
        reports.append(Report(one.sid, status, answered=True))
    return replace(ledger, reports=reports)
