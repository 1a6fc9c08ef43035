"""What the doctor says of a campaign that is not done, from the rows alone."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from bot.doctor.delivery import diagnose
from storage.cases import Case, Chunks, Contents
from storage.states import CampaignState
from storage.tallies import Key
from tests.factories import NOW

ID = uuid4()
SENDING, PAUSED, SCHEDULED = CampaignState.SENDING, CampaignState.PAUSED, CampaignState.SCHEDULED
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def counts(**states: int) -> Mapping[Key, int]:
    return {Key(ID, state): messages for state, messages in states.items()}


QUEUED = counts(queued=3, accepted=2)
CASE = Case(
    title="Small hall",
    zone="Europe/Paris",
    since_at=NOW - 10 * MINUTE,
    club_id=uuid4(),
    sender="36123",
    state=SENDING,
    release_at=NOW - 10 * MINUTE,
    counts=QUEUED,
    kept=QUEUED,
)
# what differs from a campaign that leaves, what is said, whether somebody must do something
SAID: list[tuple[dict[str, Any], str, bool]] = [
    ({}, "Nothing keeps it", False),
    ({"state": SCHEDULED, "since_at": NOW - 2 * MINUTE}, "Its time was 09:58 and nobody released it.", True),
    ({"state": PAUSED, "pause_code": 63038}, "number 63038: The account has reached its limit", True),
    ({"state": PAUSED, "pause_code": 21606}, "does not accept this sender", True),
    ({"state": PAUSED}, "SMS of a day are used up", True),
    ({"state": PAUSED, "release_at": NOW - 5 * HOUR}, "missed its time by hours", True),
    ({"chunks": Chunks(due_since=NOW - 50 * MINUTE, due=2)}, "2 chunks are due since 09:10", True),
    ({"chunks": Chunks(due_since=NOW - MINUTE, due=1)}, "Nothing keeps it", False),
    ({"chunks": Chunks(parked=1)}, "in no queue", True),
    ({"contents": Contents(chunkless=4)}, "in no queue", True),
    (
        {"contents": Contents(given_back=3, again_at=NOW + 5 * MINUTE)},
        "3 given back, since the carrier was too busy or out of reach; again from 10:05.",
        False,
    ),
    (
        {"contents": Contents(abandoned=2, lease_until=NOW + MINUTE)},
        "2 claimed by a process that has died; its lease ends at 10:01. Then they are looked for.",
        False,
    ),
    (
        {"contents": Contents(abandoned=2, lease_until=NOW - 2 * MINUTE)},
        "ends at 09:58. Does a bot run",
        True,
    ),
    (
        {"contents": Contents(in_doubt=2, in_doubt_since=NOW - MINUTE, look_at=NOW + 4 * MINUTE)},
        "2 in doubt since 09:59: the answers were lost. They are looked for in the carrier's list at 10:04.",
        False,
    ),
    (
        {"contents": Contents(in_doubt=1, in_doubt_since=NOW - 13 * HOUR, look_at=NOW - 11 * HOUR)},
        "1 in doubt since 20 Nov 21:00: the answers were lost. They should have been looked for at 20 Nov 23:00",
        True,
    ),
    ({"contents": Contents(given_up=5)}, "5 never settled", False),
    (
        {"kept": counts(queued=4, accepted=2, failed=1)},
        "not those of its messages: failed 1 instead of 0, queued 4 instead of 3.",
        True,
    ),
    ({"skipped": {"opted_out": 2}}, "2 skipped: opted out.", False),
    ({"state": None, "kept": {}}, "Nothing keeps it", False),
]


@pytest.mark.parametrize(("differs", "words", "is_stuck"), SAID, ids=[row[1][:40] for row in SAID])
def test_each_cause_has_its_words(differs: dict[str, Any], words: str, is_stuck: bool) -> None:
    found = diagnose(replace(CASE, **differs), NOW)
    assert words in " ".join(reason.words for reason in found.reasons)
    assert found.is_stuck is is_stuck


def test_a_sender_whose_turn_is_not_yet_is_waited_for() -> None:
    [reason] = diagnose(CASE, NOW, NOW + 3 * MINUTE).reasons
    assert (reason.words, reason.is_stuck) == ("Waits for its sender's turn until 10:03.", False)
    done = replace(CASE, counts=counts(accepted=5), kept=counts(accepted=5))
    assert "turn" not in diagnose(done, NOW, NOW + MINUTE).reasons[0].words, "nothing of it waits"
    assert "turn" not in diagnose(CASE, NOW, NOW - MINUTE).reasons[0].words, "its turn has come"
    paused = diagnose(replace(CASE, state=PAUSED), NOW, NOW + MINUTE)
    assert "turn" not in " ".join(reason.words for reason in paused.reasons), "it waits for a person"


def test_its_messages_are_counted_by_state_in_the_order_of_their_way() -> None:
    mixed = {Key(ID, "failed", "30003"): 1, Key(ID, "failed", "30006"): 2, **QUEUED}
    found = diagnose(replace(CASE, counts=mixed, kept=mixed), NOW)
    assert (found.title, found.age, found.counts) == (
        "Small hall",
        10 * MINUTE,
        "3 queued, 2 accepted, 3 failed",
    )
