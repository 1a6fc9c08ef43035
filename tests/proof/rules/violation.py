"""What a broken rule is called, and the words that the rules share."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from tests.proof.ledger import Request, Text

About = TypeVar("About", Text, Request)


class Wrong(StrEnum):
    """What kind of harm a violation is."""

    DOUBLED = "doubled"
    LOST = "lost"
    UNKNOWN = "unknown"
    """Nobody knows whether it was sent."""
    OPEN = "open"
    """It waits, or may have been sent, though everything has come to rest."""
    UNTRUE = "untrue"
    """The bot says something that is not so."""
    AGAINST_WISH = "against a wish"
    """A request after somebody said no."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule broken by one thing, in a sentence."""

    rule: int
    wrong: Wrong
    sentence: str

    def __str__(self) -> str:
        return f"Rule {self.rule}: {self.sentence}"


def by_token(these: Iterable[About]) -> dict[str, list[About]]:
    """The texts, or the requests, of each of our messages."""
    found: dict[str, list[About]] = defaultdict(list)
    for one in these:
        found[one.token].append(one)
    return found


def sids(texts: Iterable[Text]) -> str:
    """Their ids, in order."""
    return ", ".join(sorted(text.sid for text in texts))


def some(numbers: Iterable[str]) -> str:
    """The first three of them, and how many more there are."""
    in_order = sorted(numbers)
    return ", ".join(in_order[:3]) + (f" and {len(in_order) - 3} more" if len(in_order) > 3 else "")
