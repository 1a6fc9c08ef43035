"""A fixed group made from a pasted list, with its report, another group in it, and who is on its list; in both languages."""

import pytest
from playwright.sync_api import expect

from bot.playground.seed import ADMIN, COACH
from tests.browser.conftest import OpenDesk
from tests.browser.eye import NARROW

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]

PASTED = "MARTIN Léa\nbernard zoe; noel petit\nRoux\n01 42 68 53 00\nJean Dupond"


def test_a_coach_pastes_a_list_and_looks_its_report_over(open_desk: OpenDesk) -> None:
    desk = open_desk(COACH)
    desk.say("/groups")
    groups = desk.dialog("Groupes")
    expect(groups).to_contain_text("une liste fixe")
    desk.eye.look("groups-french")
    groups.get_by_role("button", name="Nouveau groupe fixe").click()
    group = desk.dialog("Nouveau groupe fixe")
    group.get_by_role("textbox", name="Nom", exact=True).fill("Tournoi de Noël")
    group.get_by_role("textbox", name="Coller des noms ou des numéros").fill(PASTED)
    desk.eye.look("group-french")
    group.get_by_role("button", name="Enregistrer").click()
    expect(group).to_contain_text("À ajouter : 3 personnes")
    expect(group).to_contain_text("«\u00a001 42 68 53 00\u00a0»")
    desk.eye.look("group-report-french")
    group.get_by_role("textbox", name="À corriger").fill("06 12 34 56 24")
    group.get_by_label("Qui est « Roux » ?").select_option("Toutes ces personnes")
    group.get_by_role("button", name="Enregistrer").click()
    expect(group).to_contain_text("À ajouter : 4 personnes")
    group.get_by_role("button", name="Enregistrer").click()
    expect(groups).to_contain_text("Tournoi de Noël est enregistré. 7 personnes ont été ajoutées.")
    desk.eye.look("group-saved-french")


def test_an_admin_puts_a_group_in_another_and_takes_somebody_off(open_desk: OpenDesk) -> None:
    desk = open_desk(ADMIN, NARROW)
    desk.say("/groups")
    groups = desk.dialog("Groups")
    row = groups.locator("[data-block^='group.']").filter(has_text="U11")
    row.get_by_role("button").click()
    desk.eye.look("groups-menu")
    desk.page.get_by_role("menuitem", name="Change").click()
    group = desk.dialog("Change a group")
    group.get_by_role("combobox", name="Groups in this group").click()
    desk.page.keyboard.type("U13")
    group.get_by_role("option", name="U13").click()
    desk.page.keyboard.press("Escape")
    desk.eye.look("group-known")
    group.get_by_role("button", name="Save").click()
    expect(groups).to_contain_text("U11 is saved.")
    expect(row).to_contain_text("a fixed list · with U13")
    row.get_by_role("button").click()
    desk.page.get_by_role("menuitem", name="Who is in it").click()
    members = desk.dialog("Who is in it")
    expect(members).to_contain_text("With the groups in it (U13): 14 people.")
    desk.eye.look("members")
    members.get_by_role("textbox", name="Who?").fill("zoe")
    expect(members).not_to_contain_text("Noël Petit")
    members.get_by_role("button", name="Take off").click()
    expect(members).to_contain_text("Zoë Bernard is taken off U11.")
    desk.eye.look("member-off")
    members.get_by_role("button", name="Put back").click()
    expect(members).not_to_contain_text("is taken off")
