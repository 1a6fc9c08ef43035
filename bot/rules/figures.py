"""Dates and numbers in the form of machines, as the language of whoever reads them writes them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time

# "de" and "de-CH", as https://www.rfc-editor.org/info/bcp47 writes languages; "Deutsch" is none.
_CODE = re.compile(r"([A-Za-z]{2})(?:[-_]|$)")

# What spreadsheets and other programs put out. A whole number is none of these: it may be a year, a postcode or a
# licence, and none of them is grouped. Nor is "1.234", which is twelve hundred in German and little more than one in
# English; nor "07.30", which is a time or a day; nor an offset from UTC, which is not the club's time.
_DATE = r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
_MOMENT = re.compile(rf"{_DATE}(?:[T ]([0-9]{{2}}:[0-9]{{2}})(?::00)?)?")
_NUMBER = re.compile(r"(-?)(?![1-9][0-9]{0,2}\.[0-9]{3}$)(0|[1-9][0-9]{0,8})\.([0-9]{1,6})")
_BEGINS = frozenset("-0123456789")
_GROUPED_FROM = 5
"""Digits: as in Spanish and Polish, no number below ten thousand is parted."""


@dataclass(frozen=True, slots=True)
class _Hand:
    """How one language writes: a day, a time of the day, what stands between them, and the marks in a number."""

    day: str
    clock: Callable[[time], str] = "{0:%H:%M}".format
    between: str = ", "
    point: str = ","
    thousands: str = "."


def _french(at: time) -> str:
    return f"{at.hour}h{at.minute:02}" if at.minute else f"{at.hour}h"


# Order and marks are those of CLDR (https://cldr.unicode.org), with the year in full, and a plain space where it parts
# thousands by one that no line breaks at. Names of days and months are left out: "août", "sábado" and "środa" are in
# dear letters, and triple the bill of a text. English alone names the month, since 03/04 is two days to its readers.
# The French hour is written as French clubs write it (tests/unit/rules/club_texts.tsv).
_HANDS = {
    "fr": _Hand("{0.day:02}/{0.month:02}/{0.year}", _french, " à ", thousands=" "),
    "en": _Hand("{0.day} {month} {0.year}", point=".", thousands=","),
    "es": _Hand("{0.day}/{0.month}/{0.year}", "{0.hour}:{0:%M}".format),
    "de": _Hand("{0.day:02}.{0.month:02}.{0.year}"),
    "it": _Hand("{0.day:02}/{0.month:02}/{0.year}"),
    "nl": _Hand("{0.day:02}-{0.month:02}-{0.year}"),
    "pt": _Hand("{0.day:02}/{0.month:02}/{0.year}"),
    "pl": _Hand("{0.day}.{0.month:02}.{0.year}", thousands=" "),
    "ro": _Hand("{0.day:02}.{0.month:02}.{0.year}"),
    "ca": _Hand("{0.day}/{0.month}/{0.year}", "{0.hour}:{0:%M}".format),
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LANGUAGES = frozenset(_HANDS)


def code_of(language: str) -> str:
    """The two letters of a language as contacts have it, "de" for "de-CH"; empty when it says none."""
    code = _CODE.match(language)
    return code[1].lower() if code else ""


def written(value: str, language: str) -> str:
    """The value as this language writes it, where it is clearly a date, a date with its time, or a decimal number.

    "2027-03-27T18:30" is the club's own time, and reads "27/03/2027 à 18h30" in French; "1234.5" reads "1234,5". Everything
    else stays as typed: "12", "007", "2027", "U13", and what was written for people already. It is never in dear letters
    and never more than two characters longer. A language that is not known writes nothing anew.
    """
    hand = _HANDS.get(language)
    if hand is None or value[:1] not in _BEGINS:
        return value
    if number := _NUMBER.fullmatch(value):
        sign, whole, decimals = number.groups()
        return f"{sign}{_grouped(whole, hand.thousands)}{hand.point}{decimals}"
    return _moment(value, hand) or value


def _moment(value: str, hand: _Hand) -> str | None:
    found = _MOMENT.fullmatch(value)
    if found is None:
        return None
    try:
        day, at = date.fromisoformat(found[1]), time.fromisoformat(found[2] or "00:00")
    except ValueError:  # the 30th of February, 25 o'clock
        return None
    as_written = hand.day.format(day, month=_MONTHS[day.month - 1])
    return f"{as_written}{hand.between}{hand.clock(at)}" if found[2] else as_written


def _grouped(whole: str, mark: str) -> str:
    return f"{int(whole):,}".replace(",", mark) if len(whole) >= _GROUPED_FROM else whole
