"""Ways through the windows of people: what staff do there once, so that each of their requests was made."""

from typing import Any

from bot.playground import seed
from bot.playground.workspace import View
from storage.models import ImportFile
from tests.club import ADMIN, COACH, Club, block_of, text_of
from tests.integration.bot.test_imports_in_slack import choose
from tests.integration.bot.test_rule import TEAM, block_with, put

FILE = """\
Prénom;Nom;Portable;Équipe;Mère;Portable mère
Zoé;Roy;06 45 00 00 01;U13;Ana Roy;06 45 00 00 02
Tom;Roy;01 42 00 00 00;U13;;
"""


async def everywhere(club: Club) -> None:
    """Every window and button of people but for those that `partings` presses."""
    for walk in (people, consents, fixed_groups, rules, own_fields, imports):
        await walk(club)


async def partings(club: Club) -> None:
    """What can be done once only: a file is brought in, groups are saved, and people, groups and fields go."""
    for walk in (bring_in, save_rules, take_away_groups, take_away_field, archive, erase):
        await walk(club)


async def people(club: Club) -> None:
    """Somebody is added, found and changed."""
    await club.click(await club.home(), "open_contacts")
    listed = await club.modal("people")
    await club.click(listed, "page")
    await club.until(lambda: "Page 2" in text_of(listed))
    await club.click(listed, "person_add")
    view = await club.modal("person")
    await club.fill(view, first_name="Ana", last_name="Sol", guardians="Sophie", wards="Hugo")
    await club.submit(view)
    listed = await club.open("/contacts ana sol")
    await club.fill(listed, search="hugo fontaine")
    await club.until(lambda: "*Hugo Fontaine*" in text_of(listed))
    await _in_menu_of(club, listed, "hugo", "change")
    view = await club.modal("person")
    await club.fill(view, tags="gardien")
    await club.submit(view)
    await club.until(lambda: "Hugo Fontaine is saved." in text_of(listed))
    await club.fill(listed, search="jade lef")
    await club.until(lambda: "*Jade Lefèvre*" in text_of(listed))
    await _in_menu_of(club, listed, "jade", "archive")
    await club.until(lambda: "is archived" in text_of(listed))
    await club.fill(listed, search="hugo")
    await club.submit(listed)


async def consents(club: Club) -> None:
    """Somebody's consent is recorded."""
    listed = await club.open("/contacts hugo fontaine")
    await _in_menu_of(club, listed, "hugo", "change")
    person = await club.modal("person")
    await club.click(person, "consent")
    view = await club.modal("consent")
    await club.fill(view, evidence="Form in the office")
    await club.submit(view)
    await club.until(lambda: "*Advertising*: yes" in text_of(person))


async def fixed_groups(club: Club) -> None:
    """A fixed group is made, looked into and changed."""
    listed = await club.open("/groups")
    await club.click(listed, "fixed_add")
    view = await club.modal("fixed_group")
    await club.fill(view, name="Winners", joiners="Loïc")
    found = await club.workspace.options(COACH, view, block_of(view, "subgroups"), "subgroups", "U15")
    await club.workspace.set_value(view, block_of(view, "subgroups"), "subgroups", [found.flat[0]["value"]])
    await club.submit(view)
    await club.until(lambda: "Winners" in text_of(listed))
    await _in_menu(club, listed, "U15", "change")
    await club.submit(await club.modal("fixed_group"))
    await _in_menu(club, listed, "U15", "members")
    members = await club.modal("members")
    await club.fill(members, member_search="a")
    await club.submit(members)


async def rules(club: Club) -> None:
    """A dynamic group is built of lines and a block."""
    listed = await club.open("/groups")
    await club.click(listed, "rule_add")
    view = await club.modal("rule")
    await club.fill(view, name="Both")
    await put(club, view, "field_1", TEAM)
    await put(club, view, "value_1", ("U13", "U15"))
    await club.click(view, "inner_")
    await put(club, view, "field_3", "first_name")
    await put(club, view, "operator_3", "begins")
    await put(club, view, "value_3", "Hug", revision="3")
    await club.click(view, "more_2")
    await put(club, view, "field_4", "birth_date")
    await put(club, view, "match_2", "all")
    await put(club, view, "match", "any")
    await club.click(view, "drop_4")
    await club.until(lambda: not block_with(view, "field_4"))


async def own_fields(club: Club) -> None:
    """An admin adds a field and calls another one otherwise."""
    await club.click(await club.open("/sms-settings", user=ADMIN), "own_fields", user=ADMIN)
    listed = await club.modal("own_fields", user=ADMIN)
    await club.click(listed, "own_field_add", user=ADMIN)
    view = await club.modal("own_field", user=ADMIN)
    await club.fill(view, name="Shirt", kind="choice", choices="S\nM")
    await club.submit(view)
    await club.until(lambda: "*Shirt*" in text_of(listed))
    await _field(club, listed, "change")
    view = await club.modal("own_field", user=ADMIN)
    await club.fill(view, name="Squad")
    await club.submit(view)
    await club.until(lambda: "*Squad*" in text_of(listed))


async def imports(club: Club) -> None:
    """A file is chosen, its columns are changed, and the rows with something wrong come as a file."""
    await club.click(await club.open("/contacts"), "import_open")
    view = await club.modal("import_file")
    await club.fill(view, file=[club.workspace.upload(COACH, "membres.csv", FILE.encode()).id])
    await club.submit(view)
    view = await club.modal("import_check")
    await choose(club, view, 3, f"own:{seed.key('field team').hex}")

    async def is_looked_at() -> bool:
        return any("3" in (row.choices or {}) for row in await club.rows(ImportFile))

    await club.until(is_looked_at)
    await club.click(view, "import_refused")
    await club.until(lambda: any(post.files for post in _told(club)))


async def bring_in(club: Club) -> None:
    """The file is gone at the first go, and brought in at the second."""
    club.workspace.faults.fail("files.info", "file_not_found")
    await club.submit(club.workspace.top_view(COACH))
    await club.until(lambda: "is not imported" in text_of(club.workspace.top_view(COACH)))
    await club.click(_told(club)[-1], "import_again")
    await club.until(lambda: any("is imported" in text_of(post) for post in _told(club)))


async def save_rules(club: Club) -> None:
    """The group that was built is saved, and another one is."""
    listed = await club.open("/groups")
    await club.click(listed, "rule_add")
    listed = await club.submit(await club.modal("rule"))
    await club.until(lambda: "Both is saved" in text_of(listed))
    await _in_menu(club, listed, "Bénévoles", "change")
    await club.submit(await club.modal("rule"))


async def take_away_groups(club: Club) -> None:
    """Somebody is taken off a list and put back, and a group goes."""
    listed = await club.open("/groups")
    await _in_menu(club, listed, "U15", "members")
    members = await club.modal("members")
    await club.click(members, "member_off")
    await club.until(lambda: "Put back" in text_of(members))
    await club.click(members, "member_back")
    await club.until(lambda: "Put back" not in text_of(members))
    listed = await club.open("/groups")
    await _in_menu(club, listed, "Bénévoles", "remove")
    await club.submit(await club.modal("group_removal"))
    await club.until(lambda: "Bénévoles" not in text_of(listed))


async def take_away_field(club: Club) -> None:
    """A field goes that no group asks for."""
    await club.click(await club.open("/sms-settings", user=ADMIN), "own_fields", user=ADMIN)
    listed = await club.modal("own_fields", user=ADMIN)
    await _field(club, listed, "remove", "licence")
    await club.submit(await club.modal("own_field_removal", user=ADMIN))
    await club.until(lambda: "*licence*" not in text_of(listed))


async def archive(club: Club) -> None:
    """Somebody is archived, and another one is taken back."""
    listed = await club.open("/contacts hugo fontaine")
    await _in_menu_of(club, listed, "hugo", "archive")
    await club.until(lambda: "is archived" in text_of(listed))
    listed = await club.open("/contacts jade")
    await club.click(listed, "people_archived")
    await club.until(lambda: "*Jade Lefèvre*" in text_of(listed))
    await _in_menu_of(club, listed, "jade", "back")
    await club.until(lambda: "is taken back" in text_of(listed))


async def erase(club: Club) -> None:
    """An admin erases somebody."""
    listed = await club.open("/contacts maelys", user=ADMIN)
    await _in_menu_of(club, listed, "maelys", "change")
    await club.click(await club.modal("person", user=ADMIN), "erase", user=ADMIN)
    view = await club.modal("erase", user=ADMIN)
    await club.fill(view, name="Maëlys Garcia")
    assert "is erased" in text_of(await club.submit(view))


def _told(club: Club) -> list[Any]:
    return club.workspace.direct(COACH).messages(COACH)


async def _in_menu(club: Club, listed: View, group: str, verb: str) -> None:
    block_id = f"group.{seed.key(group)}"
    row = next(block for block in listed.blocks if block["block_id"] == block_id)
    menu = row["accessory"]["action_id"]
    await club.workspace.click(listed.user, listed, block_id, menu, f"{verb}:{seed.key(group)}")


async def _in_menu_of(club: Club, listed: View, key: str, verb: str) -> None:
    person = str(seed.key(key))
    await club.workspace.click(listed.user, listed, f"person.{person}", "person", f"{verb}:{person}")


async def _field(club: Club, listed: View, verb: str, name: str = "team") -> None:
    field = seed.key(f"field {name}").hex
    await club.workspace.click(ADMIN, listed, f"own_field.{field}", "own_field", f"{verb}:{field}")
