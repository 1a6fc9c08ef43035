"""What the doctor makes of an address, a clock, a disk, a sender and a setting, without asking anybody."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot import app
from bot.clock import WallClock
from bot.doctor import needs
from bot.doctor.address import judge as judge_address
from bot.doctor.asking import Answer, place, read_date
from bot.doctor.checks import CHECKS
from bot.doctor.clocks import judge as judge_clock
from bot.doctor.findings import Check, Finding, State
from bot.doctor.stored import room
from bot.doctor.visit import visiting


@pytest.mark.parametrize(
    ("url", "is_bad", "because"),
    [
        ("https://sms.example.org", False, "a name that others know"),
        ("https://sms.example.org:8443", False, "a port does no harm"),
        ("https://8.8.8.8", False, "a public address"),
        ("https://[2001:4860:4860::8888]", False, "a public address"),
        ("http://sms.example.org", True, "in the clear"),
        ("https://localhost", True, "this machine"),
        ("https://127.0.0.1:3000", True, "this machine"),
        ("https://[::1]", True, "this machine"),
        ("https://10.0.0.7", True, "a private network"),
        ("https://172.16.3.1", True, "a private network"),
        ("https://192.168.1.20", True, "a private network"),
        ("https://169.254.10.1", True, "one cable"),
        ("https://[fd12::1]", True, "a private network"),
        ("https://100.64.0.1", True, "behind a provider's own"),
        ("https://touchline", True, "a name of one network"),
        ("https://nas.local", True, "a name of one network"),
        ("https://bot.internal", True, "a name of one network"),
    ],
)
def test_an_address_is_judged_by_who_can_reach_it(url: str, is_bad: bool, because: str) -> None:
    assert (judge_address(urlsplit(url)) is not None) is is_bad, because


@pytest.mark.parametrize(
    ("off", "state", "words"),
    [
        (timedelta(seconds=30), State.OK, "agrees with Slack's"),
        (timedelta(seconds=-30), State.OK, "agrees with Slack's"),
        (timedelta(seconds=31), State.WARNING, "31 s ahead of Slack's"),
        (timedelta(minutes=-5), State.WARNING, "5 min 0 s behind Slack's"),
        (timedelta(minutes=5, seconds=1), State.WRONG, "5 min 1 s ahead of Slack's"),
        (timedelta(hours=-1), State.WRONG, "60 min 0 s behind Slack's"),
    ],
)
def test_a_clock_is_judged_by_what_signatures_bear(off: timedelta, state: State, words: str) -> None:
    found = judge_clock(off, "Slack's")
    assert found.state is state
    assert words in found.words


@pytest.mark.parametrize(
    ("free_mib", "state"), [(0, State.WRONG), (49, State.WRONG), (50, State.WARNING), (500, State.OK)]
)
def test_a_disk_is_judged_by_its_room(free_mib: int, state: State) -> None:
    found = room(Path("/srv"), free_mib * 2**20)
    assert found.state is state
    assert f"{free_mib} MiB" in found.words


async def told(environment: Mapping[str, str]) -> list[Finding]:
    async with visiting(environment, WallClock()) as visit:
        return list(await needs.settings(visit))


GOOD = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_SIGNING_SECRET": "0123456789abcdef" * 2,
    "TWILIO_ACCOUNT_SID": "AC" + "1" * 32,
    "TWILIO_AUTH_TOKEN": "fedcba9876543210" * 2,
    "PUBLIC_URL": "https://sms.example.org",
    "SECRET_KEY": "0123456789abcdef" * 4,
}


async def test_good_settings_are_one_line() -> None:
    assert [(one.state, one.mending) for one in await told(GOOD)] == [(State.OK, "")]


@pytest.mark.parametrize(
    ("changes", "state", "words", "mending"),
    [
        ({"PUBLIC_URL": ""}, State.WRONG, "PUBLIC_URL is not set.", "Set it to the https address"),
        ({"PUBLIC_URL": "sms.example.org"}, State.WRONG, "PUBLIC_URL is not of the right", "https://"),
        ({"SLACK_BOT_TOKEN": ""}, State.WRONG, "SLACK_BOT_TOKEN is not set.", "OAuth & Permissions"),
        ({"SLACK_BOT_TOKEN": "xoxp-1"}, State.WRONG, "that is a user's token", "Bot User OAuth Token"),
        ({"SLACK_BOT_TOKEN": "xapp-1"}, State.WRONG, "that is the app-level token", "Bot User OAuth Token"),
        ({"SLACK_BOT_TOKEN": "hello"}, State.WRONG, "does not begin with xoxb-.", "Bot User OAuth Token"),
        ({"SLACK_BOT_TOKEN": "xoxe.xoxb-1"}, State.WRONG, "turn token rotation off", "Bot User OAuth Token"),
        ({"SLACK_BOT_TOKEN": " xoxb-1"}, State.WRONG, "has blanks or quotes", "Take them away"),
        ({"SLACK_SIGNING_SECRET": "1234.5678"}, State.WARNING, "does not look like one", "Signing Secret"),
        ({"TWILIO_AUTH_TOKEN": "SK" + "1" * 32}, State.WRONG, "an API key", "Auth Token"),
        ({"TWILIO_AUTH_TOKEN": "short"}, State.WARNING, "does not look like one", "Auth Token"),
        ({"TWILIO_ACCOUNT_SID": "AC1"}, State.WRONG, "not of the right shape", "AC and 32"),
        ({"TWILIO_NUMBER": "06 12"}, State.WRONG, "TWILIO_NUMBER is not of the right", "+ and digits"),
        ({"TWILIO_AUTH_TOKN": "x"}, State.WRONG, "did you mean TWILIO_AUTH_TOKEN?", "Correct the name"),
        ({"PORT": "http"}, State.WRONG, "PORT: ", "leave it out"),
        ({"ANSWER_SECONDS": "200"}, State.WRONG, "LEASE_SECONDS: ", "leave it out"),
        ({"SECRET_KEY": "short"}, State.WRONG, "32 characters", "leave it out"),
        ({"SECRET_KEY": ""}, State.WARNING, "nobody who opted out can be erased", "openssl"),
        ({"SLACK_CLIENT_ID": "1.2"}, State.WRONG, "many workspaces", "leave it out"),
    ],
)
async def test_each_setting_that_cannot_be_right_is_named(
    changes: dict[str, str], state: State, words: str, mending: str
) -> None:
    found = [one for one in await told(GOOD | changes) if words in one.words]
    assert [one.state for one in found] == [state]
    assert mending in found[0].mending


@pytest.mark.parametrize(
    ("name", "held", "words"),
    [
        ("TWILIO_ACCOUNT_SID", "SK" + "1" * 32, "TWILIO_ACCOUNT_SID is not of the right shape."),
        ("SLACK_BOT_TOKEN", "xoxp-1", "that is a user's token"),
        ("SLACK_BOT_TOKEN", '"xoxb-1"', "SLACK_BOT_TOKEN has blanks or quotes around it."),
        ("SLACK_BOT_TOKEN", "", "SLACK_BOT_TOKEN_FILE: "),
        ("SLACK_BOT_TOKEN", None, "SLACK_BOT_TOKEN_FILE: "),
    ],
)
async def test_what_a_file_holds_is_looked_at_as_well(
    tmp_path: Path, name: str, held: str | None, words: str
) -> None:
    path = tmp_path / "secret"
    if held is not None:
        path.write_text(held, encoding="utf-8")
    found = await told({**GOOD, name: "", f"{name}_FILE": str(path)})
    assert [one.state for one in found if words in one.words] == [State.WRONG]


async def test_several_mistakes_are_all_named() -> None:
    found = await told({"PORT": "http", "GRACE_SECONDS": "no", "LEASE_SECONDS": "1"})
    named = [one.words.split(":")[0].split(" ")[0] for one in found if one.state is State.WRONG]
    assert sorted(named) == sorted(["PORT", "GRACE_SECONDS", "LEASE_SECONDS", *needs.NEEDED])


@pytest.mark.parametrize("name", list(needs.SPARES))
async def test_what_a_setting_spares_is_not_asked_for(name: str) -> None:
    environment = {key: value for key, value in GOOD.items() if key not in needs.SPARES[name]}
    found = await told(environment | {name: "xapp-1"})
    assert [one.state for one in found] == [State.OK]


def test_what_is_needed_is_what_the_bot_does_not_start_without() -> None:
    over_http = {name.upper() for name in app.NEEDED_WITHOUT_SOCKET}
    assert set(needs.NEEDED) == over_http | {name.upper() for name in app.NEEDED}
    assert set(needs.SPARES["SLACK_APP_TOKEN"]) == over_http
    assert set(needs.NEEDED) <= set(needs.WHERE)


def test_every_check_is_done() -> None:
    assert list(CHECKS) == list(Check)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://somebody:secret@api.example.org:8443/x?token=1", "https://api.example.org:8443"),
        ("/login?next=1", "another page of its own"),
        ("http://[::bad", "elsewhere"),
        ("", "another page of its own"),
    ],
)
def test_where_an_address_leads_is_said_without_its_secrets(url: str, words: str) -> None:
    assert place(url) == words


@pytest.mark.parametrize("header", [None, "", "yesterday", "Thu, 99 Aug 2023 05:01:45 GMT"])
def test_a_date_that_cannot_be_read_is_none(header: str | None) -> None:
    assert read_date(header) is None


def test_a_plain_answer_has_nothing_odd() -> None:
    assert [Answer(status=status).oddity for status in (200, 204, 401, 404)] == [""] * 4
