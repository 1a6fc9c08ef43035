"""Trigger ids: a short-lived, single right to open a modal, given with each act of a person."""

from dataclasses import dataclass

from bot.playground.workspace.clock import Clock
from bot.playground.workspace.errors import SlackError
from bot.playground.workspace.ids import Ids

# https://docs.slack.dev/interactivity/handling-user-interaction: "trigger_ids expire in three seconds".
LIFE_SECONDS = 3.0


@dataclass(slots=True, kw_only=True)
class Trigger:
    """Whose act it was, and on which view, if any."""

    user: str
    view_id: str | None
    issued_s: float
    is_used: bool = False


class Triggers:
    """Hands out trigger ids and takes each back once."""

    def __init__(self, clock: Clock, ids: Ids, *, life_seconds: float) -> None:
        self._clock = clock
        self._ids = ids
        self._life_seconds = life_seconds
        self._issued: dict[str, Trigger] = {}

    def issue(self, user_id: str, view_id: str | None = None) -> str:
        """A fresh trigger id for an act of the user."""
        trigger_id = self._ids.trigger()
        self._issued[trigger_id] = Trigger(user=user_id, view_id=view_id, issued_s=self._clock.monotonic())
        return trigger_id

    def redeem(self, trigger_id: str) -> Trigger:
        """The trigger, now used up; raises SlackError when it is unknown, used or too old."""
        # The three names: https://docs.slack.dev/reference/methods/views.open
        trigger = self._issued.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.is_used:
            raise SlackError("exchanged_trigger_id")
        if self._clock.monotonic() - trigger.issued_s > self._life_seconds:
            raise SlackError("expired_trigger_id")
        trigger.is_used = True
        return trigger
