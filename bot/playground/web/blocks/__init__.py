"""Block Kit drawn as HTML: pure functions from a block's JSON to elements."""

from collections.abc import Callable, Iterable, Mapping

from htpy import Element, Node, div, figcaption, figure, h3, hr, img, label, p, span

from bot.playground.web.blocks.buttons import render_button, render_overflow
from bot.playground.web.blocks.choices import CHOICES
from bot.playground.web.blocks.fields import FIELDS
from bot.playground.web.blocks.markdown import render_markdown
from bot.playground.web.blocks.mrkdwn import render_text
from bot.playground.web.blocks.rich_text import render_rich_text
from bot.playground.web.blocks.scene import Json, Names, Scene
from bot.playground.web.blocks.slot import Slot, plain
from bot.playground.web.blocks.tables import render_data_table, render_table

__all__ = ["Json", "Names", "Scene", "render_block", "render_blocks"]

_ELEMENTS: Mapping[str, Callable[[Json, Slot], Node]] = {
    "button": render_button,
    "workflow_button": render_button,
    "overflow": render_overflow,
    **FIELDS,
    **CHOICES,
}
_GROUPS = frozenset({"radio_buttons", "checkboxes"})


def render_blocks(blocks: Iterable[Json], scene: Scene) -> Node:
    """Draw blocks in their order."""
    return [render_block(block, scene, at) for at, block in enumerate(blocks)]


def render_block(block: Json, scene: Scene, at: int = 0) -> Element:
    """Draw one block; `at` stands in for a missing block_id."""
    kind = str(block.get("type"))
    block_id = str(block.get("block_id") or f"block-{at}")
    draw = _BLOCKS.get(kind, _render_unknown)
    return div(f".block.{kind.replace('_', '-')}", data_block=block_id, data_key=block_id)[
        draw(block, block_id, scene)
    ]


def _render_section(block: Json, block_id: str, scene: Scene) -> Node:
    names = scene.names
    fields = [div(".cell")[render_text(one, names)] for one in block.get("fields", ())]
    accessory = block.get("accessory")
    label_text = plain(block.get("text")) or "Choose"
    return [
        div(".words")[
            block.get("text") and div(".text")[render_text(block["text"], names)],
            fields and div(".cells")[fields],
        ],
        accessory and div(".accessory")[_render_element(accessory, Slot(scene, block_id, label=label_text))],
    ]


def _render_element(element: Json, slot: Slot) -> Node:
    kind = str(element.get("type"))
    if kind == "image":
        return _image(element)
    draw = _ELEMENTS.get(kind)
    return span(".unknown")[f"This page does not draw “{kind}”."] if draw is None else draw(element, slot)


def _image(image: Json) -> Node:
    source = str(image.get("image_url") or "")
    alt = str(image.get("alt_text") or "")
    # The page asks nothing of the outside, so only a picture inside the page is shown; else its words are.
    if source.startswith("data:image/"):
        return img(src=source, alt=alt)
    return span(".picture", role="img", aria_label=alt, title=alt)[alt[:1].upper() or "▣"]


def _render_actions(block: Json, block_id: str, scene: Scene) -> Node:
    slot = Slot(scene, block_id, label="Choose")
    return [_render_element(element, slot) for element in block.get("elements", ())]


def _render_context(block: Json, block_id: str, scene: Scene) -> Node:
    return [
        _image(one) if one.get("type") == "image" else span[render_text(one, scene.names)]
        for one in block.get("elements", ())
    ]


def _render_input(block: Json, block_id: str, scene: Scene) -> Node:
    element: Json = block.get("element") or {}
    error = scene.errors.get(block_id)
    ids = Slot(scene, block_id).element_id(str(element.get("action_id", "")))
    noted = [f"{ids}-hint"] * bool(block.get("hint")) + [f"{ids}-error"] * bool(error)
    slot = Slot(
        scene,
        block_id,
        described_by=" ".join(noted) or None,
        is_invalid=bool(error),
        is_required=not block.get("optional"),
        is_dispatching=bool(block.get("dispatch_action")),
    )
    return [
        _label(block, element, ids, scene),
        _render_element(element, slot),
        error and p(".field-error", id=f"{ids}-error", role="alert")[error],
        block.get("hint") and p(".hint", id=f"{ids}-hint")[render_text(block["hint"], scene.names)],
    ]


def _label(block: Json, element: Json, element_id: str, scene: Scene) -> Node:
    words = [
        render_text(block.get("label"), scene.names),
        block.get("optional") and span(".optional")[f" {scene.names.slack.optional}"],
    ]
    if element.get("type") in _GROUPS:
        return div(".label", id=f"{element_id}-label")[words]
    return label(".label", for_=element_id)[words]


def _render_image(block: Json, block_id: str, scene: Scene) -> Node:
    title = block.get("title")
    return figure[title and figcaption[render_text(title, scene.names)], _image(block)]


def _render_alert(block: Json, block_id: str, scene: Scene) -> Node:
    level = str(block.get("level", "default"))
    known = level if level in ("info", "warning", "error", "success") else "default"
    return div(f".notice.{known}", role="note")[render_text(block.get("text"), scene.names)]


def _render_unknown(block: Json, block_id: str, scene: Scene) -> Node:
    return p(".unknown")[f"This page does not draw “{block.get('type')}” blocks."]


_BLOCKS: Mapping[str, Callable[[Json, str, Scene], Node]] = {
    "section": _render_section,
    "header": lambda block, block_id, scene: h3[render_text(block.get("text"), scene.names)],
    "divider": lambda block, block_id, scene: hr,
    "context": _render_context,
    "actions": _render_actions,
    "input": _render_input,
    "image": _render_image,
    "rich_text": lambda block, block_id, scene: render_rich_text(block, scene.names),
    "alert": _render_alert,
    "markdown": lambda block, block_id, scene: render_markdown(str(block.get("text", ""))),
    "table": lambda block, block_id, scene: render_table(block, scene.names),
    "data_table": lambda block, block_id, scene: render_data_table(block, scene.names),
}
