"""How a club may appear on a phone, and whether one can answer it."""

import re
from enum import StrEnum

from bot.rules.countries import Country
from storage.states import SenderKind

# Three to eleven letters and digits pass in France (af2m.org, OADC), in Spain's register and at Twilio:
# https://www.twilio.com/docs/glossary/what-alphanumeric-sender-id
NAME_MIN = 3
NAME_MAX = 11
_CHARACTERS = re.compile(r"[A-Za-z0-9]+")


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


def allowed(kind: SenderKind, country: Country) -> bool:
    """Whether a club of this country may send by this kind of sender."""
    return kind in country.sender_kinds
