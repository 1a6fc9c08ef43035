"""Blocks and views that several tests share."""

from typing import Any

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(name: str) -> Json:
    return {"text": plain(name), "value": name}


def options(*names: str) -> list[Json]:
    return [option(name) for name in names]


def field(name: str, element: Json, **beside: Any) -> Json:
    return {
        "type": "input",
        "block_id": name,
        "label": plain(name.title()),
        "element": {"action_id": name, **element},
        **beside,
    }


def text_field(name: str = "message", **beside: Any) -> Json:
    return field(name, {"type": "plain_text_input"}, **beside)


def modal(*blocks: Json, **beside: Any) -> Json:
    return {
        "type": "modal",
        "title": plain("Compose"),
        "submit": plain("Preview"),
        "blocks": list(blocks) or [text_field(optional=True)],
        **beside,
    }


def actions(*elements: Json, block_id: str = "actions") -> Json:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def button(action_id: str = "go", **beside: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain("Go"), **beside}
