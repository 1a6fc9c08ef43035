"""Windows that follow what is typed, when Slack is slow, busy or gone."""

import asyncio
from itertools import pairwise

from tests.club import COACH, Club, block_of, text_of


async def test_a_count_that_slack_was_too_busy_for_is_shown_after_the_pause_it_asked_for(club: Club) -> None:
    view = await club.open("/sms")
    club.workspace.faults.rate_limit("views.update", retry_after=1, times=1)
    await club.fill(view, message="Training is off tonight.")
    await club.until(lambda: "*24 characters" in text_of(view), seconds=4)


async def test_a_submit_right_after_typing_does_not_wait_for_the_next_update(club: Club) -> None:
    view = await club.open("/sms")
    await club.fill(view, groups="U13")
    await club.until(lambda: club.workspace.calls("views.update"))
    await club.workspace.settled()
    await club.fill(view, message="Training is off tonight.")
    loop = asyncio.get_running_loop()
    began = loop.time()
    preview = await club.submit(view)
    assert preview.callback_id == "preview"
    assert loop.time() - began < 0.5


async def test_typing_into_a_window_that_was_closed_hurts_nobody(club: Club) -> None:
    view = await club.open("/sms")
    club.workspace.faults.slow("views.update", 0.1)
    await club.workspace.set_value(view, block_of(view, "message"), "message", "Half", wait=False)
    await club.workspace.close_view(view)
    await club.workspace.settled()
    again = await club.open("/sms")
    await club.fill(again, groups="U13", message="Whole")
    assert (await club.submit(again)).callback_id == "preview"


async def test_two_windows_are_followed_side_by_side(club: Club) -> None:
    mine = await club.open("/sms")
    theirs = await club.open("/sms", user="U0ALEX")
    await asyncio.gather(club.fill(mine, message="abc"), club.fill(theirs, message="abcd"))
    await club.until(lambda: "*3 characters" in text_of(mine) and "*4 characters" in text_of(theirs))


async def test_a_view_is_never_updated_twice_at_a_time(club: Club) -> None:
    view = await club.open("/sms")
    club.workspace.faults.slow("views.update", 0.4)
    times: list[tuple[float, float]] = []
    club.workspace.log.listen(
        lambda one: (
            times.append((one.at.timestamp(), one.at.timestamp() + one.took_ms / 1000))
            if one.url == "/api/views.update"
            else None
        )
    )
    for chosen in ("everyone", "contacts", "dynamic", "fixed"):
        await club.workspace.set_value(view, block_of(view, "audience"), "audience", chosen, wait=False)
        await club.workspace.settled()
    await club.until(lambda: "groups.fixed" in str(view.blocks) and len(times) >= 2)
    assert all(after[0] >= before[1] - 0.005 for before, after in pairwise(times))
    assert club.workspace.views(COACH)
