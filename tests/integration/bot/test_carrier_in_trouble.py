"""The carrier refuses, stumbles or falls silent: each text ends where it should, and none goes out twice."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from bot.playground.carrier import Account, Fault, Number, Reports
from storage.models import Campaign, OptOut
from tests.club import ACCOUNT_SID, SHORT_CODE, TOKEN, Club, text_of

pytestmark = pytest.mark.turns

BODY = "Training is off tonight."


def arrived(club: Club) -> Counter[str]:
    """How often each number got the text."""
    return Counter(phone.number for phone in club.carrier.phones for text in phone.inbox if text.body == BODY)


def asked(club: Club) -> Counter[str]:
    """How often the carrier was asked, by number."""
    return Counter(post.to for post in club.carrier.posts)


async def send(club: Club) -> Campaign:
    return await club.send("U13", BODY)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (21211, "does not exist"),
        (21614, "landline"),
        (21408, "may not text this country"),
        (21610, "asked for no more texts"),
        (30007, "took the text for spam"),
        (30001, "had too many texts waiting and dropped this one"),
        (30002, "suspended, most often because its money has run out"),
    ],
)
async def test_a_number_that_the_carrier_refuses_fails_with_its_reason_and_the_others_get_it(
    club: Club, code: int, words: str
) -> None:
    how = {"refuse": code} if code < 30000 else {"outcome": "failed", "error": code}
    club.carrier.scenario(to=club.phone("loic").number, **how)
    campaign = await send(club)
    card = await club.card(campaign, "Sent to 7", "6 delivered", "1 not delivered")
    assert words in text_of(card)
    await club.click(card, "details")
    details = text_of(await club.modal("details"))
    assert "Loïc Moreau" in details
    assert words in details
    assert "01 42 68 53 00" in details, "a landline is shown as it was typed, to be phoned"
    assert asked(club)[club.phone("loic").number] == 1
    assert bool(await club.rows(OptOut, e164=club.phone("loic").number)) == (code == 21610)


async def test_refused_credentials_pause_the_campaign_in_plain_words_and_resume_sends_the_rest(
    club: Club,
) -> None:
    club.carrier.add_account(Account(ACCOUNT_SID, "another token", (Number(SHORT_CODE),)))
    campaign = await send(club)
    await club.stands(campaign, "paused")
    card = await club.card(campaign, "its token is wrong, or the account is suspended")
    assert not arrived(club)
    club.carrier.add_account(
        Account(ACCOUNT_SID, TOKEN, (Number(SHORT_CODE, f"{club.settings.public_url}/twilio/inbound"),))
    )
    await club.click(card, "resume")
    await club.reached(campaign, {"delivered": 7})
    assert set(arrived(club).values()) == {1}
    await club.card(campaign, "Sent to 7", "7 delivered")


async def test_an_unknown_account_pauses_the_campaign(club: Club) -> None:
    club.carrier.scenario(refuse=20404)
    campaign = await send(club)
    await club.stands(campaign, "paused")
    await club.card(campaign, "Once an admin has put them right, press Resume")
    club.carrier.heal()
    await club.click(await club.card(campaign, "Paused"), "resume")
    await club.reached(campaign, {"delivered": 7})


@pytest.mark.parametrize("code", [10001, 20005, 90010])
async def test_an_account_suspended_on_the_way_pauses_the_rest_and_says_once_what_to_do(
    club: Club, code: int
) -> None:
    club.carrier.scenario(times=3)
    club.carrier.scenario(refuse=code)
    campaign = await send(club)
    await club.stands(campaign, "paused")
    await club.reached(campaign, {"delivered": 3, "queued": 4})
    card = await club.card(campaign, "Paused: 3 of 7", "3 delivered · 4 waiting")
    said = text_of(card)
    assert said.count("suspended, most often because its money has run out") == 1
    assert "Once an admin has topped it up or had it opened again, wait ten minutes and press Resume." in said
    assert "not delivered" not in said
    assert len([post for post in club.posts() if BODY in text_of(post)]) == 1
    club.carrier.heal()
    await club.click(card, "resume")
    await club.reached(campaign, {"delivered": 7})
    assert set(arrived(club).values()) == {1}
    assert "suspended" not in text_of(await club.card(campaign, "Sent to 7"))


async def test_a_full_queue_at_the_carrier_takes_the_rest_later_and_pauses_nothing(club: Club) -> None:
    club.carrier.scenario(refuse=21611, times=5)
    campaign = await send(club)
    await club.reached(campaign, {"delivered": 2, "queued": 5})
    card = await club.card(campaign, "Sending: 2 of 7", "2 delivered · 5 waiting")
    assert "not delivered" not in text_of(card)
    club.skip(timedelta(minutes=2))
    await club.reached(campaign, {"delivered": 7})
    assert set(arrived(club).values()) == {1}


async def test_a_daily_cap_pauses_the_campaign_and_says_who_goes_on_and_when(club: Club) -> None:
    club.carrier.fail(Fault.DAILY_CAP, times=None)
    campaign = await send(club)
    card = await club.card(campaign, "reached its limit of texts for one day")
    assert text_of(card).count("Press Resume tomorrow, or once an admin has got a higher limit") == 1
    club.carrier.heal()
    await club.click(await club.card(campaign, "Paused"), "resume")
    await club.reached(campaign, {"delivered": 7})
    assert set(arrived(club).values()) == {1}


async def test_a_busy_carrier_gets_each_text_later_and_once(club: Club) -> None:
    club.carrier.fail(Fault.THROTTLED, times=5)
    campaign = await send(club)
    await club.reached(campaign, {"delivered": 7})
    assert set(arrived(club).values()) == {1}
    assert sum(asked(club).values()) == 12


@pytest.mark.parametrize(
    ("fault", "because"),
    [
        (Fault.ERROR_AFTER, "500, though it was accepted"),
        (Fault.RESET_AFTER, "the connection broke after it was accepted"),
        (Fault.GARBLED_AFTER, "an answer nobody can read"),
        (Fault.CUT_AFTER, "half an answer"),
    ],
)
async def test_a_lost_answer_is_settled_by_the_receipt_and_never_sent_again(
    club: Club, fault: Fault, because: str
) -> None:
    club.carrier.fail(fault, times=7)
    campaign = await send(club)
    await club.reached(campaign, {"delivered": 7})
    assert set(arrived(club).values()) == {1}, because
    assert set(asked(club).values()) == {1}
    await club.card(campaign, "Sent to 7", "7 delivered")


async def test_a_lost_answer_without_receipt_is_found_on_the_carrier_s_list(club: Club) -> None:
    club.carrier.fail(Fault.ERROR_AFTER, times=7)
    club.carrier.scenario(reports=Reports.LOST)
    campaign = await send(club)
    await club.reached(campaign, {"unknown": 7})
    await club.card(campaign, "7 being checked")
    await reconcile_soon(club, campaign, {"delivered": 7})
    assert set(asked(club).values()) == {1}


async def test_a_text_that_was_never_accepted_leaves_after_the_carrier_s_list_says_so(club: Club) -> None:
    club.carrier.fail(Fault.RESET_BEFORE, times=1, to=club.phone("loic").number)
    campaign = await send(club)
    await club.reached(campaign, {"delivered": 6, "unknown": 1})
    await reconcile_soon(club, campaign, {"delivered": 7})
    assert set(arrived(club).values()) == {1}
    assert asked(club)[club.phone("loic").number] == 2


async def reconcile_soon(club: Club, campaign: Campaign, states: dict[str, int]) -> None:
    """Lets the grace pass, of which the reconciler counts what it has seen itself."""

    async def settled() -> bool:
        club.skip(timedelta(minutes=1))
        return "unknown" not in await club.states(campaign)

    await club.until(settled)
    await club.reached(campaign, states)


async def test_a_carrier_that_cannot_be_reached_gets_the_texts_when_it_is_back(club: Club) -> None:
    where = club.carrier.url
    await club.carrier.stop()
    campaign = await send(club)

    async def was_tried() -> bool:
        messages = await club.messages(campaign)
        return len(messages) == 7 and all(message.attempt for message in messages)

    await club.until(was_tried)
    await club.carrier.start()
    assert club.carrier.url == where
    club.skip(timedelta(minutes=1))
    await club.reached(campaign, {"delivered": 7})
    assert set(arrived(club).values()) == {1}


@pytest.mark.parametrize(
    "reports", [Reports.DOUBLED, Reports.DISORDERED, Reports.EARLY, Reports.LAST_LOST], ids=str
)
async def test_receipts_in_any_order_and_number_end_where_the_text_ended(
    club: Club, reports: Reports
) -> None:
    club.carrier.scenario(reports=reports)
    campaign = await send(club)
    end = "sent" if reports is Reports.LAST_LOST else "delivered"
    await club.reached(campaign, {end: 7})
    await club.quiet(lambda: len(club.carrier.log))
    assert await club.states(campaign) == {end: 7}


async def test_a_phone_that_is_off_is_told_to_staff_with_the_number_to_call(club: Club) -> None:
    club.phone("loic").is_on = False
    campaign = await send(club)
    card = await club.card(campaign, "Sent to 7", "1 not delivered")
    await club.click(card, "details")
    said = text_of(await club.modal("details"))
    assert "Loïc Moreau +33 6 12 34 56 22" in said
    assert "could not be reached" in said


async def test_a_stop_that_only_the_carrier_knows_blocks_the_number_for_the_next_text(club: Club) -> None:
    club.carrier.scenario(to=club.phone("loic").number, refuse=21610)
    await club.card(await send(club), "Sent to 7")
    preview = await club.compose(audience="fixed", groups="U13", message="Next")
    assert "6 recipients" in text_of(preview)


async def test_an_answer_that_the_carrier_refuses_says_so_in_its_thread(club: Club) -> None:
    await club.text("loic", "May I come?")
    post = await club.until(lambda: next((p for p in club.posts() if "May I come" in text_of(p)), None))
    club.carrier.scenario(to=club.phone("loic").number, refuse=21614)
    await club.click(post, "answer")
    modal = await club.modal("answer")
    await club.fill(modal, message="Yes")
    await club.submit(modal)
    await club.until(lambda: "not delivered" in text_of(post))
    assert "landline" in text_of(post)


async def test_a_carrier_that_falls_silent_after_it_took_the_texts_doubles_none(club: Club) -> None:
    club.carrier.fail(Fault.SILENT_AFTER, times=7)
    campaign = await send(club)
    await club.until(lambda: sum(asked(club).values()) == 7)
    club.carrier.hang_up()
    await club.reached(campaign, {"delivered": 7})
    assert set(asked(club).values()) == {1}


async def test_five_clicks_on_resume_at_once_send_each_text_once(club: Club) -> None:
    club.carrier.fail(Fault.DAILY_CAP, times=None)
    campaign = await send(club)
    card = await club.card(campaign, "Paused")
    club.carrier.heal()
    await asyncio.gather(*(club.click(card, "resume") for _ in range(5)))
    await club.reached(campaign, {"delivered": 7})
    assert set(arrived(club).values()) == {1}


async def test_a_paused_campaign_that_is_stopped_sends_nothing_more(club: Club) -> None:
    club.carrier.fail(Fault.DAILY_CAP, times=None)
    campaign = await send(club)
    await club.click(await club.card(campaign, "Paused"), "stop")
    await club.reached(campaign, {"skipped": 7})
    club.carrier.heal()
    await club.card(campaign, "Stopped: 0 of 7", "7 not sent")
    assert not arrived(club)
