"""Modals as forms: their fields built, and what people typed read back by the field's name."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.campaigns.values import Choice
from bot.slack.blocks import OPTION_MAX, Json, as_typed, cut, option, plain

# https://docs.slack.dev/reference/views/modal-views
_TITLE_MAX = 24
# https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
INPUT_MAX = 3000
_PLACEHOLDER_MAX = 150
_HINT_MAX = 2000
# https://docs.slack.dev/reference/block-kit/block-elements/multi-select-menu-element
OPTIONS_MAX = 100


def modal(
    callback_id: str,
    title: str,
    blocks: list[Json],
    *,
    close: str,
    submit: str | None = None,
    about: Mapping[str, str] | None = None,
) -> Json:
    """A modal; `about` are the ids it speaks of, read back by `about`."""
    view: Json = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title, _TITLE_MAX),
        "blocks": blocks,
        "close": plain(close, _TITLE_MAX),
        "private_metadata": json.dumps(dict(about or {})),
    }
    return view | ({"submit": plain(submit, _TITLE_MAX)} if submit else {})


def field(
    name: str,
    label: str,
    element: Json,
    *,
    hint: str = "",
    optional: bool = False,
    dispatch: bool = False,
    variant: str = "",
) -> Json:
    """An input of this name; with a `variant` it is a new one to Slack, which then forgets what was typed."""
    block: Json = {
        "type": "input",
        "block_id": f"{name}.{variant}" if variant else name,
        "label": plain(label),
        "element": element | {"action_id": name},
        "optional": optional,
        "dispatch_action": dispatch,
    }
    return block | ({"hint": plain(hint, _HINT_MAX)} if hint else {})


def text_input(
    initial: str = "",
    *,
    placeholder: str = "",
    multiline: bool = False,
    live: bool = False,
    most: int = INPUT_MAX,
) -> Json:
    """A field for words; a `live` one tells of every character."""
    element: Json = {"type": "plain_text_input", "multiline": multiline, "max_length": most}
    if live:
        element["dispatch_action_config"] = {"trigger_actions_on": ["on_character_entered"]}
    if placeholder:
        element["placeholder"] = plain(placeholder, _PLACEHOLDER_MAX)
    return element | ({"initial_value": initial[:most]} if initial else {})


def number_input(initial: int, least: int, most: int) -> Json:
    """A field for a whole number."""
    return {
        "type": "number_input",
        "is_decimal_allowed": False,
        "min_value": str(least),
        "max_value": str(most),
        "initial_value": str(min(max(initial, least), most)),
    }


def select(options: Sequence[Json], chosen: str, kind: str = "static_select") -> Json:
    """A menu, or radio buttons by `kind`, with the option of this value chosen, or else the first."""
    initial = next((one for one in options if one["value"] == chosen), options[0])
    return {"type": kind, "options": list(options[:OPTIONS_MAX]), "initial_option": initial}


def choices(options: Sequence[Choice]) -> list[Json]:
    """The choices as options of a menu."""
    return [option(choice.label, choice.id, choice.detail) for choice in options]


def multi_select(
    options: Sequence[Choice],
    picked: Sequence[Choice],
    placeholder: str,
    *,
    parts: Sequence[tuple[str, Sequence[Choice]]] = (),
) -> Json:
    """A menu to pick several from, in lettered parts when it is long; picks that are not offered fall away.

    Named `parts`, of a hundred options at most each, stand before the other options.
    """
    ids = {choice.id for choice in picked}
    first: list[Json] = [{"label": plain(label), "options": choices(some)} for label, some in parts if some]
    offered = choices(options[: OPTIONS_MAX * (OPTIONS_MAX - len(first))])
    element: Json = {
        "type": "multi_static_select",
        "placeholder": plain(placeholder, _PLACEHOLDER_MAX),
        "max_selected_items": OPTIONS_MAX,
    }
    is_plain = len(offered) <= OPTIONS_MAX and not first
    element |= {"options": offered} if is_plain else {"option_groups": first + _parts(offered)}
    every = [one for part in first for one in part["options"]] + offered
    initial = [one for one in every if one["value"] in ids][:OPTIONS_MAX]
    return element | ({"initial_options": initial} if initial else {})


def asked_select(picked: Sequence[Choice], placeholder: str, *, most: int = OPTIONS_MAX) -> Json:
    """A menu to pick several from, whose options the bot gives while one types."""
    element: Json = {
        "type": "multi_external_select",
        "min_query_length": 0,
        "max_selected_items": most,
        "placeholder": plain(placeholder, _PLACEHOLDER_MAX),
    }
    return element | ({"initial_options": choices(picked[:most])} if picked else {})


def asked_select_one(picked: Choice | None, placeholder: str) -> Json:
    """A menu to pick one from, whose options the bot gives while one types."""
    element: Json = {
        "type": "external_select",
        "min_query_length": 0,
        "placeholder": plain(placeholder, _PLACEHOLDER_MAX),
    }
    return element | ({"initial_option": choices([picked])[0]} if picked else {})


def users_select(users: Sequence[str], placeholder: str, *, most: int) -> Json:
    """A menu to pick several of the workspace's people from."""
    element: Json = {
        "type": "multi_users_select",
        "max_selected_items": most,
        "placeholder": plain(placeholder, _PLACEHOLDER_MAX),
    }
    return element | ({"initial_users": list(users[:most])} if users else {})


def date_input(initial: str) -> Json:
    """A calendar."""
    return {"type": "datepicker"} | ({"initial_date": initial} if initial else {})


def time_input(initial: str) -> Json:
    """A clock."""
    return {"type": "timepicker"} | ({"initial_time": initial} if initial else {})


def about(view: Mapping[str, Any]) -> dict[str, str]:
    """The ids that the modal speaks of."""
    return dict(json.loads(view.get("private_metadata") or "{}"))


def field_of(block_id: str) -> str:
    """The field's name, without its variant."""
    return block_id.split(".")[0]


def state_of(view: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    """What the field holds, as Slack tells it; None when the view does not show it."""
    for block_id, elements in view["state"]["values"].items():
        if field_of(block_id) == name and name in elements:
            return dict(elements[name])
    return None


def variant_of(view: Mapping[str, Any], name: str) -> str:
    """The variant of the field that the view shows; empty when there is none."""
    ids = [block_id for block_id in view["state"]["values"] if field_of(block_id) == name]
    return ids[0].partition(".")[2] if ids else ""


def typed(view: Mapping[str, Any], name: str, default: str = "") -> str:
    """The words, number, date or time in the field; empty when it was left empty."""
    state = state_of(view, name)
    if state is None:
        return default
    return str(state.get("value") or state.get("selected_date") or state.get("selected_time") or "")


def chosen(view: Mapping[str, Any], name: str, default: str) -> str:
    """The value of the one option chosen."""
    state = state_of(view, name)
    picked = (state or {}).get("selected_option")
    return str(picked["value"]) if picked else default


def picked(view: Mapping[str, Any], name: str) -> tuple[Choice, ...]:
    """The options picked from a menu of several."""
    options = (state_of(view, name) or {}).get("selected_options") or ()
    return tuple(_choice(one) for one in options)


def users(view: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """The Slack users picked from a menu of several."""
    return tuple((state_of(view, name) or {}).get("selected_users") or ())


def field_errors(view: Mapping[str, Any], sentences: Mapping[str, str]) -> dict[str, str]:
    """The sentences by the block ids of the open view, as Slack wants them.

    A sentence whose field is not shown goes under the first input; a view without inputs takes none.
    """
    inputs = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    shown = {field_of(block_id): block_id for block_id in inputs}
    errors: dict[str, str] = {}
    for name, sentence in sentences.items() if inputs else ():
        block_id = shown.get(name, inputs[0])
        errors[block_id] = f"{errors[block_id]} {sentence}" if block_id in errors else sentence
    return errors


def _choice(picked: Mapping[str, Any]) -> Choice:
    detail = (picked.get("description") or {}).get("text", "")
    return Choice(picked["value"], as_typed(picked["text"]["text"]), as_typed(detail))


def _parts(options: list[Json]) -> list[Json]:
    starts = range(0, len(options), OPTIONS_MAX)
    return [_part(options[start : start + OPTIONS_MAX]) for start in starts]


def _part(options: list[Json]) -> Json:
    first, last = options[0]["text"]["text"], options[-1]["text"]["text"]
    half = (OPTION_MAX - 3) // 2
    return {"label": plain(f"{cut(first, half)} – {cut(last, half)}"), "options": options}
