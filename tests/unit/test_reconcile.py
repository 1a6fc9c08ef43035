"""Which of the carrier's messages a lost one is."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from bot.carriers import Listed
from bot.delivery.reconcile import Doubt, Finding, NotFound, finding_for
from tests import factories as f

LOST = f.message(f.club(), attempt=1)
OTHER = uuid4()
SID, SECOND = "SM" + "a" * 32, "SM" + "b" * 32
AN_HOUR_AGO = f.NOW - timedelta(hours=1)


def _listed(
    sid: str = SID, *, body: str = LOST.body, at: datetime | None = f.NOW, status: str = "sent"
) -> Listed:
    return Listed(sid, LOST.e164, body, status, None, at, 1)


# the carrier's list, whose its messages are, the id we know, the finding, the reason
CASES = [
    (None, {}, None, Doubt.NO_LIST, "no list says nothing"),
    ((), {}, None, NotFound(), "a whole list without it: it was not sent"),
    ((_listed(),), {}, None, _listed(), "one candidate is it"),
    ((_listed(), _listed(SECOND)), {}, None, Doubt.AMBIGUOUS, "which of the two?"),
    ((_listed(), _listed(SECOND)), {SECOND: OTHER}, None, _listed(), "the second is another one's"),
    ((_listed(),), {SID: OTHER}, None, NotFound(), "the only one is another one's"),
    ((_listed(),), {SID: LOST.id}, None, _listed(), "a receipt said that it is this one"),
    ((_listed(body="Hello"),), {}, None, NotFound(), "another text"),
    ((_listed(at=AN_HOUR_AGO),), {}, None, _listed(at=AN_HOUR_AGO), "our clock was wrong"),
    ((_listed(at=AN_HOUR_AGO), _listed(SECOND)), {}, None, _listed(SECOND), "our clock was right"),
    (
        (_listed(at=AN_HOUR_AGO), _listed(SECOND, at=AN_HOUR_AGO)),
        {},
        None,
        Doubt.AMBIGUOUS,
        "which, if our clock was wrong?",
    ),
    ((_listed(at=f.NOW - timedelta(hours=25)),), {}, None, NotFound(), "from before we could have asked"),
    (
        (_listed(at=f.NOW - timedelta(minutes=4)),),
        {},
        None,
        _listed(at=f.NOW - timedelta(minutes=4)),
        "clocks differ",
    ),
    (
        (_listed(at=f.NOW + timedelta(days=1)),),
        {},
        None,
        _listed(at=f.NOW + timedelta(days=1)),
        "taken very late",
    ),
    ((_listed(at=None),), {}, None, _listed(at=None), "a time nobody can read rules nothing out"),
    ((_listed(), _listed(SECOND)), {}, SECOND, _listed(SECOND), "we know its id"),
    ((), {}, SID, Doubt.NOT_LISTED, "the carrier has spoken of it, so it was taken"),
]


@pytest.mark.parametrize(
    ("listed", "owners", "sid", "finding", "reason"), CASES, ids=[case[4] for case in CASES]
)
def test_only_one_candidate_on_a_whole_list_settles_a_lost_answer(
    listed: tuple[Listed, ...] | None,
    owners: Mapping[str, UUID],
    sid: str | None,
    finding: Finding,
    reason: str,
) -> None:
    lost = LOST.model_copy(update={"sid": sid})
    assert finding_for(lost, listed, owners) == finding, reason
