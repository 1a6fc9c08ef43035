"""What the doctor can see and what not, and what it says then."""

import asyncio
import dataclasses
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import WallClock
from bot.doctor.checks import CHECKS, look_over
from bot.doctor.findings import Check, Finding, State
from bot.doctor.visit import Visit
from bot.playground.carrier import Account, Number
from bot.playground.seed import TEAM_ID
from storage import models
from storage.states import SenderKind
from tests.club import ACCOUNT_SID, CHANNEL, TOKEN, Club
from tests.integration.doctor.visits import environment_of, of, visit, wrong

MANIFEST = frozenset({"commands", "chat:write", "files:read", "files:write", "users:read"})


def only_the_manifests_scopes(club: Club) -> None:
    club.workspace.app = dataclasses.replace(club.workspace.app, scopes=MANIFEST)


async def test_without_the_scope_to_look_the_channel_is_not_judged(club: Club) -> None:
    only_the_manifests_scopes(club)
    found = await visit(club)
    [channel] = of(found, Check.SLACK_CHANNEL)
    assert channel.state is State.SKIPPED
    assert "the token lacks channels:read and groups:read" in channel.words
    assert "reinstall" in channel.mending
    assert of(found, Check.SLACK_SCOPES)[0].state is State.OK
    assert wrong(found) == []


async def test_without_that_scope_a_post_that_failed_tells(club: Club) -> None:
    only_the_manifests_scopes(club)
    await club.limit(channel_trouble="not_in_channel")
    [channel] = of(await visit(club), Check.SLACK_CHANNEL)
    assert channel.state is State.WRONG
    assert "/invite @Touchline" in channel.mending


async def test_guests_are_looked_for_on_every_page(club: Club) -> None:
    for n in range(1500):
        club.workspace.add_user(f"U1{n:05}", f"user{n}", f"User {n}")
    club.workspace.users["U101499"].is_restricted = True
    club.workspace.channels[CHANNEL].members.extend(f"U1{n:05}" for n in range(1500))
    [channel] = of(await visit(club), Check.SLACK_CHANNEL)
    assert channel.state is State.WARNING
    assert "1 guest reads" in channel.words


async def test_guests_that_cannot_be_seen_are_said_to_be_unseen(club: Club) -> None:
    club.workspace.faults.fail("users.list", status=503)
    [channel] = of(await visit(club), Check.SLACK_CHANNEL)
    assert (channel.state, "could not be seen" in channel.words) == (State.WARNING, True)


async def test_a_club_without_a_channel_is_told_to_choose_one(club: Club) -> None:
    await club.limit(channel_id=None)
    [channel] = of(await visit(club), Check.SLACK_CHANNEL)
    assert channel.state is State.WRONG
    assert "/sms-settings" in channel.mending


async def test_another_workspaces_token_is_noticed(club: Club) -> None:
    await club.limit(slack_team_id="T0ANOTHER")
    [channel] = of(await visit(club), Check.SLACK_CHANNEL)
    assert channel.state is State.WARNING
    assert "none is the token's workspace" in channel.words


async def test_of_two_clubs_the_other_ones_channel_is_not_asked_for(club: Club) -> None:
    [mine] = await club.rows(models.Club)
    await club.keep(
        models.Club(
            slack_team_id="T0ANOTHER", name="Another", channel_id="C0OTHERS", created_at=mine.created_at
        )
    )
    found = await visit(club)
    assert [one.state for one in of(found, Check.SLACK_CHANNEL)] == [State.OK]
    assert [call.payload["channel"] for call in club.workspace.calls("conversations.info")] == [CHANNEL]
    assert mine.slack_team_id == TEAM_ID
    assert any("Another has no sender" in line for line in wrong(found))


async def test_over_a_socket_neither_address_nor_signing_secret_is_needed(club: Club) -> None:
    await club.stop()
    found = await visit(club, SLACK_APP_TOKEN="xapp-1-A0-1", PUBLIC_URL="", SLACK_SIGNING_SECRET="")
    assert wrong(found) == []
    skips = {one.check for one in found if one.state is State.SKIPPED}
    assert skips == {Check.ADDRESS, Check.SLACK_WEBHOOK, Check.TWILIO_WEBHOOK}


async def test_a_bots_token_is_no_app_level_token(club: Club) -> None:
    found = await visit(club, SLACK_APP_TOKEN="xoxb-1")
    assert "settings: SLACK_APP_TOKEN does not begin with xapp-: that is the bot's token." in wrong(found)


async def test_before_the_first_start_the_number_is_looked_at_all_the_same(club: Club) -> None:
    found = await visit(club, DATABASE_URL="sqlite+aiosqlite:////tmp/no-such-touchline.db")
    [sender] = of(found, Check.SENDERS)
    assert (sender.state, sender.words.split(" •")[0]) == (
        State.OK,
        "The short code of the setting TWILIO_NUMBER",
    )
    found = await visit(club, DATABASE_URL="sqlite+aiosqlite:////tmp/no-such-touchline.db", TWILIO_NUMBER="")
    assert of(found, Check.SENDERS)[0].state is State.SKIPPED


@pytest.mark.parametrize(
    ("country", "state", "words"),
    [
        ("US", State.WAITS, "A2P 10DLC"),
        ("CH", State.OK, "can do SMS"),
        ("FR", State.WRONG, "people in France cannot be texted from a number"),
    ],
)
async def test_a_long_code_is_judged_by_the_clubs_country(
    club: Club, country: str, state: State, words: str
) -> None:
    url = f"{club.settings.public_url}/twilio/inbound"
    await club.limit(country=country)
    await club.change(models.Sender, {"kind": SenderKind.LONG_CODE, "value": "+15005550009"}, value="36123")
    numbers = (Number("+15005550009", inbound_url=url + "#rc=3&rp=all"),)
    club.carrier.add_account(Account(ACCOUNT_SID, TOKEN, numbers))
    found = [one for one in of(await visit(club), Check.SENDERS) if words in one.words]
    assert [one.state for one in found] == [state]


async def test_a_club_that_nobody_can_answer_is_told_what_that_takes(club: Club) -> None:
    [mine] = [row for row in await club.rows(models.Sender) if row.kind is SenderKind.NAME]
    async with club.database() as db, db.begin() as session:
        for row in await club.rows(models.Sender):
            if row.id != mine.id:
                await session.delete(row)
    found = [one for one in of(await visit(club), Check.SENDERS) if one.state is State.WAITS]
    assert ["8 to 12 weeks" in one.mending for one in found] == [True]


async def test_of_a_thousand_numbers_none_is_overlooked(club: Club) -> None:
    url = f"{club.settings.public_url}/twilio/inbound"
    others = tuple(Number(f"{n:05}") for n in range(40_000, 41_200))
    club.carrier.add_account(Account(ACCOUNT_SID, TOKEN, (*others, Number("36123", inbound_url=url))))
    assert wrong(await visit(club)) == []


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "postgresql+psycopg://somebody:canarypassword@127.0.0.1:1/club",
        "mysql://a:canarypassword@b/c",
    ],
)
async def test_a_database_that_cannot_be_used_is_said_without_its_password(club: Club, url: str) -> None:
    found = await visit(club, DATABASE_URL=url)
    [database] = of(found, Check.DATABASE)
    assert database.state is State.WRONG
    assert "The database cannot be used" in database.words
    assert "canarypassword" not in repr(found)
    assert of(found, Check.TWILIO_ACCOUNT)[0].state is State.OK


async def test_a_secret_with_no_secret_in_it_is_told_by_its_shape(club: Club) -> None:
    settings = environment_of(club.settings) | {
        "SLACK_SIGNING_SECRET": club.settings.slack_bot_token.get_secret_value()
    }
    found = await visit(club, **settings)
    assert "settings: SLACK_SIGNING_SECRET holds something else: the bot's token." in wrong(found)


async def test_a_number_that_is_set_and_no_clubs_yet_is_looked_at_too(club: Club) -> None:
    found = of(await visit(club, TWILIO_NUMBER="36999"), Check.SENDERS)
    [one] = [one for one in found if "TWILIO_NUMBER" in one.words]
    assert (one.state, "does not belong to this Twilio account" in one.words) == (State.WRONG, True)
    assert sum("AS Les Tilleuls's" in one.words for one in found) == 2


async def test_a_file_that_is_no_database_is_said_to_be_none(club: Club, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("name;number\n" * 500, encoding="utf-8")
    [database] = of(await visit(club, DATABASE_URL=f"sqlite+aiosqlite:///{path}"), Check.DATABASE)
    assert (database.state, "file is not a database" in database.words) == (State.WRONG, True)
    assert path.read_text(encoding="utf-8") == "name;number\n" * 500


async def test_a_check_that_fails_or_never_ends_hides_no_other(club: Club) -> None:
    async def fails(_: Visit) -> Sequence[Finding]:
        raise ZeroDivisionError("canary")

    async def never(_: Visit) -> Sequence[Finding]:
        await asyncio.sleep(60)
        return []

    checks = {Check.SETTINGS: fails, Check.DISK: never, Check.ADDRESS: CHECKS[Check.ADDRESS]}
    found = await look_over(
        environment_of(club.settings), WallClock(), longest=timedelta(seconds=1), checks=checks
    )
    assert wrong(found) == [
        "settings: The check itself failed (ZeroDivisionError).",
        "disk: It took longer than 1 s.",
    ]
    assert [one.state for one in of(found, Check.ADDRESS)] == [State.OK]
