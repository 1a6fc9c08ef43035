"""What the command line gives out of one person: all that is theirs, and nothing of others."""

import json
from typing import Any

import pytest

from bot.people import dossier
from bot.playground import seed
from storage.models import AudienceLine
from storage.models import Club as ClubRow
from storage.states import MessageState
from tests import factories
from tests.club import Club
from tests.integration.bot.test_consents import tell
from tests.integration.bot.test_person import person_of


async def export(club: Club, asked: str) -> dict[str, Any]:
    (row,) = await club.rows(ClubRow, id=seed.key("club"))
    async with club.database() as db:
        known: dict[str, Any] = json.loads(await dossier.export(db, row, await dossier.find(db, row, asked)))
    return known


async def test_everything_that_is_known_of_a_person_is_given_out(club: Club) -> None:
    await tell(club)
    campaign = await club.send("U13", "Hello {first_name}")
    await club.stands(campaign, "done")
    await club.text("hugo", "STOP")
    (row,) = await club.rows(ClubRow, id=seed.key("club"))
    async with club.database() as db:
        for asked in ("06 12 34 56 24", str(seed.key("hugo"))):
            known = json.loads(await dossier.export(db, row, await dossier.find(db, row, asked)))
            assert known["contact"]["last_name"] == "Fontaine"
            assert [text["body"] for text in known["texts"]] == ["Hello Hugo"]
            assert [reply["body"] for reply in known["replies"]] == ["STOP"]
            assert (len(known["consent"]), len(known["opt_outs"]), len(known["audit"])) == (3, 1, 1)
            assert [group["name"] for group in known["groups"]] == ["U13"]
        other = factories.club()
        await club.keep(other)
        for asked in ("+33612345624", str(seed.key("hugo")), "nobody"):
            with pytest.raises(dossier.NobodyThere):
                await dossier.find(db, other, asked)


@pytest.mark.both
async def test_nothing_of_whoever_shares_a_number_is_given_out(club: Club) -> None:
    hugo, jade = await person_of(club, "hugo"), await person_of(club, "jade")
    hugo.e164 = jade.e164
    await club.keep(hugo)
    await tell(club, "jade")
    await tell(club, "hugo", evidence="On paper")
    (row,) = await club.rows(ClubRow, id=seed.key("club"))
    for person in (hugo, jade):
        campaign = factories.campaign(row, state="done")
        text = factories.message(
            campaign, e164=jade.e164, state=MessageState.DELIVERED, body=f"For {person.first_name}"
        )
        line = {"campaign_id": campaign.id, "contact_id": person.id, "e164": jade.e164}
        await club.keep(campaign, text)
        await club.keep(AudienceLine(club_id=row.id, because="", **line))
    await club.text("jade", "from one of us")
    known = await export(club, str(hugo.id))
    assert [one["body"] for one in known["texts"]] == ["For Hugo"]
    assert [one["evidence"] for one in known["consent"]] == ["On paper"]
    assert known["consent_at_other_numbers"] == []
    assert [one["body"] for one in known["replies"]] == ["from one of us"]


async def test_of_guardians_and_children_the_names_alone_are_given_out(club: Club) -> None:
    child = await export(club, str(seed.key("noel")))
    (guardian,) = child["guardians"]
    assert guardian == {"id": str(seed.key("francois")), "first_name": "François", "last_name": "Petit"}
    parent = await export(club, str(seed.key("francois")))
    assert [set(one) for one in parent["guardian_of"]] == [{"id", "first_name", "last_name"}]
