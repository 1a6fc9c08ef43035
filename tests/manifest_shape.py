"""What Slack takes for an app's manifest: the part of its published schema that ours uses, closed at every level."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Text:
    """A string between two lengths, of this pattern or one of these words."""

    most: int
    least: int = 0
    pattern: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """A list of so many alike."""

    of: "Shape"
    most: int
    least: int = 0
    is_unique: bool = False


@dataclass(frozen=True)
class Closed:
    """An object with these fields and no others."""

    fields: Mapping[str, "Shape"]
    needs: frozenset[str] = field(default_factory=frozenset)


Shape = Text | Row | Closed | type[bool] | type[int]

ADDRESS = r"^https?://"
# https://github.com/slackapi/manifest-schema : schemas/manifest.schema.2.0.0.json of 2026-07-21
MANIFEST = Closed(
    {
        "_metadata": Closed({"major_version": int, "minor_version": int}),
        "display_information": Closed(
            {
                "name": Text(35, least=1),
                "description": Text(140, least=1),
                "long_description": Text(4000, least=175),
                "background_color": Text(7, least=4, pattern=r"^#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?$"),
            },
            frozenset({"name"}),
        ),
        "features": Closed(
            {
                "app_home": Closed(
                    {
                        "home_tab_enabled": bool,
                        "messages_tab_enabled": bool,
                        "messages_tab_read_only_enabled": bool,
                    }
                ),
                "bot_user": Closed(
                    {"display_name": Text(80, least=1), "always_online": bool}, frozenset({"display_name"})
                ),
                "shortcuts": Row(
                    Closed(
                        {
                            "name": Text(24, least=1),
                            "type": Text(10, words=("message", "global")),
                            "callback_id": Text(255, least=1),
                            "description": Text(150, least=1),
                        },
                        frozenset({"name", "type", "callback_id", "description"}),
                    ),
                    10,
                    least=1,
                ),
                "slash_commands": Row(
                    Closed(
                        {
                            "command": Text(32, least=2, pattern="^/"),
                            "url": Text(3000, pattern=ADDRESS),
                            "description": Text(2000, least=1),
                            "usage_hint": Text(1000, least=1),
                            "should_escape": bool,
                        },
                        frozenset({"command", "description"}),
                    ),
                    50,
                    least=1,
                ),
            }
        ),
        "oauth_config": Closed(
            {
                "redirect_urls": Row(Text(2500, pattern=ADDRESS), 1000, is_unique=True),
                "scopes": Closed(
                    {
                        "bot": Row(Text(50), 255, is_unique=True),
                        "bot_optional": Row(Text(50), 255, is_unique=True),
                    }
                ),
            }
        ),
        "settings": Closed(
            {
                "event_subscriptions": Closed(
                    {
                        "request_url": Text(3500, pattern=ADDRESS),
                        "bot_events": Row(Text(50), 100, is_unique=True),
                    }
                ),
                "interactivity": Closed(
                    {
                        "is_enabled": bool,
                        "request_url": Text(3500, pattern=ADDRESS),
                        "message_menu_options_url": Text(3500, pattern=ADDRESS),
                    },
                    frozenset({"is_enabled"}),
                ),
                "org_deploy_enabled": bool,
                "socket_mode_enabled": bool,
                "token_rotation_enabled": bool,
            }
        ),
    },
    frozenset({"display_information"}),
)


def faults(value: Any, shape: Shape = MANIFEST, where: str = "manifest") -> Iterator[str]:
    """What Slack would not take, each with its place."""
    match shape:
        case Closed():
            yield from _of_object(value, shape, where)
        case Row():
            yield from _of_list(value, shape, where)
        case Text():
            yield from _of_text(value, shape, where)
        case _ if type(value) is not shape:
            yield f"{where}: {value!r} is no {shape.__name__}"


def _of_object(value: Any, shape: Closed, where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where}: {value!r} is no object"
        return
    yield from (f"{where}: {name} is missing" for name in sorted(shape.needs - set(value)))
    for name, inner in value.items():
        if name in shape.fields:
            yield from faults(inner, shape.fields[name], f"{where}.{name}")
        else:
            yield f"{where}: {name} is unknown"


def _of_list(value: Any, shape: Row, where: str) -> Iterator[str]:
    if not isinstance(value, list) or not shape.least <= len(value) <= shape.most:
        yield f"{where}: no list of {shape.least} to {shape.most}"
        return
    if shape.is_unique and len(set(value)) < len(value):
        yield f"{where}: something stands there twice"
    for n, inner in enumerate(value):
        yield from faults(inner, shape.of, f"{where}[{n}]")


def _of_text(value: Any, shape: Text, where: str) -> Iterator[str]:
    if not isinstance(value, str) or not shape.least <= len(value) <= shape.most:
        yield f"{where}: no text of {shape.least} to {shape.most} characters"
    elif not re.search(shape.pattern, value) or (shape.words and value not in shape.words):
        yield f"{where}: {value!r} is none of what it may be"
