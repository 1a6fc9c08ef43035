"""What the page is built on: one workspace, one phone network, the people with phones, and the protocol log."""

from dataclasses import dataclass
from datetime import datetime

from bot.playground.carrier.phones import Text as CarrierText
from bot.playground.carrier.server import StandInCarrier
from bot.playground.log import ExchangeLog
from bot.playground.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a phone."""

    name: str
    number: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """One SMS on a handset; `other` is the sender that wrote it, or the number it was written to."""

    key: str
    other: str
    body: str
    at: datetime
    is_ours: bool
    """Whether the handset's owner wrote it."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that one page shows."""

    workspace: Workspace
    carrier: StandInCarrier
    log: ExchangeLog
    members: tuple[Person, ...]
    debounce_ms: int = 0
    """How long typing rests before it is told; leaving the field or submitting tells it at once."""

    @property
    def people(self) -> list[Person]:
        """Everybody whose phone is shown: the members, and whoever else was texted."""
        known = {one.number for one in self.members}
        others = (phone for phone in self.carrier.phones if phone.inbox and phone.number not in known)
        return [*self.members, *(Person(phone.name or phone.number, phone.number) for phone in others)]

    def texts(self, number: str) -> list[Text]:
        """Give back what lies on the handset, oldest first; an SMS that came twice lies there twice."""
        phone = self.carrier.phone(number)
        received = [_as_text(text, at, is_ours=False) for at, text in enumerate(phone.inbox)]
        written = [_as_text(text, at, is_ours=True) for at, text in enumerate(phone.outbox)]
        return sorted([*received, *written], key=lambda text: text.at)


def _as_text(text: CarrierText, position: int, *, is_ours: bool) -> Text:
    other = text.to if is_ours else text.sender
    return Text(f"{text.sid}-{position}", other, text.body, text.at, is_ours)


def is_answerable(sender: str) -> bool:
    """Say whether one can write back: numbers can be answered, names cannot."""
    return sender.removeprefix("+").isdigit()
