"""What is older than a club keeps it goes, in small steps, and nothing else does."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import pytest
from pydantic import SecretStr

from bot.people import retention
from bot.people.retention import retain
from bot.playground import seed
from storage import tallies
from storage.models import (
    AudienceGuardian,
    AudienceLine,
    Audit,
    Campaign,
    Consent,
    Contact,
    Conversation,
    ErasedNumber,
    OptInQuestion,
    Reply,
)
from storage.models import Club as ClubRow
from storage.states import CampaignState, MessageState, OptOutScope
from tests import factories
from tests.club import ADMIN, Club, block_of
from tests.integration.bot.test_person import person_of

OLD, YOUNG = timedelta(days=400), timedelta(days=300)

pytestmark = pytest.mark.both


async def keep_texts(club: Club, state: CampaignState, age: timedelta, *, texts: int = 1) -> Campaign:
    """A campaign of this age, with its texts, one of them to Hugo."""
    (row,) = await club.rows(ClubRow, id=seed.key("club"))
    at = club.clock.now() - age
    campaign = factories.campaign(row, state=state, created_at=at, over_at=at)
    numbers = [seed.number_of("hugo"), *(factories.number(n) for n in range(1, texts))]
    sent = [
        factories.message(campaign, e164=number, state=MessageState.DELIVERED, created_at=at, body="Hello")
        for number in numbers
    ]
    line = AudienceLine(
        club_id=row.id, campaign_id=campaign.id, contact_id=seed.key("hugo"), because="", e164=numbers[0]
    )
    await club.keep(campaign)
    await club.keep(line, *sent)
    return campaign


async def counted(club: Club, campaign: Campaign) -> Mapping[tallies.Key, tuple[int, int]]:
    async with club.database() as db, db.read() as session:
        return await tallies.counted(session, campaign.id)


async def test_old_texts_and_answers_lose_their_words_and_counts_stay(club: Club) -> None:
    assert club.bot
    old = await keep_texts(club, CampaignState.DONE, OLD, texts=1201)
    young = await keep_texts(club, CampaignState.DONE, YOUNG)
    open_ = await keep_texts(club, CampaignState.PAUSED, OLD)
    (row,) = await club.rows(ClubRow, id=seed.key("club"))
    conversation, reply = factories.reply(row, "an old answer", club.clock.now() - OLD)
    await club.keep(conversation)
    await club.keep(reply)
    for campaign in (old, young):
        pair = {"child_id": seed.key("noel"), "guardian_id": seed.key("francois")}
        await club.keep(AudienceGuardian(club_id=row.id, campaign_id=campaign.id, **pair))
    for age, e164 in ((OLD, "+33639980001"), (YOUNG, "+33639980002")):
        at = club.clock.now() - age
        asked = {
            "asked_by": "SM1: PEPS",
            "words": "I agree.",
            "words_version": 0,
            "asked_at": at,
            "until_at": at,
        }
        await club.keep(OptInQuestion(club_id=row.id, e164=e164, **asked))
    before = await counted(club, old)
    # Last: the bot looks by itself too.
    await club.limit(keep_texts_months=12)
    await asyncio.gather(retain(club.bot.rt), retain(club.bot.rt))
    await retain(club.bot.rt)
    assert {(one.body, one.e164[:6], one.state) for one in await club.messages(old)} == {
        ("", "erased", MessageState.DELIVERED)
    }
    assert [one.body for one in await club.messages(young)] == ["Hello"]
    assert [one.body for one in await club.messages(open_)] == ["Hello"]
    assert {one.campaign_id for one in await club.rows(AudienceLine)} == {young.id, open_.id}
    assert [one.campaign_id for one in await club.rows(AudienceGuardian)] == [young.id]
    assert [one.e164 for one in await club.rows(OptInQuestion)] == ["+33639980002"]
    assert [(one.body, one.e164) for one in await club.rows(Reply, id=reply.id)] == [("", "erased")]
    assert [one.e164 for one in await club.rows(Conversation, id=conversation.id)] == ["erased"]
    assert await counted(club, old) == before


async def test_people_archived_long_ago_are_erased_and_others_keep_their_proof(club: Club) -> None:
    assert club.bot
    now = club.clock.now()
    (row,) = await club.rows(ClubRow, id=seed.key("club"))
    stop = factories.opt_out(row, e164=seed.number_of("hugo"), scope=OptOutScope.MARKETING)
    proof = factories.agreed(
        row, e164=seed.number_of("julie"), contact_id=seed.key("julie"), at=now - OLD * 5
    )
    await club.keep(stop, proof)
    for key, age in (("hugo", OLD), ("jade", YOUNG)):
        person = await person_of(club, key)
        person.archived_at = now - age
        await club.keep(person)
    await club.limit(keep_archived_months=12)
    await asyncio.gather(retain(club.bot.rt), retain(club.bot.rt))
    assert await club.rows(Contact, id=seed.key("hugo")) == []
    assert await club.rows(Contact, id=seed.key("jade"))
    assert await club.rows(Consent, id=proof.id)
    assert [mark.scope for mark in await club.rows(ErasedNumber)] == [OptOutScope.MARKETING]
    (line,) = await club.rows(Audit, action="contact_erased")
    assert (line.actor, line.subject) == ("retention", f"contact {seed.key('hugo')}")


async def test_who_cannot_be_erased_yet_holds_up_nobody(club: Club) -> None:
    assert club.bot
    # Before there is anybody to forget: the bot looks by itself too.
    club.bot.rt.settings.secret_key = SecretStr("")
    now = club.clock.now()
    (row,) = await club.rows(ClubRow, id=seed.key("club"))
    await club.keep(factories.opt_out(row, e164=seed.number_of("hugo")))
    for n, key in enumerate(("hugo", "jade")):
        person = await person_of(club, key)
        person.archived_at = now - OLD * 9 + timedelta(days=n)
        await club.keep(person)
    await retain(club.bot.rt)
    assert await club.rows(Contact, id=seed.key("hugo")), "without a key he would be forgotten as opted out"
    assert await club.rows(Contact, id=seed.key("jade")) == []


async def test_an_admin_sets_for_how_long(club: Club) -> None:
    view = await club.open("/sms-settings", user=ADMIN)
    assert view.form.value("keep_texts_months", "keep_texts_months") == "36"
    await club.fill(view, keep_texts_months="24", keep_archived_months="12")
    await club.submit(view)
    (row,) = await club.rows(ClubRow, id=seed.key("club"))
    assert (row.keep_texts_months, row.keep_archived_months) == (24, 12)
    payload = club.submission(await club.open("/sms-settings", user=ADMIN))
    payload["view"]["state"]["values"]["keep_texts_months"]["keep_texts_months"]["value"] = "0"
    _, answer = await club.post_payload(payload)
    assert "Keep them for 1 to 120 months." in answer
    assert block_of(view, "keep_texts_months") in answer
    assert retention.AT_ONCE * 2 < 1201, "one tick of the test above takes several steps"
