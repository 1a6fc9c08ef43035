"""The carrier stand-in, and the club's door."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.carriers.twilio import TwilioCarrier
from bot.playground.carrier import Pace, StandInCarrier
from tests.integration.carrier.asking import connected
from tests.integration.carrier.club import CLUB, STRANGER, Door


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    door = Door()
    app = web.Application()
    app.router.add_post("/{path:.*}", door.receive)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    door.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield door
    await runner.cleanup()


@pytest.fixture
async def carrier() -> AsyncIterator[StandInCarrier]:
    async with StandInCarrier([CLUB, STRANGER], pace=Pace.MANUAL) as carrier:
        yield carrier


@pytest.fixture
async def twilio(carrier: StandInCarrier) -> AsyncIterator[TwilioCarrier]:
    twilio = connected(carrier.url)
    yield twilio
    await twilio.close()
