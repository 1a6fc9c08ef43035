"""A club's own fields: added and used at once, renamed with all that speaks of them, never taken from who needs them."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from bot.clubs import AdminsOnly
from bot.people import own
from bot.playground import seed
from bot.playground.workspace import View
from storage.conditions import Compared, Condition, Operator, Rule, from_json, to_json
from storage.models import Audit, Contact, ContactField, Group
from storage.own_fields import AT_ONCE, forget_some
from storage.states import FieldKind
from tests import factories
from tests.club import ADMIN, Club, text_of
from tests.integration.bot.test_groups import coach
from tests.integration.bot.test_rule import act_on, open_group, open_new, put

TEAM = seed.key("field team")
UNRELATED = Condition("first_name", Compared.TEXT, Operator.FILLED)


async def open_list(club: Club) -> View:
    """The list of the club's fields."""
    settings = await club.open("/sms-settings", user=ADMIN)
    await club.click(settings, "own_fields", user=ADMIN)
    return await club.modal("own_fields", user=ADMIN)


async def open_field(club: Club, field_id: UUID, verb: str = "change") -> View:
    """The window of a field, or the question before it goes."""
    listed = await open_list(club)
    row = f"own_field.{field_id.hex}"
    await club.workspace.click(ADMIN, listed, row, "own_field", f"{verb}:{field_id.hex}")
    return await club.modal("own_field" if verb == "change" else "own_field_removal", user=ADMIN)


async def add(club: Club, **typed: str) -> View:
    """A new field: what is on top once it was submitted."""
    listed = await open_list(club)
    await club.click(listed, "own_field_add", user=ADMIN)
    view = await club.modal("own_field", user=ADMIN)
    await club.fill(view, **typed)
    return await club.submit(view)


async def rename(club: Club, name: str) -> View:
    """Another name for the seeded field."""
    view = await open_field(club, TEAM)
    await club.fill(view, name=name)
    return await club.submit(view)


async def test_a_new_field_is_listed_and_can_be_asked_for(club: Club) -> None:
    listed = await add(club, name=" Shirt  size ", kind="choice", choices="S\n M \n\nM\nL")
    await club.until(lambda: "*Shirt size*\nOne of several choices: S, M, L" in text_of(listed))
    (field,) = await club.rows(ContactField, name="Shirt size")
    assert (field.kind, field.choices, field.position) == (FieldKind.CHOICE, ["S", "M", "L"], 2)
    view = await open_new(club)
    await put(club, view, "field_1", f"own_{field.id.hex}")
    await club.until(lambda: "Shirt size is …" in text_of(view))
    (line,) = await club.rows(Audit, action="field_added")
    assert (line.actor, line.subject) == (ADMIN, f"field {field.id}")


@pytest.mark.both
async def test_values_rules_and_groups_being_built_move_along_with_a_name(club: Club) -> None:
    building = await open_new(club)
    await put(club, building, "field_1", f"own_{TEAM.hex}")
    await put(club, building, "value_1", ("U11",))
    await club.change(
        Contact, {"fields": {"team": "U13", 'odd "one"': "1", "Équipe": "old"}}, id=seed.key("hugo")
    )
    listed = await rename(club, "Équipe")
    await club.until(lambda: "*Équipe*" in text_of(listed))
    (hugo,) = await club.rows(Contact, id=seed.key("hugo"))
    assert hugo.fields == {"Équipe": "U13", 'odd "one"': "1"}
    assert not [one for one in await club.rows(Contact) if "team" in one.fields]
    groups = await club.open("/groups")
    assert "*Seniors* · 7 people\nÉquipe is Seniors" in text_of(groups)
    (group,) = await club.rows(Group, id=seed.key("Seniors"))
    assert (group.rule or {})["field"] == "Équipe"
    again = await open_new(club)
    assert "*6 people of 40 belong now*\nÉquipe is U11" in text_of(again)


async def test_a_group_that_is_being_changed_while_its_field_is_renamed_can_still_be_saved(
    club: Club,
) -> None:
    changing = await open_group(club, "Seniors")
    await club.fill(changing, name="The seniors")
    listed = await rename(club, "Équipe")
    await club.until(lambda: "*Équipe*" in text_of(listed))
    await club.submit(changing)
    assert not changing.errors
    (group,) = await club.rows(Group, id=seed.key("Seniors"))
    assert group.name == "The seniors"
    assert [one.field for one in from_json(group.rule or {}).conditions()] == ["fields.Équipe"]


REFUSED = [
    ({"name": "1st"}, "name", "Begin the name with a letter"),
    ({"name": "a {b}"}, "name", "Begin the name with a letter"),
    ({"name": "First_name"}, "name", "There is a field of this name already."),
    ({"name": "TEAM"}, "name", "There is a field of this name already."),
    ({"name": "Size", "kind": "choice"}, "choices", "Give one choice at least."),
    ({"name": "Size", "kind": "choice", "choices": "x" * 76}, "choices", "of 75 characters at most"),
]


@pytest.mark.parametrize(("typed", "field", "said"), REFUSED, ids=[str(case[0]) for case in REFUSED])
async def test_what_cannot_be_kept_is_said_under_its_field(
    club: Club, typed: dict[str, str], field: str, said: str
) -> None:
    view = await add(club, **typed)
    assert said in view.errors[field]
    assert {row.name for row in await club.rows(ContactField)} == {"team", "licence"}


async def test_there_is_an_end_to_fields(club: Club) -> None:
    mine = {"club_id": seed.key("club"), "kind": FieldKind.TEXT}
    await club.keep(*(ContactField(name=f"field {n}", **mine) for n in range(own.FIELDS_MAX - 1)))
    view = await add(club, name="One more")
    assert "60 fields" in view.errors["name"]


@pytest.mark.both
async def test_a_field_that_no_rule_asks_for_goes_with_its_values_and_is_not_found_by_them(
    club: Club,
) -> None:
    refused = await club.submit(await open_field(club, TEAM, "remove"))
    await club.until(lambda: "The group “Seniors” asks for this field." in text_of(refused))
    async with club.database() as db, db.begin() as session:
        await session.delete(await session.get_one(Group, seed.key("Seniors")))
    question = await open_field(club, TEAM, "remove")
    assert "28 people have a value in it, which is lost." in text_of(question)
    listed = await club.submit(question)
    await club.until(lambda: "team" not in text_of(listed))
    people = await club.rows(Contact)
    assert not [one for one in people if "team" in one.fields or "seniors" in (one.search or "")]
    assert [one for one in people if "mercier" in (one.search or "")]
    assert len(await club.rows(Audit, action="field_removed")) == 1


async def test_a_removal_that_was_cut_off_is_begun_again_and_takes_everybodys_values(club: Club) -> None:
    await club.change(Group, {"rule": to_json(Rule(parts=(UNRELATED,)))}, id=seed.key("Seniors"))
    mine = {"club_id": seed.key("club"), "created_at": club.clock.now(), "fields": {"team": "U9"}}
    await club.keep(*(Contact(first_name="", last_name=f"Kid {n}", **mine) for n in range(AT_ONCE)))
    async with club.database() as db, db.begin() as session:
        assert await forget_some(session, seed.key("club"), "team")
    assert await club.rows(ContactField, id=TEAM)
    listed = await club.submit(await open_field(club, TEAM, "remove"))
    await club.until(lambda: "team" not in text_of(listed))
    assert not [one for one in await club.rows(Contact) if "team" in one.fields]


async def test_a_choice_that_a_rule_asks_for_stays(club: Club) -> None:
    await add(club, name="Size", kind="choice", choices="S\nM\nL")
    (field,) = await club.rows(ContactField, name="Size")
    view = await open_new(club)
    await club.fill(view, name="Medium")
    await put(club, view, "field_1", f"own_{field.id.hex}")
    await put(club, view, "value_1", ["M"])
    await club.submit(view)
    changed = await open_field(club, field.id)
    await club.fill(changed, choices="S\nL")
    await club.submit(changed)
    assert changed.errors["choices"] == "The group “Medium” asks for “M”. Change that group first."
    await club.fill(changed, choices="M\nL\nXL")
    await club.submit(changed)
    assert (await club.rows(ContactField, name="Size"))[0].choices == ["M", "L", "XL"]


async def test_a_field_that_a_scheduled_text_fills_in_keeps_its_name_and_stays(club: Club) -> None:
    preview = await club.compose(
        audience="everyone",
        title="Match",
        message="Come, {team|all}!",
        when="later",
        at_date=(club.clock.now() + timedelta(days=2)).date().isoformat(),
        at_time="12:00",
    )
    await club.confirm(preview)
    view = await rename(club, "Équipe")
    assert "The scheduled SMS “Match” fills it in." in view.errors["name"]
    async with club.database() as db, db.begin() as session:
        await session.delete(await session.get_one(Group, seed.key("Seniors")))
    listed = await club.submit(await open_field(club, TEAM, "remove"))
    await club.until(lambda: "The scheduled SMS “Match” fills it in." in text_of(listed))


async def test_only_admins_and_only_of_this_club(club: Club) -> None:
    assert "own_fields" not in str((await club.open("/sms-settings")).blocks)
    other = factories.club()
    theirs = ContactField(id=uuid4(), club_id=other.id, name="theirs", kind=FieldKind.TEXT)
    await club.keep(other)
    await club.keep(theirs)
    for verb in ("change", "remove"):
        listed = await open_list(club)
        await act_on(club, listed, "own_field", f"{verb}:{theirs.id}")
        await club.until(
            lambda: any("no longer there" in text_of(one) for one in club.workspace.views(ADMIN))
        )
    for view, verb in (
        (await open_field(club, TEAM), "change"),
        (await open_field(club, TEAM, "remove"), ""),
    ):
        payload = club.submission(view)
        about = payload["view"]["private_metadata"]
        payload["view"]["private_metadata"] = about.replace(TEAM.hex, theirs.id.hex)
        _, answer = await club.post_payload(payload)
        assert not verb or "no longer there" in answer
    await club.workspace.settled()
    assert [one.name for one in await club.rows(ContactField, id=theirs.id)] == ["theirs"]
    assert club.bot
    who, rt = await coach(club), club.bot.rt
    with pytest.raises(AdminsOnly):
        await own.own(rt, who)
    with pytest.raises(AdminsOnly):
        await own.one(rt, who, TEAM)
    with pytest.raises(AdminsOnly):
        await own.remove(rt, who, TEAM)
    with pytest.raises(AdminsOnly):
        await own.save(rt, who, TEAM, name="x", kind=FieldKind.TEXT, choices=())
    assert from_json((await club.rows(Group, id=seed.key("Seniors")))[0].rule or {})
