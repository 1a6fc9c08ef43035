"""How a club may appear on a phone, and whether one can answer it."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.rules.countries import ANYWHERE, Country, NameThere, country_of
from storage.states import SenderKind

# Three to eleven letters and digits pass in France (af2m.org, OADC), in Spain's register and at Twilio:
# https://www.twilio.com/docs/glossary/what-alphanumeric-sender-id
NAME_MIN = 3
NAME_MAX = 11
_CHARACTERS = re.compile(r"[A-Za-z0-9]+")
_NOT_SHOWN = (NameThere.IMPOSSIBLE, NameThere.REGISTERED, NameThere.UNCHECKED)


class SenderRefusal(StrEnum):
    """Why a name cannot be a sender."""

    LENGTH = "length"
    CHARACTERS = "characters"
    NO_LETTER = "no_letter"
    GENERIC = "generic"
    COUNTRY = "country"


def refuse_name(name: str, country: Country) -> SenderRefusal | None:
    """The first reason against the name in this country, or None when it may be used."""
    if not country.sender_names_allowed:
        return SenderRefusal.COUNTRY
    if not NAME_MIN <= len(name) <= NAME_MAX:
        return SenderRefusal.LENGTH
    if not _CHARACTERS.fullmatch(name):
        return SenderRefusal.CHARACTERS
    if name.isdigit():
        return SenderRefusal.NO_LETTER
    if name.upper().strip("0123456789") in country.generic_names:
        return SenderRefusal.GENERIC
    return None


def can_answer(kind: SenderKind) -> bool:
    """Whether a phone can answer this kind of sender: a number yes, a name never."""
    return kind is not SenderKind.NAME


def is_answerable(kind: SenderKind, country: Country) -> bool:
    """Whether answers to this kind of sender reach a club of this country."""
    return kind in country.answerable


def allowed(kind: SenderKind, country: Country) -> bool:
    """Whether a club of this country may send by this kind of sender."""
    return kind in country.sender_kinds


@dataclass(frozen=True, slots=True)
class Unshown:
    """Where a name may not show, for one reason, and how many recipients are there in all.

    Places are ISO 3166 codes, those of most recipients first, then by their letters; a place without a row of its own stands for itself.
    """

    why: NameThere
    places: tuple[str, ...]
    recipients: int


def unshown(regions: Mapping[str, int], countries: Mapping[str, Country]) -> tuple[Unshown, ...]:
    """Where a name may not show, by how many of an audience's numbers are in which region; what is impossible first."""
    found: dict[NameThere, Counter[str]] = {why: Counter() for why in _NOT_SHOWN}
    for region, recipients in regions.items():
        country = country_of(region, countries)
        if country.names is not NameThere.SHOWN:
            found[country.names][region if country.code == ANYWHERE else country.code] += recipients
    return tuple(
        Unshown(why, tuple(sorted(places, key=lambda place: (-places[place], place))), places.total())
        for why, places in found.items()
        if places
    )
