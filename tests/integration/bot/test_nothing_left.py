"""Erasing a person, table by table: no row is left that names them, also where it is somebody else's."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.people import dossier
from bot.people.retention import retain
from bot.playground import seed
from bot.playground.workspace import View
from storage.db import Database
from storage.models import (
    AudienceGroup,
    AudienceGuardian,
    Campaign,
    Draft,
    GroupDraft,
    Message,
    OptInQuestion,
    Staff,
)
from storage.states import CampaignState, MessageState
from tests import factories
from tests.club import ADMIN, COACH, Club
from tests.integration.bot.test_consents import tell
from tests.integration.bot.test_erasing import HUGO, erase, everything
from tests.integration.bot.test_fixed_groups import club_row
from tests.integration.bot.test_rule import open_new, put

SACHA, GAELLE = seed.key("sacha"), seed.number_of("gaelle")
"""A child without a number, and the guardian of two."""

pytestmark = pytest.mark.both


async def text_to(club: Club, campaign: Campaign, e164: str = GAELLE) -> Message:
    (text,) = [text for text in await club.messages(campaign) if text.e164 == e164]
    return text


async def tables_with(club: Club, *ids: str) -> set[str]:
    """The tables in which one of these ids stands."""
    async with club.database() as db, db.engine.connect() as connection:
        names = await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names())
        found: dict[str, str] = {}
        for name in names:
            if not name.startswith("procrastinate"):
                found[name] = str((await connection.execute(sa.text(f'SELECT * FROM "{name}"'))).all())
    return {name for name, rows in found.items() if any(id in rows for id in ids)}


async def build(club: Club, first_name: str) -> View:
    view = await open_new(club)
    await put(club, view, "field_1", "first_name")
    await put(club, view, "value_1", (first_name,))
    return view


async def test_nothing_of_a_child_is_left_with_its_guardians(club: Club) -> None:
    campaign = await club.send("U13", "Hello {first_name}, training is off.")
    await club.stands(campaign, "done")
    plain = await club.send("U13", "Training is off.")
    await club.stands(plain, "done")
    await club.compose(audience="contacts", contacts="Sacha", message="See you")
    await build(club, "Sacha")
    assert (await text_to(club, campaign)).body == "Hello Sacha, training is off."
    assert await club.rows(AudienceGuardian, child_id=SACHA)
    await erase(club, "sacha", "Sacha Roux")
    assert "sacha" not in (await everything(club)).casefold()
    assert await tables_with(club, SACHA.hex, str(SACHA)) <= {"audit", "campaign"}
    kept = await text_to(club, campaign)
    assert (kept.body, kept.state) == ("", MessageState.DELIVERED)
    assert (await text_to(club, plain)).body == "Training is off.", "it names nobody"
    assert (await text_to(club, campaign, seed.number_of("hugo"))).body == "Hello Hugo, training is off."


async def test_a_guardian_who_is_erased_answered_for_nobody(club: Club) -> None:
    await club.stands(await club.send("U13", "Hello"), "done")
    await erase(club, "gaelle", "Gaëlle Roux")
    assert not await club.rows(AudienceGuardian, guardian_id=seed.key("gaelle"))
    assert await club.rows(AudienceGuardian), "others did"


async def test_what_waits_to_leave_to_a_guardian_for_this_child_alone_does_not_leave(club: Club) -> None:
    club.carrier.scenario(refuse=20404)
    campaign = await club.send("U13", "Hello {first_name}")
    await club.stands(campaign, "paused")
    await erase(club, "sacha", "Sacha Roux")
    text = await text_to(club, campaign)
    assert (text.state, text.reason) == (MessageState.SKIPPED, "erased")
    assert "Sacha" not in await everything(club)


async def test_what_a_guardian_gets_for_a_sibling_too_still_leaves(club: Club) -> None:
    club.carrier.scenario(refuse=20404)
    view = await club.compose(groups=("U11", "U13"), message="Hello {first_name}")
    campaign = await club.confirm(view)
    await club.stands(campaign, "paused")
    await erase(club, "sacha", "Sacha Roux")
    assert (await text_to(club, campaign)).state is MessageState.QUEUED


async def test_whatever_statement_an_erasure_dies_at_nothing_is_erased_and_the_next_one_does_it(
    club: Club,
) -> None:
    await club.stands(await club.send("U13", "Hello {first_name}"), "done")
    await tell(club)
    await club.text("hugo", "STOP")
    await club.stop()
    before, row = await everything(club), await club_row(club)
    async with club.database() as db:
        for survived in itertools.count():
            with dying_after(db, survived) as is_dead, suppress(Died):
                await dossier.erase_at_once(db, club.settings, row, HUGO, club.clock.now())
            if not is_dead():
                break
            assert await everything(club) == before
    assert survived > 20, "it has so many statements"
    assert seed.number_of("hugo")[3:] not in await everything(club)


class Died(Exception):
    """The process, at this moment."""


@contextmanager
def dying_after(db: Database, statements: int) -> Iterator[Callable[[], bool]]:
    """Whoever asks the database more than so many things meanwhile dies; gives back whether somebody did."""
    left = statements

    def count(*_: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Died

    sa.event.listen(db.engine.sync_engine, "before_cursor_execute", count)
    try:
        yield lambda: left < 0
    finally:
        sa.event.remove(db.engine.sync_engine, "before_cursor_execute", count)


async def test_a_coach_tries_no_more_texts_on_an_erased_number(club: Club) -> None:
    (coach,) = await club.rows(Staff, slack_user_id=COACH)
    coach.e164 = seed.number_of("hugo")
    await club.keep(coach)
    await erase(club, "hugo", "Hugo Fontaine")
    assert [(one.slack_user_id, one.e164) for one in await club.rows(Staff)] == [(COACH, None)]


async def test_what_is_old_goes_with_who_answered_for_whom_and_what_was_never_finished(club: Club) -> None:
    assert club.bot
    row, now = await club_row(club), club.clock.now()
    old = now - timedelta(days=400)
    campaign = factories.campaign(row, state=CampaignState.DONE, created_at=old, over_at=old)
    mine: dict[str, Any] = {"club_id": row.id}
    typed = {"message": "x"}
    told = mine | {"campaign_id": campaign.id}
    await club.keep(campaign)
    await club.keep(
        AudienceGuardian(**told, child_id=SACHA, guardian_id=seed.key("gaelle")),
        AudienceGroup(**told, number=0, name="U13"),
        *(
            Draft(**mine, slack_user_id=ADMIN, fields=typed, previewed=typed, updated_at=at)
            for at in (old, now)
        ),
        *(GroupDraft(**mine, slack_user_id=ADMIN, updated_at=at) for at in (old, now)),
        *(
            OptInQuestion(
                **mine, e164=e164, asked_by="SM1 OUI", words="x", words_version=1, asked_at=at, until_at=at
            )
            for e164, at in ((factories.number(1), old), (factories.number(2), now))
        ),
    )
    await club.limit(keep_texts_months=12)
    await retain(club.bot.rt)
    assert await club.rows(AudienceGuardian) == []
    assert await club.rows(AudienceGroup) == []
    drafts = {one.updated_at: (one.fields, one.previewed) for one in await club.rows(Draft)}
    assert drafts == {old: ({}, None), now: ({"message": "x"}, {"message": "x"})}
    assert [one.updated_at for one in await club.rows(GroupDraft)] == [now]
    assert [one.asked_at for one in await club.rows(OptInQuestion)] == [now]
