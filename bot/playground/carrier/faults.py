"""What shall go wrong: on a script, for one number or for all, or at random with a seed."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from random import Random
from typing import Generic, Literal, TypeVar

from bot.playground.carrier.state import Status

T = TypeVar("T")
Endpoint = Literal["create", "list", "fetch"]


class Fault(StrEnum):
    """How the answer to one API request goes wrong."""

    THROTTLED = "throttled"
    """429 with 20429: never processed."""
    DAILY_CAP = "daily_cap"
    """429 with 63038: no more today."""
    ERROR_BEFORE = "error_before"
    """500, and the message was not accepted."""
    ERROR_AFTER = "error_after"
    """500, and the message was accepted."""
    ACCEPTED_LATE = "accepted_late"
    """500, and the message is accepted after `delay`."""
    RESET_BEFORE = "reset_before"
    RESET_AFTER = "reset_after"
    SILENT_BEFORE = "silent_before"
    """No answer ever, and the message was not accepted."""
    SILENT_AFTER = "silent_after"
    GARBLED_AFTER = "garbled_after"
    """201 and a body that is not JSON."""
    CUT_AFTER = "cut_after"
    """201 and half of the body."""
    SLOW = "slow"
    """The right answer, after `delay`."""


class Reports(StrEnum):
    """How the status callbacks of one message travel."""

    NORMAL = "normal"
    LOST = "lost"
    LAST_LOST = "last_lost"
    DOUBLED = "doubled"
    DISORDERED = "disordered"
    """The last first, after all has happened."""
    LATE = "late"
    """All of them `report_delay` after all has happened."""
    EARLY = "early"
    """Before the request to send is answered."""


@dataclass(frozen=True, slots=True)
class AnswerFault:
    """One kind of wrong answer, and its details."""

    fault: Fault
    delay: timedelta = timedelta(0)
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """What becomes of a message."""

    outcome: Status = Status.DELIVERED
    """Its last state; SENT is a network that gives no receipt, QUEUED one that is stuck."""
    error: int | None = None
    refuse: int | None = None
    """Twilio's number of a refusal, e.g. 21612; then there is no message."""
    reports: Reports = Reports.NORMAL
    report_delay: timedelta = timedelta(days=3)
    unlisted_for: timedelta | None = None
    """How long lists do not show the message yet."""
    segments: int | None = None
    """How many parts the network counts, where not as many as the standard says."""


@dataclass(frozen=True, slots=True)
class Chaos:
    """Shares of messages, 0 to 1, that go wrong; the same seed and numbers give the same faults."""

    seed: int
    answers: Mapping[Fault, float] = field(default_factory=dict)
    reports: Mapping[Reports, float] = field(default_factory=dict)
    outcomes: Mapping[tuple[Status, int | None], float] = field(default_factory=dict)
    delays: Mapping[Fault, timedelta] = field(default_factory=dict)
    """How late the late ones are."""


@dataclass(slots=True)
class _Rule(Generic[T]):
    """A thing that shall happen to the next `left` requests for a number."""

    what: T
    to: str | None
    on: Endpoint
    left: int | None
    turn: int

    def fits(self, to: str | None, on: Endpoint) -> bool:
        """Whether this request is meant, and the rule not used up."""
        return self.on == on and self.to in (None, to) and self.left != 0


class FaultBook:
    """The script, then chance, then all goes well.

    A rule for the very number comes before one for all; counted rules come in the order they were given,
    and of those without a count the newest holds.
    """

    def __init__(self) -> None:
        self.chaos: Chaos | None = None
        self._answers: list[_Rule[AnswerFault]] = []
        self._scenarios: list[_Rule[Scenario]] = []
        self._drawn: Counter[tuple[str, str | None]] = Counter()

    def script_answer(self, fault: AnswerFault, *, to: str | None, on: Endpoint, times: int | None) -> None:
        """Let the next `times` requests go wrong; None lets all."""
        self._answers.append(_rule(self._answers, fault, to, on, times))

    def script_message(self, scenario: Scenario, *, to: str | None, times: int | None) -> None:
        """Decide what becomes of the next `times` messages; None of all."""
        self._scenarios.append(_rule(self._scenarios, scenario, to, "create", times))

    def clear(self) -> None:
        """From now on all goes well."""
        self.chaos = None
        self._answers.clear()
        self._scenarios.clear()

    def next_answer(self, to: str | None, on: Endpoint) -> AnswerFault | None:
        """How this request's answer goes wrong, or None."""
        scripted = _take(self._answers, to, on)
        if scripted is not None or self.chaos is None or on != "create":
            return scripted
        fault = _draw(self._dice("answer", to), self.chaos.answers)
        if fault is None:
            return None
        return AnswerFault(fault, self.chaos.delays.get(fault, timedelta(0)))

    def next_scenario(self, to: str) -> Scenario:
        """What becomes of this message."""
        scripted = _take(self._scenarios, to, "create")
        if scripted is not None or self.chaos is None:
            return scripted or Scenario()
        dice = self._dice("message", to)
        outcome, error = _draw(dice, self.chaos.outcomes) or (Status.DELIVERED, None)
        reports = _draw(dice, self.chaos.reports) or Reports.NORMAL
        return Scenario(outcome=outcome, error=error, reports=reports)

    def _dice(self, what: str, to: str | None) -> Random:
        # By number and its turn, so that the order in which requests arrive changes nothing.
        self._drawn[what, to] += 1
        seed = self.chaos.seed if self.chaos else 0
        return Random(f"{seed} {what} {to} {self._drawn[what, to]}")  # noqa: S311 - a replayable dice, no secret


def _rule(rules: list[_Rule[T]], what: T, to: str | None, on: Endpoint, times: int | None) -> _Rule[T]:
    turn = -len(rules) if times is None else len(rules)
    return _Rule(what, to, on, times, turn)


def _take(rules: list[_Rule[T]], to: str | None, on: Endpoint) -> T | None:
    fitting = [rule for rule in rules if rule.fits(to, on)]
    if not fitting:
        return None
    rule = min(fitting, key=lambda rule: (rule.to is None, rule.left is None, rule.turn))
    rule.left = None if rule.left is None else rule.left - 1
    return rule.what


def _draw(dice: Random, shares: Mapping[T, float]) -> T | None:
    """One of these by its share, or None with what is left of 1."""
    point = dice.random()
    for what, share in shares.items():
        if point < share:
            return what
        point -= share
    return None
