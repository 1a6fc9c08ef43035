"""Erasing a person: nothing of them is left, no count changes, and who wanted no SMS goes on getting none."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from bot.people import dossier
from bot.people.erase import LeavingNow, NoSecretKey, erase_by_admin
from bot.playground import seed
from bot.playground.workspace import View
from bot.runtime import Who
from storage import tallies
from storage.models import (
    AudienceGuardian,
    AudienceLine,
    Audit,
    Consent,
    Contact,
    Draft,
    ErasedNumber,
    Guardianship,
    Membership,
    Message,
    OptOut,
    Reply,
)
from storage.models import Club as ClubRow
from storage.states import MessageState, Role
from tests import factories
from tests.club import ADMIN, COACH, SHORT_CODE, Club, block_of, text_of
from tests.integration.bot.test_consents import open_person, press, tell
from tests.integration.bot.test_contacts import theirs
from tests.integration.bot.test_opt_outs import coach
from tests.integration.bot.test_person import add, person_of

HUGO = seed.number_of("hugo")
DIGITS = HUGO[3:]


async def admin(club: Club) -> Who:
    who = await coach(club)
    return Who(who.club, ADMIN, Role.ADMIN, who.words, who.zone)


async def erase(club: Club, key: str, name: str) -> View:
    """An admin erases them: what is on top then."""
    person = await open_person(club, key, user=ADMIN)
    await club.click(person, "erase", user=ADMIN)
    view = await club.modal("erase", user=ADMIN)
    await club.fill(view, name=name)
    return await club.submit(view)


async def stop(club: Club) -> None:
    """Hugo wants no SMS, and Slack has shown it."""
    await club.text("hugo", "STOP")

    async def is_shown() -> bool:
        return all(row.posted_ts for row in await club.rows(Reply))

    await club.until(is_shown)


async def theirs_still(club: Club) -> list[Any]:
    """What stands of Hugo."""
    person = await club.rows(Contact, id=seed.key("hugo"))
    return [
        *person,
        *[row for table in (OptOut, Consent, Reply) for row in await club.rows(table, e164=HUGO)],
    ]


async def everything(club: Club) -> str:
    """All that the database holds, but for the carrier's and Slack's own ids."""
    async with club.database() as db, db.engine.connect() as connection:
        names = await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names())
        rows = [
            str((await connection.execute(sa.text(f'SELECT * FROM "{name}"'))).all())  # our own tables
            for name in names
            if not name.startswith("procrastinate")
        ]
    return "\n".join(rows)


async def counts(club: Club, campaign_id: Any) -> Any:
    async with club.database() as db, db.read() as session:
        assert await tallies.of_campaign(session, campaign_id) == {
            **await tallies.of_campaign(session, campaign_id),
            **await tallies.counted(session, campaign_id),
        }
        return await tallies.of_campaign(session, campaign_id)


@pytest.mark.both
async def test_nothing_of_an_erased_person_is_left_and_every_count_stays(club: Club) -> None:
    await tell(club)
    campaign = await club.send("U13", "Hello {first_name}, training is off.")
    await club.stands(campaign, "done")
    await club.text("hugo", "Hugo is ill today")
    await club.until(lambda: any("Hugo is ill" in str(club.thread(post)) for post in club.posts()))
    before, texts = await counts(club, campaign.id), len(await club.messages(campaign))
    view = await erase(club, "hugo", "hugo  FONTAINE")
    assert "is erased." in text_of(view), view.errors
    for table, column in (
        (Contact, "id"),
        (Membership, "contact_id"),
        (AudienceLine, "contact_id"),
        (AudienceGuardian, "child_id"),
        (AudienceGuardian, "guardian_id"),
        (Consent, "contact_id"),
    ):
        assert await club.rows(table, **{column: seed.key("hugo")}) == []
    left = await everything(club)
    assert DIGITS not in left
    assert "Fontaine" not in left
    assert "Hello Hugo" not in left
    assert "is ill today" not in left
    assert await counts(club, campaign.id) == before
    assert len(await club.messages(campaign)) == texts
    (line,) = await club.rows(Audit, action="contact_erased")
    assert (line.actor, line.subject) == (ADMIN, f"contact {seed.key('hugo')}")
    assert await club.rows(ErasedNumber) == [], "who wanted texts leaves no mark"


@pytest.mark.both
async def test_who_wanted_no_sms_gets_none_when_added_again(club: Club) -> None:
    await club.text("hugo", "STOP")
    await erase(club, "hugo", "Hugo Fontaine")
    (mark,) = await club.rows(ErasedNumber)
    assert DIGITS not in mark.digest
    assert await club.rows(OptOut, e164=HUGO) == []
    listed = await add(club, first_name="Ugo", mobile="06" + DIGITS[1:])
    await club.until(lambda: "asked for none" in text_of(listed))
    assert await club.rows(ErasedNumber) == []
    assert [row.e164 for row in await club.rows(OptOut, e164=HUGO)] == [HUGO]


async def test_an_erased_number_that_writes_is_still_opted_out_until_it_says_start(club: Club) -> None:
    await club.text("hugo", "STOP")
    await erase(club, "hugo", "Hugo Fontaine")
    await club.text("hugo", "hello again")
    assert await club.rows(OptOut, e164=HUGO)
    await club.text("hugo", "START")
    assert await club.rows(OptOut, e164=HUGO) == []


async def test_what_waits_to_leave_to_them_does_not_leave(club: Club) -> None:
    await club.limit(undo_seconds=0, segments_a_day=2000)
    (row,) = await club.rows(ClubRow, id=seed.key("club"))
    campaign = factories.campaign(row, state="paused", sender=SHORT_CODE)
    waiting = [
        factories.message(campaign, e164=number, state=state, created_at=club.clock.now())
        for number, state in ((HUGO, MessageState.QUEUED), (factories.number(9), MessageState.QUEUED))
    ]
    chunk = factories.chunk(campaign, waiting=2, due_at=None, parked=True)
    for one in waiting:
        one.chunk_id = chunk.id
    await club.keep(campaign, chunk, *waiting)
    await erase(club, "hugo", "Hugo Fontaine")
    states = {one.id: (one.state, one.reason) for one in await club.rows(Message, campaign_id=campaign.id)}
    assert states == {
        waiting[0].id: (MessageState.SKIPPED, "erased"),
        waiting[1].id: (MessageState.QUEUED, None),
    }


async def test_while_a_text_is_leaving_nothing_is_erased(club: Club) -> None:
    assert club.bot
    await stop(club)
    (row,) = await club.rows(ClubRow, id=seed.key("club"))
    soon = club.clock.now() + timedelta(hours=1)
    await club.keep(factories.message(row, e164=HUGO, state=MessageState.SENDING, lease_until=soon))
    before = await theirs_still(club)
    with pytest.raises(LeavingNow):
        await erase_by_admin(club.bot.rt, await admin(club), seed.key("hugo"), "Hugo Fontaine")
    assert await theirs_still(club) == before


async def test_without_a_key_nobody_who_opted_out_is_erased(club: Club) -> None:
    await stop(club)
    settings = club.settings.model_copy(update={"secret_key": type(club.settings.secret_key)("")})
    async with club.database() as db:
        (row,) = await club.rows(ClubRow, id=seed.key("club"))
        before = await theirs_still(club)
        with pytest.raises(NoSecretKey):
            await dossier.erase_at_once(db, settings, row, HUGO, club.clock.now())
    assert await theirs_still(club) == before


async def test_what_others_share_with_them_stays_theirs(club: Club) -> None:
    hugo, jade = await person_of(club, "hugo"), await person_of(club, "jade")
    hugo.e164 = jade.e164
    await club.keep(hugo)
    await tell(club, "jade")
    await tell(club, "hugo")
    await club.text("jade", "from both of us")
    only_his = factories.campaign((await club.rows(ClubRow, id=seed.key("club")))[0], state="done")
    texts = [factories.message(only_his, e164=jade.e164, state=MessageState.DELIVERED, body="Hugo alone")]
    lines = [
        AudienceLine(
            club_id=hugo.club_id, campaign_id=only_his.id, contact_id=hugo.id, because="", e164=jade.e164
        )
    ]
    await club.keep(only_his, *texts)
    await club.keep(*lines)
    await erase(club, "hugo", "Hugo Fontaine")
    assert [row.contact_id for row in await club.rows(Consent, e164=jade.e164)] == [jade.id]
    assert [row.body for row in await club.rows(Reply, e164=jade.e164)] == ["from both of us"]
    (text,) = await club.rows(Message, campaign_id=only_his.id)
    assert (text.body, text.state) == ("", MessageState.DELIVERED)
    assert await club.rows(Contact, id=jade.id)


async def test_guardians_of_the_erased_stay_and_answer_for_them_no_more(club: Club) -> None:
    await erase(club, "noel", "Noël Petit")
    assert await club.rows(Guardianship, child_id=seed.key("noel")) == []
    assert await club.rows(Contact, id=seed.key("francois"))


async def test_whoever_got_texts_with_their_guardian_leaves_no_pair_behind(club: Club) -> None:
    campaign = await club.send("U11", "Training is off.")
    await club.stands(campaign, "done")
    assert await club.rows(AudienceGuardian, child_id=seed.key("noel"))
    await erase(club, "noel", "Noël Petit")
    assert await club.rows(AudienceGuardian, child_id=seed.key("noel")) == []


async def test_what_a_coach_writes_to_several_survives_that_one_of_them_is_erased(club: Club) -> None:
    people = [{"id": str(seed.key(key)), "label": key, "detail": ""} for key in ("hugo", "jade")]
    typed = {"audience": "contacts", "contacts": people, "message": "See you on Saturday"}
    draft = Draft(
        club_id=seed.key("club"),
        slack_user_id=COACH,
        fields=typed,
        previewed=typed,
        updated_at=club.clock.now(),
    )
    await club.keep(draft)
    await erase(club, "hugo", "Hugo Fontaine")
    (kept,) = await club.rows(Draft, id=draft.id)
    for shown in (kept.fields, kept.previewed):
        assert shown == typed | {"contacts": people[1:]}


async def test_another_name_erases_nobody(club: Club) -> None:
    view = await erase(club, "hugo", "Ugo Fontaine")
    assert "Type the name as it stands above: Hugo Fontaine" in view.errors[block_of(view, "name")]
    assert await club.rows(Contact, id=seed.key("hugo"))


@pytest.mark.turns
async def test_no_coach_and_nobody_of_another_club_erases(club: Club) -> None:
    person = await theirs(club)
    view = await open_person(club, "hugo")
    assert "Erase this person" not in str(view.blocks)
    await club.post_payload(press(club, view, "erase", str(seed.key("hugo"))))
    await club.until(lambda: any("Only an admin" in text_of(one) for one in club.workspace.views(COACH)))
    view = await open_person(club, "hugo", user=ADMIN)
    await club.click(view, "erase", user=ADMIN)
    asked = await club.modal("erase", user=ADMIN)
    await club.fill(asked, name="Zacharie Ailleurs")
    payload = club.submission(asked)
    for contact_id in (person.id, uuid4()):
        payload["view"]["private_metadata"] = json.dumps({"id": str(contact_id)})
        _, answer = await club.post_payload(payload)
        assert "no longer there" in answer
    assert await club.rows(Contact, id=person.id)
