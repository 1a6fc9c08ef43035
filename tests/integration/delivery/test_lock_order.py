"""On PostgreSQL nobody waits in a ring: two transactions that meet in the middle of their work both come to their end."""

import asyncio
from collections.abc import Coroutine
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from bot.carriers import Listed
from bot.delivery import follow, reconcile
from bot.delivery.visits import visit
from storage import chunks, messages
from storage.models import Campaign, Chunk, Message
from storage.states import MessageState
from tests import factories as f
from tests.databases import POSTGRESQL
from tests.integration.delivery.conftest import World
from tests.interleaving import around, nothing

pytestmark = pytest.mark.parametrize("databases", [POSTGRESQL], indirect=True)

A_WHILE_SECONDS = 0.3
THE_COUNTS = "INSERT INTO tally"
FIRST, SECOND, THIRD = UUID(int=1), UUID(int=2), UUID(int=3)


class Other:
    """Another transaction, which begins when it is told to, and has a while to come as far as it can."""

    def __init__(self, work: Coroutine[Any, Any, Any]) -> None:
        self._work = work
        self._task: asyncio.Task[Any] | None = None

    async def begins(self) -> None:
        self._task = asyncio.create_task(self._work)
        await asyncio.sleep(A_WHILE_SECONDS)

    async def ends(self) -> Any:
        assert self._task
        return await self._task


async def _kept(world: World, *states: MessageState) -> tuple[Campaign, list[Message]]:
    """A campaign, and messages of it in these states."""
    club = f.club()
    campaign = f.campaign(club, card_due=True)
    chunk = f.chunk(campaign)
    rows = [
        f.message(campaign, n, id=UUID(int=n), chunk_id=chunk.id, state=state, attempt=1, sid=f"SM{n:032x}")
        for n, state in enumerate(states, start=1)
    ]
    await world.keep(club, campaign, chunk, *rows)
    await f.count(world.rt.db, campaign)
    return campaign, rows


async def _accept(world: World, message: Message) -> None:
    """What is recorded of an answer."""
    change = messages.Change(message.id, 1, to=MessageState.ACCEPTED, since={MessageState.SENDING})
    async with world.rt.db.begin() as session:
        assert await messages.move(session, [change], at=f.NOW) == 1


async def test_a_claim_that_skips_somebody_and_an_answer_that_is_recorded(world: World) -> None:
    campaign, rows = await _kept(world, MessageState.QUEUED, MessageState.QUEUED, MessageState.SENDING)
    await world.keep(f.opt_out(f.club(id=campaign.club_id), 1))
    recording = Other(_accept(world, rows[2]))
    with around(world.rt.db, "UPDATE chunk", before=nothing, after=recording.begins):
        visited = await visit(world.rt, rows[0].chunk_id or UUID(int=0), limit=10)
    await recording.ends()
    assert visited
    assert [one.id for one in visited.claimed] == [SECOND]
    assert await world.states() == {
        f.number(1): MessageState.SKIPPED,
        f.number(2): MessageState.SENDING,
        f.number(3): MessageState.ACCEPTED,
    }


async def test_a_carriers_list_that_is_read_and_a_receipt(world: World) -> None:
    _, (first, second) = await _kept(world, MessageState.UNKNOWN, MessageState.UNKNOWN)
    listed = Listed(str(second.sid), second.e164, second.body, "sent", None, f.NOW, 1)
    receipt = Other(world.receipts.take(first.id, 1, str(first.sid), "delivered"))
    with around(world.rt.db, THE_COUNTS, before=nothing, after=receipt.begins):
        async with world.rt.db.begin() as session:
            lists = {first.e164: None, second.e164: [listed]}
            await reconcile._settle(session, [first, second], lists, f.NOW, world.rt.settings)
    await receipt.ends()
    assert set((await world.states()).values()) == {MessageState.DELIVERED, MessageState.SENT}


async def test_a_carrier_that_is_asked_after_some_and_a_receipt(world: World) -> None:
    _, (first, second) = await _kept(world, MessageState.ACCEPTED, MessageState.ACCEPTED)
    fetched = Listed(str(second.sid), second.e164, second.body, "sent", None, f.NOW, 1)
    receipt = Other(world.receipts.take(first.id, 1, str(first.sid), "delivered"))
    with around(world.rt.db, THE_COUNTS, before=nothing, after=receipt.begins):
        await follow._settle(world.rt, [first, second], [None, fetched])
    await receipt.ends()
    assert set((await world.states()).values()) == {MessageState.DELIVERED, MessageState.SENT}


@pytest.mark.parametrize("wakes", ["wake", "unpark"])
async def test_chunks_that_are_woken_and_chunks_that_are_refreshed(world: World, wakes: str) -> None:
    club = f.club()
    campaign = f.campaign(club)
    await world.keep(club, campaign)
    for id_ in (THIRD, SECOND, FIRST):
        await world.keep(f.chunk(campaign, id=id_, parked=True, due_at=None))

    async def wake() -> None:
        async with world.rt.db.begin() as session:
            if wakes == "wake":
                await chunks.wake(session, campaign.id, f.NOW)
            else:
                await chunks.unpark(session, f.NOW)

    waking = Other(wake())
    async with world.rt.db.begin() as session:
        await chunks.refresh(session, [FIRST], f.NOW)
        await waking.begins()
        await chunks.refresh(session, [SECOND], f.NOW)
    await waking.ends()
    async with world.rt.db.read() as session:
        due = select(Chunk.id).where(col(Chunk.due_at) == f.NOW, ~col(Chunk.parked))
        assert (await session.exec(due)).all() == [THIRD]
