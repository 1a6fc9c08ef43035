"""The real process: it starts, sends, ends well, dies badly, and starts again."""

import os
import signal
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import WallClock
from bot.delivery.pace import FIRST_PLACES
from bot.playground import seed
from bot.playground.carrier import Latency
from storage.models import Campaign
from storage.states import MessageState
from tests.club import Club, open_club, text_of
from tests.e2e.process import bot_at_work, environment, run

pytestmark = pytest.mark.timeout(60)

BODY = "The club is closed."
SLOW = Latency(timedelta(seconds=2), timedelta(), timedelta(), timedelta())
AT_ONCE = FIRST_PLACES
"""How many requests the bot has under way before the first answer."""


@pytest.fixture
async def quick(tmp_path: Path, planted: str) -> AsyncIterator[Club]:
    """The club, without a bot."""
    async with open_club(tmp_path, planted=planted, clock=WallClock(), is_started=False) as club:
        yield club


SETTLED_BY_A_RECEIPT = (MessageState.ACCEPTED, MessageState.SENT, MessageState.DELIVERED)


@pytest.fixture
async def slow(tmp_path: Path, planted: str) -> AsyncIterator[Club]:
    """The club, without a bot, and with a carrier that takes its time to answer."""
    async with open_club(
        tmp_path, planted=planted, clock=WallClock(), latency=SLOW, is_started=False
    ) as club:
        yield club


async def send_to_everyone(club: Club) -> Campaign:
    return await club.confirm(await club.compose(audience="everyone", message=BODY, sender=seed.NAME))


async def first_requests(club: Club, campaign: Campaign) -> None:
    async def are_under_way() -> bool:
        is_claimed = (await club.states(campaign)).get("sending", 0) == AT_ONCE
        return is_claimed and len(club.carrier.under_way) == AT_ONCE

    await club.until(are_under_way)


def asked(club: Club) -> Counter[str]:
    return Counter(post.to for post in club.carrier.posts)


async def test_it_starts_on_an_empty_database_says_where_it_listens_and_sends(quick: Club) -> None:
    async with bot_at_work(quick) as process:
        campaign = await quick.send("U13", BODY)
        await quick.card(campaign, "Sent to 7", "7 delivered", seconds=12)
        code, said = await process.end(signal.SIGINT)
    assert code == 0, said
    assert f"Touchline listens on port {quick.settings.port}." in said
    assert BODY not in said


@pytest.mark.both
async def test_asked_to_end_it_finishes_what_is_under_way_and_the_next_one_sends_the_rest_once(
    slow: Club,
) -> None:
    async with bot_at_work(slow) as process:
        campaign = await send_to_everyone(slow)
        await first_requests(slow, campaign)
        code, said = await process.end()
        assert code == 0, said
        states = await slow.states(campaign)
        rest = campaign.previewed_recipients - AT_ONCE
        assert states.get("queued") == rest, states
        assert not {"sending", "unknown"} & set(states), states
        assert len(asked(slow)) == AT_ONCE
    async with bot_at_work(slow):
        await slow.until(lambda: len(asked(slow)) == campaign.previewed_recipients)
        await slow.card(campaign, "Sent to", seconds=12)
    assert set(asked(slow).values()) == {1}
    assert len([post for post in slow.posts() if BODY in text_of(post)]) == 1


@pytest.mark.both
async def test_killed_in_the_middle_it_never_sends_again_what_may_have_left_and_sends_the_rest(
    slow: Club,
) -> None:
    async with bot_at_work(slow) as process:
        campaign = await send_to_everyone(slow)
        await first_requests(slow, campaign)
        await process.end(signal.SIGKILL)
    messages = await slow.messages(campaign)
    claimed = {message.e164 for message in messages if message.state is MessageState.SENDING}
    rest = {message.e164 for message in messages if message.state is MessageState.QUEUED}
    assert (len(claimed), len(rest)) == (AT_ONCE, campaign.previewed_recipients - AT_ONCE)
    async with bot_at_work(slow):
        await slow.until(lambda: rest <= set(asked(slow)))
        await slow.quiet(lambda: len(slow.carrier.posts), seconds=1.5)
    # Of those that were claimed, some had been asked for when the process died and some had not: who knows?
    assert set(asked(slow).values()) == {1}
    left = {message.e164: message.state for message in await slow.messages(campaign)}
    assert {left[e164] for e164 in claimed} <= {MessageState.SENDING, *SETTLED_BY_A_RECEIPT}
    assert {left[e164] for e164 in rest} <= {MessageState.SENDING, *SETTLED_BY_A_RECEIPT}


@pytest.mark.parametrize(
    ("changes", "said", "because"),
    [
        ({"SLACK_BOT_TOKEN": ""}, "SLACK_BOT_TOKEN: is not set", "missing"),
        ({"PORT": "http"}, "PORT:", "no number"),
        (
            {"TWILIO_AUTHTOKEN": "x"},
            "TWILIO_AUTHTOKEN: is not a setting; did you mean TWILIO_AUTH_TOKEN?",
            "a near miss",
        ),
    ],
)
async def test_a_bad_setting_stops_the_start_with_one_line(
    quick: Club, changes: dict[str, str], said: str, because: str
) -> None:
    code, out, err = await run("run", env=environment(quick.settings, **changes))
    assert code == 2, because
    assert err.startswith("touchline: ")
    assert said in err
    assert err.count("\n") == 1
    assert not out


async def test_a_token_that_slack_does_not_know_stops_the_start_with_one_line(quick: Club) -> None:
    code, _, err = await run("run", env=environment(quick.settings, SLACK_BOT_TOKEN="xoxb-wrong"))
    assert code == 2
    assert err.count("\n") == 1
    assert "invalid_auth" in err
    assert "xoxb-wrong" not in err


@pytest.mark.parametrize(
    ("url", "said", "because"),
    [
        ("touchline.db", "Could not parse", "no URL at all"),
        ("sqlite:///touchline.db", "async driver", "a driver that would hold everybody up"),
        ("mysql+none://x/y", "mysql", "a database we do not speak to"),
        ("sqlite+aiosqlite:////no/such/folder/touchline.db", "unable to open", "nowhere to write"),
    ],
)
async def test_a_database_that_cannot_be_used_stops_the_start_with_one_line(
    url: str, said: str, because: str
) -> None:
    code, _, err = await run("migrate", env=dict(os.environ) | {"DATABASE_URL": url})
    assert code == 2, because
    assert err.startswith("touchline: DATABASE_URL: "), err
    assert said in err
    assert err.count("\n") == 1


async def test_a_port_that_is_taken_stops_the_start_with_one_line(quick: Club) -> None:
    async with bot_at_work(quick):
        code, _, err = await run("run", env=environment(quick.settings))
    assert code == 2
    assert err.startswith("touchline: HOST, PORT: ")
    assert "in use" in err
    assert err.count("\n") == 1


async def test_migrating_twice_is_migrating_once(tmp_path: Path) -> None:
    env = {"DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/new.db"}
    for _ in range(2):
        code, _, err = await run("migrate", env=env)
        assert code == 0, err
