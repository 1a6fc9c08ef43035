"""What the page is built on: one workspace, the phones of some people, and the protocol log."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

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


class Phones(Protocol):
    """The handsets' end of the phone network."""

    def texts(self, number: str) -> Sequence[Text]:
        """Give back what lies on the handset, oldest first."""
        ...

    async def write(self, number: str, to: str, body: str) -> None:
        """Write an SMS on the handset."""
        ...

    def listen(self, listener: Callable[[Any], None]) -> Callable[[], None]:
        """Call the listener whenever a handset may have changed; gives back the function that ends it."""
        ...


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that one page shows."""

    workspace: Workspace
    phones: Phones
    log: ExchangeLog
    people: tuple[Person, ...]
    debounce_ms: int = 0
    """How long typing rests before it is told; leaving the field or submitting tells it at once."""


def is_answerable(sender: str) -> bool:
    """Say whether one can write back: numbers can be answered, names cannot."""
    return sender.removeprefix("+").isdigit()
