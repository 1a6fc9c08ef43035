"""The audit log: admins read who did what, a page at a time or as a file; nobody else does, and no other club."""

import ast
import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from bot.audit import PAGE
from bot.playground import seed
from bot.playground.workspace import View
from commands.views.audit import DONE
from storage.models import Audit
from tests import factories
from tests.club import ADMIN, COACH, Club, text_of

pytestmark = pytest.mark.both
ROOT = Path(__file__).resolve().parents[3]


async def opened(club: Club) -> View:
    """The log, as the admin opens it from the Home."""
    await club.click(await club.home(user=ADMIN), "open_audit", user=ADMIN)
    return await club.modal("audit", user=ADMIN)


async def keep(club: Club, amount: int, **columns: Any) -> None:
    usual = {"club_id": seed.key("club"), "actor": COACH, "action": "settings", "subject": "club"}
    first = club.clock.now()
    rows = (Audit(at=first + timedelta(seconds=n), **{**usual, **columns}) for n in range(amount))
    await club.keep(*rows)


async def test_an_admin_reads_who_did_what_by_the_names_of_today(club: Club) -> None:
    await club.send("U13", "The gym is closed tonight")
    log = await opened(club)
    assert f"<@{COACH}> confirmed the SMS “The gym is closed tonight”" in text_of(log)


async def test_what_is_gone_is_told_without_its_name(club: Club) -> None:
    await keep(club, 1, action="contact_changed", subject=f"contact {uuid4()}: first_name, mobile")
    log = await opened(club)
    assert "changed somebody or something that is no longer there · first_name, mobile" in text_of(log)


async def test_what_touchline_did_itself_and_what_it_does_not_know_yet_stand_there_too(club: Club) -> None:
    await keep(club, 1, actor="retention", action="contact_erased", subject=f"contact {uuid4()}")
    await keep(club, 1, action="of_tomorrow", subject="*odd* <!channel>")
    log = await opened(club)
    assert "_retention_ erased a person" in text_of(log)
    assert "did “of_tomorrow”" in text_of(log)


async def test_a_long_log_has_pages(club: Club) -> None:
    await keep(club, PAGE + 1)
    log = await opened(club)
    assert "Page 1 of 2" in text_of(log)
    await club.click(log, "page", user=ADMIN)
    await club.until(lambda: "Page 2 of 2" in text_of(log))


async def test_the_whole_log_comes_as_a_file_of_which_nothing_is_computed(club: Club) -> None:
    await keep(club, PAGE + 1, action="import", subject="=cmd.csv", detail={"new": 3})
    log = await opened(club)
    await club.click(log, "audit_file", user=ADMIN)
    await club.until(lambda: "The file is in your messages with Touchline." in text_of(log))
    direct = club.workspace.direct(ADMIN)
    message = await club.until(lambda: next((one for one in direct.messages(ADMIN) if one.files), None))
    content = club.workspace.files.get(message.files[0]).content.decode("utf-8-sig")
    heading, *rows = csv.reader(io.StringIO(content))
    assert heading == ["When", "Who", "What", "Details"]
    assert len(rows) == PAGE + 1
    assert rows[0][1:] == ["camille", "imported the file =cmd.csv", '{"new": 3}']


async def test_a_coach_has_no_such_button_and_is_refused_without_it(club: Club) -> None:
    home = await club.home()
    assert "Audit log" not in text_of(home)
    admins = await club.home(user=ADMIN)
    pressed = next(
        one
        for block in admins.blocks
        for one in block.get("elements", ())
        if one.get("action_id") == "open_audit"
    )
    await club.post_payload(
        {
            "type": "block_actions",
            "team": {"id": seed.TEAM_ID, "domain": "x"},
            "user": {"id": COACH, "name": "x", "team_id": seed.TEAM_ID},
            "api_app_id": club.workspace.app.app_id,
            "token": "t",
            "trigger_id": club.workspace.triggers.issue(COACH),
            "container": {"type": "view", "view_id": home.id},
            "view": {"id": home.id, "type": "home"},
            "actions": [{**pressed, "block_id": "b", "action_ts": "1.0"}],
        }
    )
    refused = await club.modal()
    assert "Only an admin of the workspace" in text_of(refused)


async def test_another_club_s_lines_and_names_are_nowhere(club: Club) -> None:
    other = factories.club(name="AS Ailleurs")
    campaign = factories.campaign(other, title="Not yours")
    await club.keep(other)
    await club.keep(
        campaign, Audit(club_id=other.id, at=club.clock.now(), actor="U9", action="stop", subject="club")
    )
    await keep(club, 1, action="stop", subject=f"campaign {campaign.id}")
    log = await opened(club)
    assert "U9" not in text_of(log)
    assert "Not yours" not in text_of(log)
    assert "stopped the SMS “somebody or something that is no longer there”" in text_of(log)


def test_whatever_is_noted_has_a_sentence() -> None:
    noted = {value for path in (ROOT / "bot").rglob("*.py") for value in _noted(ast.parse(path.read_text()))}
    assert noted >= {"launch", "stop", "group_added", "contact_erased", "opt_out", "settings"}
    assert noted <= DONE.keys()


def _noted(tree: ast.Module) -> set[str]:
    """The words given as the action of a line: by name, or to what notes one."""
    found: set[str] = set()
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        given = [keyword.value for keyword in call.keywords if keyword.arg == "action"]
        if getattr(call.func, "id", "") in ("_note", "_audit", "_move"):
            given += call.args
        for value in given:
            found |= {
                node.value
                for node in ast.walk(value)
                if isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and node.value.isidentifier()
            }
    return found
