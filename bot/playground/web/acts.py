"""What a person does on the page, one function for each act the page's script sends."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from htpy import fragment

from bot.playground.web.blocks.choices import render_options
from bot.playground.web.look import HOME
from bot.playground.web.moments import epoch_of
from bot.playground.web.panels import Panel
from bot.playground.web.tab import Op, Tab
from bot.playground.workspace.state import Message, View

Act = Mapping[str, Any]


async def perform(tab: Tab, act: Act) -> Op | None:
    """Do what the page asks; gives back an answer for this tab alone, or None. Unknown acts raise KeyError."""
    return await _ACTS[str(act["act"])](tab, act)


async def _go(tab: Tab, act: Act) -> None:
    tab.look.place, tab.look.thread_ts = str(act["place"]), ""
    tab.touch(Panel.SIDEBAR, Panel.PLACE, Panel.THREAD, Panel.BANNERS)
    if tab.look.place == HOME:
        await tab.stage.workspace.open_home(tab.user_id)


async def _thread(tab: Tab, act: Act) -> None:
    tab.look.thread_ts = str(act["ts"])
    tab.touch(Panel.THREAD)


async def _say(tab: Tab, act: Act) -> None:
    workspace, text, thread_ts = tab.stage.workspace, str(act["text"]).strip(), act.get("thread") or None
    if not text or tab.look.channel is None:
        return
    if not text.startswith("/"):
        await workspace.post_message(tab.user_id, tab.look.place, text, thread_ts)
    elif thread_ts:
        workspace.show_banner(
            tab.user_id, f"{text.split()[0]} is not supported in threads. Sorry!", tab.look.place
        )
    else:
        await workspace.run_command(tab.user_id, tab.look.place, text)


async def _shortcut(tab: Tab, act: Act) -> None:
    await tab.stage.workspace.run_shortcut(tab.user_id, str(act["callback"]))


async def _dismiss(tab: Tab, act: Act) -> None:
    tab.stage.workspace.dismiss_banner(str(act["banner"]))


async def _click(tab: Tab, act: Act) -> None:
    where = _surface(tab, act)
    if where is not None:
        await tab.stage.workspace.click(
            tab.user_id, where, str(act["block"]), str(act["action"]), act.get("value")
        )


async def _set(tab: Tab, act: Act) -> None:
    where, value = _surface(tab, act), _value(tab, act)
    block_id, action_id = str(act["block"]), str(act["action"])
    if isinstance(where, View):
        entered = bool(act.get("entered"))
        await tab.stage.workspace.set_value(where, block_id, action_id, value, entered=entered)
    elif where is not None:
        await tab.stage.workspace.click(tab.user_id, where, block_id, action_id, value)


def _value(tab: Tab, act: Act) -> Any:
    value = act.get("value")
    if act.get("kind") == "datetimepicker" and value:
        return epoch_of(str(value), tab.look.names.zone)
    return None if value == "" else value


async def _options(tab: Tab, act: Act) -> Op | None:
    where = _surface(tab, act)
    if where is None:
        return None
    listed = await tab.stage.workspace.options(
        tab.user_id, where, str(act["block"]), str(act["action"]), str(act["query"])
    )
    html = str(fragment[render_options((*listed.options, *listed.groups), tab.look.names)])
    return {"op": "options", "id": act["id"], "seq": act["seq"], "html": html, "problem": listed.problem}


async def _submit(tab: Tab, act: Act) -> None:
    view = _surface(tab, act)
    if isinstance(view, View):
        await tab.stage.workspace.submit(view)


async def _close(tab: Tab, act: Act) -> None:
    view = _surface(tab, act)
    if isinstance(view, View):
        await tab.stage.workspace.close_view(view, all_views=act["act"] == "close-all")


async def _phone(tab: Tab, act: Act) -> None:
    tab.look.number, tab.look.wanted_sender = str(act["number"]), ""
    tab.touch(Panel.PHONES)


async def _sender(tab: Tab, act: Act) -> None:
    tab.look.wanted_sender = str(act["sender"])
    tab.touch(Panel.PHONES)


async def _text(tab: Tab, act: Act) -> None:
    body, sender = str(act["text"]).strip(), tab.look.sender
    if body and sender and tab.look.person:
        await tab.stage.carrier.text(from_=tab.look.person.number, to=sender, body=body)


async def _log(tab: Tab, act: Act) -> None:
    tab.look.is_log_open = bool(act["open"])
    tab.touch(Panel.LOG)


async def _exchange(tab: Tab, act: Act) -> None:
    tab.look.opened ^= {str(act["key"])}
    tab.touch(Panel.LOG)


def _surface(tab: Tab, act: Act) -> View | Message | None:
    """The view or message an act happened in; None when it is gone, as a click may come late."""
    workspace = tab.stage.workspace
    if "home" in act:
        return workspace.home(tab.user_id)
    if "view" in act:
        return next((view for view in workspace.views(tab.user_id) if view.id == act["view"]), None)
    channel = workspace.channels.get(str(act.get("channel")))
    return channel.by_ts.get(str(act.get("ts"))) if channel else None


_ACTS: Mapping[str, Callable[[Tab, Act], Awaitable[Op | None]]] = {
    "place": _go,
    "thread": _thread,
    "say": _say,
    "shortcut": _shortcut,
    "dismiss": _dismiss,
    "click": _click,
    "set": _set,
    "options": _options,
    "submit": _submit,
    "close": _close,
    "close-all": _close,
    "phone": _phone,
    "sender": _sender,
    "text": _text,
    "log": _log,
    "exchange": _exchange,
}
