"""What Slack knows of its users, asked once an hour each."""

import asyncio
from dataclasses import dataclass

from bot.clock import Clock
from bot.slack.client import SlackClient, SlackError, SlackPerson

FRESH_FOR_SECONDS = 3600.0
PATIENCE_SECONDS = 1.0
"""A modal's trigger lives three seconds: https://docs.slack.dev/interactivity/handling-user-interaction"""


@dataclass(frozen=True, slots=True)
class _Known:
    person: SlackPerson
    until: float


class People:
    """Remembers users; an old answer is better than none while Slack is slow."""

    def __init__(self, slack: SlackClient, clock: Clock) -> None:
        self._slack = slack
        self._clock = clock
        self._known: dict[str, _Known] = {}

    async def get(self, user_id: str) -> SlackPerson | None:
        """The user, or None when Slack does not say in time and nothing is remembered."""
        known = self._known.get(user_id)
        if known and known.until > self._clock.steady():
            return known.person
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                person = await self._slack.person(user_id)
        except (SlackError, TimeoutError):
            return known.person if known else None
        self._known[user_id] = _Known(person, self._clock.steady() + FRESH_FOR_SECONDS)
        return person
