"""Texts that the carrier has and our messages do not know, as after a backup was restored: found, and never sent again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.carriers import Listed
from bot.rules.lifecycle import CARRIER_STATUS
from bot.runtime import Runtime
from storage import messages, moves, strays
from storage.chunks import Owner
from storage.claims import Candidate
from storage.models import Stray
from storage.moves import move_of
from storage.states import MessageState

log = structlog.get_logger()

# Slack refuses requests whose time is more than five minutes off, so a bot that works has no worse clock.
CLOCK_SKEW = timedelta(minutes=5)


async def catch_up(rt: Runtime) -> int:
    """Notes what the carrier sent of late and we do not know, as far as it may be what is still to leave; how many texts.

    Nothing may be sent before this came back: a database that was restored from a backup, or lost its newest commits,
    believes of texts that have left that they wait. Raises CarrierError without the carrier's list.
    """
    async with rt.db.read() as session:
        since = await strays.open_since(session, rt.clock.now())
    if since is None:
        return 0
    found = 0
    async for page in rt.carrier.newest():
        recent = [one for one in page if one.created_at is None or one.created_at >= since - CLOCK_SKEW]
        unknown = await _note_unknown(rt, recent)
        found += unknown
        # What was sent before something that we know, we know.
        if not unknown or len(recent) < len(page):
            break
    if found:
        log.warning("texts_unknown_to_the_database", texts=found)
    return found


async def adopt(
    session: AsyncSession, owner: Owner, candidates: Sequence[Candidate], *, at: datetime
) -> Sequence[Candidate]:
    """Lets each message that the carrier has already take its text for its own; the others, which may leave."""
    suspects = [one for one in candidates if one.is_stray]
    if not suspects:
        return candidates
    # The same text of an earlier campaign is no sign that this one has left.
    since = owner.release_at or min(one.created_at for one in suspects)
    texts = await strays.free(session, {one.standing.e164 for one in suspects}, since=since - CLOCK_SKEW)
    rest: list[Candidate] = []
    for one in candidates:
        twins = texts.get((one.standing.e164, one.body))
        if twins:
            await _take(session, one, twins.pop(0), at)
        else:
            rest.append(one)
    return rest


async def _note_unknown(rt: Runtime, page: Sequence[Listed]) -> int:
    now = rt.clock.now()
    async with rt.db.begin() as session:
        # What was being asked for when the last process died is the reconciler's. It is looked for first: an answer
        # that another process records meanwhile is known by then.
        doubtful = await strays.in_doubt(session, {one.to for one in page})
        known = await messages.owners_of(session, [one.sid for one in page])
        unknown = [one for one in page if one.sid not in known]
        new = [_stray(one, now) for one in unknown if (one.to, one.body) not in doubtful]
        await strays.add(session, new)
    return len(new)


def _stray(one: Listed, now: datetime) -> Stray:
    return Stray(
        sid=one.sid,
        e164=one.to,
        body=one.body,
        status=one.status,
        error_code=one.error_code,
        segments=one.segments,
        created_at=one.created_at or now,
    )


async def _take(session: AsyncSession, one: Candidate, stray: Stray, at: datetime) -> None:
    step = move_of(
        one.standing,
        CARRIER_STATUS.get(stray.status) or MessageState.ACCEPTED,
        attempt=one.standing.attempt + 1,
        sid=stray.sid,
        segments=stray.segments or one.standing.segments,
        error_code=stray.error_code,
        not_before=at,
    )
    await moves.make(session, [step], at)
    await strays.taken(session, stray.sid, one.standing.id)
