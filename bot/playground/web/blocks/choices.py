"""Elements one chooses with: selects, radio buttons and checkboxes."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from htpy import Node, button, div, input, label, li, optgroup, option, select, selectedcontent, span, ul

from bot.playground.web.blocks.mrkdwn import render_plain, render_text
from bot.playground.web.blocks.scene import Json, Names
from bot.playground.web.blocks.slot import Slot, plain

# https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element: the list asks from 3 characters on.
_MIN_QUERY = 3


def render_static_select(element: Json, slot: Slot) -> Node:
    """Draw a select whose options come with the block."""
    chosen = slot.stored(element, "selected_option", "initial_option")
    return _native(element, slot, _native_groups(element, (chosen or {}).get("value")))


def _named_select(key: str) -> Callable[[Json, Slot], Node]:
    def render(element: Json, slot: Slot) -> Node:
        chosen = slot.stored(element, f"selected_{key}", f"initial_{key}")
        named = _named(key, slot.scene.names)
        options = [option(value=value, selected=value == chosen)[name] for value, name in named]
        return _native(element, slot, options)

    return render


def _named(key: str, names: Names) -> Iterable[tuple[str, str]]:
    if key == "user":
        return names.users.items()
    channels = [(channel_id, f"#{name}") for channel_id, name in names.channels.items()]
    return channels if key == "channel" else [*channels, *names.users.items()]


def _native(element: Json, slot: Slot, options: Node) -> Node:
    attributes = slot.control(element)
    hint = plain(element.get("placeholder")) or "Select an item"
    attributes["aria-label"] = slot.label and hint
    # Shows the chosen option without its note; a browser that does not know selectedcontent shows both.
    closed = button[selectedcontent]
    return select(".control", attributes)[closed, option(value="")[hint], options]


def _native_groups(element: Json, chosen: str | None) -> Node:
    if groups := element.get("option_groups"):
        return [
            optgroup(label=plain(group.get("label")))[_native_options(group.get("options", ()), chosen)]
            for group in groups
        ]
    return _native_options(element.get("options", ()), chosen)


def _native_options(options: Sequence[Json], chosen: str | None) -> Node:
    return [
        option(value=str(one.get("value")), selected=one.get("value") == chosen)[
            render_plain(plain(one.get("text"))), _note(one)
        ]
        for one in options
    ]


def _note(one: Json) -> Node:
    note = plain(one.get("description"))
    return span(".note")[render_plain(f" · {note}")] if note else None


def _combo(key: str, *, initial: str, is_remote: bool, is_multi: bool) -> Callable[[Json, Slot], Node]:
    def render(element: Json, slot: Slot) -> Node:
        stored = slot.stored(element, key, initial)
        chosen = list(stored or ()) if is_multi else [stored] if stored else []
        attributes = slot.control(element) | {
            "placeholder": plain(element.get("placeholder")) or "Search and choose",
            "role": "combobox",
            "aria-expanded": "false",
            "aria-autocomplete": "list",
            "autocomplete": "off",
        }
        list_id = f"{attributes['id']}-list"
        name = slot.label or plain(element.get("placeholder")) or "Choices"
        options = () if is_remote else _options(element, key, slot.scene.names)
        return div(
            ".combo",
            data_remote="true" if is_remote else None,
            data_multi="true" if is_multi else None,
            data_min=str(element.get("min_query_length", _MIN_QUERY)) if is_remote else "0",
            data_max=str(element.get("max_selected_items", "")) or None,
        )[
            ul(".chips", aria_label="Chosen", hidden=not chosen)[
                [render_chip(_as_option(one, slot.scene.names)) for one in chosen]
            ],
            input(attributes, type="text", aria_controls=list_id),
            ul(".listbox", id=list_id, role="listbox", aria_label=name, hidden=True)[
                render_options(options, slot.scene.names)
            ],
        ]

    return render


def _options(element: Json, key: str, names: Names) -> Sequence[Json]:
    if key == "selected_options":
        grouped = [one for group in element.get("option_groups", ()) for one in group.get("options", ())]
        return [*element.get("options", ()), *grouped]
    singular = {"selected_users": "user", "selected_channels": "channel"}.get(key, "conversation")
    return [_as_option(value, names) for value, _ in _named(singular, names)]


def _as_option(one: Any, names: Names) -> Json:
    if isinstance(one, Mapping):
        return one
    name = names.users.get(one) or f"#{names.channel(one)}"
    return {"text": {"type": "plain_text", "text": name}, "value": one}


def render_chip(one: Json) -> Node:
    """Draw a chosen option with the button that takes it away."""
    name = plain(one.get("text"))
    return li(".chip", data_option=json.dumps(one))[
        span[render_plain(name)], button(type="button", aria_label=f"Remove {name}")["×"]
    ]


def render_options(options: Iterable[Json], names: Names) -> Node:
    """Draw the entries of a list box; an entry with its own `options` is a group."""
    return [_group(one, names) if "options" in one else _listed(one, names) for one in options]


def _group(group: Json, names: Names) -> Node:
    name = plain(group.get("label"))
    entries = [_listed(one, names) for one in group.get("options", ())]
    return div(role="group", aria_label=name)[
        span(".group-name", aria_hidden="true")[render_plain(name)], entries
    ]


def _listed(one: Json, names: Names) -> Node:
    note = one.get("description")
    return div(role="option", aria_selected="false", tabindex="-1", data_option=json.dumps(one))[
        span[render_text(one.get("text"), names)], note and span(".note")[render_text(note, names)]
    ]


def render_radio(element: Json, slot: Slot) -> Node:
    """Draw radio buttons."""
    chosen = slot.stored(element, "selected_option", "initial_option")
    return _ticks(element, slot, "radio", {(chosen or {}).get("value")})


def render_checkboxes(element: Json, slot: Slot) -> Node:
    """Draw checkboxes."""
    chosen = slot.stored(element, "selected_options", "initial_options") or ()
    return _ticks(element, slot, "checkbox", {one.get("value") for one in chosen})


def _ticks(element: Json, slot: Slot, kind: str, chosen: set[str | None]) -> Node:
    attributes = slot.control(element)
    group_id = attributes["id"]
    invalid = attributes.pop("aria-invalid")
    role = "radiogroup" if kind == "radio" else "group"
    if slot.label is None:
        attributes["aria-labelledby"] = f"{group_id}-label"
    return div(".ticks", attributes, role=role, data_invalid=invalid)[
        [
            label(".tick")[
                input(
                    type=kind,
                    name=group_id,
                    value=str(one.get("value")),
                    checked=one.get("value") in chosen,
                    data_option=json.dumps(one),
                ),
                span[
                    render_text(one.get("text"), slot.scene.names),
                    one.get("description")
                    and span(".note")[render_text(one.get("description"), slot.scene.names)],
                ],
            ]
            for one in element.get("options", ())
        ]
    ]


def _multi(name: str, *, is_remote: bool = False) -> Callable[[Json, Slot], Node]:
    return _combo(f"selected_{name}", initial=f"initial_{name}", is_remote=is_remote, is_multi=True)


CHOICES: Mapping[str, Callable[[Json, Slot], Node]] = {
    "static_select": render_static_select,
    "external_select": _combo("selected_option", initial="initial_option", is_remote=True, is_multi=False),
    "users_select": _named_select("user"),
    "conversations_select": _named_select("conversation"),
    "channels_select": _named_select("channel"),
    "multi_static_select": _multi("options"),
    "multi_external_select": _multi("options", is_remote=True),
    "multi_users_select": _multi("users"),
    "multi_conversations_select": _multi("conversations"),
    "multi_channels_select": _multi("channels"),
    "radio_buttons": render_radio,
    "checkboxes": render_checkboxes,
}
