"""What use cases tell the windows about groups; ids are texts here, as Slack's payloads carry them."""

from dataclasses import dataclass, field

from bot.people.facts import OwnField
from bot.rules.filters import EVERYBODYS, Asked, Fields
from bot.rules.lines import Form
from storage.conditions import OWN, Compared, Rule
from storage.states import FieldKind

_COMPARED = {
    FieldKind.TEXT: Compared.TEXT,
    FieldKind.NUMBER: Compared.NUMBER,
    FieldKind.DATE: Compared.DATE,
    FieldKind.YES_NO: Compared.YES_NO,
    FieldKind.CHOICE: Compared.CHOICE,
}


@dataclass(frozen=True, slots=True)
class Belonging:
    """Who belongs to a group now, by the rule as far as it is complete; `names` are the first few."""

    rule: Rule = field(default_factory=Rule)
    people: int = 0
    total: int = 0
    names: tuple[str, ...] = ()
    is_partial: bool = False
    """Whether a condition is not complete, and counts for nothing yet."""


@dataclass(frozen=True, slots=True)
class Building:
    """A group while somebody builds it: its draft, what was typed, the club's own fields, and who belongs now."""

    draft_id: str
    form: Form
    own: tuple[OwnField, ...] = ()
    belonging: Belonging = field(default_factory=Belonging)
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class SavedGroup:
    """A group that was saved, and how many belong to it now."""

    name: str
    people: int


def fields_of(own: tuple[OwnField, ...]) -> Fields:
    """What a rule of the club may ask for; what the club made up itself comes first."""
    club = {f"{OWN}{one.name}": Asked(_COMPARED[one.kind], one.choices) for one in own}
    return club | {name: Asked(compared) for name, compared in EVERYBODYS.items()}
