"""Whom a row means of the people a club has, and what of them it leaves as it is."""

import pytest

from bot.imports.errors import ChangedMeanwhile
from bot.imports.problems import Reason
from storage.models import Contact, ContactField, Guardianship
from tests import factories
from tests.integration.imports.conftest import NOW, Desk, counts

MARIE = "+33645000009"
LEA_OF_MARIE = "Prénom;Nom;Mère;Portable mère\nLéa;Roy;Marie Roy;06 45 00 00 09\n"


async def test_a_guardian_whom_the_club_has_twice_is_not_added_once_more_by_each_import(desk: Desk) -> None:
    twice = [factories.contact(desk.club, first_name="Marie", last_name="Roy", e164=MARIE) for _ in range(2)]
    await factories.keep(desk.db, *twice)
    looked = await desk.bring_in(LEA_OF_MARIE)
    assert (counts(looked), looked.guardians) == ((1, 0, 0, 0), 0)
    assert counts(await desk.bring_in(LEA_OF_MARIE)) == (0, 0, 1, 0)
    assert len(await desk.rows(Contact)) == 3
    assert len(await desk.rows(Guardianship)) == 1


async def test_whoever_is_archived_does_not_come_back_by_number_and_name(desk: Desk) -> None:
    gone = factories.contact(desk.club, first_name="Marie", last_name="Roy", e164=MARIE, archived_at=NOW)
    await factories.keep(desk.db, gone)
    looked = await desk.bring_in("Prénom;Nom;Portable\nMarie;Roy;06 45 00 00 09\n")
    assert looked.reasons == {Reason.ARCHIVED: 1}
    assert len(await desk.rows(Contact)) == 1


async def test_a_namesake_in_the_place_of_who_is_archived_is_the_one_who_is_meant(desk: Desk) -> None:
    both = [
        factories.contact(desk.club, first_name="Marie", last_name="Roy", e164=MARIE, archived_at=archived_at)
        for archived_at in (NOW, None)
    ]
    await factories.keep(desk.db, *both)
    assert counts(await desk.bring_in("Prénom;Nom;Portable\nMarie;Roy;06 45 00 00 09\n")) == (0, 0, 1, 0)


async def test_an_archived_guardian_whom_a_file_names_is_somebody_new(desk: Desk) -> None:
    gone = factories.contact(desk.club, first_name="Marie", last_name="Roy", e164=MARIE, archived_at=NOW)
    await factories.keep(desk.db, gone)
    assert (await desk.bring_in(LEA_OF_MARIE)).guardians == 1
    assert counts(await desk.bring_in(LEA_OF_MARIE)) == (0, 0, 1, 0)


async def test_why_a_number_is_none_stays_known_when_something_else_is_changed(desk: Desk) -> None:
    landline = {"mobile": "01 42 00 00 00", "e164": None, "refusal": "landline"}
    await factories.keep(desk.db, factories.contact(desk.club, last_name="Roy", reference="7", **landline))
    await desk.bring_in("Nom de famille;Référence;Tags\nRoy;7;bénévole\n")
    (row,) = await desk.rows(Contact)
    assert (row.tags, row.mobile, row.refusal) == (["bénévole"], "01 42 00 00 00", "landline")
    await desk.bring_in("Nom de famille;Référence;Portable\nRoy;7;06 45 00 00 09\n")
    (row,) = await desk.rows(Contact)
    assert (row.e164, row.refusal) == (MARIE, None)


async def test_a_field_renamed_since_the_look_is_not_filled_by_its_old_name(desk: Desk) -> None:
    looked = await desk.look("Prénom;Nom;Équipe\nLéa;Roy;U13\n")
    (field,) = (one for one in await desk.rows(ContactField) if one.name == "Équipe")
    field.name = "Team"
    async with desk.db.begin() as session:
        await session.merge(field)
    with pytest.raises(ChangedMeanwhile):
        await desk.store(looked)
