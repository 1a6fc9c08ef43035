"""Answers come faster than they can be stored, from a database that is away, or such that no database takes them."""

import asyncio
from dataclasses import replace
from uuid import uuid4

from structlog.testing import capture_logs

from bot.carriers import Accepted, CarrierError, Refused
from bot.delivery.recording import MOST, MOST_WAITING, Recorder, Result
from storage import moves
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
    away = Database("postgresql+psycopg://127.0.0.1:1/nobody_listens")
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


async def test_one_answer_that_cannot_be_stored_holds_up_no_other(world: World) -> None:
    club = f.club()
    campaign = f.campaign(club)
    stands = [f.message(campaign, e164=f.number(n), state=MessageState.SENDING, attempt=1) for n in range(5)]
    await world.keep(club, campaign, *stands)
    async with world.rt.db.read() as session:
        seen = await moves.standings(session, [message.id for message in stands])
    recorder = _recorder(world, world.rt.db)
    for n, message in enumerate(stands):
        accepted = Accepted(f"SM{n:032d}", "queued", 1)
        answer: Accepted | CarrierError = Refused(code=10**20, http_status=400) if n == 2 else accepted
        recorder.add(Result(Claimed(seen[message.id], f.SHORT_CODE, f.BODY), answer))
    with capture_logs() as lines:
        await asyncio.wait_for(recorder.settled(), 5)
    stored = [(await world.message(message.id)).state for message in stands]
    assert stored.pop(2) is MessageState.SENDING, "its lease will be over"
    assert stored == [MessageState.ACCEPTED] * 4
    (line,) = [line for line in lines if line["event"] == "answer_not_storable"]
    assert "exc_info" not in line, "a database quotes what it refuses"
