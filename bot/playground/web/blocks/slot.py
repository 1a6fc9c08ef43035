"""Where one interactive element stands: its ids, its label, its stored value and its confirm dialog."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from htpy import div

from bot.playground.web.blocks.mrkdwn import render_text
from bot.playground.web.blocks.scene import Json, Scene


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of an element within its block; `label` is spoken where no visible label stands."""

    scene: Scene
    block_id: str
    label: str | None = None
    described_by: str | None = None
    is_invalid: bool = False
    is_required: bool = False
    is_dispatching: bool = False
    """Whether the input block asks for actions (`dispatch_action`)."""

    def element_id(self, action_id: str) -> str:
        """Give back the element's id in the page, unique within its surface."""
        return re.sub(r"[^\w-]", "-", f"{self.scene.prefix}-{self.block_id}-{action_id}")

    def stored(self, element: Json, key: str, initial: str) -> Any:
        """Give back what the state holds under `key`, or the element's `initial` value before that."""
        entry = self.scene.value(self.block_id, str(element.get("action_id", "")))
        return element.get(initial) if entry is None else entry.get(key)

    def control(self, element: Json) -> dict[str, Any]:
        """Give back the attributes that every control carries: who it is, how it is spoken, what it asks first."""
        action_id = str(element.get("action_id", ""))
        return {
            "id": self.element_id(action_id),
            "data-action": action_id,
            "data-kind": element.get("type"),
            "aria-label": self.label,
            "aria-describedby": self.described_by,
            "aria-invalid": "true" if self.is_invalid else None,
            "data-confirm": confirm_json(element.get("confirm"), self.scene),
            "data-focus": "true" if element.get("focus_on_load") else None,
        }


def confirm_json(confirm: Json | None, scene: Scene) -> str | None:
    """Give back the confirm dialog as the page's script reads it: words as text, its body as drawn HTML."""
    if not confirm:
        return None
    words: Mapping[str, Any] = {
        "title": plain(confirm.get("title")),
        "html": str(div[render_text(confirm.get("text"), scene.names)]),
        "confirm": plain(confirm.get("confirm")) or "Yes",
        "deny": plain(confirm.get("deny")) or "Cancel",
        "style": confirm.get("style", "primary"),
    }
    return json.dumps(words)


def plain(text: Json | None) -> str:
    """Give back a text object's text, empty when there is none."""
    return str(text.get("text", "")) if text else ""
