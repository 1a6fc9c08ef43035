"""Identifiers in Slack's shapes, the same in each run of the same workspace."""

import random
import string
from datetime import datetime

_ALPHABET = string.ascii_uppercase + string.digits
_MIXED = string.ascii_letters + string.digits


class Ids:
    """Hands out identifiers; two workspaces never share one, and the same team id repeats the same row."""

    def __init__(self, team_id: str) -> None:
        self._random = random.Random(team_id)  # noqa: S311  repeatable on purpose; it guards nothing
        self._last_ts_us = 0

    def entity(self, prefix: str) -> str:
        """An id such as `V0ABCDEFGHI` (views), `D...` (direct conversations), `Ev...` (events)."""
        return f"{prefix}0{self._pick(_ALPHABET, 9)}"

    def short(self) -> str:
        """A block_id or action_id of Slack's own making, such as `a1B2c`."""
        return self._pick(_MIXED, 5)

    def secret(self) -> str:
        """A long random word for response URLs and triggers."""
        return self._pick(_MIXED, 24)

    def number(self) -> int:
        """128 random bits."""
        return self._random.getrandbits(128)

    def trigger(self) -> str:
        """A trigger_id such as `13345224609.738474920.8088930838d88f008e0`."""
        first, second = self._random.randrange(10**12, 10**13), self._random.randrange(10**11, 10**12)
        return f"{first}.{second}.{self.number():032x}"

    def hash(self, now: datetime) -> str:
        """The hash of a version of a view, such as `1582741800.kPmbuPwn`."""
        return f"{int(now.timestamp())}.{self._pick(_MIXED, 8)}"

    def ts(self, now: datetime) -> str:
        """A message's ts: seconds and microseconds, never the same twice and always growing."""
        self._last_ts_us = max(self._last_ts_us + 1, round(now.timestamp() * 1_000_000))
        return f"{self._last_ts_us // 1_000_000}.{self._last_ts_us % 1_000_000:06d}"

    def _pick(self, alphabet: str, length: int) -> str:
        return "".join(self._random.choices(alphabet, k=length))
