"""A visit to a chunk: what of it may leave now is claimed, what may not is said when to look at again.

One transaction. What if we die after its commit? What was claimed stands as `sending` until the lease ends; the chunk
is due then, and its next visitor calls unknown what nobody has settled.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

import storage.clubs
import storage.consent
from bot.delivery import hours, strays
from bot.logs import marks
from bot.rules import pacing
from bot.rules.hours import HoursRefusal
from bot.rules.lifecycle import campaign_is_over
from bot.runtime import Runtime
from bot.settings import Settings
from storage import chunks, claims, messages, paces
from storage.chunks import Owner
from storage.claims import Candidate, Claimed
from storage.states import CampaignState, Kind

log = structlog.get_logger()

HORIZON = timedelta(seconds=2)
"""How much of a sender's time a claim takes; what is claimed leaves at once, so this is also its longest burst."""
AT_LEAST = timedelta(seconds=1)
"""When a chunk is looked at again of which nothing could leave."""
BREATH = timedelta(milliseconds=100)
"""The least time after which a sender that was busy is asked again."""
EAGER = 0.8
"""The share of the reckoned time after which a chunk behind others is looked at again."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What a visit claimed."""

    owner: Owner
    claimed_at: datetime
    claimed: Sequence[Claimed] = ()
    deadline: float = 0.0
    """Until when requests may be written, in seconds of the steady clock."""
    has_more: bool = False
    """Whether more of the chunk may leave at once."""

    @property
    def key(self) -> UUID:
        """What the last look at these messages is shared by: their campaign, else their chunk."""
        return self.owner.campaign_id or self.owner.id


async def visit(rt: Runtime, chunk_id: UUID, *, limit: int) -> Visit | None:
    """Claims up to `limit` messages of the chunk; first it settles what dead claimers left, or what nobody sends any more.

    None when there is no such chunk.
    """
    # Taken before the claim: the deadline never lies after the lease that others see.
    steady, now = rt.clock.steady(), rt.clock.now()
    async with rt.db.begin() as session:
        owner = await chunks.owner(session, chunk_id)
        if owner is None:
            return None
        claimed: Sequence[Claimed] = ()
        has_more = False
        # A visit of its own: what is claimed locks the paces before the counts, and this has the counts already.
        expired = await claims.expire(session, chunk_id, now=now, look_at=now + rt.settings.grace)
        if not expired and owner.state in (None, CampaignState.SENDING):
            claimed, has_more = await _claim(rt, session, owner, now, limit)
        elif not expired:
            await _close(session, owner, now)
    for one in expired:
        log.warning("lease_expired", **marks(one))
    deadline = steady + (rt.settings.lease - rt.settings.longest_request).total_seconds()
    return Visit(owner, now, claimed, deadline, has_more)


async def _close(session: AsyncSession, owner: Owner, now: datetime) -> None:
    """What waits in a campaign that does not leave is skipped when that is over, and parked while it is paused."""
    is_over = owner.state is not None and campaign_is_over(owner.state)
    if is_over:
        await messages.skip_rest(session, owner.id, reason=messages.STOPPED, at=now)
    await chunks.refresh(session, [owner.id], now, park=not is_over)


async def _claim(
    rt: Runtime, session: AsyncSession, owner: Owner, now: datetime, limit: int
) -> tuple[Sequence[Claimed], bool]:
    waiting = await claims.candidates(session, owner, now=now, limit=limit)
    blocked = [one for one in waiting if claims.is_blocked(one.scope, owner.kind)]
    allowed = [one for one in waiting if not claims.is_blocked(one.scope, owner.kind)]
    unwanted = await _unwanted(session, owner, allowed)
    allowed = [one for one in allowed if one not in unwanted]
    waits = await _waits(rt, session, owner, allowed, now)
    held = [(one, at) for one in allowed if isinstance(at := waits.get(one.standing.e164), datetime)]
    hopeless = [one for one in allowed if isinstance(waits.get(one.standing.e164), HoursRefusal)]
    allowed = [one for one in allowed if one.standing.e164 not in waits]
    # Locks are taken in one order everywhere: messages, paces, counts, chunks, campaigns.
    turns = await _turns(rt, session, owner, allowed, now)
    free = await strays.adopt(session, owner, allowed[:turns], at=now)
    if turns < len(allowed):
        again_at = await _next_turn(rt, session, owner, allowed, now)
    else:
        # Whoever comes and finds nothing does not come again at once.
        again_at = now if waiting or not limit else now + AT_LEAST
    claimed = await claims.take(
        session,
        free,
        refused={claims.OPTED_OUT: blocked, claims.NO_CONSENT: unwanted, claims.NO_HOUR: hopeless},
        held=held,
        now=now,
        lease_until=now + rt.settings.lease,
        look_at=again_at,
    )
    if not (claimed or blocked or unwanted or waits):
        await chunks.refresh(session, [owner.id], now, not_before=again_at)
    return claimed, turns == len(allowed) and len(waiting) == limit < chunks.SIZE


async def _unwanted(session: AsyncSession, owner: Owner, these: Sequence[Candidate]) -> Sequence[Candidate]:
    """Who agreed to marketing no more: a STOP takes that back, and a START after it does not give it again."""
    if owner.kind is not Kind.MARKETING or not these:
        return ()
    numbers = [one.standing.e164 for one in these]
    agreed = await storage.consent.agreed_to_marketing(session, owner.club_id, numbers)
    return [one for one in these if one.standing.e164 not in agreed]


async def _waits(
    rt: Runtime, session: AsyncSession, owner: Owner, these: Sequence[Candidate], now: datetime
) -> Mapping[str, datetime | HoursRefusal]:
    """Whom the law keeps this text from now, as after hours in which the bot was down, and until when."""
    if owner.kind is not Kind.MARKETING or not these:
        return {}
    club = await storage.clubs.club(session, owner.club_id)
    return hours.waits(rt, club, owner.kind, [one.standing.e164 for one in these], now)


async def _turns(
    rt: Runtime, session: AsyncSession, owner: Owner, free: Sequence[Candidate], now: datetime
) -> int:
    """How many of these messages have their turn now, by their sender's pace and by the account's."""
    if not free:
        return 0
    rates, held = await _rates(rt, session, owner, free[0].sender), held_key(owner.club_id, free[0].sender)
    known = await paces.locked(session, [*rates, held], now)
    if pacing.is_held(known[held], now):
        return 0
    wanted = [one.standing.segments for one in free]
    turns = min(_fitting(known[key], now, wanted, rate).messages for key, rate in rates.items())
    free_at = {key: _fitting(known[key], now, wanted[:turns], rate).free_at for key, rate in rates.items()}
    await paces.store(session, free_at)
    return turns


def _fitting(free_at: datetime, now: datetime, wanted: Sequence[int], rate: float) -> pacing.Reserved:
    return pacing.reserve(free_at, now, wanted, rate=rate, horizon=HORIZON)


async def _next_turn(
    rt: Runtime, session: AsyncSession, owner: Owner, free: Sequence[Candidate], now: datetime
) -> datetime:
    """When this chunk is worth another look: its sender is busy, and other chunks may come first."""
    rates, held = await _rates(rt, session, owner, free[0].sender), held_key(owner.club_id, free[0].sender)
    known = await paces.locked(session, [*rates, held], now)
    held_until = known.pop(held)
    if pacing.is_held(held_until, now):
        return held_until
    ahead = await chunks.waiting_before(session, owner)
    behind = pacing.time_to_send(ahead * free[0].standing.segments, min(rates.values())) * EAGER
    # What does not fit into the horizon yet has its turn when the sender is free.
    return max(*(free_at - HORIZON / 2 for free_at in known.values()), now + BREATH) + behind


async def _rates(rt: Runtime, session: AsyncSession, owner: Owner, sender: str) -> dict[str, float]:
    account = rt.settings.account_segments_per_second
    rates = {account_key(rt.settings): float(account)}
    found = await storage.clubs.sender_and_country(session, owner.club_id, sender)
    if found:
        row, country = found
        rate = pacing.rate_of(row.kind, rt.countries[country], row.segments_per_second)
        rates[sender_key(owner.club_id, sender)] = rate
    return rates


def account_key(settings: Settings) -> str:
    """Under which name the account's pace is kept."""
    return f"account:{settings.twilio_account_sid}"


def held_key(club_id: UUID, sender: str) -> str:
    """Under which name it is kept until when a sender is held back."""
    return f"held:{club_id}:{sender}"


def sender_key(club_id: UUID, sender: str) -> str:
    """Under which name a sender's pace is kept."""
    return f"sender:{club_id}:{sender}"
