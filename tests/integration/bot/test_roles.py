"""Who may do what: whatever admins and coaches can press and submit, made again by who may not.

The table of docs/roles.md is what is compared: its last column has the requests that are refused to coaches.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl

import pytest

from tests import twin
from tests.club import ADMIN, COACH, PARENT, Club
from tests.integration.bot import walks, walks_of_people
from tests.integration.bot.swaps import (
    REST_WITHIN_SECONDS,
    heard,
    is_at_rest,
    request_in,
    rows_of,
    settled,
    under_way,
)

pytestmark = [pytest.mark.turns, pytest.mark.timeout(300)]

TABLE = Path(__file__).resolve().parents[3] / "docs" / "roles.md"
NOT_STAFF = "Only the club's coaches can text members."
NOT_ADMIN = "Only an admin of the workspace may change this."
OWN = {"draft", "group_draft", "import_file", "staff"}
"""The tables in which a coach may leave what is theirs: what they have typed, the file they look at, their own number."""

ASKING = ("users.info", "auth.test", "team.info")
"""What shows nobody anything."""

Form = dict[str, str]


@pytest.fixture(params=[walks, walks_of_people], ids=["texts", "people"])
async def asked(club: Club, request: pytest.FixtureRequest) -> list[Form]:
    """All that the staff of a club can ask for, each once."""
    ways: ModuleType = request.param
    club.workspace.users[PARENT].locale = "en-GB"
    with heard(club, "out") as posted:
        await ways.everywhere(club)
        await ways.partings(club)
        await club.until(lambda: is_at_rest(club), seconds=REST_WITHIN_SECONDS)
    return [dict(parse_qsl(each.request_body)) for each in posted if "=" in each.request_body]


async def test_nothing_is_done_or_shown_for_anybody_but_the_club_s_staff(
    club: Club, asked: list[Form]
) -> None:
    at_rest = await settled_again(club)
    before = await rows_of(club, twin.CLUB_ID)
    for form in asked:
        said = await made(club, form, PARENT, at_rest)
        assert all(is_a_refusal(each) for each in said), (named(form), said)
    assert await rows_of(club, twin.CLUB_ID) == before
    assert not club.workspace.views(PARENT)


async def test_a_coach_is_refused_what_the_table_keeps_for_admins_and_nothing_changes(
    club: Club, asked: list[Form]
) -> None:
    at_rest = await settled_again(club)
    refused: set[str] = set()
    of_admins = [form for form in asked if asker(form) == ADMIN]
    for form in of_admins:
        before = await rows_of(club, twin.CLUB_ID)
        if any(NOT_ADMIN in each for each in await made(club, form, COACH, at_rest)):
            refused.add(named(form))
            assert others(await rows_of(club, twin.CLUB_ID)) == others(before), named(form)
    assert refused == for_admins() & set(map(named, of_admins))
    assert refused


def test_the_table_names_no_request_that_nobody_makes() -> None:
    assert len(for_admins()) == 8


async def settled_again(club: Club) -> set[str]:
    await club.stop()
    return await settled(club)


async def made(club: Club, form: Form, user: str, at_rest: set[str]) -> list[str]:
    """Makes the request as somebody else; the answer, and all that Slack was told because of it."""
    with heard(club, "in") as exchanges:
        status, answer = await club.post_slack(as_another(club, form, user))
        assert status == 200, (named(form), status, answer)
        await club.until(lambda: under_way() <= at_rest)
    told = [each.request_body for each in exchanges if not each.url.endswith(ASKING)]
    return [readable(each) for each in (answer, *told) if each]


def as_another(club: Club, form: Form, user: str) -> Form:
    trigger = club.workspace.triggers.issue(user)
    if "payload" not in form:
        return {**form, "user_id": user, "trigger_id": trigger}
    payload = json.loads(form["payload"])
    return {"payload": json.dumps(payload | {"user": payload["user"] | {"id": user}, "trigger_id": trigger})}


def is_a_refusal(said: str) -> bool:
    return NOT_STAFF in said or said == '{"options": []}'


def readable(said: str) -> str:
    return " ".join(value for _, value in parse_qsl(said)) or said


def asker(form: Form) -> str:
    return json.loads(form["payload"])["user"]["id"] if "payload" in form else form.get("user_id", "")


def named(form: Form) -> str:
    found = request_in(form)
    return str(found) if found else form.get("command", "")


def others(rows: twin.Rows) -> dict[str, Any]:
    return {table: some for table, some in rows.items() if table not in OWN}


def for_admins() -> set[str]:
    """The requests of the table's last column; each stands in a row that says no to coaches."""
    return {name for row in _rows() if row[2] == "no" for name in re.findall(r"`([^`]+)`", row[4])}


def _rows() -> Iterator[list[str]]:
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("| ") and not line.startswith(("| What", "| ---")):
            yield [cell.strip() for cell in line.strip("|").split("|")]
