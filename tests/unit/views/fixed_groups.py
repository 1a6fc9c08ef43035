"""Fixed groups as their windows show them, for the tests of these windows."""

from typing import Any
from uuid import UUID

from bot.campaigns.values import Choice
from bot.groups.sheets import Asked, FixedForm, FixedSheet, Members, Report, Wrong
from bot.people.facts import Person
from bot.rules.pasted import Fate
from bot.rules.phones import PhoneRefusal
from tests.unit.views.examples import LONG_NAME, LONG_TEXT


def fixed_sheet(**changed: Any) -> FixedSheet:
    """U13, which has a list of its own, U15 in it, and a coach."""
    usual: dict[str, Any] = {
        "id": str(UUID(int=7)),
        "name": "U13",
        "people": 14,
        "parts": (Choice(str(UUID(int=8)), "U15", "16 people"),),
        "staff": ("U0COACH",),
    }
    return FixedSheet(**usual | changed)


def report(**changed: Any) -> Report:
    """Of a pasted list: one found, one known, one asked about, two that mean nobody."""
    usual: dict[str, Any] = {
        "mark": "m",
        "found": (Choice("c1", "Léa Martin", "U11"),),
        "already": (Choice("c2", "Hugo Fontaine", "U13"),),
        "asked": (Asked("abc", "Roux", (Choice("c3", "Inès Roux"), Choice("c4", "Sacha Roux"))),),
        "wrong": (
            Wrong("06 12", Fate.REFUSED, PhoneRefusal.INVALID),
            Wrong("Jean Dupond", Fate.UNKNOWN),
            Wrong("Durand", Fate.TOO_MANY),
        ),
        "understood": "Léa Martin\nHugo\nRoux",
        "to_correct": "06 12\nJean Dupond\nDurand",
    }
    return Report(**usual | changed)


def huge_report() -> Report:
    """A thousand lines of everything, as long as they can be."""
    people = tuple(Choice(str(UUID(int=n)), LONG_NAME, LONG_NAME) for n in range(1000))
    asked = tuple(Asked(f"mark{n}", LONG_NAME, people[:20], "all") for n in range(15))
    wrong = tuple(Wrong(LONG_TEXT, fate, PhoneRefusal.LANDLINE) for fate in Fate for _ in range(200))
    full = "x" * 3000
    return report(
        found=people,
        already=people,
        asked=asked,
        asked_later=900,
        wrong=wrong,
        understood=full,
        to_correct=full,
    )


def huge_fixed_sheet() -> FixedSheet:
    """As many groups in it and coaches as a window takes."""
    ids = [str(UUID(int=2**127 + n)) for n in range(60)]
    parts = tuple(Choice(id, LONG_NAME, LONG_NAME) for id in ids)
    return fixed_sheet(name="é" * 75, parts=parts, staff=tuple(f"U0{n:09}" for n in range(60)))


def huge_fixed_form() -> FixedForm:
    """As much as can be typed and picked."""
    sheet = huge_fixed_sheet()
    people = tuple(Choice(str(UUID(int=n)), LONG_NAME, LONG_NAME) for n in range(100))
    return FixedForm("é" * 75, people, "x" * 3000, {}, sheet.parts, sheet.staff)


def members(*rows: Person, **changed: Any) -> Members:
    """The first page of who stands on U13's list."""
    usual: dict[str, Any] = {"id": str(UUID(int=7)), "name": "U13", "people": 14, "rows": rows}
    return Members(**usual | changed)
