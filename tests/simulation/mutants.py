"""Shipped code with one of its guards taken out: the simulation must find each of them, or it proves nothing."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from bot.carriers import Accepted, AnswerLost, CarrierError
from bot.delivery import recording
from bot.delivery.reconcile import Reconciler
from bot.delivery.sending import Delivery
from bot.delivery.verdicts import Answer, NotAsked, Verdict
from bot.settings import Settings
from storage.claims import Claimed
from tests.simulation.odds import CALM, Odds


@dataclass(frozen=True, slots=True)
class Mutant:
    """One guard taken out, the troubles that need it, and the rule that breaks without it."""

    without: Callable[[], AbstractContextManager[Any]]
    odds: Odds
    breaks: str
    first: int = 1
    """A seed from which on it is found soon."""


def _sends_again() -> AbstractContextManager[Any]:
    """A lost answer counts as "not sent", as in every loop with a retry."""
    verdict_on = recording.verdict_on

    def careless(answer: Answer, **how: Any) -> Verdict:
        return verdict_on(NotAsked() if isinstance(answer, AnswerLost) else answer, **how)

    return patch.object(recording, "verdict_on", careless)


@contextmanager
def _has_no_grace() -> Iterator[None]:
    """The list is believed at once, though it lags and a text may still come in."""
    with (
        patch.object(Settings, "grace", timedelta(seconds=1)),
        patch.object(Reconciler, "_has_been_seen", lambda *_: True),
    ):
        yield


def _writes_after_the_lease() -> AbstractContextManager[Any]:
    """A request's deadline is not looked at before its bytes are written."""

    async def send(self: Delivery, claimed: Claimed, *, until: float) -> Accepted | CarrierError:
        try:
            return await self._rt.carrier.send(self._outgoing(claimed))
        except CarrierError as error:
            return error

    return patch.object(Delivery, "_send", send)


_LOST = replace(CALM, reset_after=0.3, server_error_after=0.3, slow=0.1)
_LATE = replace(CALM, accepted_late=0.4, list_lags=0.5, second_process=0.5)
_FROZEN = replace(CALM, freezes=1.0, second_process=1.0, slow=0.2, deaths=0.1)

MUTANTS: Mapping[str, Mutant] = {
    "sends again after a lost answer": Mutant(_sends_again, _LOST, "1 once"),
    "has no grace": Mutant(_has_no_grace, _LATE, "1 once"),
    "writes after the lease": Mutant(_writes_after_the_lease, _FROZEN, "1 once", first=11),
}
