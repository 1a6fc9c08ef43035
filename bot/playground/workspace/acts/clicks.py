"""Pressing and choosing: block_actions from messages, modals and Homes."""

from typing import TYPE_CHECKING, Any

from bot.playground.workspace import blocks, payloads
from bot.playground.workspace.elements import STATELESS, action_on, option_for
from bot.playground.workspace.letters import Ack
from bot.playground.workspace.state import ChangeKind, Message, View

if TYPE_CHECKING:
    from bot.playground.workspace.workspace import Workspace

Json = dict[str, Any]

# bolt-js#1208, deno-slack-sdk#325
TROUBLE = "We had some trouble connecting. Try again?"


async def click(
    workspace: "Workspace",
    user_id: str,
    where: View | Message,
    block_id: str,
    action_id: str,
    value: Any,
    *,
    wait: bool,
) -> Ack | None:
    """Press a button, choose from a menu, or set another element; raises KeyError, NoSuchOptionError."""
    block, element = blocks.find(where.blocks, block_id, action_id)
    if element["type"] in STATELESS:
        state = {"selected_option": option_for(element, value)} if element["type"] == "overflow" else {}
        return await act(workspace, user_id, where, block_id, element, state, wait=wait)
    if isinstance(where, View):
        return await workspace.set_value(where, block_id, action_id, value, wait=wait)
    state = where.form_of(user_id).put(block_id, action_id, value)
    workspace.tell(ChangeKind.CHANNEL, channel=where.channel)
    return (
        None
        if blocks.is_in_input(block)
        else await act(workspace, user_id, where, block_id, element, state, wait=wait)
    )


async def act(
    workspace: "Workspace",
    user_id: str,
    where: View | Message,
    block_id: str,
    element: Json,
    state: Json,
    *,
    wait: bool,
) -> Ack | None:
    """Tell the app of one action; None when nobody waits for its answer."""
    payload = _payload(workspace, user_id, where, action_on(block_id, element, state, workspace.next_ts()))
    delivery = _deliver(workspace, user_id, where, payload)
    if wait:
        return await delivery
    workspace.start_soon(delivery)
    return None


async def _deliver(workspace: "Workspace", user_id: str, where: View | Message, payload: Json) -> Ack:
    ack = await workspace.delivery.interaction(payload)
    trouble = "" if ack.is_ok else TROUBLE
    if isinstance(where, View):
        _show_over_view(workspace, where, trouble)
    elif where.trouble.get(user_id, "") != trouble:
        where.trouble[user_id] = trouble
        workspace.tell(ChangeKind.CHANNEL, channel=where.channel)
    return ack


def _show_over_view(workspace: "Workspace", view: View, trouble: str) -> None:
    if view.trouble != trouble and not view.is_busy:
        view.trouble = trouble
        workspace.tell_view(view)


def _payload(workspace: "Workspace", user_id: str, where: View | Message, action: Json) -> Json:
    payload = payloads.interaction(workspace, "block_actions", user_id)
    view_id = where.id if isinstance(where, View) else None
    payload["trigger_id"] = workspace.triggers.issue(user_id, view_id)
    payload |= place_of(workspace, user_id, where)
    if isinstance(where, Message):
        payload["response_url"] = workspace.hooks.issue("actions", user_id, where.channel, where)
    return payload | {"actions": [action]}


def place_of(workspace: "Workspace", user_id: str, where: View | Message) -> Json:
    """The fields of a payload that say where it happened and what is typed there."""
    if isinstance(where, View):
        return {"container": payloads.view_container(where), "view": payloads.view_now(workspace, where)}
    place: Json = {
        "container": payloads.message_container(where),
        "channel": payloads.channel_brief(workspace.channels[where.channel]),
        "state": {"values": where.form_of(user_id).values()},
    }
    # An ephemeral message is not carried along: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
    return place if where.is_ephemeral else place | {"message": payloads.message_body(workspace, where)}
