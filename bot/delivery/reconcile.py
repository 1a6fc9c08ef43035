"""What delivery left open: lost answers that the carrier's list settles, and campaigns that are over."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.carriers import CarrierError, Listed, Throttled
from bot.delivery.strays import CLOCK_SKEW
from bot.logs import marks
from bot.rules.lifecycle import CARRIER_STATUS, campaign_states_before, states_a_callback_moves
from bot.runtime import Runtime
from bot.settings import Settings
from storage import campaigns, messages, moves, tallies
from storage.messages import Change
from storage.models import Message
from storage.states import CampaignState, MessageState

log = structlog.get_logger()

GIVE_UP_AFTER = timedelta(hours=24)
"""How long a lost answer is looked for; then it stays unknown, for people to see, and its campaign may close."""
LONGEST_PAUSE = timedelta(hours=1)
WRONG_CLOCK = timedelta(days=1)
"""The wrongest clock that still finds what it sent: one that takes the local time for UTC."""
AT_ONCE = 100
WATCHED = 10_000
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


class Reconciler:
    """Settles lost answers by the carrier's list, once they have been lost for the grace.

    The grace is over when both clocks say so: the wall's, by the row, and this process's own steady one, since it first
    saw the attempt in doubt. A wall clock that jumps ahead calls leases over whose owners are still asking; they will
    have ended when the steady clock has counted the grace.
    """

    def __init__(self, rt: Runtime) -> None:
        self._rt = rt
        self._seen_at: dict[tuple[UUID, int], float] = {}

    async def look(self, _: Runtime | None = None) -> int:
        """Asks the carrier's list about lost answers whose grace is over, and settles what it is clear about; how many."""
        now = self._rt.clock.now()
        given_up_before = now - GIVE_UP_AFTER
        async with self._rt.db.read() as session:
            known = await messages.lost(session, given_up_before=given_up_before, limit=WATCHED)
            self._watch(known)
            due = await messages.in_doubt(
                session, now=now, given_up_before=given_up_before, limit=AT_ONCE if known else 0
            )
        lost = [message for message in due if self._has_been_seen(message)]
        if not lost:
            return 0
        lists = await _lists(self._rt, lost)
        async with self._rt.db.begin() as session:
            findings = await _settle(session, lost, lists, now, self._rt.settings)
        for message, finding in zip(lost, findings, strict=True):
            _log(message, finding)
        self._rt.work.set()
        return len(lost)

    def _watch(self, known: Sequence[tuple[UUID, int]]) -> None:
        steady = self._rt.clock.steady()
        self._seen_at = {one: self._seen_at.get(one, steady) for one in known}

    def _has_been_seen(self, message: Message) -> bool:
        steady = self._rt.clock.steady()
        seen_at = self._seen_at.get((message.id, message.attempt), steady)
        return steady - seen_at >= self._rt.settings.grace.total_seconds()


async def finish(rt: Runtime) -> int:
    """Closes the campaigns that have nothing left to send or to look for; how many."""
    async with rt.db.read() as session:
        over = await messages.campaigns_over(session, given_up_before=rt.clock.now() - GIVE_UP_AFTER)
    closed = [await _close(rt, campaign_id, club_id) for campaign_id, club_id in over]
    if any(closed):
        rt.due.set()
    return sum(closed)


async def _close(rt: Runtime, campaign_id: UUID, club_id: UUID) -> bool:
    """Closes the campaign, its counts as its messages say; False when somebody else did, or it moved meanwhile.

    A move changes messages and counts alike, so that what they differ by stays the same, whatever is committed between
    the look and the correction. Only whoever closes the campaign corrects it: it is done once.
    """
    async with rt.db.snapshot() as session:
        # An older version beside this one moves messages without counting them.
        correction = await tallies.correction(session, club_id, campaign_id)
    now = rt.clock.now()
    async with rt.db.begin() as session:
        if not await messages.campaigns_over(session, given_up_before=now - GIVE_UP_AFTER, only=campaign_id):
            return False
        await tallies.store(session, correction)
        is_closed = await campaigns.move(
            session,
            campaign_id,
            to=CampaignState.DONE,
            since=campaign_states_before(CampaignState.DONE) - {CampaignState.PAUSED},
            columns={"over_at": now},
        )
        if not is_closed:
            await session.rollback()
    if is_closed and correction.rows():
        log.warning("counts_mended", campaign=str(campaign_id))
    return is_closed


def finding_for(message: Message, listed: Sequence[Listed] | None, owners: Mapping[str, UUID]) -> Finding:
    """Which of the carrier's messages this one is, by text and time; `owners` has those that belong to one of ours.

    A message without a time may be it, so it is never ruled out. One that seems older than ours is it when no other
    is: our clock was wrong when ours was written. One that the carrier has spoken of was taken, whether or not the
    list shows it.
    """
    if listed is None:
        return Doubt.NO_LIST
    same = [
        one
        for one in listed
        if one.body == message.body
        and owners.get(one.sid, message.id) == message.id
        and message.sid in (None, one.sid)
    ]
    candidates = _since(same, message.created_at - CLOCK_SKEW) or _since(
        same, message.created_at - WRONG_CLOCK
    )
    if len(candidates) > 1:
        return Doubt.AMBIGUOUS
    if candidates:
        return candidates[0]
    return NotFound() if message.sid is None else Doubt.NOT_LISTED


def _since(listed: Sequence[Listed], earliest: datetime) -> Sequence[Listed]:
    return [one for one in listed if one.created_at is None or one.created_at >= earliest]


async def _lists(rt: Runtime, lost: Sequence[Message]) -> Mapping[str, Sequence[Listed] | None]:
    earliest: dict[str, datetime] = {}
    for message in lost:
        earliest[message.e164] = min(message.created_at, earliest.get(message.e164, message.created_at))
    places = asyncio.Semaphore(LISTS_AT_ONCE)

    async def listed(e164: str, since: datetime) -> Sequence[Listed] | None:
        async with places:
            return await _list(rt, e164, since)

    found = await asyncio.gather(*(listed(e164, at - WRONG_CLOCK) for e164, at in earliest.items()))
    return dict(zip(earliest, found, strict=True))


async def _list(rt: Runtime, e164: str, since: datetime) -> Sequence[Listed] | None:
    try:
        return await rt.carrier.find(e164, since=since)
    except CarrierError as error:
        if isinstance(error, Throttled):
            rt.metrics.throttled()
        log.warning("carrier_list_unavailable", error=type(error).__name__)
        return None


async def _settle(
    session: AsyncSession,
    lost: Sequence[Message],
    lists: Mapping[str, Sequence[Listed] | None],
    now: datetime,
    settings: Settings,
) -> Sequence[Finding]:
    """Moves what the lists are clear about, and puts off the rest; what was found for each."""
    # All of them, since those that are put off are written after the counts.
    await moves.standings(session, {message.id for message in lost})
    owners = await messages.owners_of(session, {one.sid for found in lists.values() for one in found or ()})
    asking = await messages.being_asked(session, lost)
    findings: list[Finding] = []
    changes: list[Change] = []
    later: dict[UUID, datetime] = {}
    for message in lost:
        finding = finding_for(message, lists[message.e164], owners)
        if isinstance(finding, Listed) and message.id in asking:
            finding = Doubt.AMBIGUOUS
        findings.append(finding)
        if isinstance(finding, Doubt):
            later[message.id] = now + _pause(message, now, settings.grace)
            continue
        if isinstance(finding, Listed):
            owners[finding.sid] = message.id
        changes.append(_change(message, finding, now, ask_at=now + settings.receipt))
    await messages.move(session, changes, at=now)
    await messages.look_again(session, later)
    return findings


def _log(message: Message, finding: Finding) -> None:
    match finding:
        case NotFound():
            log.warning("requeued_after_list", **marks(message))
        case Listed():
            log.info("found_on_list", **marks(message), code=finding.error_code)
        case _:
            log.info("stays_in_doubt", **marks(message), because=finding.value)


def _change(message: Message, finding: Listed | NotFound, now: datetime, *, ask_at: datetime) -> Change:
    if isinstance(finding, NotFound):
        return Change(
            id=message.id,
            attempt=message.attempt,
            to=MessageState.QUEUED,
            since={MessageState.UNKNOWN},
            not_before=now,
        )
    to = CARRIER_STATUS.get(finding.status) or MessageState.ACCEPTED
    return Change(
        id=message.id,
        attempt=message.attempt,
        to=to,
        since=states_a_callback_moves(to),
        sid=finding.sid,
        segments=finding.segments,
        error_code=finding.error_code,
        not_before=ask_at,
    )


def _pause(message: Message, now: datetime, grace: timedelta) -> timedelta:
    # The longer it is lost, the more seldom it is looked for.
    return max(grace, min(now - message.changed_at, LONGEST_PAUSE))
