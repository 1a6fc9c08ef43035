"""What a block needs to know of its surroundings to be drawn: names, the zone, typed values and errors."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from bot.playground.web.words import ENGLISH, SlackWords

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Names:
    """Who and what an id stands for, the zone in which dates are read, and Slack's own words."""

    users: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    zone: tzinfo = field(default_factory=lambda: ZoneInfo("UTC"))
    slack: SlackWords = ENGLISH

    def user(self, user_id: str) -> str:
        """Give back the display name, or the id itself when nobody has it."""
        return self.users.get(user_id, user_id)

    def channel(self, channel_id: str) -> str:
        """Give back the channel's name without its sign, or the id itself."""
        return self.channels.get(channel_id, channel_id)


@dataclass(frozen=True, slots=True)
class Scene:
    """One surface: its prefix for element ids, the state typed so far, the errors by block."""

    prefix: str = "b"
    names: Names = field(default_factory=Names)
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def value(self, block_id: str, action_id: str) -> Json | None:
        """Give back the element's entry of the state, or None while nothing was stored."""
        return self.values.get(block_id, {}).get(action_id)
