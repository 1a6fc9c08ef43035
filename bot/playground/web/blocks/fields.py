"""Elements one types or picks a moment into: text, number, e-mail, URL, date, time and file."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from htpy import Node, input, textarea

from bot.playground.web.blocks.scene import Json
from bot.playground.web.blocks.slot import Slot, plain

# https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
_TEXT_LIMIT = 3000


def render_plain_text(element: Json, slot: Slot) -> Node:
    """Draw a text field of one or several lines."""
    value = slot.stored(element, "value", "initial_value") or ""
    attributes = slot.control(element) | {
        "placeholder": plain(element.get("placeholder")) or None,
        "maxlength": int(element.get("max_length", _TEXT_LIMIT)),
        "aria-required": "true" if slot.is_required else None,
        "autocomplete": "off",
        "data-live": "true",
        "data-enter": _dispatches_on_enter(element, slot),
    }
    if element.get("multiline"):
        # A browser drops the first line break after the tag; the text may begin with one of its own.
        return textarea(".control", attributes, rows="4")[f"\n{value}"]
    return input(".control", attributes, type="text", value=str(value))


def _dispatches_on_enter(element: Json, slot: Slot) -> str | None:
    if not slot.is_dispatching:
        return None
    triggers = (element.get("dispatch_action_config") or {}).get("trigger_actions_on", ("on_enter_pressed",))
    return "true" if "on_enter_pressed" in triggers else None


def _typed(kind: str) -> Callable[[Json, Slot], Node]:
    def render(element: Json, slot: Slot) -> Node:
        attributes = slot.control(element) | {
            "placeholder": plain(element.get("placeholder")) or None,
            "aria-required": "true" if slot.is_required else None,
            "autocomplete": "off",
            "data-live": "true",
        }
        if kind == "number":
            attributes |= {
                "min": element.get("min_value"),
                "max": element.get("max_value"),
                "step": "any" if element.get("is_decimal_allowed") else "1",
            }
        value = slot.stored(element, "value", "initial_value") or ""
        return input(".control", attributes, type=kind, value=str(value))

    return render


def _picker(kind: str, key: str, name: str) -> Callable[[Json, Slot], Node]:
    def render(element: Json, slot: Slot) -> Node:
        attributes = slot.control(element)
        attributes["aria-label"] = slot.label and (plain(element.get("placeholder")) or name)
        attributes["aria-required"] = "true" if slot.is_required else None
        value = _shown(kind, slot.stored(element, f"selected_{key}", f"initial_{key}"), slot)
        return input(".control.picker", attributes, type=kind, value=value)

    return render


def _shown(kind: str, value: Any, slot: Slot) -> str | None:
    if value is None or kind != "datetime-local":
        return None if value is None else str(value)
    at = datetime.fromtimestamp(int(value), UTC).astimezone(slot.scene.names.zone)
    return at.strftime("%Y-%m-%dT%H:%M")


def render_file(element: Json, slot: Slot) -> Node:
    """Draw a field for files."""
    kinds = ",".join(f".{kind}" for kind in element.get("filetypes", ()))
    several = int(element.get("max_files", 10)) > 1
    return input(".control.file", slot.control(element), type="file", accept=kinds or None, multiple=several)


FIELDS: Mapping[str, Callable[[Json, Slot], Node]] = {
    "plain_text_input": render_plain_text,
    "number_input": _typed("number"),
    "email_text_input": _typed("email"),
    "url_text_input": _typed("url"),
    "datepicker": _picker("date", "date", "Date"),
    "timepicker": _picker("time", "time", "Time"),
    "datetimepicker": _picker("datetime-local", "date_time", "Date and time"),
    "file_input": render_file,
}
