"""How likely each trouble is in one simulation: some are calm, some have everything at once."""

from dataclasses import dataclass, fields
from random import Random


@dataclass(frozen=True, slots=True)
class Odds:
    """Chances per request, per receipt or per day; each simulation draws which of them exist in it."""

    throttled: float = 0.05
    server_error: float = 0.03
    server_error_after: float = 0.04
    reset_before: float = 0.03
    reset_after: float = 0.04
    silent_before: float = 0.02
    silent_after: float = 0.03
    accepted_late: float = 0.03
    never_connected: float = 0.03
    slow: float = 0.1
    list_fails: float = 0.15
    list_lags: float = 0.3
    receipt_lost: float = 0.15
    receipt_doubled: float = 0.15
    receipt_late: float = 0.1
    undelivered: float = 0.08
    failed_late: float = 0.03
    slack_away: float = 0.08
    slack_busy: float = 0.05
    slack_silent: float = 0.04
    slack_silent_after: float = 0.0
    deaths: float = 0.7
    freezes: float = 0.5
    jumps: float = 0.35
    carrier_down: float = 0.25
    queue_full: float = 0.2
    suspended: float = 0.15
    slack_down: float = 0.25
    disk_trouble: float = 0.3
    second_process: float = 0.5
    restored: float = 0.06
    deployed: float = 0.15


def draw(chance: Random) -> Odds:
    """The odds of one simulation: each trouble is there, or is not, or comes thick."""
    factors = {field.name: chance.choice((0.0, 1.0, 1.0, 2.5)) for field in fields(Odds)}
    return Odds(**{name: min(0.9, getattr(Odds(), name) * factor) for name, factor in factors.items()})


CALM = Odds(**{field.name: 0.0 for field in fields(Odds)})
