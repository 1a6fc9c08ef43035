"""Opening, pushing, replacing, publishing and closing views."""

from typing import Any

import pytest

from bot.playground.workspace import Change, ChangeKind, ManualClock, Workspace
from tests.integration.workspace.forms import modal, plain, text_field
from tests.integration.workspace.house import COACH, OTHER, RawApp, call, open_modal

HOME: dict[str, Any] = {"type": "home", "blocks": [{"type": "header", "text": plain("Hello")}]}


async def refused(workspace: Workspace, method: str, **arguments: Any) -> str:
    answer = await call(workspace, method, **arguments)
    return "" if answer["ok"] else str(answer["error"])


async def push(workspace: Workspace, **view: Any) -> str:
    return await refused(
        workspace, "views.push", trigger_id=workspace.triggers.issue(COACH), view=modal(**view)
    )


async def test_a_trigger_opens_one_modal_within_three_seconds(
    workspace: Workspace, clock: ManualClock
) -> None:
    trigger_id = workspace.triggers.issue(COACH)
    assert await refused(workspace, "views.open", trigger_id=trigger_id, view=modal()) == ""
    assert (
        await refused(workspace, "views.open", trigger_id=trigger_id, view=modal()) == "exchanged_trigger_id"
    )
    late = workspace.triggers.issue(COACH)
    await clock.advance(3.1)
    assert await refused(workspace, "views.open", trigger_id=late, view=modal()) == "expired_trigger_id"
    assert await refused(workspace, "views.open", trigger_id="1.2.a", view=modal()) == "invalid_trigger_id"
    assert await refused(workspace, "views.open", view=modal()) == "invalid_arguments"


async def test_a_view_that_is_refused_leaves_its_trigger_usable(workspace: Workspace) -> None:
    trigger_id = workspace.triggers.issue(COACH)
    assert (
        await refused(workspace, "views.open", trigger_id=trigger_id, view={"type": "modal"})
        == "invalid_arguments"
    )
    assert await refused(workspace, "views.open", trigger_id=trigger_id, view=modal()) == ""


async def test_three_views_are_the_most_and_each_knows_the_one_below(workspace: Workspace) -> None:
    root = await open_modal(workspace, modal())
    assert [await push(workspace) for _ in range(3)] == ["", "", "push_limit_reached"]
    stack = workspace.views(COACH)
    assert [view.previous_view_id for view in stack] == [None, stack[0].id, stack[1].id]
    assert {view.root_view_id for view in stack} == {root.id}


async def test_a_push_needs_an_open_modal(workspace: Workspace) -> None:
    assert await push(workspace) == "not_found"


async def test_an_update_with_a_stale_hash_conflicts_and_changes_nothing(workspace: Workspace) -> None:
    view = await open_modal(workspace, modal())
    first = view.hash
    assert (
        await refused(workspace, "views.update", view_id=view.id, hash=first, view=modal(callback_id="one"))
        == ""
    )
    assert view.hash != first
    stale = await refused(
        workspace, "views.update", view_id=view.id, hash=first, view=modal(callback_id="two")
    )
    assert (stale, view.callback_id) == ("hash_conflict", "one")
    assert await refused(workspace, "views.update", view_id=view.id, view=modal(callback_id="three")) == ""


async def test_a_view_is_updated_by_the_apps_own_id_too(workspace: Workspace) -> None:
    view = await open_modal(workspace, modal(external_id="draft-1"))
    again = modal(external_id="draft-1", callback_id="again")
    assert await refused(workspace, "views.update", external_id="draft-1", view=again) == ""
    assert view.callback_id == "again"


async def test_an_external_id_is_taken_while_its_view_is_open(workspace: Workspace) -> None:
    view = await open_modal(workspace, modal(external_id="draft-1"))
    again = {"trigger_id": workspace.triggers.issue(OTHER), "view": modal(external_id="draft-1")}
    assert await refused(workspace, "views.open", **again) == "duplicate_external_id"
    await workspace.close_view(view)
    again["trigger_id"] = workspace.triggers.issue(OTHER)
    assert await refused(workspace, "views.open", **again) == ""


async def test_a_closed_view_is_not_found(workspace: Workspace) -> None:
    view = await open_modal(workspace, modal())
    await workspace.close_view(view)
    assert await refused(workspace, "views.update", view_id=view.id, view=modal()) == "not_found"


async def test_a_view_above_250_kilobytes_is_too_large(workspace: Workspace) -> None:
    sections = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}} for _ in range(90)]
    trigger_id = workspace.triggers.issue(COACH)
    view = modal(*sections)
    assert await refused(workspace, "views.open", trigger_id=trigger_id, view=view) == "view_too_large"


async def test_the_home_keeps_its_id_and_refuses_a_stale_hash(workspace: Workspace) -> None:
    first = await call(workspace, "views.publish", user_id=COACH, view=HOME)
    second = await call(workspace, "views.publish", user_id=COACH, view=HOME, hash=first["view"]["hash"])
    assert first["view"]["id"] == second["view"]["id"]
    assert await refused(
        workspace, "views.publish", user_id=COACH, view=HOME, hash=first["view"]["hash"]
    ) == ("hash_conflict")
    assert await refused(workspace, "views.publish", user_id=COACH, view=modal()) == "invalid_arguments"
    assert await refused(workspace, "views.publish", user_id="U0NOBODY", view=HOME) == "invalid_arguments"
    assert workspace.home(OTHER) is None


@pytest.mark.parametrize(
    ("beside", "all_views", "left", "told"),
    [
        ({}, False, 1, [False]),  # Cancel takes one view away
        ({"clear_on_close": True}, False, 0, [True, True]),  # unless the view says all
        ({}, True, 0, [True, True]),
    ],
)
async def test_closing_takes_one_view_or_all(
    workspace: Workspace, raw: RawApp, beside: dict[str, Any], all_views: bool, left: int, told: list[bool]
) -> None:
    await open_modal(workspace, modal(notify_on_close=True))
    await push(workspace, notify_on_close=True, **beside)
    await workspace.close_view(workspace.top_view(COACH), all_views=all_views)
    assert len(workspace.views(COACH)) == left
    assert [raw.payload(index)["is_cleared"] for index in range(len(raw.requests))] == told


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        (None, ["root"]),  # nothing said: this view goes
        ({}, ["root"]),
        ({"response_action": "clear"}, []),
        ({"response_action": "update", "view": modal(callback_id="new")}, ["root", "new"]),
        ({"response_action": "push", "view": modal(callback_id="new")}, ["root", "top", "new"]),
        ({"response_action": "errors", "errors": {"message": "No"}}, ["root", "top"]),
    ],
)
async def test_a_submission_does_what_it_is_answered(
    workspace: Workspace, raw: RawApp, answer: Any, left: list[str]
) -> None:
    await open_modal(workspace, modal(callback_id="root"))
    await push(workspace, callback_id="top")
    if answer is not None:
        raw.will_answer(answer)
    top = workspace.top_view(COACH)
    await workspace.submit(top)
    assert [view.callback_id for view in workspace.views(COACH)] == left
    assert top.errors == (answer or {}).get("errors", {})
    assert top.trouble == ""


async def test_a_fourth_view_cannot_be_pushed_by_an_answer(workspace: Workspace, raw: RawApp) -> None:
    await open_modal(workspace, modal())
    await push(workspace)
    await push(workspace)
    raw.will_answer({"response_action": "push", "view": modal()})
    top = workspace.top_view(COACH)
    await workspace.submit(top)
    assert (len(workspace.views(COACH)), top.trouble) == (3, "We had some trouble connecting. Try again?")


async def test_two_people_have_their_own_stacks(workspace: Workspace) -> None:
    mine = await open_modal(workspace, modal(), COACH)
    theirs = await open_modal(workspace, modal(), OTHER)
    assert (workspace.views(COACH), workspace.views(OTHER)) == ([mine], [theirs])


async def test_listeners_are_told_whose_views_and_home_changed(workspace: Workspace) -> None:
    changes: list[Change] = []
    stop = workspace.subscribe(changes.append)
    view = await open_modal(workspace, modal(text_field()))
    await workspace.set_value(view, "message", "message", "Hi")
    await call(workspace, "views.publish", user_id=OTHER, view=HOME)
    stop()
    await workspace.close_view(view)
    views, home = Change(kind=ChangeKind.VIEWS, user=COACH), Change(kind=ChangeKind.HOME, user=OTHER)
    assert changes == [views, views, home]
