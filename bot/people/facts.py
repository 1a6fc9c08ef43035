"""What use cases tell the windows about people; ids are texts here, as Slack's payloads carry them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.campaigns.values import Choice
from bot.consents.facts import Agreed
from storage.states import FieldKind, OptOutScope


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as a line of the list; `number` is as staff may see it, `refusal` a `PhoneRefusal` where none can be texted."""

    id: str
    name: str
    number: str
    refusal: str = ""
    details: tuple[str, ...] = ()
    guardians: tuple[str, ...] = ()
    opted_out: OptOutScope | None = None
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """What is looked for: words, a page counted from 1, among whom."""

    typed: str = ""
    page: int = 1
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A page of the people who were looked for; how the whole list stands where nothing was typed."""

    looked: Looked
    rows: tuple[Person, ...] = ()
    is_more: bool = False
    """Whether another page follows."""
    total: int = 0
    unreachable: tuple[tuple[str, int], ...] = ()
    """A `PhoneRefusal` value and how many have no number for that reason."""
    archived: int = 0
    ruled: tuple[str, ...] = ()
    """The first groups with a rule that have the words in their names: who is in one is found by its whole name."""


@dataclass(frozen=True, slots=True)
class OwnField:
    """A field of the club's own."""

    id: str
    name: str
    kind: FieldKind
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """Somebody's values as a window shows and gives them; `own` are by the ids of the club's fields."""

    first_name: str = ""
    last_name: str = ""
    mobile: str = ""
    birth_date: str = ""
    language: str = ""
    roles: str = ""
    tags: str = ""
    reference: str = ""
    own: Mapping[str, str] = field(default_factory=dict)
    guardians: tuple[Choice, ...] = ()
    wards: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is known of somebody; the id is empty for who is not stored yet, and `stamp` tells one state from another."""

    id: str
    stamp: str
    form: Form
    fields: tuple[OwnField, ...] = ()
    agreed: Agreed | None = None
    """How their number stands; None for who is not stored yet."""


class May(StrEnum):
    """What may be sent to a number."""

    ALL = "all"
    ALERTS = "alerts"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Saved:
    """Whom it is about; where the number is another one than before, what it may get."""

    name: str
    may: May | None = None
