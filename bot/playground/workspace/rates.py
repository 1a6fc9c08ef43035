"""How often each Web API method may be called, and who has gone beyond."""

import math
from collections import defaultdict, deque
from collections.abc import Mapping

from bot.playground.workspace.clock import Clock

WINDOW_SECONDS = 60.0

# https://docs.slack.dev/apis/web-api/rate-limits: calls a minute by tier, per method, workspace and app.
TIER_1, TIER_2, TIER_3, TIER_4, SPECIAL = 1, 20, 50, 100, 600

# The tier of each method is on its own page below https://docs.slack.dev/reference/methods
PER_MINUTE: Mapping[str, int] = {
    "auth.test": SPECIAL,
    "bots.info": TIER_3,
    "chat.delete": TIER_3,
    "chat.getPermalink": SPECIAL,
    "chat.postEphemeral": TIER_4,
    "chat.postMessage": SPECIAL // 2,
    "chat.update": TIER_3,
    "conversations.history": TIER_3,
    "conversations.info": TIER_3,
    "conversations.join": TIER_3,
    "conversations.list": TIER_2,
    "conversations.members": TIER_4,
    "conversations.open": TIER_3,
    "conversations.replies": TIER_3,
    "reactions.add": TIER_3,
    "reactions.remove": TIER_2,
    "team.info": TIER_3,
    "users.info": TIER_4,
    "users.list": TIER_2,
    "views.open": TIER_4,
    "views.publish": TIER_4,
    "views.push": TIER_4,
    "views.update": TIER_4,
}

# https://docs.slack.dev/reference/methods/chat.postMessage: one message a second in a channel, short bursts allowed.
POSTS_PER_CHANNEL_AND_MINUTE = 60


class Rates:
    """Counts calls in a sliding minute; switched off at first."""

    def __init__(self, clock: Clock) -> None:
        self.is_on = False
        self._clock = clock
        self._made: dict[str, deque[float]] = defaultdict(deque)

    def refuse_for_s(self, method: str, channel: str) -> int | None:
        """How many seconds the caller has to wait, or None when the call may pass (it is then counted)."""
        if not self.is_on:
            return None
        limits = {method: PER_MINUTE.get(method, TIER_3)}
        if method == "chat.postMessage":
            limits[f"{method} {channel}"] = POSTS_PER_CHANNEL_AND_MINUTE
        waits = [self._wait_s(key, limit) for key, limit in limits.items()]
        if max(waits) > 0:
            return math.ceil(max(waits))
        for key in limits:
            self._made[key].append(self._clock.monotonic())
        return None

    def _wait_s(self, key: str, limit: int) -> float:
        made, now = self._made[key], self._clock.monotonic()
        while made and made[0] <= now - WINDOW_SECONDS:
            made.popleft()
        return 0.0 if len(made) < limit else made[0] + WINDOW_SECONDS - now
