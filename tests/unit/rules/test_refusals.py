"""How an opt-out came, and that staff take back nothing but their own note."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from bot.rules.refusals import CARRIER, MEMBER, NOTED, TAKEN_BACK, How, Line, Told, consent_before, told
from storage.states import Purpose

COACH = "U0COACH"
ALERTS, MARKETING = Purpose.ALERTS, Purpose.MARKETING
Said = tuple[Purpose, bool, str, str]

STOP: Said = (ALERTS, False, "SMS SM1: Stop merci", MEMBER)
STOP_PUB: Said = (MARKETING, False, "SMS SM2: STOP PUB", MEMBER)
START: Said = (ALERTS, True, "SMS SM3: START", MEMBER)
NOTE: Said = (ALERTS, False, f"{NOTED}by phone", COACH)
NOTE_PUB: Said = (MARKETING, False, f"{NOTED}at the stadium", COACH)
READ: Said = (ALERTS, False, "SMS SM4, read by staff", COACH)
REFUSED: Said = (ALERTS, False, "carrier 21610", CARRIER)
PAGE: Said = (ALERTS, False, "page: Plus aucun SMS", MEMBER)
BACK: Said = (ALERTS, True, TAKEN_BACK, COACH)
FORM: Said = (MARKETING, True, "Form", "U0ADMIN")
SPOKEN: Said = (ALERTS, False, "told at the desk", MEMBER)
YES: Said = (MARKETING, True, "SMS SM5, SM6: PEPS / OUI", MEMBER)
IMPORTED: Said = (ALERTS, False, "list of 2025", "U0ADMIN")


def record(*said: Said) -> list[Line]:
    """A line a day, its id by its place."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return [Line(UUID(int=n), *one, start + timedelta(days=n)) for n, one in enumerate(said)]


CASES: list[tuple[Sequence[Said], Told, str]] = [
    ((), Told(How.UNKNOWN), "no record"),
    ((FORM,), Told(How.UNKNOWN), "a consent is no refusal"),
    ((STOP,), Told(How.ANSWERED, "Stop merci"), "answered STOP"),
    (((ALERTS, False, "SMS: STOP", MEMBER),), Told(How.ANSWERED, "STOP"), "without a SID"),
    ((FORM, STOP_PUB), Told(How.ANSWERED, "STOP PUB"), "advertising alone"),
    ((PAGE,), Told(How.PAGE, "Plus aucun SMS"), "on the page, by this button"),
    (((ALERTS, False, "", MEMBER),), Told(How.UNKNOWN), "known since before they were erased"),
    ((SPOKEN,), Told(How.OTHER, "told at the desk"), "the member's, of a sort not known here"),
    ((REFUSED,), Told(How.CARRIER), "the carrier's word"),
    ((READ,), Told(How.READ, "", COACH), "the member's own words, read by staff"),
    ((IMPORTED,), Told(How.OTHER, "list of 2025", "U0ADMIN"), "what was imported is nobody's mistake to mend"),
    ((NOTE,), Told(How.NOTED, "by phone", COACH, UUID(int=0)), "staff's note may be taken back"),
    ((NOTE, NOTE_PUB), Told(How.NOTED, "at the stadium", COACH, UUID(int=1)), "the newest note"),
    ((STOP, NOTE), Told(How.ANSWERED, "Stop merci"), "said by the member before"),
    ((NOTE, STOP), Told(How.ANSWERED, "Stop merci"), "said by the member since"),
    ((STOP_PUB, NOTE), Told(How.ANSWERED, "STOP PUB"), "even if only about advertising"),
    ((NOTE, REFUSED), Told(How.CARRIER), "the carrier has it from the member"),
    ((NOTE, READ), Told(How.READ, "", COACH), "staff read it in a text"),
    ((STOP, REFUSED), Told(How.ANSWERED, "Stop merci"), "the member's word before the carrier's"),
    ((READ, STOP, IMPORTED), Told(How.ANSWERED, "Stop merci"), "and before staff's"),
    ((STOP, START, NOTE), Told(How.NOTED, "by phone", COACH, UUID(int=2)), "the member took it back themselves"),
    ((NOTE, START, STOP), Told(How.ANSWERED, "Stop merci"), "and said it again"),
    ((STOP, FORM, NOTE), Told(How.ANSWERED, "Stop merci"), "a form brings nothing back"),
    ((NOTE, BACK), Told(How.UNKNOWN), "taken back once"),
    ((NOTE, BACK, NOTE_PUB), Told(How.NOTED, "at the stadium", COACH, UUID(int=2)), "noted anew"),
    ((STOP, BACK, NOTE), Told(How.ANSWERED, "Stop merci"), "staff take back no STOP, found however late"),
    ((STOP_PUB, YES, NOTE), Told(How.NOTED, "by phone", COACH, UUID(int=2)), "the member agreed to advertising again"),
    ((STOP, YES, NOTE), Told(How.ANSWERED, "Stop merci"), "which undoes no STOP"),
    ((YES, STOP_PUB), Told(How.ANSWERED, "STOP PUB"), "nor what is said since"),
    (((ALERTS, False, f"{NOTED}x", MEMBER),), Told(How.OTHER, f"{NOTED}x"), "a member who writes so"),
    (((ALERTS, False, f"{NOTED}x", CARRIER),), Told(How.CARRIER), "nor a carrier"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "how", "reason"), CASES, ids=[case[-1] for case in CASES])
def test_the_record_tells_how_an_opt_out_came(said: Sequence[Said], how: Told, reason: str) -> None:
    assert told(record(*said)) == how, reason


@pytest.mark.parametrize(
    ("said", "found", "reason"),
    [
        ((FORM, NOTE), 0, "agreed, then noted"),
        ((NOTE,), None, "never agreed"),
        ((FORM, STOP_PUB, NOTE), None, "withdrawn by the member before"),
        ((FORM, NOTE_PUB, NOTE), None, "withdrawn by a note before"),
        ((START, NOTE), None, "wanting texts is no consent to advertising"),
    ],
)
def test_consent_that_stood_before_a_note_is_found(
    said: Sequence[Said], found: int | None, reason: str
) -> None:
    lines = record(*said)
    consent = consent_before(lines, lines[-1])
    assert consent == (None if found is None else lines[found]), reason


def test_the_two_lines_of_a_note_are_of_one_moment() -> None:
    form, note, about_marketing = record(FORM, NOTE, NOTE_PUB)
    note = replace(note, at=about_marketing.at)
    assert consent_before([form, about_marketing, note], note) == form
