"""What use cases tell the windows about people; ids are texts here, as Slack's payloads carry them."""

from dataclasses import dataclass

from storage.states import OptOutScope


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
