"""The carrier as one process of the bot reaches it: the shipped protocol, with its waits and its points of death."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta

from bot.carriers import Accepted, AnswerLost, Inbound, LeaseOver, Listed, NeverConnected, Outgoing, Refused
from storage.db import refuse_open_transaction
from tests.simulation.loop import Process
from tests.simulation.network import Network, Sms

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 35.0
PAGE = 50


class SimulatedCarrier:
    """One process's way to the network; `asked` is told of each request as it is written."""

    def __init__(
        self,
        network: Network,
        process: Process,
        *,
        asked: Callable[[Process, Outgoing], None],
        steady: Callable[[], float],
    ) -> None:
        self._network, self._process, self._asked, self._steady = network, process, asked, steady
        self._chance = network.story.chance(f"carrier {process.name}")

    async def send(self, sms: Outgoing, *, until: float | None = None) -> Accepted:
        """Asks once; raises what the shipped client raises."""
        refuse_open_transaction()
        await self._process.point("before a request")
        await self._connect()
        # Nothing is awaited between this look at the clock and the bytes, as in the shipped client.
        if until is not None and self._steady() >= until:
            raise LeaseOver
        self._asked(self._process, sms)
        answer: asyncio.Future[Accepted] = self._network.loop.create_future()
        self._network.story.told("asked", self._process.name, sms.to)
        self._network.loop.outside(self._network.take(sms, answer), name="request")
        await self._process.point("in a request")
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                accepted = await answer
        except TimeoutError as error:
            raise AnswerLost(reason="TimeoutError") from error
        await self._process.point("after an answer")
        return accepted

    async def find(self, to: str, *, since: datetime) -> tuple[Listed, ...]:
        """The network's list, when it answers."""
        whole = since.replace(microsecond=0)
        found = await self._listed(lambda sms: sms.to == to)
        return tuple(one for one in found if one.created_at is None or one.created_at >= whole)

    async def fetch(self, sid: str) -> Listed:
        """The text with this id, as it stands now."""
        found = await self._listed(lambda sms: sms.sid == sid)
        if not found:
            raise Refused(code=20404, http_status=404)
        return found[0]

    async def newest(self) -> AsyncIterator[tuple[Listed, ...]]:
        """Page by page, newest first."""
        at = 0
        while page := (await self._listed(lambda _: True))[at : at + PAGE]:
            yield page
            at += PAGE

    async def received(self, _number: str, *, since: datetime) -> AsyncIterator[tuple[Inbound, ...]]:
        """Nothing: the people here text again until the bot has heard them."""
        for page in ():
            yield page

    async def _listed(self, wanted: Callable[[Sms], bool]) -> tuple[Listed, ...]:
        refuse_open_transaction()
        await self._connect()
        await asyncio.sleep(self._chance.uniform(0.05, 1.0))
        if self._network.happens("list_fails"):
            raise AnswerLost(reason="http status", http_status=503)
        found = tuple(_listed(sms) for sms in self._network.listed() if wanted(sms))
        await asyncio.sleep(self._chance.uniform(0.05, 1.0))
        await self._process.point("after a list")
        return found

    async def close(self) -> None:
        """Nothing is kept open."""

    async def _connect(self) -> None:
        await asyncio.sleep(self._chance.uniform(0.001, 0.05))
        if self._network.down or self._network.happens("never_connected"):
            await asyncio.sleep(self._chance.choice((0.0, CONNECT_SECONDS)))
            raise NeverConnected(reason="ClientConnectorError")
        if self._network.happens("slow"):
            await asyncio.sleep(self._chance.uniform(0.0, CONNECT_SECONDS))
        await self._process.point("connected")


def _listed(sms: Sms) -> Listed:
    # Twilio's instants have whole seconds.
    at = sms.created_at - timedelta(microseconds=sms.created_at.microsecond)
    return Listed(sms.sid, sms.to, sms.body, sms.status, sms.error_code, at, sms.segments)
