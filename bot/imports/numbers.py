"""Many numbers of one club, each read as `bot/rules/phones.py` reads it, most of them without asking it again."""

import re
from collections.abc import Callable

from bot.rules import phones
from bot.rules.phones import Phone, PhoneRefusal

# Digits with single marks between them, which mean the digits alone: no letters, no second number, no "+33 (0)6".
_PLAIN = re.compile(r"\+?[0-9]+(?:[ .-][0-9]+)*", re.ASCII)
_MARKS = str.maketrans("", "", " .-")
# What France does not give to mobiles, nor to overseas: of such a number its first four digits and how many there are
# decide why it is refused; and so it is with a number that is too short or too long, wherever it is. Among mobiles and
# overseas three more decide, as many as the longest of their prefixes has. https://www.arcep.fr (décision 2018-0881).
_FRENCH = re.compile(r"0(?:[1348][0-9]|2[0-57-9]|5[0-8])[0-9]{7}|0[1-9](?:[0-9]{5,7}|[0-9]{9})", re.ASCII)
_FRENCH_HEAD = 4
_FRENCH_MOBILE = re.compile(r"0[67][0-9]{8}", re.ASCII)
_FRENCH_MOBILE_HEAD = 7
_MOST_KEPT = 2**17


class Numbers:
    """Reads numbers as `phones.parse` does, seen from one country; what decided one decides those that begin like it."""

    def __init__(self, country: str, ask: Callable[[str, str], Phone | PhoneRefusal] = phones.parse) -> None:
        self._country, self._ask = country, ask
        self._starts: dict[int, dict[str, str]] = {}
        """By how many of the last digits nothing depends on: what is before them as dialled, and as E.164 has it."""
        self._refused: dict[tuple[str, int], PhoneRefusal] = {}
        self._typed: dict[str, str | PhoneRefusal] = {}

    def read(self, typed: str) -> str | PhoneRefusal:
        """The mobile number in E.164, or why there is none."""
        # Nearly every number is one of a known start, with spaces or without: the rest are digits, and stay as they are.
        digits = typed.replace(" ", "")
        for tail, starts in self._starts.items():
            start = starts.get(digits[:-tail])
            if start is not None and (rest := digits[-tail:]).isdecimal() and rest.isascii():
                return start + rest
        return self._read_any(typed)

    def _read_any(self, typed: str) -> str | PhoneRefusal:
        if not _PLAIN.fullmatch(typed):
            return self._asked_once(typed)
        digits = typed.translate(_MARKS)
        return self._refusal(digits) or self._known(digits) or self._typed.get(digits) or self._learnt(digits)

    def _known(self, digits: str) -> str | None:
        for tail, starts in self._starts.items():
            start = starts.get(digits[:-tail])
            if start is not None:
                return start + digits[-tail:]
        return None

    def _refusal(self, digits: str) -> PhoneRefusal | None:
        head = self._deciding_refusal(digits)
        return self._refused.get((digits[:head], len(digits))) if head else None

    def _learnt(self, digits: str) -> str | PhoneRefusal:
        found = self._ask(digits, self._country)
        if isinstance(found, Phone):
            self._learn(digits, found.e164)
            return found.e164
        if head := self._deciding_refusal(digits):
            self._refused[digits[:head], len(digits)] = found
        else:
            self._remember(digits, found)
        return found

    def _deciding_refusal(self, digits: str) -> int:
        """How many first digits decide why this number is refused; 0 where that is not known."""
        if self._country != "FR":
            return 0
        if _FRENCH.fullmatch(digits):
            return _FRENCH_HEAD
        return _FRENCH_MOBILE_HEAD if _FRENCH_MOBILE.fullmatch(digits) else 0

    def _learn(self, digits: str, e164: str) -> None:
        tail = len(e164) - len(phones.decided_by(e164))
        if tail and digits.endswith(e164[-tail:]):
            starts = self._starts.setdefault(tail, {})
            if len(starts) < _MOST_KEPT:
                starts[digits[:-tail]] = e164[:-tail]

    def _asked_once(self, typed: str) -> str | PhoneRefusal:
        known = self._typed.get(typed)
        if known is None:
            found = self._ask(typed, self._country)
            known = found.e164 if isinstance(found, Phone) else found
            self._remember(typed, known)
        return known

    def _remember(self, typed: str, found: str | PhoneRefusal) -> None:
        if len(self._typed) < _MOST_KEPT:
            self._typed[typed] = found
