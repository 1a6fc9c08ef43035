"""The club's own fields: what may stand in one, by its kind, and how it is written."""

import re
from collections.abc import Collection
from datetime import date

from storage.letters import NUMBER
from storage.states import FieldKind

YES, NO = "yes", "no"
LONGEST, LONGEST_CHOICE = 500, 75
"""Characters that a field of a window shows, and an entry of a menu."""
_NUMBER = re.compile(NUMBER)


def written(kind: FieldKind, typed: str, choices: Collection[str] = ()) -> str | None:
    """The value as it is kept, "12.5" for "12,5"; None when it is none of this kind. Nothing typed is no value: ""."""
    value = " ".join(typed.split())
    if not value or kind is FieldKind.TEXT:
        return value
    if kind is FieldKind.NUMBER:
        value = value.replace(" ", "").replace(",", ".")
    return value if _is_one(kind, value, choices) else None


def fits(kind: FieldKind, value: str, choices: Collection[str] = ()) -> bool:
    """Whether a window can show a kept value as one of this kind; what was imported, or kept before, may not be."""
    return len(value) <= LONGEST and written(kind, value, choices) == value


def _is_one(kind: FieldKind, value: str, choices: Collection[str]) -> bool:
    if kind is FieldKind.NUMBER:
        return _NUMBER.fullmatch(value) is not None
    if kind is FieldKind.DATE:
        return is_date(value)
    if kind is FieldKind.YES_NO:
        return value in (YES, NO)
    return value in choices and len(value) <= LONGEST_CHOICE


def is_date(value: str) -> bool:
    """Whether it is a day, as "2027-03-27" writes it."""
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def listed(typed: str) -> list[str]:
    """What stands between commas, each once: "a, b, a" is a and b."""
    return list(dict.fromkeys(filter(None, (" ".join(each.split()) for each in typed.split(",")))))
