"""What a whole day leaves in the log: no number, no text, no token."""

import re
from uuid import uuid4

import pytest

from bot.playground import seed
from bot.playground.carrier import Fault
from bot.playground.launcher import APP
from tests.club import TOKEN, Club
from tests.integration.bot.test_doors import receipt

# One word each: what is posted as a form would hide others from a plain search.
SAID = ("Coachwords", "Memberwords", "Answerwords")


@pytest.fixture
def talkative(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Libraries that say more than they usually do, from before the bot starts."""
    caplog.set_level("INFO")
    return caplog


async def test_no_number_no_text_and_no_token_stands_in_the_log(
    talkative: pytest.LogCaptureFixture, club: Club, capfd: pytest.CaptureFixture[str]
) -> None:
    club.carrier.fail(Fault.ERROR_AFTER, times=1, to=club.phone("loic").number)
    club.carrier.fail(Fault.THROTTLED, times=1)
    club.carrier.scenario(to=club.phone("hugo").number, refuse=21614)
    club.workspace.faults.fail("chat.postMessage", "internal_error", times=2)
    campaign = await club.send("U13", SAID[0])
    await club.card(campaign, "Sent to 7")
    await club.text("loic", SAID[1])
    await club.text("jade", "STOP")
    await club.carrier.text(from_="+33699887766", to="36123", body=SAID[1])
    post = await club.until(
        lambda: next(
            (p for p in club.workspace.channels["C0SMS"].by_ts.values() if SAID[1] in str(p.blocks)), None
        )
    )
    await club.click(post, "answer")
    modal = await club.modal("answer")
    await club.fill(modal, message=SAID[2])
    await club.submit(modal)
    await club.post_slack({"command": "/sms", "text": SAID[0]}, secret="wrong")
    await club.post_twilio("/twilio/inbound", {"Body": SAID[1], "From": "+33612345622"}, token="wrong")
    await club.post_twilio("/twilio/inbound", {"Body": SAID[1], "From": "+33612345622"})
    await club.post_twilio(f"/twilio/status/{uuid4()}?attempt=3", receipt("SM" + "1" * 32, To="+33612345622"))
    told = await club.get("/metrics")
    await club.home()
    await club.stop()
    written = "".join(capfd.readouterr()) + talkative.text
    assert "released" in written
    for event in ("answer_lost", "sending_slowed", "receipt_for_unknown_message"):
        assert event in written
    written += told
    for secret in (*SAID, TOKEN, APP.bot_token, APP.signing_secret):
        assert secret not in written
    for _, number in seed.handsets():
        assert number not in written
        assert number.removeprefix("+33") not in written
    # A figure with a point is no number of anybody.
    assert not re.search(r"(?<![\d.])(\+?33[67]\d{8}|0[67]\d{8})", written)
