"""What people agreed to, for the tests of what is shown of it."""

from typing import Any
from uuid import UUID

from bot.consents.facts import Agreed, Asked, Worded
from bot.rules.consent import State, Why
from bot.rules.refusals import Line
from storage.states import ConsentHow, Purpose
from tests.unit.views.examples import AT, ZONE


def state(purpose: Purpose, why: Why, said: Line | None = None) -> State:
    """How a number stands for one purpose."""
    is_fine = why is Why.AGREED or (why is Why.NOTHING_SAID and purpose is Purpose.ALERTS)
    return State(purpose, is_fine, why, said)


def said(purpose: Purpose = Purpose.MARKETING, **changed: Any) -> Line:
    """What somebody agreed to on paper."""
    usual: dict[str, Any] = {
        "id": UUID(int=3),
        "purpose": purpose,
        "given": True,
        "evidence": "Form 2026",
        "recorded_by": "U0ADMIN",
        "at": AT,
        "how": ConsentHow.PAPER,
        "words_version": 2,
    }
    return Line(**usual | changed)


def agreed(*lines: Line, **changed: Any) -> Agreed:
    """A number that agreed to advertising, on paper."""
    states = (state(Purpose.ALERTS, Why.NOTHING_SAID), state(Purpose.MARKETING, Why.AGREED, said()))
    return Agreed(**{"states": states, "lines": lines or (said(),), "zone": ZONE} | changed)


def asked(**changed: Any) -> Asked:
    """What is asked of who records Léa's consent."""
    wordings = (Worded(2, "I agree to offers by SMS.", AT), Worded(0, "I agree."))
    usual: dict[str, Any] = {
        "id": "p1",
        "name": "Léa Martin",
        "agreed": agreed(),
        "wordings": wordings,
        "today": AT.date(),
    }
    return Asked(**usual | changed)
