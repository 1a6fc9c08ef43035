"""STOPs that come while texts leave: what was queued, what was held for legal hours, and what was scheduled."""

import asyncio
import math
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import Any, cast
from uuid import uuid4

import pytest
from sqlmodel import select

from bot.campaigns.release import release_due
from bot.carriers import Accepted, Carrier, Inbound, Outgoing
from bot.carriers.twilio import TwilioCarrier
from bot.data import load_countries
from bot.delivery.looks import HOLDS_SECONDS
from bot.i18n import load_catalogues
from bot.playground.carrier.state import Change
from bot.replies import receive
from storage.models import Club, Message
from storage.states import CampaignState, Kind, MessageState
from tests import factories as f
from tests.club import SetClock
from tests.integration.delivery.conftest import ACCOUNT, TOKEN, World

PEOPLE, SEGMENTS_A_SECOND = 240, 160
PLACES, ANSWER_SECONDS = 2, 0.015
TICK_SECONDS = 0.005
AN_HOUR = timedelta(hours=1)
SEED = 4


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request as the carrier read it, and the look at the opt-outs that let it go, in steady seconds."""

    number: str
    at: float
    looked_at: float


@dataclass
class Watched:
    """The carrier's client, its requests noted: which look each relied on, and when the network had it."""

    carrier: Carrier
    clock: SetClock
    arrivals: list[Arrival] = field(default_factory=list)
    _looked_at: dict[str, float] = field(default_factory=dict)

    async def send(self, sms: Outgoing, *, until: float | None = None) -> Accepted:
        """Notes until when the look holds, and from that when it was taken."""
        assert until is not None
        self._looked_at[sms.to] = until - HOLDS_SECONDS
        accepted = await self.carrier.send(sms, until=until)
        # As far away as a real one is, so that what was claimed waits for a place.
        await asyncio.sleep(ANSWER_SECONDS)
        return accepted

    def arrived(self, change: Change) -> None:
        """The network has it."""
        if change.kind == "message" and change.number in self._looked_at:
            looked_at = self._looked_at.pop(change.number)
            self.arrivals.append(Arrival(change.number, self.clock.steady(), looked_at))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.carrier, name)


@dataclass
class Sending:
    """A club with three texts to everybody, and when each STOP was answered."""

    world: World
    club: Club
    clock: SetClock
    watched: Watched
    answered_at: dict[str, float] = field(default_factory=dict)
    dice: Random = field(default_factory=lambda: Random(SEED))
    stood_still: float = 0.0
    """The longest time for which the loop let nobody run, in seconds."""

    async def tick(self) -> None:
        """Notes for how long the loop stands still."""
        while True:
            began = self.clock.steady()
            await asyncio.sleep(TICK_SECONDS)
            late = self.clock.steady() - began - TICK_SECONDS
            # An hour that a test skips is no standstill.
            self.stood_still = max(self.stood_still, late if late < AN_HOUR.total_seconds() / 2 else 0.0)

    async def stop(self, among: list[str], within: float) -> None:
        """One of these people says STOP at some moment, rather one whose text is just about to be asked for.

        The webhook answers 200 once this is stored.
        """
        await asyncio.sleep(self.dice.random() * within)
        claimed = await self._claimed()
        number = next((one for one in among if one in claimed), among[0])
        among.remove(number)
        sid = f"SM{uuid4().hex}"
        said = Inbound(sid, number, f.SHORT_CODE, "STOP", ACCOUNT, 1, None)
        await receive(self.world.rt, said)
        self.answered_at[number] = self.clock.steady()

    async def _claimed(self) -> set[str]:
        async with self.world.rt.db.read() as session:
            query = select(Message.e164).where(Message.state == MessageState.SENDING)
            return set((await session.exec(query)).all())

    async def send_amid_stops(self, numbers: Sequence[str], stops: int) -> None:
        """Sends what is due while so many of these people say STOP."""
        among = list(numbers)
        said = (self.stop(among, PEOPLE / SEGMENTS_A_SECOND) for _ in range(stops))
        stopping = asyncio.gather(*said)
        delivery = self.world.delivery(places=PLACES)
        while not stopping.done() or await self.world.begin(delivery):
            await self.world.rounds(delivery)
            await asyncio.sleep(0.01)
        await self.world.rounds(delivery)
        await delivery.stop()
        await stopping

    async def stands(self) -> set[MessageState]:
        """In which states the messages are."""
        async with self.world.rt.db.read() as session:
            return set((await session.exec(select(Message.state).distinct())).all())


@pytest.fixture
async def sending(world: World) -> AsyncIterator[Sending]:
    clock = SetClock(f.NOW)
    client = TwilioCarrier(ACCOUNT, TOKEN, world.network.url, steady=clock.steady)
    watched = Watched(client, clock)
    world.clock = cast(Any, clock)
    world.rt = replace(
        world.rt,
        clock=clock,
        carrier=cast(Carrier, watched),
        countries=load_countries(),
        catalogues=load_catalogues(),
    )
    forget = world.network.listen(watched.arrived)
    club = f.club(segments_a_day=10_000)
    await world.keep(club, f.sender(club, segments_per_second=SEGMENTS_A_SECOND))
    await _keep_texts(world, club)
    sending = Sending(world, club, clock, watched)
    ticking = asyncio.create_task(sending.tick())
    yield sending
    ticking.cancel()
    forget()
    await world.rt.tasks.settle()
    await client.close()


async def _keep_texts(world: World, club: Club) -> None:
    """One that is queued, one that is held until in an hour, one that is scheduled for in two; each to everybody."""
    everybody = range(PEOPLE)
    queued, held = f.campaign(club), f.campaign(club, kind=Kind.MARKETING)
    at = f.NOW + 2 * AN_HOUR
    later = f.campaign(
        club,
        state=CampaignState.SCHEDULED,
        release_at=at,
        audience={"way": "everyone", "contacts": [], "groups": []},
    )
    waits: dict[str, Any] = {"state": MessageState.HELD, "not_before": f.NOW + AN_HOUR}
    await world.keep(queued, held, later, *(f.contact(club, n) for n in everybody))
    await world.keep(*(f.agreed(club, e164=f.number(n), at=f.NOW - AN_HOUR) for n in everybody))
    await world.keep(*(f.message(queued, n) for n in everybody))
    await world.keep(*(f.message(held, n, **waits) for n in everybody))


async def test_no_request_leaves_that_looked_after_a_stop_was_answered_and_none_long_after_it(
    sending: Sending, capsys: pytest.CaptureFixture[str]
) -> None:
    numbers = [f.number(n) for n in range(PEOPLE)]
    sending.dice.shuffle(numbers)
    first, second, third = (numbers[start::4] for start in range(3))
    await sending.send_amid_stops(first, len(first) // 2)
    sending.clock.skip(AN_HOUR)
    await sending.send_amid_stops(second, len(second) // 2)
    sending.clock.skip(AN_HOUR)
    stops = [sending.stop(third, 0.3) for _ in range(10)]
    await asyncio.gather(release_due(sending.world.rt), *stops)
    await sending.send_amid_stops(third, 20)

    arrivals = sending.watched.arrivals
    longest = max(one.at - one.looked_at for one in arrivals)
    after = [one for one in arrivals if one.at > sending.answered_at.get(one.number, math.inf)]
    with capsys.disabled():
        print(f"\nlook to request: {longest * 1000:.0f} ms at most; requests after a STOP: {len(after)}")
    assert [one for one in after if one.looked_at > sending.answered_at[one.number]] == []
    # The network reads on the loop of the bot, which on a busy machine stands still between writing and reading.
    assert longest < HOLDS_SECONDS + sending.stood_still
    texts = Counter(line.to for line in sending.world.network.ledger)
    assert {texts[one] for one in set(numbers) - sending.answered_at.keys()} == {3}
    assert _texts_of(sending, first, texts) <= {0, 1}
    assert _texts_of(sending, second, texts) <= {1, 2}
    assert {MessageState.SKIPPED, MessageState.ACCEPTED} == await sending.stands()


def _texts_of(sending: Sending, people: Sequence[str], texts: Counter[str]) -> set[int]:
    """How many texts each of those has who said STOP."""
    return {texts[one] for one in people if one in sending.answered_at}
