"""Each block element: its fields, their limits, and the blocks it may stand in."""

from collections.abc import Mapping

from bot.playground.workspace.validate import limits
from bot.playground.workspace.validate.checks import (
    Check,
    Field,
    anything,
    at_least,
    boolean,
    by_type,
    exactly,
    integer,
    many,
    one_of,
    pattern,
    required,
    string,
)
from bot.playground.workspace.validate.objects import (
    CONFIRM,
    DISPATCH_ACTION_CONFIG,
    MARKED_OPTION,
    OPTION_GROUP,
    PLAIN_OPTION,
    plain_text,
)

_UNLIMITED = 10**9
_NAMED: Mapping[str, Field] = {"type": Field(anything), "action_id": Field(string(limits.IDENTIFIER, 1))}
_CONFIRMED: Mapping[str, Field] = {"confirm": Field(CONFIRM)}
_FOCUSED: Mapping[str, Field] = {"focus_on_load": Field(boolean)}
_HINTED: Mapping[str, Field] = {"placeholder": Field(plain_text(limits.PLACEHOLDER))}
_DISPATCHED: Mapping[str, Field] = {"dispatch_action_config": Field(DISPATCH_ACTION_CONFIG)}
_MENU = {**_NAMED, **_CONFIRMED, **_FOCUSED, **_HINTED}
_TEXT = {**_NAMED, **_FOCUSED, **_HINTED, **_DISPATCHED, "initial_value": Field(string(_UNLIMITED))}
_ID = string(_UNLIMITED, 1)
_IDS = many(_ID, _UNLIMITED, 0)
_MOST_SELECTED: Mapping[str, Field] = {"max_selected_items": Field(integer(1, _UNLIMITED))}
_OPTIONS: Mapping[str, Field] = {
    "options": Field(many(PLAIN_OPTION, limits.OPTIONS)),
    "option_groups": Field(many(OPTION_GROUP, limits.OPTION_GROUPS)),
}
_QUERY: Mapping[str, Field] = {"min_query_length": Field(integer(0, _UNLIMITED))}
_FILTER: Mapping[str, Field] = {
    "filter": Field(at_least({})),
    "default_to_current_conversation": Field(boolean),
}
_RESPONDS: Mapping[str, Field] = {"response_url_enabled": Field(boolean)}
_FEW = many(MARKED_OPTION, limits.FEW_OPTIONS)

ELEMENTS: Mapping[str, Check] = {
    "button": exactly(
        {
            **_NAMED,
            **_CONFIRMED,
            "text": required(plain_text(limits.BUTTON_TEXT)),
            "url": Field(string(limits.URL)),
            "value": Field(string(limits.BUTTON_VALUE)),
            "style": Field(one_of("primary", "danger")),
            "accessibility_label": Field(string(limits.BUTTON_TEXT)),
        }
    ),
    "overflow": exactly(
        {**_NAMED, **_CONFIRMED, "options": required(many(PLAIN_OPTION, limits.OVERFLOW_OPTIONS))}
    ),
    "static_select": exactly({**_MENU, **_OPTIONS, "initial_option": Field(PLAIN_OPTION)}),
    "external_select": exactly({**_MENU, **_QUERY, "initial_option": Field(PLAIN_OPTION)}),
    "users_select": exactly({**_MENU, "initial_user": Field(_ID)}),
    "channels_select": exactly({**_MENU, **_RESPONDS, "initial_channel": Field(_ID)}),
    "conversations_select": exactly({**_MENU, **_FILTER, **_RESPONDS, "initial_conversation": Field(_ID)}),
    "multi_static_select": exactly(
        {**_MENU, **_OPTIONS, **_MOST_SELECTED, "initial_options": Field(many(PLAIN_OPTION, limits.OPTIONS))}
    ),
    "multi_external_select": exactly(
        {**_MENU, **_QUERY, **_MOST_SELECTED, "initial_options": Field(many(PLAIN_OPTION, limits.OPTIONS))}
    ),
    "multi_users_select": exactly({**_MENU, **_MOST_SELECTED, "initial_users": Field(_IDS)}),
    "multi_channels_select": exactly({**_MENU, **_MOST_SELECTED, "initial_channels": Field(_IDS)}),
    "multi_conversations_select": exactly(
        {**_MENU, **_MOST_SELECTED, **_FILTER, "initial_conversations": Field(_IDS)}
    ),
    "datepicker": exactly(
        {**_MENU, "initial_date": Field(pattern(r"\d{4}-\d{2}-\d{2}", "must be YYYY-MM-DD"))}
    ),
    "timepicker": exactly(
        {
            **_MENU,
            "initial_time": Field(pattern(r"([01]\d|2[0-3]):[0-5]\d", "must be HH:mm")),
            "timezone": Field(string(_UNLIMITED)),
        }
    ),
    "datetimepicker": exactly(
        {**_NAMED, **_CONFIRMED, **_FOCUSED, "initial_date_time": Field(integer(10**9, 10**10 - 1))}
    ),
    "checkboxes": exactly(
        {**_NAMED, **_CONFIRMED, **_FOCUSED, "options": required(_FEW), "initial_options": Field(_FEW)}
    ),
    "radio_buttons": exactly(
        {
            **_NAMED,
            **_CONFIRMED,
            **_FOCUSED,
            "options": required(_FEW),
            "initial_option": Field(MARKED_OPTION),
        }
    ),
    "plain_text_input": exactly(
        {
            **_TEXT,
            "multiline": Field(boolean),
            "min_length": Field(integer(0, limits.TYPED_TEXT)),
            "max_length": Field(integer(1, limits.TYPED_TEXT)),
        }
    ),
    "email_text_input": exactly(_TEXT),
    "url_text_input": exactly(_TEXT),
    "number_input": exactly(
        {
            **_TEXT,
            "is_decimal_allowed": required(boolean),
            "min_value": Field(string(_UNLIMITED)),
            "max_value": Field(string(_UNLIMITED)),
        }
    ),
    "rich_text_input": exactly(
        {
            **_NAMED,
            **_FOCUSED,
            **_HINTED,
            **_DISPATCHED,
            "initial_value": Field(at_least({})),
            "min_lines": Field(integer(1, limits.LINES)),
            "max_lines": Field(integer(1, limits.LINES)),
        }
    ),
    "file_input": exactly(
        {**_NAMED, "filetypes": Field(many(_ID, _UNLIMITED)), "max_files": Field(integer(1, limits.FILES))}
    ),
    "image": exactly(
        {
            "type": Field(anything),
            "image_url": Field(string(limits.URL, 1)),
            "slack_file": Field(at_least({})),
            "alt_text": required(string(limits.ALT_TEXT, 1)),
        }
    ),
    "workflow_button": at_least({**_NAMED, "text": required(plain_text(limits.BUTTON_TEXT))}),
    "feedback_buttons": at_least(_NAMED),
    "icon_button": at_least(_NAMED),
}

_MENUS = frozenset(name for name in ELEMENTS if name.endswith("_select"))
_PICKERS = frozenset({"datepicker", "timepicker"})
_CHOICES = frozenset({"checkboxes", "radio_buttons"})
_TYPED = frozenset(name for name in ELEMENTS if name.endswith("_input") and name != "file_input")

# "Works with block types" on each element's page below https://docs.slack.dev/reference/block-kit/block-elements
IN_SECTION = _MENUS | _PICKERS | _CHOICES | {"button", "overflow", "image", "workflow_button"}
IN_ACTIONS = _MENUS | _PICKERS | _CHOICES | {"button", "overflow", "datetimepicker", "workflow_button"}
IN_INPUT = _MENUS | _PICKERS | _CHOICES | _TYPED | {"datetimepicker", "file_input"}


def element_in(names: frozenset[str]) -> Check:
    """Any of these elements."""
    return by_type({name: ELEMENTS[name] for name in names}, "unsupported element type")
