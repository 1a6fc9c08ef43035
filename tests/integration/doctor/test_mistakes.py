"""Each mistake that docs/doctor.md lists is made, named by the doctor, and comes with its mending."""

import dataclasses
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.doctor.findings import Check, State
from bot.playground.carrier import Account, Number
from storage import models
from storage.states import SenderKind
from tests.club import ACCOUNT_SID, CHANNEL, COACH, SHORT_CODE, TOKEN, Club, SetClock
from tests.factories import sender
from tests.integration.doctor.visits import environment_of, of, visit

DOC = (Path(__file__).parents[3] / "docs" / "doctor.md").read_text()
ROWS = re.findall(r"^\| ([^|]+?) \| `([a-z-]+)` \| ([^|]+?) \|", DOC, re.MULTILINE)
OTHER_SID = "AC" + "9" * 32
LONG_CODE = "+41791234567"

Changes = dict[str, str]
Make = Callable[[Club], Awaitable[Changes | None]]


@dataclass(frozen=True)
class Mistake:
    """How it is made, which check names it, and some of its words and mending."""

    make: Make
    check: Check
    words: str
    mending: str
    state: State = State.WRONG
    clock: timedelta = timedelta()


def given(**changes: str) -> Make:
    """Other settings."""

    async def make(_: Club) -> Changes:
        return changes

    return make


def account(**columns: object) -> Make:
    """The carrier's account is otherwise."""

    async def make(club: Club) -> None:
        numbers = (Number(SHORT_CODE, inbound_url=f"{club.settings.public_url}/twilio/inbound"),)
        plain = Account(ACCOUNT_SID, TOKEN, numbers)
        club.carrier.add_account(dataclasses.replace(plain, **columns))  # type: ignore[arg-type]  # as named

    return make


def number(**columns: object) -> Make:
    """The club's number is otherwise at the carrier."""

    async def make(club: Club) -> None:
        url = f"{club.settings.public_url}/twilio/inbound"
        rented = dataclasses.replace(Number(SHORT_CODE, inbound_url=url), **columns)  # type: ignore[arg-type]
        club.carrier.add_account(Account(ACCOUNT_SID, TOKEN, (rented,)))

    return make


async def a_users_token(club: Club) -> Changes:
    club.workspace.app = dataclasses.replace(club.workspace.app, user_token="xoxp-somebody")
    return {"SLACK_BOT_TOKEN": "xoxp-somebody"}


def scopes(*granted: str) -> Make:
    async def make(club: Club) -> None:
        club.workspace.app = dataclasses.replace(club.workspace.app, scopes=frozenset(granted))

    return make


async def without_the_bot(club: Club) -> None:
    club.workspace.channels[CHANNEL].members.remove(club.workspace.app.bot_user_id)


async def archived(club: Club) -> None:
    club.workspace.channels[CHANNEL].is_archived = True


async def gone(club: Club) -> None:
    del club.workspace.channels[CHANNEL]


async def shared(club: Club) -> None:
    club.workspace.channels[CHANNEL].is_ext_shared = True


async def with_a_guest(club: Club) -> None:
    club.workspace.users[COACH].is_restricted = True


async def somebody_elses_number(club: Club) -> None:
    club.carrier.add_account(Account(ACCOUNT_SID, TOKEN))
    club.carrier.add_account(Account(OTHER_SID, "other", (Number(SHORT_CODE),)))


def a_long_code(**columns: object) -> Make:
    """A club in Switzerland has a number too, which is like this at the carrier."""

    async def make(club: Club) -> None:
        url = f"{club.settings.public_url}/twilio/inbound"
        await in_country(club, "CH", SenderKind.LONG_CODE, LONG_CODE)
        rented = dataclasses.replace(Number(LONG_CODE, inbound_url=url), **columns)  # type: ignore[arg-type]
        numbers = (Number(SHORT_CODE, inbound_url=url), rented)
        club.carrier.add_account(Account(ACCOUNT_SID, TOKEN, numbers))

    return make


async def in_country(club: Club, country: str, kind: SenderKind, value: str) -> None:
    """The club is of this country, and has one more sender."""
    await club.limit(country=country)
    [mine] = await club.rows(models.Club)
    await club.keep(sender(mine, kind=kind, value=value, is_default=False))


def a_name(country: str, value: str = "Tilleuls2") -> Make:
    async def make(club: Club) -> None:
        await in_country(club, country, SenderKind.NAME, value)

    return make


async def out_of_date(club: Club) -> None:
    await set_version(club, "0003")


async def of_the_future(club: Club) -> None:
    await set_version(club, "9999")


async def set_version(club: Club, version: str) -> None:
    async with club.database() as db, db.begin() as session:
        await (await session.connection()).execute(
            sa.text("UPDATE alembic_version SET version_num = :version"), {"version": version}
        )


async def nobody_listens(club: Club) -> None:
    await club.stop()


MISTAKES = {
    "the bot's token is wrong": Mistake(
        given(SLACK_BOT_TOKEN="xoxb-another"), Check.SLACK_TOKEN, "invalid_auth", "Copy it again"
    ),
    "a user's token in place of the bot's": Mistake(
        a_users_token, Check.SLACK_TOKEN, "token of a user", "Bot User OAuth Token"
    ),
    "a scope is missing": Mistake(
        scopes("commands", "chat:write", "users:read", "files:read", "channels:read"),
        Check.SLACK_SCOPES,
        "lacks files:write",
        "Reinstall",
    ),
    "the bot is not in the channel": Mistake(
        without_the_bot, Check.SLACK_CHANNEL, "The bot is not in", "/invite @Touchline"
    ),
    "the channel is archived": Mistake(archived, Check.SLACK_CHANNEL, "is archived", "out of the archive"),
    "the channel was deleted": Mistake(gone, Check.SLACK_CHANNEL, "is gone", "/sms-settings"),
    "the channel is shared with another organisation": Mistake(
        shared, Check.SLACK_CHANNEL, "shared with others", "of the workspace's own", State.WARNING
    ),
    "a guest is in the channel": Mistake(
        with_a_guest, Check.SLACK_CHANNEL, "1 guest reads", "Take guests out", State.WARNING
    ),
    "the signing secret is wrong": Mistake(
        given(SLACK_SIGNING_SECRET="another-signing-secret"),
        Check.SLACK_WEBHOOK,
        "another SLACK_SIGNING_SECRET",
        "App Credentials",
    ),
    "the Twilio token is wrong": Mistake(
        given(TWILIO_AUTH_TOKEN="another-token"), Check.TWILIO_ACCOUNT, "20003", "Copy both again"
    ),
    "the Twilio account's SID is wrong": Mistake(
        given(TWILIO_ACCOUNT_SID=OTHER_SID), Check.TWILIO_ACCOUNT, "20003", "Copy both again"
    ),
    "the running bot has another Twilio token": Mistake(
        given(TWILIO_AUTH_TOKEN="another-token"),
        Check.TWILIO_WEBHOOK,
        "another TWILIO_AUTH_TOKEN",
        "start the bot again",
    ),
    "the Twilio account is suspended": Mistake(
        account(status="suspended"), Check.TWILIO_ACCOUNT, "is suspended", "Add money"
    ),
    "the Twilio account is on trial": Mistake(
        account(kind="Trial"), Check.TWILIO_ACCOUNT, "on trial", "Upgrade", State.WARNING
    ),
    "the money runs out": Mistake(
        account(balance="3.10"), Check.TWILIO_BALANCE, "3.10 USD", "auto-recharge", State.WARNING
    ),
    "the money is gone": Mistake(account(balance="-0.02"), Check.TWILIO_BALANCE, "-0.02 USD", "Add money"),
    "the number can do no SMS": Mistake(
        a_long_code(sends_sms=False), Check.SENDERS, "can do no SMS", "among its capabilities"
    ),
    "the number is somebody else's": Mistake(
        somebody_elses_number, Check.SENDERS, "does not belong to this Twilio account", "Compare it"
    ),
    "replies go to another address": Mistake(
        number(inbound_url="https://old.example.org/twilio/inbound"),
        Check.SENDERS,
        "go to https://old.example.org, not to PUBLIC_URL",
        "/twilio/inbound with HTTP POST",
    ),
    "replies go nowhere": Mistake(
        number(inbound_url=None), Check.SENDERS, "go nowhere", "/twilio/inbound with HTTP POST"
    ),
    "replies come by GET": Mistake(
        number(inbound_method="GET"), Check.SENDERS, "come by GET", "with HTTP POST"
    ),
    "replies go to a TwiML app": Mistake(
        a_long_code(application_sid="AP" + "1" * 32), Check.SENDERS, "TwiML app", "/twilio/inbound"
    ),
    "a name that must be registered first": Mistake(
        a_name("ES"), Check.SENDERS, "only once it is registered", "Register it now", State.WAITS
    ),
    "a name where none is shown": Mistake(
        a_name("BE"), Check.SENDERS, "no names are shown in Belgium", "8 to 12 weeks"
    ),
    "a name that operators block": Mistake(
        a_name("FR", "INFO"), Check.SENDERS, "a word that operators block", "Take another name"
    ),
    "PUBLIC_URL leads elsewhere": Mistake(
        # The carrier's stand-in answers there, and is no bot.
        given(PUBLIC_URL="CARRIER"),
        Check.SLACK_WEBHOOK,
        "PUBLIC_URL leads elsewhere",
        "the very address",
    ),
    "nobody listens at PUBLIC_URL": Mistake(
        nobody_listens, Check.SLACK_WEBHOOK, "nobody listens there", "touchline run"
    ),
    "PUBLIC_URL is http": Mistake(
        given(PUBLIC_URL="http://sms.example.org"), Check.ADDRESS, "begins with http://", "certificate"
    ),
    "PUBLIC_URL is a private address": Mistake(
        given(PUBLIC_URL="https://192.168.1.20"), Check.ADDRESS, "private address", "proxy"
    ),
    "the database is out of date": Mistake(out_of_date, Check.DATABASE, "out of date", "touchline migrate"),
    "the database is newer than Touchline": Mistake(
        of_the_future, Check.DATABASE, "newer version", "Install the newer", State.WARNING
    ),
    "there is no database yet": Mistake(
        given(DATABASE_URL="sqlite+aiosqlite:////tmp/no-such-touchline.db"),
        Check.DATABASE,
        "no database yet",
        "touchline run",
    ),
    "the database's folder is missing": Mistake(
        given(DATABASE_URL="sqlite+aiosqlite:////no/such/folder/touchline.db"),
        Check.DISK,
        "There is no folder",
        "DATABASE_URL",
    ),
    "the clock is off by ten minutes": Mistake(
        given(), Check.CLOCK, "10 min", "NTP", clock=timedelta(minutes=10)
    ),
    "the clock is off by a minute": Mistake(
        given(), Check.CLOCK, "behind Slack's", "NTP", State.WARNING, clock=-timedelta(minutes=1)
    ),
    "a setting is missing": Mistake(
        given(SLACK_SIGNING_SECRET=""), Check.SETTINGS, "SLACK_SIGNING_SECRET is not set", "Basic Information"
    ),
    "a setting's name is misspelt": Mistake(
        given(SLACK_SIGNIN_SECRET="x"),
        Check.SETTINGS,
        "did you mean SLACK_SIGNING_SECRET?",
        "Correct the name",
    ),
    "a setting is of the wrong shape": Mistake(
        given(TWILIO_ACCOUNT_SID="SK" + "1" * 32), Check.SETTINGS, "that is an API key", "Account SID"
    ),
    "a setting was copied with quotes": Mistake(
        given(TWILIO_AUTH_TOKEN='"playground"'), Check.SETTINGS, "blanks or quotes", "Take them away"
    ),
}


@pytest.mark.parametrize("name", list(MISTAKES))
async def test_a_mistake_is_named_with_its_mending(club: Club, name: str) -> None:
    mistake = MISTAKES[name]
    changes = await mistake.make(club) or {}
    if changes.get("PUBLIC_URL") == "CARRIER":
        changes["PUBLIC_URL"] = club.carrier.url
    clock = SetClock(datetime.now(UTC) + mistake.clock) if mistake.clock else None
    found = await visit(club, clock, **changes)
    told = [one for one in of(found, mistake.check) if mistake.words in one.words]
    assert told, found
    assert {one.state for one in told} == {mistake.state}
    assert all(mistake.mending in one.mending for one in told)
    assert {one.check for one in found} == set(Check), "one failing check hides no other"
    assert_discreet(club, changes, " ".join(one.words + one.mending for one in found))


def assert_discreet(club: Club, changes: Changes, said: str) -> None:
    """No token, no secret, no whole number."""
    given_ = environment_of(club.settings) | changes
    for name in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "TWILIO_AUTH_TOKEN", "SECRET_KEY"):
        assert not given_[name] or given_[name] not in said, name
    assert SHORT_CODE not in said
    assert not re.search(r"\+\d{7,}", said)


def test_the_page_lists_each_mistake_that_is_tested_and_no_other() -> None:
    assert [(name, check, state) for name, check, state in ROWS] == [
        (name, str(mistake.check), str(mistake.state)) for name, mistake in MISTAKES.items()
    ]


@pytest.mark.parametrize("check", list(Check))
def test_the_page_names_every_check(check: Check) -> None:
    assert f"**`{check}`**" in DOC


@pytest.mark.parametrize("state", list(State))
def test_the_page_names_every_state(state: State) -> None:
    assert f"`{state}`" in DOC


def test_there_are_checks_for_twelve_mistakes_and_more() -> None:
    assert len(MISTAKES) >= 12
