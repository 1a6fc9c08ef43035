"""`/sms GROUP TEXT`: which group is meant, and what is to be said to it."""

from collections.abc import Collection
from dataclasses import dataclass

QUOTES = {'"': '"', "“": "”", "«": "»", "'": "'", "‘": "’"}


@dataclass(frozen=True, slots=True)
class OneLiner:
    """The group's name as the club spells it, empty when none is meant for sure, and the text."""

    group: str
    body: str


def read(typed: str, names: Collection[str]) -> OneLiner:
    """What was typed after `/sms`: the longest group name that fits, quotes allowed; else all of it is text."""
    typed = typed.strip()
    quoted = _quoted(typed)
    if quoted:
        return (
            OneLiner(_same(quoted.group, names), quoted.body)
            if _same(quoted.group, names)
            else OneLiner("", typed)
        )
    fitting = [name for name in names if _begins(typed, name)]
    if not fitting:
        return OneLiner("", typed)
    longest = max(map(len, fitting))
    best = [name for name in fitting if len(name) == longest]
    # Two groups spelt alike but for their capitals: the coach chooses in the modal.
    group = best[0] if len(best) == 1 else next((name for name in best if typed.startswith(name)), "")
    return OneLiner(group, typed[longest:].strip(" :\n"))


def _quoted(typed: str) -> OneLiner | None:
    closing = QUOTES.get(typed[:1])
    if closing is None or closing not in typed[1:]:
        return None
    name, _, body = typed[1:].partition(closing)
    return OneLiner(name.strip(), body.strip(" :\n"))


def _same(name: str, names: Collection[str]) -> str:
    return next((known for known in names if known.casefold() == name.casefold()), "")


def _begins(typed: str, name: str) -> bool:
    rest = typed[len(name) :]
    return typed[: len(name)].casefold() == name.casefold() and (not rest or rest[0] in " :\n")
