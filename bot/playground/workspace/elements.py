"""What each interactive element keeps: the shape of its state, its first value, what an action tells of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


class NoSuchOptionError(ValueError):
    """The element offers no option of this value."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How an element's state is written: the field's name, the field it starts from, what nothing looks like."""

    field: str
    initial: str
    is_many: bool = False
    is_option: bool = False


# https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload (state.values per type)
SHAPES: Mapping[str, Shape] = {
    "plain_text_input": Shape("value", "initial_value"),
    "number_input": Shape("value", "initial_value"),
    "email_text_input": Shape("value", "initial_value"),
    "url_text_input": Shape("value", "initial_value"),
    "rich_text_input": Shape("rich_text_value", "initial_value"),
    "static_select": Shape("selected_option", "initial_option", is_option=True),
    "external_select": Shape("selected_option", "initial_option", is_option=True),
    "radio_buttons": Shape("selected_option", "initial_option", is_option=True),
    "multi_static_select": Shape("selected_options", "initial_options", is_many=True, is_option=True),
    "multi_external_select": Shape("selected_options", "initial_options", is_many=True, is_option=True),
    "checkboxes": Shape("selected_options", "initial_options", is_many=True, is_option=True),
    "users_select": Shape("selected_user", "initial_user"),
    "channels_select": Shape("selected_channel", "initial_channel"),
    "conversations_select": Shape("selected_conversation", "initial_conversation"),
    "multi_users_select": Shape("selected_users", "initial_users", is_many=True),
    "multi_channels_select": Shape("selected_channels", "initial_channels", is_many=True),
    "multi_conversations_select": Shape("selected_conversations", "initial_conversations", is_many=True),
    "datepicker": Shape("selected_date", "initial_date"),
    "timepicker": Shape("selected_time", "initial_time"),
    "datetimepicker": Shape("selected_date_time", "initial_date_time"),
    "file_input": Shape("files", "", is_many=True),
}

TEXT_INPUTS = frozenset({"plain_text_input", "number_input", "email_text_input", "url_text_input"})
EXTERNAL_SELECTS = frozenset({"external_select", "multi_external_select"})
STATELESS = frozenset({"button", "overflow", "workflow_button", "icon_button", "feedback_buttons"})
INTERACTIVE = frozenset(SHAPES) | STATELESS

_TOLD_BESIDE_THE_VALUE = ("placeholder", "confirm", "initial_option", "initial_options", "initial_date")


def state_at_first(element: Json) -> Json:
    """The element's state before anybody touched it."""
    shape = SHAPES[element["type"]]
    nothing: Any = [] if shape.is_many else None
    return _state(element, element.get(shape.initial, nothing))


def state_of(element: Json, value: Any, offered: Iterable[Json] = ()) -> Json:
    """The element's state once somebody chose the value; options may be given by their value alone.

    Raises NoSuchOptionError when an option is neither in the element nor among those offered.
    """
    shape = SHAPES[element["type"]]
    if shape.is_many:
        items = value or []
        return _state(element, [option_for(element, v, offered) if shape.is_option else v for v in items])
    if value is None or value == "":
        return _state(element, None)
    return _state(element, option_for(element, value, offered) if shape.is_option else value)


def option_for(element: Json, value: Any, offered: Iterable[Json] = ()) -> Json:
    """The option object a value stands for; raises NoSuchOptionError when there is none."""
    wanted = value["value"] if isinstance(value, dict) else value
    for option in (*options_in(element), *offered):
        if option.get("value") == wanted:
            return option
    raise NoSuchOptionError(f"{element.get('action_id')} offers no {wanted!r}")


def options_in(element: Json) -> list[Json]:
    """The options written in the element, groups flattened, those chosen at first included."""
    found = list(element.get("options", ()))
    for group in element.get("option_groups", ()):
        found += group["options"]
    if element["type"] in EXTERNAL_SELECTS:
        found += element.get("initial_options", ())
        found += [element["initial_option"]] if "initial_option" in element else []
    return found


def action_on(block_id: str, element: Json, state: Json, action_ts: str) -> Json:
    """One item of `actions` in a block_actions payload."""
    action: Json = {
        "type": element["type"],
        "block_id": block_id,
        "action_id": element["action_id"],
        "action_ts": action_ts,
    }
    told = _told_of_button(element) if element["type"] in STATELESS else state
    # A text field tells its words alone: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
    names = () if element["type"] == "plain_text_input" else _TOLD_BESIDE_THE_VALUE
    beside = {name: element[name] for name in names if name in element}
    return action | beside | told | ({} if element["type"] != "overflow" else state)


def _told_of_button(element: Json) -> Json:
    return {name: element[name] for name in ("text", "value", "style", "url") if name in element}


def _state(element: Json, value: Any) -> Json:
    return {"type": element["type"], SHAPES[element["type"]].field: value}
