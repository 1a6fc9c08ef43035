"""One person added and changed: every refusal under its field, nobody's change lost, nothing of another club touched."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from bot.people.facts import Form
from bot.people.sheet import ChangedMeanwhile, save, sheet
from bot.playground import seed
from bot.playground.workspace import View
from storage.models import Audit, Contact, ContactField, Guardianship
from storage.states import FieldKind
from tests.club import ADMIN, COACH, Club, block_of, text_of
from tests.integration.bot.test_contacts import menu_payload, theirs
from tests.integration.bot.test_opt_outs import coach


async def add(club: Club, **fields: Any) -> View:
    """Somebody new: what is on top once it was submitted."""
    listed = await club.open("/contacts")
    await club.click(listed, "person_add")
    view = await club.modal("person")
    await club.fill(view, **fields)
    return await club.submit(view)


async def open_person(club: Club, key: str, *, user: str = COACH) -> View:
    person = await person_of(club, key)
    listed = await club.open(f"/contacts {person.first_name} {person.last_name}", user=user)
    chosen = f"change:{person.id}"
    await club.workspace.click(user, listed, f"person.{person.id}", "person", chosen)
    return await club.modal("person", user=user)


async def person_of(club: Club, key: str) -> Contact:
    (row,) = await club.rows(Contact, id=seed.key(key))
    return row


async def test_somebody_new_is_kept_found_and_texted(club: Club) -> None:
    listed = await add(
        club,
        first_name="Éloïse",
        last_name=" de  la Tour ",
        mobile="06 12 34 57 34",
        birth_date="2014-05-06",
        language="es",
        roles="joueuse, arbitre",
        tags="fête, fête",
        reference="LIC-9",
        guardians="Sophie",
    )
    said = "Éloïse de la Tour is saved. This number gets alerts, and no advertising: nobody agreed to it."
    assert not listed.errors, listed.errors
    await club.until(lambda: said in text_of(listed))
    (row,) = await club.rows(Contact, reference="LIC-9")
    assert (row.last_name, row.mobile, row.e164, row.refusal) == (
        "de la Tour",
        "06 12 34 57 34",
        "+33612345734",
        None,
    )
    assert (str(row.birth_date), row.language, row.roles, row.tags) == (
        "2014-05-06",
        "es",
        ["joueuse", "arbitre"],
        ["fête"],
    )
    (pair,) = await club.rows(Guardianship, child_id=row.id)
    assert pair.guardian_id == seed.key("sophie")
    assert "*Éloïse de la Tour*" in text_of(await club.open("/contacts eloise tour"))
    (line,) = await club.rows(Audit, action="contact_added")
    assert line.actor == COACH
    assert str(row.id) in line.subject
    assert "57 34" not in line.subject


REFUSED = [
    ({"mobile": "01 42 68 53 00"}, "mobile", "This is a landline, which gets no SMS."),
    ({"mobile": "06 12 34 56 26 (maman)"}, "mobile", "There are letters"),
    ({"mobile": "06 12 34 56 37 / 06 12 34 56 38"}, "mobile", "These are two numbers."),
    ({"mobile": "06 12 34 56 26 poste 12"}, "mobile", "an extension"),
    ({"mobile": "0899 12 34 56"}, "mobile", "a special-rate number"),
    ({"mobile": "3631"}, "mobile", "This is a short number"),
    ({"mobile": "447911123456"}, "mobile", "The country's code is missing."),
    ({"mobile": "06 12"}, "mobile", "This is not a mobile number."),
    ({"first_name": " "}, "last_name", "Give a first name or a last name."),
    ({"reference": " TAKEN "}, "reference", "Hugo Fontaine has this reference already."),
    ({"guardians": "Hugo", "wards": "Hugo"}, "wards", "Hugo Fontaine cannot be both"),
]


@pytest.mark.parametrize(("typed", "field", "said"), REFUSED, ids=[case[-1] for case in REFUSED])
async def test_what_cannot_be_kept_is_said_under_its_field_and_nothing_typed_is_lost(
    club: Club, typed: dict[str, str], field: str, said: str
) -> None:
    row = await person_of(club, "hugo")
    row.reference = "TAKEN"
    await club.keep(row)
    before = len(await club.rows(Contact))
    view = await add(club, **{"first_name": "Ana", "tags": "kept"} | typed)
    assert said in view.errors[block_of(view, field)]
    assert view.form.value("tags", "tags") == "kept"
    assert len(await club.rows(Contact)) == before


async def test_a_person_is_shown_as_known_and_changed_in_what_one_types_alone(club: Club) -> None:
    view = await open_person(club, "noel")
    before = await person_of(club, "noel")
    assert view.form.value("mobile", "mobile") == "06 12 34 56 13"
    assert "François Petit" in str(view.blocks)
    await club.fill(view, last_name="Petit-Roux", guardians=["François", "Gaëlle"])
    listed = await club.submit(view)
    await club.until(lambda: "Noël Petit-Roux is saved." in text_of(listed))
    after = await person_of(club, "noel")
    changed = {"last_name", "search"}
    assert before.model_dump(exclude=changed) == after.model_dump(exclude=changed)
    pairs = await club.rows(Guardianship, child_id=after.id)
    assert {pair.guardian_id for pair in pairs} == {seed.key("francois"), seed.key("gaelle")}
    (line,) = await club.rows(Audit, action="contact_changed")
    assert line.subject == f"contact {after.id}: last_name, guardians"
    assert "Petit-Roux*" in text_of(await club.open("/contacts petit-roux"))


async def test_guardians_are_set_from_either_side(club: Club) -> None:
    view = await open_person(club, "sophie")
    assert "Léa Martin" in str(view.blocks)
    assert "Tom Martin" in str(view.blocks)
    await club.fill(view, wards=["Tom", "Loïc"])
    await club.submit(view)
    pairs = await club.rows(Guardianship, guardian_id=seed.key("sophie"))
    assert {pair.child_id for pair in pairs} == {seed.key("tom"), seed.key("loic")}


async def test_a_number_that_was_refused_before_stays_until_it_is_changed(club: Club) -> None:
    view = await open_person(club, "yanis")
    await club.fill(view, first_name="Yannis")
    await club.submit(view)
    row = await person_of(club, "yanis")
    assert (row.first_name, row.mobile, row.refusal) == ("Yannis", "01 42 68 53 00", "landline")


@pytest.mark.parametrize(
    ("number_of", "said"),
    [("chloe", "asked for none"), ("julie", "allows alerts and advertising"), ("hugo", "no advertising")],
)
async def test_a_new_number_brings_what_is_on_record_for_it(club: Club, number_of: str, said: str) -> None:
    view = await open_person(club, "loic")
    await club.fill(view, mobile=seed.number_of(number_of))
    listed = await club.submit(view)
    await club.until(lambda: said in text_of(listed))


async def with_field(club: Club, kind: FieldKind, value: str, choices: tuple[str, ...] = ()) -> str:
    """A field of the club's own that Hugo has this value in; the name of its field in the window."""
    field = ContactField(club_id=seed.key("club"), name="Extra", kind=kind, choices=list(choices))
    row = await person_of(club, "hugo")
    row.fields = row.fields | {"Extra": value}
    await club.keep(field, row)
    return f"own_{field.id.hex}"


OWN = [
    (FieldKind.NUMBER, "12", "12.5", "12.5"),
    (FieldKind.DATE, "2027-01-02", "2027-03-04", "2027-03-04"),
    (FieldKind.YES_NO, "yes", "no", "no"),
    (FieldKind.CHOICE, "S", "M", "M"),
    (FieldKind.TEXT, "a", " b  c ", "b c"),
    (FieldKind.TEXT, "a", "", None),
    (FieldKind.CHOICE, "S", "-", None),
    (FieldKind.DATE, "one day", None, "one day"),
    (FieldKind.CHOICE, "XXL", None, "XXL"),
]


@pytest.mark.parametrize(("kind", "known", "typed", "kept"), OWN)
async def test_a_field_of_the_clubs_own_is_kept_by_its_kind_and_none_is_lost(
    club: Club, kind: FieldKind, known: str, typed: str | None, kept: str | None
) -> None:
    name = await with_field(club, kind, known, ("S", "M"))
    view = await open_person(club, "hugo")
    await club.fill(view, **{"tags": "x"} | ({} if typed is None else {name: typed}))
    await club.submit(view)
    row = await person_of(club, "hugo")
    assert row.tags == ["x"]
    assert row.fields.get("Extra") == kept
    assert row.fields["team"] == "U13"


async def test_a_forged_value_is_refused_under_its_field(club: Club) -> None:
    name = await with_field(club, FieldKind.CHOICE, "S", ("S", "M"))
    view = await open_person(club, "hugo")
    payload = club.submission(view)
    option = {"text": {"type": "plain_text", "text": "x"}, "value": "XXL"}
    payload["view"]["state"]["values"][block_of(view, name)][name]["selected_option"] = option
    _, answer = await club.post_payload(payload)
    assert "This is not a value of this field." in answer
    assert (await person_of(club, "hugo")).fields["Extra"] == "S"


async def test_of_two_who_change_somebody_at_once_the_second_is_told(club: Club) -> None:
    first = await open_person(club, "hugo")
    second = await open_person(club, "hugo", user=ADMIN)
    await club.fill(first, tags="first")
    await club.submit(first)
    await club.fill(second, tags="second")
    second = await club.submit(second)
    assert "Somebody else changed this person meanwhile" in second.errors[block_of(second, "first_name")]
    assert second.form.value("tags", "tags") == "second"
    assert (await person_of(club, "hugo")).tags == ["first"]


async def test_a_guardian_added_from_the_other_side_meanwhile_is_a_change_too(club: Club) -> None:
    view = await open_person(club, "hugo")
    pair = Guardianship(club_id=seed.key("club"), child_id=seed.key("hugo"), guardian_id=seed.key("sophie"))
    await club.keep(pair)
    view = await club.submit(view)
    assert "Somebody else changed this person meanwhile" in str(view.errors)
    assert await club.rows(Guardianship, child_id=seed.key("hugo"))


@pytest.mark.both
async def test_of_many_at_the_same_moment_one_alone_is_kept(club: Club) -> None:
    assert club.bot
    rt, who = club.bot.rt, await coach(club)
    known = await sheet(rt, who, seed.key("hugo"))
    forms = [Form(first_name="Hugo", tags=f"t{n}", own=known.form.own) for n in range(5)]
    tries = [save(rt, who, seed.key("hugo"), known.stamp, form) for form in forms]
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert [type(each) for each in done if isinstance(each, Exception)] == [ChangedMeanwhile] * 4


@pytest.mark.both
async def test_of_two_with_one_reference_one_alone_is_kept(club: Club) -> None:
    assert club.bot
    rt, who = club.bot.rt, await coach(club)
    tries = [save(rt, who, None, "", Form(first_name=name, reference="ONE")) for name in ("Ana", "Bea")]
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert [type(each).__name__ for each in done if isinstance(each, Exception)] == ["NotSaved"]
    assert len(await club.rows(Contact, reference="ONE")) == 1


@pytest.mark.turns
async def test_no_id_of_another_club_is_shown_changed_or_linked(club: Club) -> None:
    person = await theirs(club)
    view = await club.open("/contacts")
    for contact_id in (person.id, uuid4()):
        await club.post_payload(menu_payload(club, view, f"change:{contact_id}"))
        await club.until(
            lambda: any("no longer there" in text_of(one) for one in club.workspace.views(COACH))
        )
        assert "Zacharie" not in str([one.blocks for one in club.workspace.views(COACH)])
    view = await open_person(club, "hugo")
    found = await club.workspace.options(COACH, view, block_of(view, "wards"), "wards", "Zach")
    assert not found.flat
    option = {"text": {"type": "plain_text", "text": "x"}, "value": str(person.id)}
    for name in ("guardians", "wards"):
        payload = club.submission(view)
        payload["view"]["state"]["values"][block_of(view, name)][name]["selected_options"] = [option]
        _, answer = await club.post_payload(payload)
        assert "Somebody chosen here is no longer there." in answer
    payload = club.submission(view)
    about = payload["view"]["private_metadata"]
    payload["view"]["private_metadata"] = about.replace(str(seed.key("hugo")), str(person.id))
    _, answer = await club.post_payload(payload)
    assert "no longer there" in answer
    assert (await club.rows(Contact, id=person.id))[0].first_name == "Zacharie"
    assert not await club.rows(Guardianship, guardian_id=person.id)


async def test_nobody_is_their_own_guardian(club: Club) -> None:
    view = await open_person(club, "hugo")
    await club.fill(view, guardians="Hugo")
    view = await club.submit(view)
    assert "Nobody is their own guardian." in view.errors[block_of(view, "guardians")]
