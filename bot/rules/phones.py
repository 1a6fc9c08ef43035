"""Numbers as people type them, and the one mobile number in E.164 that they mean, if there is one."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from traceback import clear_frames

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from bot.rules.countries import Country


class PhoneRefusal(StrEnum):
    """Why what was typed is not a number that can be texted."""

    EMPTY = "empty"
    LETTERS = "letters"
    TWO_NUMBERS = "two_numbers"
    EXTENSION = "extension"
    LANDLINE = "landline"
    PREMIUM = "premium"
    VOIP = "voip"
    SHORT = "short"
    COUNTRY_MISSING = "country_missing"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Phone:
    """A mobile number in E.164 and the region of the world it belongs to."""

    e164: str
    region: str


# Overseas mobiles are dialled like mainland ones (0692...), yet are numbers of their own country code:
# French numbering plan, https://www.arcep.fr (décision 2018-0881).
_TRIED = {"FR": ("FR", "RE", "GP", "MQ", "GF", "YT")}

# ITU-T E.164, 6.2: at most fifteen digits with the country code.
_MOST_DIGITS = 15
# Fewer digits than this beside each other are a piece of a number, or a house number in a note.
_LEAST_DIGITS = 8
_NO_BREAK_SPACE = "\u00a0"

# How many digits of a number decide its region, its kind and its zones, by the first three of them: the patterns of
# https://github.com/google/libphonenumber take any digit in the places after those. Overseas one more, for a trunk zero.
DECIDING = {
    "336": 5,
    "337": 5,
    "324": 4,
    "417": 5,
    "491": 8,
    "346": 4,
    "347": 4,
    "393": 4,
    "447": 8,
    "262": 9,
    "590": 9,
    "594": 9,
    "596": 9,
    **{f"1{area}": 8 for area in range(20, 100)},
}

_LABEL = re.compile(r"(?:t[eé]l(?:[eé]phone)?|mob(?:ile)?|port(?:able)?|gsm|cell|phone|sms)\b[\s.:]*", re.I)
_EXTENSION = re.compile(r"(?:(?<![^\W\d_])(?:ext(?:ension|n)?|poste|x)|#)[\s.:=]*\d{1,7}$", re.I)
_LETTER = re.compile(r"[^\W\d_]")
_BETWEEN_NUMBERS = re.compile(r"[^\W\d_]+|[/\\,;|&\n]|\s-\s|(?<=\d)\s*\+")
_TRUNK_ZERO = re.compile(r"(?<=\d)[)\s]*\(\s*0\s*\)")

_MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
_REFUSED_TYPES = {
    PhoneNumberType.FIXED_LINE: PhoneRefusal.LANDLINE,
    PhoneNumberType.PREMIUM_RATE: PhoneRefusal.PREMIUM,
    PhoneNumberType.SHARED_COST: PhoneRefusal.PREMIUM,
    PhoneNumberType.TOLL_FREE: PhoneRefusal.PREMIUM,
    PhoneNumberType.VOIP: PhoneRefusal.VOIP,
}


def parse(typed: str, country: str = "FR") -> Phone | PhoneRefusal:
    """The one mobile number that was typed, seen from the club's country, or why there is none.

    A number that needs a country code to be one never gets a guessed one.
    """
    text = _readable(typed)
    if not text:
        return PhoneRefusal.EMPTY
    return _refuse_form(text) or _parse_dialled(_dialled(text), country)


def region_of(e164: str) -> str:
    """The region of a number ("FR", "RE"), or "ZZ" when it has none."""
    return _region_of(alike(e164))


def alike(e164: str) -> str:
    """A number of the same region and zones, and one and the same for many: what is found out for it need be only once."""
    return decided_by(e164).ljust(len(e164), "0")


def decided_by(e164: str) -> str:
    """The first digits of a number, with its plus, which decide its region, its kind and its zones.

    All of them where nobody has proved that fewer do.
    """
    deciding = DECIDING.get(e164[1:4])
    if deciding is None or not (e164.isascii() and e164[1:].isdecimal()):
        return e164
    return e164[: deciding + 1]


def by_place(numbers: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """The numbers by one that is of the same region and zones as they are."""
    found: dict[str, list[str]] = defaultdict(list)
    for e164 in numbers:
        found[alike(e164)].append(e164)
    return found


@lru_cache(maxsize=2**16)
def _region_of(e164: str) -> str:
    number = _number(e164, None)
    return _region(number) if number else phonenumbers.UNKNOWN_REGION


def is_domestic(e164: str, country: Country) -> bool:
    """Whether the number counts as the country's own."""
    return region_of(e164) in country.domestic_regions


def mask(e164: str) -> str:
    """The number for logs and cards: its country and its last two digits, "+33 •••• •• 78", on one line."""
    digits = e164.removeprefix("+")
    codes = (digits[:length] for length in (1, 2, 3))
    code = next((code for code in codes if _is_country_code(code)), "")
    start = f"+{code} " if code and e164.startswith("+") else ""
    return f"{start}•••• •• {digits[-2:]}".rstrip().replace(" ", _NO_BREAK_SPACE)


def national(e164: str) -> str:
    """The number as people read it, "+33 6 12 34 56 78"; unchanged when it is not one."""
    number = _number(e164, None)
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL) if number else e164


def _readable(typed: str) -> str:
    """What a person sees of it: plain digits, without the marks that copying adds and without "Tél. :"."""
    folded = unicodedata.normalize("NFKC", typed)
    visible = "".join(char for char in folded if unicodedata.category(char) != "Cf").strip()
    label = _LABEL.match(visible)
    return visible[label.end() :] if label else visible


def _refuse_form(text: str) -> PhoneRefusal | None:
    """What the shape alone says against it, before any digit is read as a number."""
    if _EXTENSION.search(text):
        return PhoneRefusal.EXTENSION
    if sum(_digit_count(piece) >= _LEAST_DIGITS for piece in _BETWEEN_NUMBERS.split(text)) > 1:
        return PhoneRefusal.TWO_NUMBERS
    if _LETTER.search(text):
        return PhoneRefusal.LETTERS
    return PhoneRefusal.TWO_NUMBERS if _digit_count(_dialled(text)) > _MOST_DIGITS else None


def _dialled(text: str) -> str:
    """The digits with their plus; the zero of "+33 (0)6" is not dialled."""
    digits = "".join(filter(str.isdecimal, _TRUNK_ZERO.sub("", text)))
    return f"+{digits}" if text.startswith(("+", "(+")) else digits


def _parse_dialled(dialled: str, country: str) -> Phone | PhoneRefusal:
    # With its country's code a number reads alike from everywhere.
    is_abroad = dialled.startswith("+")
    for region in (country,) if is_abroad else _TRIED.get(country, (country,)):
        number = _number(dialled, region)
        if number and phonenumbers.is_valid_number(number):
            return _accept(number)
    return _refuse(dialled, country)


def _accept(number: PhoneNumber) -> Phone | PhoneRefusal:
    kind = phonenumbers.number_type(number)
    if kind not in _MOBILE:
        return _REFUSED_TYPES.get(kind, PhoneRefusal.INVALID)
    return Phone(phonenumbers.format_number(number, PhoneNumberFormat.E164), _region(number))


def _refuse(dialled: str, country: str) -> PhoneRefusal:
    """Why digits that are no number of the country are refused."""
    if dialled.startswith("+"):
        return PhoneRefusal.INVALID
    if country not in phonenumbers.SUPPORTED_REGIONS:
        return PhoneRefusal.COUNTRY_MISSING
    here, abroad = _number(dialled, country), _number(f"+{dialled}", None)
    if here and phonenumbers.is_valid_short_number_for_region(here, country):
        return PhoneRefusal.SHORT
    if abroad and phonenumbers.is_valid_number(abroad):
        return PhoneRefusal.COUNTRY_MISSING
    return PhoneRefusal.INVALID


def _number(text: str, region: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        # It keeps hold of its own error in a ring, and so of whatever those who called us have in hand.
        clear_frames(error.__traceback__)
        return None


def _region(number: PhoneNumber) -> str:
    return phonenumbers.region_code_for_number(number) or phonenumbers.UNKNOWN_REGION


def _is_country_code(digits: str) -> bool:
    return digits.isdecimal() and int(digits) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE


def _digit_count(text: str) -> int:
    return sum(map(str.isdecimal, text))
