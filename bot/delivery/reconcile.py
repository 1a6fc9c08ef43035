"""What delivery left open: expired leases, lost answers that the carrier's list settles, and campaigns that are over."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.carriers import CarrierError, Listed
from bot.rules.lifecycle import CARRIER_STATUS, campaign_states_before, states_a_callback_moves
from bot.runtime import Runtime
from storage import campaigns, claims, messages
from storage.messages import Change
from storage.models import Message
from storage.states import CampaignState, MessageState

log = structlog.get_logger()

GIVE_UP_AFTER = timedelta(hours=24)
"""How long a lost answer is looked for; then it stays unknown, for people to see, and its campaign may close."""
# Slack refuses requests whose time is more than five minutes off, so a bot that works has no worse clock.
CLOCK_SKEW = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=1)
AT_ONCE = 100
LISTS_AT_ONCE = 5


class Doubt(StrEnum):
    """Why a lost answer stays lost for now."""

    NO_LIST = "no_list"
    AMBIGUOUS = "ambiguous"
    NOT_LISTED = "not_listed"


@dataclass(frozen=True, slots=True)
class NotFound:
    """The carrier's whole list has no such message: it was not sent."""


Finding = Listed | NotFound | Doubt


async def expire_leases(rt: Runtime) -> int:
    """Calls unknown what its claimer has not settled in time: it may have been sent; how many."""
    now = rt.clock.now()
    async with rt.db.read() as session:
        if not await claims.has_expired(session, now):
            return 0
    async with rt.db.begin() as session:
        return await claims.expire(session, now=now, look_at=now + rt.settings.grace)


async def reconcile(rt: Runtime) -> None:
    """Asks the carrier's list about lost answers whose grace is over, and settles those it is clear about."""
    now = rt.clock.now()
    async with rt.db.read() as session:
        lost = await messages.in_doubt(session, now=now, given_up_before=now - GIVE_UP_AFTER, limit=AT_ONCE)
    if not lost:
        return
    lists = await _lists(rt, lost)
    async with rt.db.begin() as session:
        await _settle(session, lost, lists, now, rt.settings.grace)
    rt.work.set()


async def finish(rt: Runtime) -> int:
    """Closes the campaigns that have nothing left to send or to look for; how many."""
    now = rt.clock.now()
    async with rt.db.read() as session:
        if not await messages.campaigns_over(session, given_up_before=now - GIVE_UP_AFTER):
            return 0
    async with rt.db.begin() as session:
        over = await messages.campaigns_over(session, given_up_before=now - GIVE_UP_AFTER)
        for campaign_id in over:
            await campaigns.move(
                session,
                campaign_id,
                to=CampaignState.DONE,
                since=campaign_states_before(CampaignState.DONE) - {CampaignState.PAUSED},
                columns={"over_at": now},
            )
    rt.due.set()
    return len(over)


def finding_for(message: Message, listed: Sequence[Listed] | None, owners: Mapping[str, UUID]) -> Finding:
    """Which of the carrier's messages this one is, by text and time; `owners` has those that belong to one of ours.

    A message without a time may be it, so it is never ruled out. One that the carrier has spoken of was taken,
    whether or not the list shows it.
    """
    if listed is None:
        return Doubt.NO_LIST
    earliest = message.created_at - CLOCK_SKEW
    candidates = [
        one
        for one in listed
        if one.body == message.body
        and owners.get(one.sid, message.id) == message.id
        and message.sid in (None, one.sid)
        and (one.created_at is None or one.created_at >= earliest)
    ]
    if len(candidates) > 1:
        return Doubt.AMBIGUOUS
    if candidates:
        return candidates[0]
    return NotFound() if message.sid is None else Doubt.NOT_LISTED


async def _lists(rt: Runtime, lost: Sequence[Message]) -> Mapping[str, Sequence[Listed] | None]:
    earliest: dict[str, datetime] = {}
    for message in lost:
        earliest[message.e164] = min(message.created_at, earliest.get(message.e164, message.created_at))
    places = asyncio.Semaphore(LISTS_AT_ONCE)

    async def listed(e164: str, since: datetime) -> Sequence[Listed] | None:
        async with places:
            return await _list(rt, e164, since)

    found = await asyncio.gather(*(listed(e164, at - CLOCK_SKEW) for e164, at in earliest.items()))
    return dict(zip(earliest, found, strict=True))


async def _list(rt: Runtime, e164: str, since: datetime) -> Sequence[Listed] | None:
    try:
        return await rt.carrier.find(e164, since=since)
    except CarrierError as error:
        log.warning("carrier_list_unavailable", error=type(error).__name__)
        return None


async def _settle(
    session: AsyncSession,
    lost: Sequence[Message],
    lists: Mapping[str, Sequence[Listed] | None],
    now: datetime,
    grace: timedelta,
) -> None:
    owners = await messages.owners_of(session, {one.sid for found in lists.values() for one in found or ()})
    asking = await messages.being_asked(session, lost)
    moves: dict[MessageState, list[Change]] = defaultdict(list)
    later: dict[UUID, datetime] = {}
    for message in lost:
        finding = finding_for(message, lists[message.e164], owners)
        if isinstance(finding, Listed) and message.id in asking:
            finding = Doubt.AMBIGUOUS
        if isinstance(finding, Doubt):
            later[message.id] = now + _pause(message, now, grace)
            continue
        if isinstance(finding, Listed):
            owners[finding.sid] = message.id
        state, change = _change(message, finding, now)
        moves[state].append(change)
    await _move(session, moves, now)
    await messages.look_again(session, later)


def _change(message: Message, finding: Listed | NotFound, now: datetime) -> tuple[MessageState, Change]:
    if isinstance(finding, NotFound):
        return MessageState.QUEUED, Change(id=message.id, attempt=message.attempt, not_before=now)
    adopted = Change(
        id=message.id,
        attempt=message.attempt,
        sid=finding.sid,
        segments=finding.segments or None,
        error_code=finding.error_code,
    )
    return CARRIER_STATUS.get(finding.status) or MessageState.ACCEPTED, adopted


async def _move(session: AsyncSession, moves: Mapping[MessageState, Sequence[Change]], now: datetime) -> None:
    for state, changes in moves.items():
        if state is MessageState.QUEUED:
            await messages.move(session, changes, to=state, since={MessageState.UNKNOWN}, at=now)
            await messages.skip_stopped(session, [change.id for change in changes], at=now)
        else:
            await messages.move(session, changes, to=state, since=states_a_callback_moves(state), at=now)


def _pause(message: Message, now: datetime, grace: timedelta) -> timedelta:
    # The longer it is lost, the more seldom it is looked for.
    return max(grace, min(now - message.changed_at, LONGEST_PAUSE))
