"""What a test can make go wrong in the Web API, and the record of what the app asked."""

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.playground.workspace.clock import Clock
from bot.playground.workspace.rates import Rates

KEPT_CALLS = 100_000
"""How many calls of one method are remembered."""

ANY_METHOD = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One Web API call as it came in."""

    at: datetime
    payload: Mapping[str, Any]


@dataclass(slots=True, kw_only=True)
class Fault:
    """What happens to the next `times` calls (None: to all)."""

    times: int | None
    seconds: float = 0.0
    error: str = ""
    status: int | None = None
    retry_after: int | None = None
    is_answer_lost: bool = False
    beside: dict[str, Any] = field(default_factory=dict)


class Faults:
    """Switches for trouble, per method; `"*"` stands for every method."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._planned: dict[str, deque[Fault]] = defaultdict(deque)
        self._slow: dict[str, float] = {}
        self._calls: dict[str, deque[Call]] = {}
        self.is_down = False
        self.rates = Rates(clock)

    def slow(self, method: str, seconds: float) -> None:
        """Each answer of the method takes this long by the workspace's clock; 0 ends it."""
        self._slow[method] = seconds

    def fail(self, method: str, error: str = "", *, status: int | None = None, times: int = 1) -> None:
        """The next calls are refused with this error, or with this HTTP status and no JSON; nothing is done."""
        self._planned[method].append(Fault(times=times, error=error or "internal_error", status=status))

    def rate_limit(self, method: str, retry_after: int = 1, times: int = 1) -> None:
        """The next calls get HTTP 429 with Retry-After in seconds; nothing is done."""
        self._planned[method].append(Fault(times=times, retry_after=retry_after))

    def lose_answer(self, method: str, times: int = 1) -> None:
        """The next calls are carried out, but the connection breaks before the answer."""
        self._planned[method].append(Fault(times=times, is_answer_lost=True))

    def enforce_tiers(self, is_on: bool = True) -> None:
        """Answer 429 where an app goes beyond the published rate of a method."""
        self.rates.is_on = is_on

    def down(self) -> None:
        """Every connection breaks without an answer, until `up()`."""
        self.is_down = True

    def up(self) -> None:
        """Slack is back."""
        self.is_down = False

    def clear(self) -> None:
        """Forget every planned fault; the record of calls stays."""
        self._planned.clear()
        self._slow.clear()
        self.is_down = False

    def calls(self, method: str) -> list[Call]:
        """What the app asked of the method, oldest first."""
        return list(self._calls.get(method, ()))

    def record(self, method: str, payload: Mapping[str, Any]) -> None:
        """Remember a call."""
        kept = self._calls.setdefault(method, deque(maxlen=KEPT_CALLS))
        kept.append(Call(at=self._clock.now(), payload=payload))

    def delay_s(self, method: str) -> float:
        """How long the answer takes."""
        return self._slow.get(method, self._slow.get(ANY_METHOD, 0.0))

    def take(self, method: str) -> Fault | None:
        """The fault planned for this call, counted off, or None."""
        for key in (method, ANY_METHOD):
            planned = self._planned.get(key)
            if planned:
                fault = planned[0]
                fault.times = None if fault.times is None else fault.times - 1
                if fault.times == 0:
                    planned.popleft()
                return fault
        return None
