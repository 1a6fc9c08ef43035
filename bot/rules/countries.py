"""What differs by country: whose numbers are a club's own, who may send and how fast, what a segment costs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum

from storage.states import SenderKind

# The row of `bot/data/countries.toml` that stands for every country without one.
ANYWHERE = "ZZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The days and hours at which marketing may leave, on the clock of who gets it."""

    days: frozenset[int]
    """Monday is 0."""
    opens: time
    closes: time
    """The first minute at which it is over."""
    on_holidays: bool

    @property
    def is_empty(self) -> bool:
        """Whether it never opens."""
        return not self.days or self.opens >= self.closes


class NameThere(StrEnum):
    """What becomes of a name as sender, for who gets the text in a country."""

    SHOWN = "shown"
    REGISTERED = "registered"
    """It shows once it is registered there; until then another sender, a warning or nothing comes."""
    IMPOSSIBLE = "impossible"
    """Another sender or nothing comes."""
    UNCHECKED = "unchecked"
    """Nobody has looked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """One row of `bot/data/countries.toml`; `credits_abroad` is what a segment to it costs from elsewhere."""

    code: str
    prefixes: tuple[int, ...]
    domestic_regions: frozenset[str]
    sender_kinds: frozenset[SenderKind]
    answerable: frozenset[SenderKind]
    zone: str
    language: str
    marketing: Window
    """What a club starts with."""
    marketing_most: Window
    """How far an admin may widen it."""
    hours_checked: bool = True
    """Whether somebody has read what the country says about hours."""
    names: NameThere = NameThere.UNCHECKED
    """What becomes of texts that come to it from a name, of a club there or elsewhere."""
    credits_abroad: int = 1
    generic_names: frozenset[str] = frozenset()
    segments_per_second: Mapping[SenderKind, float] = field(default_factory=dict, hash=False)
    """Where the carrier is faster or slower here than it usually is."""

    @property
    def sender_names_allowed(self) -> bool:
        """Whether a club of this country may appear by its name."""
        return SenderKind.NAME in self.sender_kinds


def country_of(region: str, countries: Mapping[str, Country]) -> Country:
    """The country that counts the region as its own, else the row for anywhere."""
    for country in countries.values():
        if region in country.domestic_regions:
            return country
    return countries[ANYWHERE]


def credits_per_segment(region: str, home: Country, countries: Mapping[str, Country]) -> int:
    """What one segment to a region costs a club: one credit at home, the row's number abroad."""
    if region in home.domestic_regions:
        return 1
    return country_of(region, countries).credits_abroad
