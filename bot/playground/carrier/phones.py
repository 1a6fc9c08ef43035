"""The handsets at the network's other end: what they received and wrote, and whether they are switched on."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from bot.playground.carrier.state import Change, Network, Sms


@dataclass(frozen=True, slots=True)
class Text:
    """One SMS as a handset shows it."""

    at: datetime
    sender: str
    to: str
    body: str
    sid: str


@dataclass(slots=True)
class Phone:
    """One handset."""

    number: str
    name: str = ""
    is_on: bool = True
    inbox: list[Text] = field(default_factory=list)
    outbox: list[Text] = field(default_factory=list)

    def conversation(self, other: str) -> list[Text]:
        """What this handset and that number or name wrote to each other, oldest first."""
        texts = [text for text in self.inbox if text.sender == other]
        texts += [text for text in self.outbox if text.to == other]
        return sorted(texts, key=lambda text: text.at)


class Phones:
    """Every handset, made the first time it is asked for."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._phones: dict[str, Phone] = {}

    def __iter__(self) -> Iterator[Phone]:
        return iter(tuple(self._phones.values()))

    def __getitem__(self, number: str) -> Phone:
        return self._phones.setdefault(number, Phone(number))

    def is_reachable(self, number: str) -> bool:
        """Whether the handset is switched on; one nobody has asked for is."""
        return number not in self._phones or self._phones[number].is_on

    def receive(self, sms: Sms) -> None:
        """Put the message into its handset's inbox."""
        self[sms.to].inbox.append(self._text(sms))
        self._network.tell(Change("phone", sid=sms.sid, number=sms.to))

    def write(self, sms: Sms) -> None:
        """Note that its handset wrote the message."""
        if sms.sender is not None:
            self[sms.sender].outbox.append(self._text(sms))
            self._network.tell(Change("phone", sid=sms.sid, number=sms.sender))

    def _text(self, sms: Sms) -> Text:
        return Text(self._network.now(), sms.sender or "", sms.to, sms.body, sms.sid)
