"""What somebody is found by: words without accents and case, made in Python so that both databases find alike."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

LONGEST = 600
"""Characters: an entry of PostgreSQL's index takes 2,700 bytes, and a letter of any script three."""

# Nearly all accents there are, which one look finds; U+034F among them joins letters and is none.
_ACCENTS = re.compile("[\u0300-\u034e\u0350-\u036f]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"})
_NO_DIGITS = re.compile(r"\D")
_NUMBER = re.compile(r"[+(]?[\d\s().+/-]{4,}")
# What is dialled before a country's code, and before a number at home.
_DIALLED = re.compile(r"^(?:00|0)")


def folded(text: str) -> str:
    """The text in small letters without accents, its words a space apart: "Zoë  LEFÈVRE" is "zoe lefevre"."""
    return " ".join((text.lower() if text.isascii() else _plain(text)).split())


def searchable(row: Mapping[str, Any]) -> str:
    """Where words are looked for in a contact; `row` has its columns."""
    own = [str(value) for value in (row.get("fields") or {}).values()]
    listed = [*(row.get("roles") or ()), *(row.get("tags") or ())]
    names = row.get("last_name"), row.get("first_name")
    return found_by(*names, row.get("e164"), row.get("mobile"), row.get("reference"), *listed, *own)


def found_by(
    last_name: str | None,
    first_name: str | None,
    e164: str | None,
    mobile: str | None,
    reference: str | None,
    *others: str,
) -> str:
    """The text of somebody with these, the last name first, since people are listed by it."""
    digits = mobile if not mobile or mobile.isdecimal() else _NO_DIGITS.sub("", mobile)
    words = filter(None, (last_name, first_name, e164, digits, reference, *others))
    return folded(" ".join(words))[:LONGEST]


def words_of(typed: str) -> list[str]:
    """What each must be found: the words, or the digits of one number, "06 12 34" as "612 34" without spaces."""
    if _NUMBER.fullmatch(typed.strip()):
        return [_DIALLED.sub("", _NO_DIGITS.sub("", typed))]
    return folded(typed).split()


def _plain(text: str) -> str:
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    if plain.isascii():
        return plain.lower()
    bare = "".join(mark for mark in plain if not unicodedata.combining(mark))
    return bare.casefold().translate(_LIGATURES)
