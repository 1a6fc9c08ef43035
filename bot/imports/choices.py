"""What staff say that the columns of a file hold, in the place of what was guessed."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from bot.imports.columns import Column, Holds, Mapped, folded, refuse_nameless
from bot.imports.errors import ColumnsAlike, NoNames
from bot.people.facts import OwnField

NOTHING = "nothing"
"""Chosen for a column that is left out."""
OF_GUARDIANS = (Holds.FIRST_NAME, Holds.LAST_NAME, Holds.FULL_NAME, Holds.MOBILE)
GUARDIANS = ("mother", "father", "guardian", "guardian 2")
"""Those of whom columns may speak in any file, each with what is known of them."""
LEARNT_MAX, HEADER_MAX = 200, 100
"""Of how many columns, and of how long a name, it is kept what they hold."""
_OWN = "own:"
_OF = "@"


def choice_of(column: Column) -> str:
    """How a choice of what this column holds is written: "mobile", "mobile@mother", "own:" and the id of a field."""
    if column.field:
        return f"{_OWN}{column.field.id}"
    return f"{column.holds}{_OF}{column.guardian}" if column.guardian else column.holds


def choices_of(mapped: Mapped) -> dict[int, str]:
    """The choices that lead to these columns, by their positions."""
    return {column.position: choice_of(column) for column in mapped.columns}


def chosen(headers: Sequence[str], choices: Mapping[int, str], own_fields: Iterable[OwnField]) -> Mapped:
    """The columns as chosen; a choice that nobody offers leaves its column out. Raises `ColumnsAlike` or `NoNames`."""
    fields = {field.id: field for field in own_fields}
    found = [_chosen(n, header, choices.get(n, NOTHING), fields) for n, header in enumerate(headers)]
    columns = tuple(column for column in found if column)
    _refuse_alike(columns)
    taken = {column.position for column in columns}
    mapped = Mapped(columns, tuple(header for n, header in enumerate(headers) if header and n not in taken))
    refuse_nameless(mapped, headers)
    return mapped


def learnt(
    headers: Sequence[str], guessed: Mapped, mapped: Mapped, before: Mapping[str, str]
) -> dict[str, str]:
    """What is known of columns once this file was imported: of each name, what staff chose in the place of the guess."""
    guesses, now = choices_of(guessed), choices_of(mapped)
    here = {folded(header): n for n, header in enumerate(headers) if header and len(header) <= HEADER_MAX}
    mine = {called: now.get(n, NOTHING) for called, n in here.items() if now.get(n) != guesses.get(n)}
    others = {called: choice for called, choice in before.items() if called not in here}
    return dict(islice((mine | others).items(), LEARNT_MAX))


def recalled(
    headers: Sequence[str], guessed: Mapped, before: Mapping[str, str], own_fields: Sequence[OwnField]
) -> Mapped:
    """The columns as guessed, but for what was learnt of their names, where both make sense together."""
    fields = {field.id: field for field in own_fields}
    known = {n: before[folded(header)] for n, header in enumerate(headers) if folded(header) in before}
    kept = {
        n: choice
        for n, choice in known.items()
        if choice == NOTHING or _chosen(n, headers[n], choice, fields) is not None
    }
    choices = {n: choice for n, choice in choices_of(guessed).items() if choice not in kept.values()} | kept
    try:
        return chosen(headers, choices, own_fields) if kept else guessed
    except (ColumnsAlike, NoNames):
        return guessed


def _chosen(position: int, header: str, choice: str, fields: Mapping[str, OwnField]) -> Column | None:
    if choice.startswith(_OWN):
        field = fields.get(choice.removeprefix(_OWN))
        return Column(position, header, Holds.FIELD, field=field) if field else None
    what, _, guardian = choice.partition(_OF)
    offered = OF_GUARDIANS if guardian else [one for one in Holds if one is not Holds.FIELD]
    return Column(position, header, Holds(what), guardian) if what in offered else None


def _refuse_alike(columns: Iterable[Column]) -> None:
    seen: dict[str, Column] = {}
    for column in columns:
        # Evidence may stand in several columns, such as where and when.
        first = seen.setdefault(choice_of(column), column)
        if first is not column and column.holds is not Holds.EVIDENCE:
            raise ColumnsAlike(one=first.header, other=column.header)
