"""The doctor at a club where all is well, over HTTP, and at a terminal."""

import asyncio
import json
import os
import sys
from collections.abc import Mapping, Sequence

import pytest
from sqlmodel import SQLModel

from bot.doctor.findings import Check, State
from tests.club import Club
from tests.integration.doctor.visits import environment_of, of, visit, wrong

pytestmark = pytest.mark.both


async def at_a_terminal(club: Club, *arguments: str, **changes: str) -> tuple[int, str]:
    """What `touchline doctor` says as a process of its own, and how it ends."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "TWILIO_"))}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "doctor", *arguments),
        env=kept | environment_of(club.settings) | changes,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def test_a_club_where_all_is_well_is_green(club: Club) -> None:
    found = await visit(club)
    assert wrong(found) == []
    assert {one.check for one in found} == set(Check)
    states = {one.state for one in found}
    assert states <= {State.OK, State.SKIPPED}, found
    skips = [one.check for one in found if one.state is State.SKIPPED]
    assert skips == ([] if club.settings.database_url.startswith("sqlite") else [Check.DISK])


async def test_the_doctor_asks_and_changes_nothing(club: Club) -> None:
    before, posts = await everything(club), len(club.posts())
    await visit(club)
    assert await everything(club) == before
    assert len(club.posts()) == posts
    assert club.carrier.posts == ()
    asked = [one.method for one in club.carrier.log if one.peer == "carrier" and one.direction == "in"]
    assert set(asked) == {"GET"}


async def everything(club: Club) -> Mapping[str, Sequence[object]]:
    """All rows of all tables, the clocks that the bot itself turns left out."""
    async with club.database() as db, db.read() as session:
        connection = await session.connection()
        return {
            table.name: sorted(map(repr, (await connection.execute(table.select())).all()))
            for table in SQLModel.metadata.sorted_tables
        }


async def test_at_a_terminal_green_ends_with_0(club: Club) -> None:
    code, said = await at_a_terminal(club)
    assert code == 0, said
    assert "ok       slack-token     Slack knows the bot, in the workspace AS Les Tilleuls." in said
    assert said.count("\n") == len(of(await visit(club), Check.SENDERS)) + len(Check) - 1 + 1
    assert said.splitlines()[-1].endswith("ok.") or said.splitlines()[-1].endswith("skipped.")


async def test_at_a_terminal_what_is_wrong_is_told_with_its_mending_and_ends_with_1(club: Club) -> None:
    code, said = await at_a_terminal(club, SLACK_BOT_TOKEN="xoxb-another")
    assert code == 1
    lines = said.splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("wrong    slack-token"))
    assert "invalid_auth" in lines[at]
    assert lines[at + 1].strip().startswith("→ Copy it again: https://api.slack.com/apps")


async def test_machines_get_a_list_of_objects(club: Club) -> None:
    code, said = await at_a_terminal(club, "--json", TWILIO_AUTH_TOKEN="another")
    assert code == 1
    told = json.loads(said)
    assert all(set(one) == {"check", "state", "words", "mending"} for one in told)
    assert all(isinstance(value, str) for one in told for value in one.values())
    assert {one["check"] for one in told} == set(Check)
    assert {one["state"] for one in told} <= set(State)
    [account] = [one for one in told if one["check"] == "twilio-account"]
    assert account["state"] == "wrong"
    assert "TWILIO_AUTH_TOKEN" in account["words"]
    assert "console.twilio.com" in account["mending"]


async def test_without_any_setting_each_one_is_named_with_where_it_is_found(club: Club) -> None:
    nothing = dict.fromkeys(environment_of(club.settings), "")
    code, said = await at_a_terminal(club, **nothing)
    assert code == 1
    for name in (
        "SLACK_BOT_TOKEN",
        "SLACK_SIGNING_SECRET",
        "TWILIO_ACCOUNT_SID",
        "TWILIO_AUTH_TOKEN",
        "PUBLIC_URL",
    ):
        assert f"wrong    settings        {name} is not set." in said
    assert said.count("→ You find it here: https://api.slack.com/apps, your app") == 2
    assert said.count("→ You find it here: https://console.twilio.com") == 2


async def test_why_texts_have_not_left_is_told_to_people_alone(club: Club) -> None:
    code, said = await at_a_terminal(club, "--delivery", "--json")
    assert code == 2
    assert "--delivery has no --json." in said
