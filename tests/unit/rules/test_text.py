"""What a text weighs as SMS."""

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.text import (
    MAX_SEGMENTS_DEFAULT,
    MAX_SEGMENTS_EVER,
    Count,
    Encoding,
    count,
    is_blank,
    measure,
    normalise,
    room,
    split,
)

GSM7, UCS2 = Encoding.GSM7, Encoding.UCS2
FAMILY = "👨‍👩‍👧"  # eight UTF-16 units in one grapheme

# Every character of 3GPP TS 23.038 written out again, by rows of the standard, not taken from the code under test.
BASIC = (
    "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ!\"#¤%&'()*+,-./"
    "0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "^{}\\[~]|€"

# Lists, and not st.text: its alphabet takes single code points only.
GRAPHEMES = ["e\u0301", "🎉", FAMILY, "🇫🇷", "1️⃣", "\u0302", "\r\n", "x" + "\u0302" * 70]
TEXTS = st.lists(
    st.one_of(
        st.sampled_from([*BASIC, *EXTENSION, " ", "\n", "ê", "ç", "’"]),
        st.sampled_from(GRAPHEMES),
        st.characters(),
    ),
    max_size=200,
).map("".join)


@pytest.mark.parametrize(
    ("typed", "sent", "reason"),
    [
        ("Salut", "Salut", "plain text stays"),
        ("", "", "nothing stays nothing"),
        ("e\u0301te\u0301", "été", "phones of Apple paste accents apart, which would force UCS-2"),
        ("a\r\nb\rc\nd", "a\nb\nc\nd", "one kind of line break"),
        ("a\x0bb\x0cc\x85d\u2028e\u2029f", "a\nb\nc\nd\ne\nf", "what word processors break lines with"),
        ("a\r\n\r\nb", "a\n\nb", "an empty line stays"),
        ("a\tb", "a b", "a tab is no SMS character and would force UCS-2"),
        ("a\x00b\x07c\x1bd\x7fe\x9ff", "abcdef", "control characters show nothing"),
        ("e\x00\u0301", "é", "what a control character kept apart is composed"),
        ("a\x08\x0e\x1f\x80\x84\x86b", "ab", "the ends of the control ranges go too"),
        ("a\ud83cb", "a\ufffdb", "half a surrogate pair cannot be stored or sent"),
        (
            "\u200bÀ\u00a0demain…",
            "\u200bÀ\u00a0demain…",
            "what shows, or may be meant, is never changed silently",
        ),
        ("\u00a0\u00ad", "\u00a0\u00ad", "the first characters after the controls stay"),
    ],
)
def test_a_text_is_normalised_and_no_more(typed: str, sent: str, reason: str) -> None:
    assert normalise(typed) == sent, reason


@given(TEXTS)
def test_normalising_twice_changes_nothing_more(body: str) -> None:
    once = normalise(body)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)


@pytest.mark.parametrize("char", BASIC)
def test_a_character_of_the_basic_table_is_one_unit(char: str) -> None:
    assert measure(char) == Count(GSM7, 1, 1, (), 159)


@pytest.mark.parametrize("char", [*EXTENSION, "\f"])
def test_a_character_of_the_extension_table_is_two_units(char: str) -> None:
    assert measure(char) == Count(GSM7, 2, 1, (), 158)


def test_the_alphabet_has_no_more_characters_than_the_standard() -> None:
    fits = {
        chr(point)
        for point in range(0x10000)
        if not 0xD800 <= point < 0xE000 and measure(chr(point)).encoding is GSM7
    }
    assert fits == {*BASIC, *EXTENSION, " ", "\n", "\r", "\f"}


@pytest.mark.parametrize(
    ("body", "encoding", "units", "segments", "left", "reason"),
    [
        ("", GSM7, 0, 0, 160, "nothing costs nothing"),
        ("a", GSM7, 1, 1, 159, "the shortest"),
        ("è", GSM7, 1, 1, 159, "an accent that is free"),
        ("ê", UCS2, 1, 1, 69, "an accent that is dear"),
        ("€", GSM7, 2, 1, 158, "an extension character"),
        ("a" * 160, GSM7, 160, 1, 0, "the last that fits alone"),
        ("a" * 161, GSM7, 161, 2, 145, "the first that needs two"),
        ("a" * 306, GSM7, 306, 2, 0, "two full segments"),
        ("a" * 307, GSM7, 307, 3, 152, "the first that needs three"),
        ("a" * 459, GSM7, 459, 3, 0, "what a club may send by default"),
        ("a" * 460, GSM7, 460, 4, 152, "one more"),
        ("€" * 80, GSM7, 160, 1, 0, "two units each, full"),
        ("€" * 81, GSM7, 162, 2, 143, "76 in a segment, since none is cut: 5 in the second"),
        ("a" * 152 + "€" + "b" * 7, GSM7, 161, 2, 144, "an extension character moves to the second segment whole"),
        ("a" * 152 + "€" + "b" * 152, GSM7, 306, 3, 152, "so that 306 units need three segments"),
        ("a" * 151 + "€" + "b" * 153, GSM7, 306, 2, 0, "at the border's edge nothing is lost"),
        ("a" * 159 + "ê", UCS2, 160, 3, 41, "one letter more than doubles the price"),
        ("ê" * 70, UCS2, 70, 1, 0, "the last that fits alone"),
        ("ê" * 71, UCS2, 71, 2, 63, "the first that needs two"),
        ("ê" * 134, UCS2, 134, 2, 0, "two full segments"),
        ("ê" * 135, UCS2, 135, 3, 66, "the first that needs three"),
        ("ê€[", UCS2, 3, 1, 67, "in UCS-2 an extension character is one unit"),
        ("🎉" * 35, UCS2, 70, 1, 0, "an emoji is two units"),
        ("🎉" * 36, UCS2, 72, 2, 61, "33 in a segment, since none is cut"),
        (FAMILY * 9, UCS2, 72, 2, 59, "eight families in a segment, since none is torn apart: one in the second"),
        ("a" * 60 + FAMILY + "b" * 3, UCS2, 71, 2, 56, "a grapheme moves whole"),
        ("x" + "\u0302" * 69, UCS2, 70, 1, 0, "a grapheme of 70 units fits alone"),
        ("x" + "\u0302" * 134, UCS2, 135, 3, 66, "a grapheme longer than a segment is cut between code points"),
        ("🎉" + "\u0302" * 66, UCS2, 68, 1, 2, "longer than a joined segment, yet alone"),
        ("aa" + "x" * 66 + FAMILY, UCS2, 76, 2, 58, "the family does not fit behind 67 characters"),
        ("a\r\nb", GSM7, 3, 1, 157, "a line break is one character once normalised"),
    ],
)  # fmt: skip
def test_a_text_weighs(
    body: str, encoding: Encoding, units: int, segments: int, left: int, reason: str
) -> None:
    weighed = count(body)
    assert (weighed.encoding, weighed.units, weighed.segments, room(weighed)) == (
        encoding,
        units,
        segments,
        left,
    ), reason
    assert type(weighed.units) is int, "JSON would write 3.0"
    assert weighed.encoding is UCS2 or weighed.costly == (), reason
    assert len(split(body)) == segments, reason


@pytest.mark.parametrize(
    ("body", "costly", "reason"),
    [
        ("Rendez-vous à 18 h, être à l'heure, prêts", ("ê",), "each once"),
        ("L’été, Zoë a reçu 10 €", ("’", "ë", "ç"), "by first appearance, € is in the table"),
        ("Bravo 🎉 " + FAMILY + " 1️⃣ 🎉", ("🎉", FAMILY, "1️⃣"), "as people see them: a family is one"),
        ("x\u0302y", ("x\u0302",), "a letter with its mark"),
        ("Tout va bien {}", (), "none in GSM-7"),
        ("ê" * 200, ("ê",), "each once in a long text too"),
        ("🎉" * 200 + "ç", ("🎉", "ç"), "in a long text of graphemes too"),
        ("a" * 200 + "x" + "\u0302" * 70, ("x" + "\u0302" * 70,), "even a monster"),
    ],
)
def test_costly_characters_are_named(body: str, costly: tuple[str, ...], reason: str) -> None:
    assert count(body).costly == tuple(map(normalise, costly)), reason


def test_a_grapheme_as_long_as_a_segment_is_still_not_cut() -> None:
    longest = "x" + "\u0302" * 66
    assert split("a" * 10 + longest) == ("a" * 10, longest)
    assert count("a" * 10 + longest) == Count(UCS2, 77, 2, (longest,), 0)


def test_a_text_that_is_not_normalised_can_be_measured_as_it_is() -> None:
    assert measure("a\r\nb").units == 4
    assert measure("\t").costly == ("\t",)
    assert measure("🎉\r\n" + "a" * 66 + "🎉") == Count(UCS2, 72, 2, ("🎉",), 62)
    assert measure("ê\ud83c") == Count(UCS2, 2, 1, ("ê", "\ud83c"), 68)


@given(TEXTS)
def test_segments_joined_are_the_text_and_none_is_too_long(body: str) -> None:
    segments = split(body)
    assert "".join(segments) == normalise(body)
    assert all(segments)
    weighed = count(body)
    units_of = (
        (lambda s: count(s).units)
        if weighed.encoding is GSM7
        else (lambda s: len(s.encode("utf-16-le")) // 2)
    )
    alone, joined = (160, 153) if weighed.encoding is GSM7 else (70, 67)
    assert all(units_of(segment) <= (alone if len(segments) == 1 else joined) for segment in segments)


@given(TEXTS)
def test_the_fast_count_is_the_slow_one(body: str) -> None:
    text, weighed = normalise(body), count(body)
    segments = split(body)
    gsm7 = all(char in BASIC or char in EXTENSION or char in " \n" for char in text)
    units = [
        len(s) + sum(char in EXTENSION for char in s) if gsm7 else len(s.encode("utf-16-le")) // 2
        for s in segments
    ]
    full = (160 if gsm7 else 70) if len(segments) <= 1 else (153 if gsm7 else 67)
    assert weighed.encoding is (GSM7 if gsm7 else UCS2)
    assert (weighed.units, weighed.segments) == (sum(units), len(segments))
    assert room(weighed) == full - (units or [0])[-1]


VECTORS = json.loads(Path(__file__).with_name("vectors_segments.json").read_text(encoding="utf-8"))["rows"]


@pytest.mark.parametrize(
    ("body", "encoding", "units", "segments", "lengths"), VECTORS, ids=range(len(VECTORS))
)
def test_the_carriers_own_calculator_agrees(
    body: str, encoding: str, units: int, segments: int, lengths: list[int]
) -> None:
    weighed = count(body)
    assert (weighed.encoding, weighed.units, weighed.segments) == (encoding, units, segments)
    assert [len(segment) for segment in split(body)] == lengths


@pytest.mark.parametrize(
    ("body", "blank", "reason"),
    [
        ("", True, "nothing"),
        (" \n\t\u00a0\u3000\u2028\u2029", True, "spaces of every kind"),
        ("\u200b\ufeff\u2060\x00", True, "characters without width"),
        (
            "\u3164\u2800\ufe0f\u034f\u115f\u1160\u17b4\u17b5\uffa0\ufe00",
            True,
            "letters and marks that are blank",
        ),
        (" . ", False, "a full stop shows"),
        ("\ufdff", False, "what stands before the variation selectors shows"),
        ("\ufe10", False, "what stands behind them shows"),
        ("é", False, "a letter shows"),
        ("🎉", False, "an emoji shows"),
    ],
)
def test_a_text_is_blank_when_nothing_shows(body: str, blank: bool, reason: str) -> None:
    assert is_blank(body) is blank, reason


def test_a_club_may_raise_three_segments_to_ten() -> None:
    assert (MAX_SEGMENTS_DEFAULT, MAX_SEGMENTS_EVER) == (3, 10)
    assert count("a" * 459).segments == MAX_SEGMENTS_DEFAULT


# What fills the segments of a long text as far as it goes: the first of them, each of the others, and what then needs
# one more. A two-unit character and a grapheme leave units free that no ceil(units / 153) knows of.
FILLED = [
    ("letters", "a" * 153, "a" * 153, "a"),
    ("dear letters", "ê" * 67, "ê" * 67, "ê"),
    ("line breaks", "\n" * 153, "\n" * 153, "\n"),
    ("line breaks of Windows", "\r\n" * 153, "\r\n" * 153, "\r\n"),
    ("extension characters", "€" * 76, "€" * 76, "€"),
    ("an extension character at each border", "a" * 152, "€" + "a" * 150, "€"),
    ("emoji", "🎉" * 33, "🎉" * 33, "🎉"),
    ("an emoji at each border", "a" * 66, "🎉" + "a" * 64, "🎉"),
    ("families", FAMILY * 8, FAMILY * 8, FAMILY),
    ("a family at each border", "ê" * 60, FAMILY + "ê" * 52, FAMILY),
    ("a letter with a mark at each border", "ê" * 66, "x\u0302" + "ê" * 64, "x\u0302"),
]


@pytest.mark.parametrize("segments", range(2, MAX_SEGMENTS_EVER + 1))
@pytest.mark.parametrize(("what", "first", "other", "last"), FILLED, ids=[row[0] for row in FILLED])
def test_a_text_is_right_at_each_border(what: str, first: str, other: str, last: str, segments: int) -> None:
    full = first + other * (segments - 1)
    assert count(full).segments == segments
    assert split(full) == tuple(map(normalise, [first, *[other] * (segments - 1)]))
    assert count(full + last).segments == segments + 1
    assert split(full + last)[-1] == normalise(last)
    full_segment = 153 if count(full + last).encoding is GSM7 else 67
    assert room(count(full + last)) == full_segment - count(last).units


# Sent to a real account and billed so: https://github.com/TwilioDevEd/message-segment-calculator/issues/66
BILLED = [
    ("a" * 80 + "\r\n" + "a" * 79, 2, "a line break of Windows is two characters"),
    ("a" * 80 + "\n" + "a" * 79, 1, "any other is one"),
    ("a" * 200 + "\r\n" + "a" * 105, 3, "at the second border too"),
    ("é" * 70, 1, "composed"),
    ("e\u0301" * 70, 3, "apart, and no letter parted from its mark"),
    ("e\u0301", 1, "apart"),
    ("a" * 160, 1, "the last that fits alone"),
    ("a" * 161, 2, "the first that needs two"),
    ("中" * 70, 1, "the last dear one that fits alone"),
    ("中" * 71, 2, "the first that needs two"),
    ("|", 1, "an extension character"),
]


@pytest.mark.parametrize(("body", "segments", "reason"), BILLED, ids=[row[-1] for row in BILLED])
def test_what_is_sent_as_it_stands_is_billed_as_measured(body: str, segments: int, reason: str) -> None:
    assert measure(body).segments == segments, reason


def test_a_line_break_of_windows_is_never_sent() -> None:
    assert count("a" * 80 + "\r\n" + "a" * 79) == Count(GSM7, 160, 1, (), 0)
