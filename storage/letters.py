"""How texts are compared everywhere, in Python and in both databases: whatever the case, whatever the accents."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

LATIN = range(0x41, 0x250)
MARKS = range(0x300, 0x370)
"""Accents that stand behind their letter: https://www.unicode.org/charts/PDF/U0300.pdf"""

NUMBER = r"^-?[0-9]{1,12}(\.[0-9]{1,6})?\Z"
"""What is taken for a number, wherever one is kept, asked for or compared."""


def _folds() -> Iterator[tuple[int, str]]:
    for code in LATIN:
        plain = unicodedata.normalize("NFD", chr(code))[0].lower()
        if len(plain) == 1 and plain != chr(code):
            yield code, plain


_PLAIN = dict(_folds())
_TABLE: dict[int, str | None] = {**_PLAIN, **dict.fromkeys(MARKS)}
FROM = "".join(map(chr, _TABLE))
TO = "".join(_PLAIN.values())
"""Each letter of `FROM` becomes the one at its place here; those beyond the end, the accents that stand alone, go."""


def folded(text: str) -> str:
    """The text in small letters without accents: 'Élodie' and 'ELODIE' give the same.

    So it is for Latin letters; those with a stroke, 'ø' and 'ł', and 'œ' and 'ß' stay what they are, and other alphabets
    count their capitals.
    """
    return text.lower() if text.isascii() else text.translate(_TABLE)


def teach(connection: Any) -> None:
    """Gives a connection of SQLite the functions `folded` and `amount`; the latter is NULL for what is no number."""
    connection.create_function("folded", 1, _folded, deterministic=True)
    connection.create_function("amount", 1, _amount, deterministic=True)


def _folded(value: object) -> object:
    return folded(value) if isinstance(value, str) else value


_is_number = re.compile(NUMBER).match


def _amount(value: object) -> float | None:
    return float(value) if isinstance(value, str) and _is_number(value) else None
