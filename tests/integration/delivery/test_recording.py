"""Answers that come faster than they can be stored hold back the claims, and nobody is kept waiting at the end."""

import asyncio
from dataclasses import replace
from uuid import uuid4

from bot.carriers import Accepted
from bot.delivery.recording import MOST, MOST_WAITING, Recorder, Result
from storage.claims import Claimed
from storage.db import Database
from storage.moves import Standing
from storage.states import MessageState
from tests import factories as f
from tests.integration.delivery.conftest import World


def _answer(n: int) -> Result:
    standing = Standing(
        id=uuid4(),
        club_id=uuid4(),
        campaign_id=None,
        chunk_id=None,
        e164=f.number(n),
        attempt=1,
        state=MessageState.SENDING,
        sid=None,
        segments=1,
        error_code=None,
    )
    return Result(Claimed(standing, f.SHORT_CODE, f.BODY), Accepted(f"SM{n:032d}", "queued", 1))


def _recorder(world: World, db: Database) -> Recorder:
    return Recorder(replace(world.rt, db=db), is_idle=lambda: False, jitter=lambda: 0.0)


async def test_nothing_more_is_claimed_while_many_answers_wait_to_be_stored(world: World) -> None:
    recorder = _recorder(world, world.rt.db)
    for n in range(MOST_WAITING + MOST):
        recorder.add(_answer(n))
    claiming = asyncio.create_task(recorder.room())
    await asyncio.sleep(0)
    assert not claiming.done()
    await asyncio.wait_for(claiming, 10)
    await recorder.close()


async def test_a_bot_that_ends_is_not_kept_waiting_by_a_database_that_is_away(world: World) -> None:
    away = Database("sqlite+aiosqlite:////there/is/no/such/folder/touchline.db")
    recorder = _recorder(world, away)
    for n in range(MOST_WAITING + MOST):
        recorder.add(_answer(n))
    waiting = asyncio.create_task(recorder.room())
    await asyncio.sleep(0.1)
    assert not waiting.done()
    closing = asyncio.create_task(recorder.close())
    await asyncio.wait_for(waiting, 1)
    assert not closing.done(), "the last tries come after"
    await closing
    await away.close()
