"""What strangers may try at the bot's doors, and what the carrier may send by mistake: nothing changes."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import aiohttp
import pytest

from bot.playground.carrier.webhooks import sign
from bot.playground.seed import COACH
from storage.models import Campaign, Draft, Message, OptOut, Receipt, Reply
from storage.states import MessageState
from tests.club import ACCOUNT_SID, CHANNEL, SHORT_CODE, TOKEN, Club

SID = "SM" + "1" * 32
LOIC = "+33612345622"


def command(text: str = "help") -> dict[str, str]:
    return {
        "command": "/sms",
        "text": text,
        "team_id": "T0TILLEULS",
        "user_id": COACH,
        "channel_id": CHANNEL,
        "trigger_id": "1.2.3",
        "response_url": "http://127.0.0.1:1/",
        "token": "t",
    }


def inbound(**fields: str) -> dict[str, str]:
    given = {
        "MessageSid": SID,
        "SmsSid": SID,
        "AccountSid": ACCOUNT_SID,
        "From": LOIC,
        "To": SHORT_CODE,
        "Body": "Hello",
        "NumMedia": "0",
        "NumSegments": "1",
    }
    return given | fields


def receipt(sid: str, **fields: str) -> dict[str, str]:
    given = {
        "MessageSid": sid,
        "MessageStatus": "failed",
        "To": LOIC,
        "From": SHORT_CODE,
        "AccountSid": ACCOUNT_SID,
        "ErrorCode": "30003",
    }
    return given | fields


async def everything(club: Club) -> list[object]:
    """What an intruder could have changed."""
    kept: list[Any] = [await club.rows(table) for table in (Draft, Campaign, Message, OptOut, Reply, Receipt)]
    return [row.model_dump() for rows in kept for row in rows]


async def test_slack_s_own_request_is_taken(club: Club) -> None:
    status, answer = await club.post_slack(command())
    assert status == 200
    assert "/sms" in answer


@pytest.mark.parametrize(
    ("how", "because"),
    [
        ({"secret": "another secret"}, "signed by somebody else"),
        ({"late": timedelta(minutes=6)}, "six minutes old: a replay"),
        ({"late": timedelta(minutes=-6)}, "from the future"),
        ({"X-Slack-Signature": ""}, "no signature"),
        ({"X-Slack-Signature": "v0=" + "0" * 64}, "a guess"),
        ({"X-Slack-Request-Timestamp": "now"}, "no timestamp"),
    ],
)
async def test_a_forged_or_stale_slack_request_is_refused_and_changes_nothing(
    club: Club, how: dict[str, Any], because: str
) -> None:
    before = await everything(club)
    status, _ = await club.post_slack(command("U13 Come at once"), **how)
    assert status == 401, because
    await club.quiet(lambda: len(club.workspace.calls("views.open")))
    assert not club.workspace.calls("views.open")
    assert await everything(club) == before


async def test_another_workspace_s_request_is_not_ours(club: Club) -> None:
    status, answer = await club.post_slack(command() | {"team_id": "T0OTHER"})
    assert (status, answer) == (200, "")


@pytest.mark.parametrize(
    ("fields", "how", "status", "because"),
    [
        ({}, {"token": "another token"}, 403, "signed by somebody else"),
        ({}, {"X-Twilio-Signature": ""}, 403, "no signature"),
        ({"AccountSid": "AC" + "9" * 32}, {}, 403, "another account's"),
        ({"MessageSid": "SM1", "SmsSid": "SM1"}, {}, 403, "no SID"),
        ({"MessageSid": "SM" + "2" * 32}, {}, 403, "two SIDs that do not agree"),
        ({"From": "javascript:alert(1)"}, {}, 403, "no number"),
        ({"To": "99999"}, {}, 404, "a number nobody owns"),
    ],
)
async def test_a_forged_or_malformed_reply_is_refused_and_changes_nothing(
    club: Club, fields: dict[str, str], how: dict[str, str], status: int, because: str
) -> None:
    posted = inbound(**fields)
    answered, _ = await club.post_twilio("/twilio/inbound", posted, **how)
    assert answered == status, because
    assert not await club.rows(Reply)


async def test_a_replayed_reply_is_answered_well_and_changes_nothing(club: Club) -> None:
    first = await club.post_twilio("/twilio/inbound", inbound(Body="STOP"))
    assert (first[0], "<Message>" in first[1]) == (200, True)
    await club.post_twilio(
        "/twilio/inbound", inbound(Body="START", MessageSid="SM" + "3" * 32, SmsSid="SM" + "3" * 32)
    )
    before = await everything(club)
    again = await club.post_twilio("/twilio/inbound", inbound(Body="STOP"))
    assert (again[0], "<Message>" in again[1]) == (200, False)
    assert [row for row in await everything(club) if "scope" in str(row)] == [
        row for row in before if "scope" in str(row)
    ]
    assert not await club.rows(OptOut, e164=LOIC)


@pytest.mark.parametrize(
    ("change", "how", "status", "because"),
    [
        ({}, {"token": "another token"}, 403, "signed by somebody else"),
        ({"AccountSid": "AC" + "9" * 32}, {}, 403, "another account's"),
        ({"MessageStatus": "Delivered!"}, {}, 403, "no status"),
        ({"ErrorCode": "none"}, {}, 403, "no number"),
        (
            {"MessageSid": "SM" + "2" * 32},
            {},
            204,
            "of a message the carrier calls otherwise: kept, not believed",
        ),
    ],
)
async def test_a_forged_or_malformed_receipt_changes_no_message(
    club: Club, change: dict[str, str], how: dict[str, str], status: int, because: str
) -> None:
    campaign = await club.send("U13", "Training is off tonight.")
    await club.reached(campaign, {"delivered": 7})
    message = (await club.messages(campaign))[0]
    posted = receipt(message.sid or "", **change)
    answered, _ = await club.post_twilio(f"/twilio/status/{message.id}?attempt=1", posted, **how)
    assert answered == status, because
    assert await club.states(campaign) == {"delivered": 7}


async def test_a_receipt_for_a_message_nobody_sent_is_not_found(club: Club) -> None:
    path = "/twilio/status/00000000-0000-4000-8000-000000000000?attempt=1"
    status, _ = await club.post_twilio(path, receipt(SID))
    assert status == 404
    assert not await club.rows(Receipt)


@pytest.mark.parametrize(
    "path", ["/twilio/status/none", "/twilio/status/00000000-0000-4000-8000-000000000000?attempt=x"]
)
async def test_an_address_that_is_not_ours_is_refused(club: Club, path: str) -> None:
    status, _ = await club.post_twilio(path, receipt(SID))
    assert status == 403


async def test_a_receipt_signed_for_another_address_is_refused(club: Club) -> None:
    campaign = await club.send("U13", "Training is off tonight.")
    await club.reached(campaign, {"delivered": 7})
    first, second = (await club.messages(campaign))[:2]
    posted = receipt(first.sid or "")
    signature = sign(TOKEN, f"{club.settings.public_url}/twilio/status/{first.id}?attempt=1", posted)
    status, _ = await club.post_twilio(
        f"/twilio/status/{second.id}?attempt=1", posted, **{"X-Twilio-Signature": signature}
    )
    assert status == 403


async def test_a_late_receipt_of_failure_is_believed_of_a_text_that_has_no_end_yet(club: Club) -> None:
    club.carrier.scenario(to=LOIC, outcome="sent")
    campaign = await club.send("U13", "Training is off tonight.")
    await club.reached(campaign, {"delivered": 6, "sent": 1})
    status, _ = await club.post_twilio(*await late_failure(club, campaign))
    assert status == 204
    (message,) = await club.rows(Message, campaign_id=campaign.id, e164=LOIC)
    assert (message.state, message.error_code) == (MessageState.FAILED, 30001)


async def test_a_late_receipt_of_failure_takes_nothing_back_from_who_has_the_text(club: Club) -> None:
    campaign = await club.send("U13", "Training is off tonight.")
    await club.reached(campaign, {"delivered": 7})
    status, _ = await club.post_twilio(*await late_failure(club, campaign))
    assert status == 204
    assert await club.states(campaign) == {"delivered": 7}


async def late_failure(club: Club, campaign: Campaign) -> tuple[str, dict[str, str]]:
    (message,) = await club.rows(Message, campaign_id=campaign.id, e164=LOIC)
    fields = receipt(message.sid or "", ErrorCode="30001")
    return f"/twilio/status/{message.id}?attempt=1", fields


async def test_a_megabyte_is_not_read(club: Club) -> None:
    body = BytesIO(b"Body=" + b"a" * 2_000_000)
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{club.settings.public_url}/twilio/inbound", data=body) as answer,
    ):
        assert answer.status == 413


async def test_the_health_doors_say_that_it_lives_and_is_ready(club: Club) -> None:
    async with aiohttp.ClientSession() as session:
        for path in ("/health/live", "/health/ready"):
            async with session.get(club.settings.public_url + path) as answer:
                assert answer.status == 200
