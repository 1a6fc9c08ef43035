"""A rule as a coach on a phone builds it, asking for a field that an admin has just made."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, expect

from bot.playground.seed import ADMIN, COACH
from tests.browser.conftest import OpenDesk
from tests.browser.desk import Desk
from tests.browser.eye import NARROW

PARIS = ZoneInfo("Europe/Paris")
pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def test_a_coach_builds_who_is_u13_or_u15_and_whose_licence_ends_soon(open_desk: OpenDesk) -> None:
    admin = open_desk(ADMIN)
    make_a_field(admin)
    set_licences(admin)
    coach = open_desk(COACH, NARROW)
    coach.say("/groups")
    coach.dialog("Groupes").get_by_role("button", name="Nouveau groupe dynamique").click()
    rule = coach.dialog("Nouveau groupe dynamique")
    coach.eye.look("rule-new-french")
    rule.get_by_role("textbox", name="Nom du groupe").fill("Licences à renouveler")
    ask(rule, 0, "team")
    choose(rule, "team est …", "U13", "U15")
    expect(rule).to_contain_text("team est U13 ou U15")
    rule.get_by_role("button", name="+ Condition").click()
    ask(rule, 1, "Licence ends")
    expect(rule).to_contain_text("2 personnes sur 40 en font partie")
    expect(rule).to_contain_text("team est U13 ou U15, et Licence ends d’ici 30 jours")
    coach.eye.look("rule-french")
    rule.get_by_role("button", name="Enregistrer").click()
    groups = coach.dialog("Groupes")
    expect(groups).to_contain_text("Licences à renouveler est enregistré : 2 personnes actuellement.")
    coach.eye.look("rule-saved-french")


def test_a_block_and_an_age_fit_on_a_phone_and_can_be_removed(open_desk: OpenDesk) -> None:
    desk = open_desk(ADMIN, NARROW)
    desk.say("/groups")
    desk.dialog("Groups").get_by_role("button", name="New dynamic group").click()
    rule = desk.dialog("New dynamic group")
    ask(rule, 0, "Age")
    rule.get_by_role("spinbutton", name="age is at least …").fill("18")
    rule.get_by_role("button", name="+ Block").click()
    ask(rule, 1, "Birth date")
    expect(rule).to_contain_text("birthday is today")
    rule.get_by_role("button", name="+ Condition in this block").click()
    ask(rule, 2, "First name")
    expect(rule).to_contain_text("A condition without a value does not count yet.")
    choose(rule, "first name is …", "Zoë")
    expect(rule).to_contain_text("age is at least 18, and (birthday is today, or first name is Zoë)")
    desk.eye.look("rule-block")
    for left in (2, 1):
        rule.get_by_role("button", name="Remove", exact=True).last.click()
        expect(rule.get_by_role("combobox", name="Choose a field")).to_have_count(left)
    expect(rule).not_to_contain_text("Of this block")


def make_a_field(desk: Desk) -> None:
    """A day on which each licence ends."""
    desk.say("/sms-settings")
    desk.dialog("Settings").get_by_role("button", name="Change the fields").click()
    fields = desk.dialog("The club's own fields")
    desk.eye.look("own-fields")
    fields.get_by_role("button", name="Add a field").click()
    field = desk.dialog("Add a field")
    field.get_by_role("textbox", name="Name").fill("Licence ends")
    field.get_by_role("combobox", name="What is kept in it?").select_option("Date")
    desk.eye.look("own-field")
    field.get_by_role("button", name="Save").click()
    expect(fields).to_contain_text("Licence ends")
    for name in ("The club's own fields", "Settings"):
        desk.page.keyboard.press("Escape")
        expect(desk.page.get_by_role("dialog", name=name, exact=True)).to_have_count(0)


def set_licences(desk: Desk) -> None:
    """Two end soon, and one later."""
    for name, days in (("Hugo", 10), ("Manon", 20), ("Nathan", 40)):
        desk.say(f"/contacts {name}")
        people = desk.dialog("Contacts")
        people.get_by_role("combobox").or_(people.get_by_role("button", name="More actions")).first.click()
        desk.page.get_by_text("Change", exact=True).click()
        person = desk.dialog("Change a person")
        person.get_by_label("Licence ends").fill(
            (datetime.now(PARIS) + timedelta(days=days)).date().isoformat()
        )
        person.get_by_role("button", name="Save").click()
        expect(people).to_contain_text(f"{name}")
        expect(people).to_contain_text("is saved")
        desk.page.keyboard.press("Escape")
        expect(people).to_have_count(0)


def ask(rule: Locator, line: int, field: str) -> None:
    """Chooses the field of a line, and waits until the window follows."""
    menus = rule.get_by_role("combobox", name="Choisir un champ").or_(
        rule.get_by_role("combobox", name="Choose a field")
    )
    expect(menus).to_have_count(line + 1)
    menus.nth(line).select_option(field)


def choose(rule: Locator, label: str, *values: str) -> None:
    """Picks values from a menu that the bot fills, and leaves it."""
    box = rule.get_by_role("combobox", name=label)
    for value in values:
        option = rule.get_by_role("option", name=value, exact=True)
        if not option.is_visible():
            box.click()
        option.click()
        expect(rule.get_by_role("button", name=f"Remove {value}")).to_be_visible()
    box.blur()
    expect(rule.get_by_role("option", name=values[-1], exact=True)).to_have_count(0)
