"""How many parts the network bills for a text."""

# 3GPP TS 23.038 6.2.1: the default alphabet and its extension table, whose characters take two units.
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("^{}\\[~]|€\f")


def count_segments(text: str) -> int:
    """The number of parts, 1 for an empty text: 160 or 153 units of GSM-7, 70 or 67 of UTF-16."""
    if all(character in BASIC or character in EXTENSION for character in text):
        return _parts([2 if character in EXTENSION else 1 for character in text], alone=160, joined=153)
    return _parts([2 if ord(character) > 0xFFFF else 1 for character in text], alone=70, joined=67)


def _parts(units: list[int], *, alone: int, joined: int) -> int:
    if sum(units) <= alone:
        return 1
    parts, room = 1, joined
    for width in units:
        if width > room:
            parts, room = parts + 1, joined
        room -= width
    return parts
