"""Channels and threads drawn as HTML: messages, their authors, days, answers and composers."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from htpy import (
    Element,
    Node,
    a,
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
from bot.playground.web.portraits import clock_time, instant_of, portrait
from bot.playground.web.words import SlackWords
from bot.playground.workspace.config import Command
from bot.playground.workspace.files import Files, NoSuchFileError
from bot.playground.workspace.state import Channel, Message

# A message shortly after another one by the same author goes without the name, as in the original.
_CLOSE = timedelta(minutes=5)


def channel_frame(channel: Channel, title: str, commands: Mapping[str, Command]) -> Node:
    """Draw a channel's frame: its empty head and list of messages, its composer."""
    listed = {"role": "log", "aria-label": f"Messages in {title}", "tabindex": "0", "data-stick": "true"}
    return div(".place")[
        header(".place-head", id="place-head"),
        div(".messages", listed, id="messages"),
        div(".banners", id="banners"),
        composer(f"Message {title}", channel, commands=commands),
    ]


def channel_head(channel: Channel) -> list[Piece]:
    """Give back the channel's name and how many people are in it."""
    words = "1 member" if len(channel.members) == 1 else f"{len(channel.members)} members"
    return [
        Piece("name", lambda: h2[channel_title(channel)]),
        Piece("members", lambda: span(".note")[words]),
    ]


def channel_title(channel: Channel) -> str:
    """Give back the channel's name with its sign."""
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
    list_id = f"{field_id}-list"
    offered = {"data-commands": "true", "aria-autocomplete": "list", "aria-controls": list_id}
    return form(".composer", data_act="say", data_thread=thread_ts)[
        div(".listbox.commands", id=list_id, role="listbox", aria_label="Commands", hidden=True)[choices],
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


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads messages, in the channel or in a thread beside it."""

    user_id: str
    names: Names
    app_user: str
    files: Files
    in_thread: bool = False

    @property
    def prefix(self) -> str:
        """What keeps ids apart where a message stands in the channel and in its thread."""
        return "t" if self.in_thread else "m"

    def at(self, message: Message) -> datetime:
        """Give back when the message was written, in the reader's zone."""
        return instant_of(message.ts, self.names.zone)

    def is_app(self, message: Message) -> bool:
        """Say whether the app wrote it."""
        return message.is_from_app or message.user == self.app_user


def message_pieces(messages: Sequence[Message], reader: Reader) -> list[Piece]:
    """Give back the messages as pieces, each new day under its name."""
    pieces: list[Piece] = []
    before: Message | None = None
    for message in messages:
        day = reader.at(message).date()
        if before is None or reader.at(before).date() != day:
            pieces.append(Piece(f"day-{day}", lambda day=day: div(".day")[span[reader.names.slack.day(day)]]))  # type: ignore[misc]
            before = None
        pieces.append(_piece(message, reader, is_compact=_follows(before, message, reader)))
        before = message
    return pieces


def _follows(before: Message | None, message: Message, reader: Reader) -> bool:
    if before is None or before.user != message.user or before.visible_to != message.visible_to:
        return False
    if before.reply_count or reader.is_app(message):
        return False
    return reader.at(message) - reader.at(before) < _CLOSE


def _piece(message: Message, reader: Reader, *, is_compact: bool) -> Piece:
    signature = signature_of(
        message.text,
        message.blocks,
        message.files,
        message.replies,
        message.edited_ts,
        message.reactions,
        message.trouble.get(reader.user_id),
        is_compact,
    )
    return Piece(
        f"m-{message.ts}", lambda: _render_message(message, reader, is_compact=is_compact), signature
    )


def _render_message(message: Message, reader: Reader, *, is_compact: bool) -> Element:
    author = reader.names.user(message.user)
    at = clock_time(reader.at(message))
    container = json.dumps({"channel": message.channel, "ts": message.ts})
    looks = f".message{'.compact' if is_compact else ''}{'.ephemeral' if message.is_ephemeral else ''}"
    return article(looks, data_container=container, aria_label=f"{author}, {at}")[
        message.is_ephemeral and p(".only-you")[f"👁 {reader.names.slack.only_you}"],
        not is_compact and _byline(author, at, is_app=reader.is_app(message)),
        div(".body")[_render_body(message, reader)],
        [_render_file(reader.files, file_id) for file_id in message.files],
        _render_trouble(message, reader.user_id),
        _render_reactions(message),
        None if reader.in_thread else _render_thread(message, reader.names.slack),
    ]


def _byline(author: str, at: str, *, is_app: bool) -> Node:
    badge = is_app and span(".badge")["APP"]
    return [
        portrait(author, is_app=is_app),
        div(".byline")[span(".author")[author], badge, time(".at")[at]],
    ]


def _render_body(message: Message, reader: Reader) -> Node:
    edited = message.edited_ts and span(".note")[" (edited)"]
    if not message.blocks:
        return div(".text")[render_mrkdwn(message.text, reader.names), edited]
    values = message.form_of(reader.user_id).values()
    scene = Scene(prefix=f"{reader.prefix}-{message.ts}", names=reader.names, values=values)
    return [render_blocks(message.blocks, scene), edited]


def _render_file(files: Files, file_id: str) -> Node:
    try:
        file = files.get(file_id)
    except NoSuchFileError:
        return p(".note")["This file was deleted."]
    size = f"{max(1, round(len(file.content) / 1024))} kB"
    return a(".attached", href=f"/files/{file.id}", download=file.name)[
        span(".icon", aria_hidden="true")["▤"], span[file.title or file.name, span(".note")[f" {size} · ⤓"]]
    ]


def _render_trouble(message: Message, viewer: str) -> Node:
    trouble = message.trouble.get(viewer)
    return trouble and p(".field-error", role="alert")[trouble]


def _render_reactions(message: Message) -> Node:
    if not message.reactions:
        return None
    return div(".reactions")[
        [
            span(".reaction")[render_mrkdwn(f":{name}:", Names()), f" {len(users)}"]
            for name, users in message.reactions.items()
        ]
    ]


def _render_thread(message: Message, words: SlackWords) -> Node:
    if message.is_ephemeral or message.is_reply:
        return None
    target = {"data-act": "thread", "data-ts": message.ts}
    count = button(".thread-link", target, type="button")[
        words.replies(message.reply_count), span(".note")[f" {words.view_thread}"]
    ]
    begin = target | {"aria-label": "Reply in thread", "title": "Reply in thread"}
    return [count if message.reply_count else None, button(".reply", begin, type="button")["💬"]]


def thread_frame(channel: Channel, parent_ts: str, title: str) -> Node:
    """Draw a thread's frame: its head, the empty list of answers, its composer."""
    return aside(".thread", aria_label="Thread")[
        header(".place-head")[
            h2["Thread"],
            span(".note")[title],
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
