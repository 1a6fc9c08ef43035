"""What use cases tell the windows about fixed groups; ids are texts here, as Slack's payloads carry them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.campaigns.values import Choice
from bot.people.facts import Person
from bot.rules.pasted import Fate
from bot.rules.phones import PhoneRefusal

NAME_MAX = 75
"""Slack shows as much of a name in a menu."""
NOBODY, ALL = "nobody", "all"
"""What may be picked besides one of those who may be meant."""


@dataclass(frozen=True, slots=True)
class FixedSheet:
    """What is known of a fixed group, or of one that is to be: its id is there before the group is."""

    id: str
    is_new: bool = False
    name: str = ""
    people: int = 0
    """How many stand on its own list."""
    parts: tuple[Choice, ...] = ()
    staff: tuple[str, ...] = ()
    """The Slack users whose group it is."""


@dataclass(frozen=True, slots=True)
class FixedForm:
    """What somebody typed and picked; `picks` are who was chosen where a pasted name meant several, by its mark."""

    name: str = ""
    people: tuple[Choice, ...] = ()
    pasted: str = ""
    picks: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[Choice, ...] = ()
    staff: tuple[str, ...] = ()
    seen: str = ""
    """The mark of the report that was shown; empty before the first."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A pasted piece that may mean several people, or one for sure only when somebody says so."""

    mark: str
    typed: str
    people: tuple[Choice, ...]
    picked: str = ""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A pasted piece that means nobody, and why not; `people` are too many to choose from."""

    typed: str
    fate: Fate
    why: PhoneRefusal | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a pasted list, of which nothing is stored yet; its mark is another one for other people."""

    mark: str
    found: tuple[Choice, ...] = ()
    already: tuple[Choice, ...] = ()
    asked: tuple[Asked, ...] = ()
    asked_later: int = 0
    """How many more are to be asked about than a window has room for."""
    wrong: tuple[Wrong, ...] = ()
    understood: str = ""
    """The lines of those who are found or asked about, as they were typed."""
    to_correct: str = ""
    """The other lines."""

    @property
    def is_settled(self) -> bool:
        """Whether everybody who was pasted is known."""
        return not self.wrong and not self.asked_later and all(one.picked for one in self.asked)


@dataclass(frozen=True, slots=True)
class Kept:
    """A group as it was stored: how many people were added to its list, and how many stood on it already."""

    name: str
    added: int = 0
    already: int = 0


@dataclass(frozen=True, slots=True)
class Members:
    """A page of those who stand on a fixed group's list; pages count from 1."""

    id: str
    name: str
    people: int
    rows: tuple[Person, ...] = ()
    typed: str = ""
    page: int = 1
    is_more: bool = False
    parts: tuple[str, ...] = ()
    """The names of the groups in it, and with them how many people it has."""
    people_in_all: int = 0
