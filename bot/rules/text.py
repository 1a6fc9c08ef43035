"""What a text weighs as SMS: encoding, units, segments, and which characters make it dear."""

import codecs
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import regex

MAX_SEGMENTS_DEFAULT = 3
# Twilio refuses bodies above 1,600 characters; ten segments are what French short codes take:
# https://www.twilio.com/en/guidelines/fr/sms
MAX_SEGMENTS_EVER = 10


class Encoding(StrEnum):
    """The two alphabets of SMS."""

    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


@dataclass(frozen=True, slots=True)
class Count:
    """What a text weighs; `costly` are the graphemes that force UCS-2, each once, by first appearance.

    `spare` is the number of units that still fit before one more segment is needed.
    """

    encoding: Encoding
    units: int
    segments: int
    costly: tuple[str, ...] = ()
    spare: int = 0


# 3GPP TS 23.038, 6.2.1 (the default alphabet, without the escape) and 6.2.1.1 (its extension).
_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = "\f^{}\\[~]|€"
_ALPHABET = frozenset(_BASIC + _EXTENSION)

# Units in a text of one segment, and in each of several, where six octets are the header
# (3GPP TS 23.040, 9.2.3.24.1).
_GSM7_ALONE, _GSM7_JOINED = 160, 153
_UCS2_ALONE, _UCS2_JOINED = 70, 67

# The alphabet as a codec: one pass in C tells whether a text fits GSM-7, and which of its bytes count
# twice. Only a table that begins with NUL is turned into the fast kind; NUL itself is not in the alphabet.
_CODEC = codecs.charmap_build("\0" + _BASIC + _EXTENSION)
_TWO_UNITS = bytes(range(1 + len(_BASIC), 1 + len(_BASIC) + len(_EXTENSION)))
_MARK = _TWO_UNITS[:1]
_MARK_TWO_UNITS = bytes.maketrans(_TWO_UNITS, _MARK * len(_TWO_UNITS))

_UNWANTED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LINE_BREAK = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
# Carriage return and line feed are two characters for every carrier, though one grapheme.
_GRAPHEME = regex.compile(r"\r|\X")  # type: ignore[no-untyped-call]  # regex ships no types
# Below U+0300 and in these blocks no character joins its neighbour: there a grapheme is a code point.
_MAY_JOIN = re.compile(
    "[^\x00-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205f\u20a0-\u20bf\u3001-\u3029]"
)
_TWICE = re.compile(f"[{re.escape(_EXTENSION)}]")
_DEAR = re.compile(f"[^{re.escape(''.join(sorted(_ALPHABET)))}]")
# What shows nothing: separators, controls, formats; and the letters and marks that are blank
# (Default_Ignorable_Code_Point of https://www.unicode.org/reports/tr44/, and Braille's blank).
_INVISIBLE = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf"})
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0").union(map(chr, range(0xFE00, 0xFE10)))


def normalise(body: str) -> str:
    """The text as it is sent: NFC, `\\n` as the only line break and the only control character.

    A tab becomes a space, half a surrogate pair U+FFFD, other control characters go; nothing else changes.
    """
    if _UNWANTED.search(body):
        body = _LINE_BREAK.sub("\n", body).replace("\t", " ")
        body = _SURROGATE.sub("\ufffd", _CONTROL.sub("", body))
    return body if body.isascii() else unicodedata.normalize("NFC", body)


def count(body: str) -> Count:
    """What the normalised text weighs; the empty text has no units and no segments."""
    return measure(normalise(body))


def measure(text: str) -> Count:
    """What the text weighs exactly as it stands, for callers that have normalised it already."""
    try:
        encoded, _ = codecs.charmap_encode(text, "strict", _CODEC)
    except UnicodeEncodeError:
        return _measure_ucs2(text)
    return _measure_ucs2(text) if b"\0" in encoded else _measure_gsm7(encoded)


def split(body: str) -> tuple[str, ...]:
    """The segments of the normalised text in order; joined they are that text again."""
    text = normalise(body)
    if _ALPHABET.issuperset(text):
        borders = _borders(text, _units_gsm7, _GSM7_ALONE, _GSM7_JOINED)
    else:
        borders = _borders(text, _units_ucs2, _UCS2_ALONE, _UCS2_JOINED)
    return tuple(text[start:end] for start, end in pairwise([*borders, len(text)]))


def is_blank(body: str) -> bool:
    """Whether nothing in the text would show on a phone."""
    return all(unicodedata.category(char) in _INVISIBLE or char in _BLANK for char in body)


def is_plain(text: str) -> bool:
    """Whether each character is a grapheme and a unit of its own, in either alphabet."""
    return not (_MAY_JOIN.search(text) or _TWICE.search(text))


def room(count: Count) -> int:
    """How many units still fit before the text needs one more segment."""
    return count.spare


def _measure_gsm7(encoded: bytes) -> Count:
    extensions = len(encoded) - len(encoded.translate(None, _TWO_UNITS))
    units = len(encoded) + extensions
    if units <= _GSM7_ALONE:
        return Count(Encoding.GSM7, units, min(units, 1), (), _GSM7_ALONE - units)
    if extensions:
        segments, spare = _pack_gsm7(encoded)
    else:
        segments, spare = _pack_evenly(units, _GSM7_JOINED)
    return Count(Encoding.GSM7, units, segments, (), spare)


def _pack_gsm7(encoded: bytes) -> tuple[int, int]:
    """How many segments, and what is left in the last; a mark and the byte after it stay together."""
    units = encoded.translate(_MARK_TWO_UNITS).replace(_MARK, _MARK + b"\0")
    segments, start = 1, 0
    while len(units) - start > _GSM7_JOINED:
        last = start + _GSM7_JOINED - 1
        start = last if units.startswith(_MARK, last) else last + 1
        segments += 1
    return segments, start + _GSM7_JOINED - len(units)


def _pack_evenly(units: int, joined: int) -> tuple[int, int]:
    segments = -(-units // joined)
    return segments, segments * joined - units


def _measure_ucs2(text: str) -> Count:
    if _MAY_JOIN.search(text):
        return _measure_graphemes(_GRAPHEME.findall(text))
    units = _units_ucs2(text)
    costly = tuple(dict.fromkeys(_DEAR.findall(text)))
    if units <= _UCS2_ALONE:
        return Count(Encoding.UCS2, units, 1, costly, _UCS2_ALONE - units)
    segments, spare = _pack_evenly(units, _UCS2_JOINED)
    return Count(Encoding.UCS2, units, segments, costly, spare)


def _measure_graphemes(graphemes: list[str]) -> Count:
    sizes = {grapheme: _units_ucs2(grapheme) for grapheme in dict.fromkeys(graphemes)}
    units = sum(map(sizes.__getitem__, graphemes))
    costly = tuple(grapheme for grapheme in sizes if not _ALPHABET.issuperset(grapheme))
    if units <= _UCS2_ALONE:
        return Count(Encoding.UCS2, units, 1, costly, _UCS2_ALONE - units)
    if max(sizes.values()) > _UCS2_JOINED:
        atoms = _atoms(graphemes, _units_ucs2, _UCS2_JOINED)
        segments, spare = _pack_sizes(map(_units_ucs2, atoms), _UCS2_JOINED)
    else:
        segments, spare = _pack_sizes(map(sizes.__getitem__, graphemes), _UCS2_JOINED)
    return Count(Encoding.UCS2, units, segments, costly, spare)


def _pack_sizes(sizes: Iterable[int], joined: int) -> tuple[int, int]:
    segments, spare = 1, joined
    for size in sizes:
        spare -= size
        if spare < 0:
            segments += 1
            spare = joined - size
    return segments, spare


def _borders(text: str, units_of: Callable[[str], int], alone: int, joined: int) -> list[int]:
    """Where each segment begins, as positions in the text."""
    if units_of(text) <= alone:
        return [0] if text else []
    borders, position, filled = [0], 0, 0
    for atom in _atoms(_GRAPHEME.findall(text), units_of, joined):
        units = units_of(atom)
        if filled + units > joined:
            borders.append(position)
            filled = 0
        position += len(atom)
        filled += units
    return borders


def _atoms(graphemes: list[str], units_of: Callable[[str], int], joined: int) -> Iterator[str]:
    """What no border may cut: graphemes, or the code points of one that is longer than a segment."""
    for grapheme in graphemes:
        if units_of(grapheme) <= joined:
            yield grapheme
        else:
            yield from grapheme


def _units_gsm7(text: str) -> int:
    return len(text) + sum(map(text.count, _EXTENSION))


def _units_ucs2(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
