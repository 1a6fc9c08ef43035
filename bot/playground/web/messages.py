"""Channels and threads drawn as HTML: messages, their authors, days, answers and composers."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta

from htpy import (
    Element,
    Node,
    article,
    aside,
    button,
    details,
    div,
    form,
    h2,
    header,
    p,
    span,
    summary,
    textarea,
    time,
)

from bot.playground.web.blocks import Names, Scene, render_blocks
from bot.playground.web.blocks.mrkdwn import render_mrkdwn
from bot.playground.web.patches import Piece, signature_of
from bot.playground.web.portraits import clock_time, day_name, instant_of, portrait
from bot.playground.workspace.config import Command
from bot.playground.workspace.state import Channel, Message

# A message shortly after another one by the same author goes without the name, as in the original.
_CLOSE = timedelta(minutes=5)


def channel_frame(channel: Channel, names: Names, commands: Mapping[str, Command], member_count: int) -> Node:
    """Draw a channel's frame: its head, the empty list of messages, its composer."""
    title = channel_title(channel, names)
    return div(".place", data_key=f"place-{channel.id}")[
        header(".place-head")[h2[title], span(".note")[f"{member_count} members"]],
        div(
            ".messages",
            id="messages",
            role="log",
            aria_label=f"Messages in {title}",
            tabindex="0",
            data_stick="true",
        ),
        div(".banners", id="banners"),
        composer(f"Message {title}", channel, commands=commands),
    ]


def channel_title(channel: Channel, names: Names) -> str:
    """Give back the channel's name with its sign, or the name of whom one talks with."""
    if channel.is_im:
        return channel.name or names.user(channel.im_with or "")
    return f"{'🔒 ' if channel.is_private else '#'}{channel.name}"


def composer(
    label: str,
    channel: Channel,
    *,
    thread_ts: str | None = None,
    commands: Mapping[str, Command] | None = None,
) -> Node:
    """Draw the box one writes into; commands are offered where one may use them."""
    if channel.is_archived:
        return p(".composer.note")["This channel is archived."]
    field_id = f"composer-{thread_ts or 'channel'}"
    choices = [_command_choice(name, command) for name, command in (commands or {}).items()]
    offered = {
        "role": "combobox",
        "aria-expanded": "false",
        "aria-autocomplete": "list",
        "aria-controls": f"{field_id}-list",
    }
    return form(".composer", data_act="say", data_thread=thread_ts)[
        div(".listbox.commands", id=f"{field_id}-list", role="listbox", aria_label="Commands", hidden=True)[
            choices
        ],
        textarea(
            offered if choices else {},
            id=field_id,
            name="text",
            rows="1",
            placeholder=label,
            aria_label=label,
        ),
        button(".btn.primary.send", type="submit", aria_label="Send")["➤"],
    ]


def _command_choice(name: str, command: Command) -> Element:
    return div(role="option", aria_selected="false", data_value=f"{name} ")[
        span[name, " ", span(".hint")[command.usage_hint]], span(".note")[command.description]
    ]


def message_pieces(messages: Sequence[Message], names: Names, viewer: str, app_user: str) -> list[Piece]:
    """Give back the messages as pieces, each new day under its name."""
    pieces: list[Piece] = []
    before: Message | None = None
    for message in messages:
        at = instant_of(message.ts, names.zone)
        if before is None or instant_of(before.ts, names.zone).date() != at.date():
            day = day_name(at.date())
            pieces.append(Piece(f"day-{at.date()}", lambda day=day: div(".day")[span[day]]))  # type: ignore[misc]
            before = None
        pieces.append(_piece(message, names, viewer, app_user, is_compact=_follows(before, message, names)))
        before = message
    return pieces


def _follows(before: Message | None, message: Message, names: Names) -> bool:
    if before is None or before.user != message.user or before.visible_to != message.visible_to:
        return False
    if before.reply_count or message.is_from_app:
        return False
    return instant_of(message.ts, names.zone) - instant_of(before.ts, names.zone) < _CLOSE


def _piece(message: Message, names: Names, viewer: str, app_user: str, *, is_compact: bool) -> Piece:
    trouble = message.trouble.get(viewer)
    signature = signature_of(
        message.text,
        message.blocks,
        message.replies,
        message.edited_ts,
        message.reactions,
        trouble,
        is_compact,
    )
    is_app = message.is_from_app or message.user == app_user
    return Piece(
        f"m-{message.ts}",
        lambda: _render_message(message, names, viewer, is_app=is_app, is_compact=is_compact),
        signature,
    )


def _render_message(
    message: Message, names: Names, viewer: str, *, is_app: bool, is_compact: bool
) -> Element:
    author = names.user(message.user)
    at = clock_time(instant_of(message.ts, names.zone))
    container = json.dumps({"channel": message.channel, "ts": message.ts})
    looks = f".message{'.compact' if is_compact else ''}{'.ephemeral' if message.is_ephemeral else ''}"
    return article(looks, data_container=container, aria_label=f"{author}, {at}")[
        not is_compact and portrait(author, is_app=is_app),
        message.is_ephemeral and p(".only-you")["👁 Only visible to you"],
        not is_compact
        and div(".byline")[span(".author")[author], is_app and span(".badge")["APP"], time(".at")[at]],
        div(".body")[_render_body(message, names, viewer)],
        _render_trouble(message, viewer),
        _render_reactions(message),
        _render_thread_link(message),
        not message.is_ephemeral and not message.is_reply and _reply_button(message, author),
    ]


def _render_body(message: Message, names: Names, viewer: str) -> Node:
    edited = message.edited_ts and span(".note")[" (edited)"]
    if not message.blocks:
        return div(".text")[render_mrkdwn(message.text, names), edited]
    values = message.form_of(viewer).values()
    scene = Scene(prefix=f"m{message.ts}", names=names, values=values)
    return [render_blocks(message.blocks, scene), edited]


def _render_trouble(message: Message, viewer: str) -> Node:
    trouble = message.trouble.get(viewer)
    return trouble and p(".error", role="alert")[trouble]


def _render_reactions(message: Message) -> Node:
    if not message.reactions:
        return None
    return div(".reactions")[
        [
            span(".reaction")[render_mrkdwn(f":{name}:", Names()), f" {len(users)}"]
            for name, users in message.reactions.items()
        ]
    ]


def _render_thread_link(message: Message) -> Node:
    if not message.reply_count or message.is_reply:
        return None
    words = "1 reply" if message.reply_count == 1 else f"{message.reply_count} replies"
    return button(".thread-link", type="button", data_act="thread", data_ts=message.ts)[
        words, span(".note")[" View thread"]
    ]


def _reply_button(message: Message, author: str) -> Node:
    label = f"Reply in thread to {author}"
    return button(
        ".reply",
        type="button",
        data_act="thread",
        data_ts=message.ts,
        aria_label=label,
        title="Reply in thread",
    )["💬"]


def thread_frame(channel: Channel, parent_ts: str, names: Names) -> Node:
    """Draw a thread's frame: its head, the empty list of answers, its composer."""
    return aside(".thread", data_key=f"thread-{parent_ts}", aria_label="Thread")[
        header(".place-head")[
            h2["Thread"],
            span(".note")[channel_title(channel, names)],
            button(".close", type="button", data_act="thread", data_ts="", aria_label="Close thread")["×"],
        ],
        div(
            ".messages",
            id="replies",
            role="log",
            aria_label="Messages in thread",
            tabindex="0",
            data_stick="true",
        ),
        composer("Reply…", channel, thread_ts=parent_ts),
    ]


def shortcuts_menu(shortcuts: Sequence[tuple[str, str, str]]) -> Node:
    """Draw the global shortcuts: (callback_id, name, description) each, behind one button."""
    return details(".shortcuts")[
        summary["⚡ Shortcuts"],
        div(".menu")[
            [
                button(type="button", data_act="shortcut", data_callback=callback_id)[
                    name, span(".note")[words]
                ]
                for callback_id, name, words in shortcuts
            ]
        ],
    ]
