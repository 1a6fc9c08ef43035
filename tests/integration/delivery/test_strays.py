"""What the carrier has and our messages do not know, while other processes go on recording."""

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from bot.carriers import Outgoing
from bot.delivery import strays
from storage.models import Message, Stray
from storage.states import MessageState
from tests import factories as f
from tests.databases import POSTGRESQL
from tests.integration.delivery.conftest import World


@pytest.mark.parametrize("databases", [POSTGRESQL], indirect=True)
async def test_an_answer_that_is_recorded_meanwhile_makes_no_stray(world: World) -> None:
    club = f.club()
    campaign = f.campaign(club)
    message = f.message(campaign, state=MessageState.SENDING, attempt=1)
    await world.keep(club, campaign, message)
    sent = await world.rt.carrier.send(
        Outgoing(to=message.e164, sender=message.sender, body=message.body, status_url="http://127.0.0.1:1/")
    )
    recorded = (
        sa.update(Message)
        .where(col(Message.id) == message.id)
        .values(state=MessageState.ACCEPTED, sid=sent.sid)
    )
    other = sa.create_engine(world.rt.db.engine.url)

    def record(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        # After the first of the questions about messages, before the second.
        if "message.e164 IN" in statement or "message.sid IN" in statement:
            with other.begin() as connection:
                connection.execute(recorded)

    sa.event.listen(world.rt.db.engine.sync_engine, "after_cursor_execute", record)
    assert await strays.catch_up(world.rt) == 0
    assert (await world.message(message.id)).state is MessageState.ACCEPTED
    async with world.rt.db.read() as session:
        assert (await session.exec(select(Stray))).all() == []
    other.dispose()
