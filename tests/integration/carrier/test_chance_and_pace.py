"""What goes wrong at random, and how time passes."""

import asyncio
from datetime import timedelta

import aiohttp

from bot.playground.carrier import Account, Chaos, Fault, Latency, Pace, Reports, StandInCarrier, Status
from tests.integration.carrier.club import CLUB, MEMBER, SHORT_CODE, SID, STRANGER, TOKEN, Door, credentials

CHAOS = Chaos(
    seed=7,
    answers={Fault.THROTTLED: 0.2, Fault.ERROR_AFTER: 0.1},
    reports={Reports.LOST: 0.2, Reports.DOUBLED: 0.2},
    outcomes={(Status.UNDELIVERED, 30003): 0.2},
)
NUMBERS = [f"+336123456{turn:02}" for turn in range(60)]


async def send(carrier: StandInCarrier, to: str, account: Account = CLUB, **more: str) -> int:
    url = f"{carrier.url}/2010-04-01/Accounts/{account.sid}/Messages.json"
    fields = {"To": to, "From": account.numbers[0].value, "Body": "x"} | more
    async with (
        aiohttp.ClientSession(headers=credentials(account.sid, account.token)) as session,
        session.post(url, data=fields) as response,
    ):
        return response.status


async def fate(chaos: Chaos, numbers: list[str]) -> dict[str, object]:
    """How each number's request was answered, and what became of its message."""
    async with StandInCarrier([CLUB], pace=Pace.MANUAL) as carrier:
        carrier.go_wrong_at_random(chaos)
        answers = await asyncio.gather(*(send(carrier, number) for number in numbers))
        await carrier.flush()
        ends = {line.to: carrier.message(line.sid).status for line in carrier.ledger}
    return {number: (answer, ends.get(number)) for number, answer in zip(numbers, answers, strict=True)}


async def test_the_same_seed_gives_the_same_faults_in_any_order() -> None:
    first = await fate(CHAOS, NUMBERS)
    assert await fate(CHAOS, NUMBERS[::-1]) == first
    assert await fate(Chaos(8, CHAOS.answers, CHAOS.reports, CHAOS.outcomes), NUMBERS) != first
    assert {answer for answer, _ in first.values()} == {201, 429, 500}
    assert {end for _, end in first.values()} == {None, Status.DELIVERED, Status.UNDELIVERED}


async def test_what_is_scripted_comes_before_chance_and_healing_ends_both() -> None:
    async with StandInCarrier([CLUB], pace=Pace.MANUAL) as carrier:
        carrier.go_wrong_at_random(Chaos(1, answers={Fault.ERROR_BEFORE: 1.0}))
        carrier.fail(Fault.THROTTLED, times=None)
        assert await send(carrier, MEMBER) == 429
        carrier.heal()
        assert await send(carrier, MEMBER) == 201


async def test_a_script_for_one_number_leaves_the_others_alone() -> None:
    async with StandInCarrier([CLUB], pace=Pace.MANUAL) as carrier:
        carrier.fail(Fault.THROTTLED, to=MEMBER, times=None)
        assert [await send(carrier, number) for number in (MEMBER, NUMBERS[0], MEMBER)] == [429, 201, 429]


async def test_the_script_for_the_very_number_comes_before_one_for_all() -> None:
    async with StandInCarrier([CLUB], pace=Pace.MANUAL) as carrier:
        carrier.fail(Fault.ERROR_BEFORE, times=1)
        carrier.fail(Fault.THROTTLED, to=MEMBER, times=None)
        assert [await send(carrier, number) for number in (MEMBER, NUMBERS[0], NUMBERS[0])] == [429, 500, 201]


async def test_chance_is_drawn_anew_for_each_message_to_a_number() -> None:
    async with StandInCarrier([CLUB], pace=Pace.MANUAL) as carrier:
        carrier.go_wrong_at_random(Chaos(3, answers={Fault.THROTTLED: 0.5}))
        assert {await send(carrier, MEMBER) for _ in range(20)} == {201, 429}


async def test_of_scripts_without_a_count_the_newest_holds_and_counted_ones_come_first() -> None:
    async with StandInCarrier([CLUB], pace=Pace.MANUAL) as carrier:
        carrier.fail(Fault.ERROR_BEFORE, times=None)
        carrier.fail(Fault.THROTTLED, times=None)
        carrier.fail(Fault.GARBLED_AFTER, times=1)
        assert [await send(carrier, MEMBER) for _ in range(2)] == [201, 429]


async def test_at_an_instant_pace_everything_happens_by_itself(door: Door) -> None:
    async with StandInCarrier([CLUB], pace=Pace.INSTANT) as carrier:
        await send(carrier, MEMBER, StatusCallback=door.url)
        await carrier.flush()
        assert door.statuses() == ["sending", "sent", "delivered"]
        assert len(carrier.phone(MEMBER).inbox) == 1


async def test_at_the_real_pace_things_take_their_time_which_can_be_scaled(door: Door) -> None:
    # An hour to each state, shrunk to 10 ms.
    hour = timedelta(hours=1)
    latency = Latency(sending=hour, sent=hour, receipt=hour)
    async with StandInCarrier([CLUB], pace=Pace.REAL, latency=latency, time_scale=0.01 / 3600) as carrier:
        delivered = asyncio.Event()
        carrier.listen(lambda change: delivered.set() if change.kind == "phone" else None)
        began = asyncio.get_running_loop().time()
        await send(carrier, MEMBER, StatusCallback=door.url)
        await asyncio.wait_for(delivered.wait(), 5)
        assert asyncio.get_running_loop().time() - began >= 0.03


async def test_what_is_to_come_at_the_real_pace_can_be_had_at_once(door: Door) -> None:
    async with StandInCarrier([CLUB], pace=Pace.REAL, latency=Latency(sending=timedelta(days=1))) as carrier:
        await send(carrier, MEMBER, StatusCallback=door.url)
        await carrier.flush()
        assert door.statuses() == ["sending", "sent", "delivered"]


async def test_stopping_leaves_nothing_behind_and_lets_go_of_who_waits_for_ever() -> None:
    carrier = await StandInCarrier([CLUB], pace=Pace.REAL).start()
    await send(carrier, MEMBER)
    carrier.fail(Fault.SILENT_AFTER)
    accepted = asyncio.Event()
    carrier.listen(lambda change: accepted.set())
    waiting = asyncio.create_task(send(carrier, MEMBER))
    await accepted.wait()
    await carrier.stop()
    [error] = await asyncio.gather(waiting, return_exceptions=True)
    assert isinstance(error, aiohttp.ClientError)
    assert [line.to for line in carrier.ledger] == [MEMBER, MEMBER]


async def test_two_accounts_in_one_process_keep_to_themselves() -> None:
    async with StandInCarrier([CLUB, STRANGER], pace=Pace.MANUAL) as carrier:
        assert await send(carrier, MEMBER, STRANGER) == 201
        assert await send(carrier, MEMBER) == 201
        assert [post.account_sid for post in carrier.posts] == [STRANGER.sid, SID]
        assert {post.sender for post in carrier.posts} == {SHORT_CODE, "36999"}
    assert TOKEN not in repr(carrier.posts)


async def test_a_customer_who_is_slow_to_take_reports_does_not_put_off_a_late_accept(door: Door) -> None:
    door.pause = 1.5
    latency = Latency(sending=timedelta())
    async with StandInCarrier([CLUB], pace=Pace.REAL, latency=latency) as carrier:
        await asyncio.gather(*(send(carrier, number, StatusCallback=door.url) for number in NUMBERS))
        accepted = asyncio.Event()
        carrier.listen(lambda change: accepted.set() if change.number == MEMBER else None)
        carrier.fail(Fault.ACCEPTED_LATE, delay=timedelta(seconds=0.05))
        assert await send(carrier, MEMBER) == 500
        await asyncio.wait_for(accepted.wait(), 1)
        assert len(door.posted) < len(NUMBERS), "some steps wait for the reports of others"
