"""Who gets a campaign and why, as its window tells it; ids are texts here, as Slack's payloads carry them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from storage.conditions import Rule
from storage.states import AudienceWay, MessageState


class Show(StrEnum):
    """Which people are shown; a reason for leaving somebody out (`LeftOut`) is one too."""

    ALL = "all"
    IN = "in"
    GUARDIANS = "guardians"
    """Those in whose place guardians get it."""
    OUT = "out"
    UNREACHED = "unreached"
    """Those who were chosen and whom it reaches neither themselves nor through a guardian."""
    LOST = "lost"
    """Those whose text was refused, not delivered or not sent."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Of which campaign, or of which draft that was previewed, which people are asked for; pages count from 1."""

    campaign_id: str = ""
    draft_id: str = ""
    typed: str = ""
    show: str = Show.ALL
    page: int = 1


@dataclass(frozen=True, slots=True)
class InGroup:
    """A group that was chosen, as it is or as it was when the campaign left; a list has no rule."""

    name: str
    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class Relative:
    """A guardian, and why none of their own gets through to them; `left_out` is empty for who gets it."""

    id: str
    name: str
    left_out: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Explained:
    """One person: by which rule it is about them, at which number, masked, they get it, or why they do not."""

    id: str
    name: str
    number: str = ""
    is_chosen: bool = True
    group: InGroup | None = None
    wards: tuple[str, ...] = ()
    """The names of those whose guardian they are."""
    along_with: tuple[str, ...] = ()
    """The names of those whom they go along with as the club's second adult."""
    left_out: str = ""
    detail: str = ""
    """A `PhoneRefusal`, or that guardians get it in their place."""
    guardians: tuple[Relative, ...] = ()
    state: MessageState | None = None
    """Where their text is, once it left."""
    trouble: str = ""
    """Why their text was lost, as a sentence."""


@dataclass(frozen=True, slots=True)
class Why:
    """A page of a campaign's people, and how many there are of each name that `Asked.show` may have."""

    asked: Asked
    title: str
    way: AudienceWay
    audience_words: str
    is_frozen: bool
    """Whether it has left: what is told is how it was then."""
    rows: tuple[Explained, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    is_more: bool = False
