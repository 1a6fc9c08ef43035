"""What somebody agreed to, seen in their window and recorded there, in both languages."""

import re

import pytest
from playwright.sync_api import Locator, expect

from bot.playground.seed import ADMIN, COACH
from tests.browser.conftest import OpenDesk
from tests.browser.desk import Desk
from tests.browser.eye import NARROW

pytestmark = [pytest.mark.browser, pytest.mark.timeout(60)]


def open_person(desk: Desk, name: str, *, entry: str, title: str) -> Locator:
    desk.say(f"/contacts {name}")
    people = desk.dialog("Contacts")
    people.get_by_role("button", name="More actions").first.click()
    desk.page.get_by_role("menuitem", name=entry).click()
    return desk.dialog(title)


def test_a_coach_records_a_paper_form_and_reads_what_may_be_sent(open_desk: OpenDesk) -> None:
    desk = open_desk(COACH)
    person = open_person(desk, "hugo", entry="Modifier", title="Modifier une personne")
    expect(person).to_contain_text("Publicité : non, aucun accord n’a été donné")
    person.get_by_role("textbox", name="Étiquettes").fill("essai")
    desk.eye.look("person-consent-french")
    person.get_by_role("button", name="Noter un accord").click()
    asked = desk.dialog("Noter un accord")
    desk.eye.look("consent-french")
    asked.get_by_role("button", name="Enregistrer").click()
    expect(asked.get_by_role("alert")).to_contain_text("Donnez la preuve")
    asked.get_by_role("textbox", name=re.compile("preuve")).fill("Bulletin 2026, classeur bleu")
    asked.get_by_role("button", name="Enregistrer").click()
    expect(person).to_contain_text("Publicité : oui, accord du")
    expect(person.get_by_role("textbox", name="Étiquettes")).to_have_value("essai")
    desk.eye.look("person-agreed-french")


def test_an_admin_reads_on_a_phone_why_a_number_gets_nothing(open_desk: OpenDesk) -> None:
    desk = open_desk(ADMIN, NARROW)
    person = open_person(desk, "chloe", entry="Change", title="Change a person")
    expect(person).to_contain_text("Alerts: no, this number asked for no SMS at all")
    desk.eye.look("person-opted-out")
    person.get_by_role("button", name="Record consent").click()
    asked = desk.dialog("Record consent")
    asked.get_by_role("textbox", name="What shows it?").fill("told at the desk")
    asked.get_by_role("button", name="Save").click()
    expect(asked.get_by_role("alert")).to_contain_text("Only they can ask for it again")
    desk.eye.look("consent-refused")
    asked.get_by_role("button", name="Cancel").click()
    person.get_by_role("button", name="Erase this person…").click()
    erasing = desk.dialog("Erase a person")
    erasing.get_by_role("textbox", name="Type the name to erase them").fill("Chloe")
    erasing.get_by_role("button", name="Erase for good").click()
    expect(erasing.get_by_role("alert").last).to_contain_text("Type the name as it stands above: Chloé Faure")
    desk.eye.look("erase-refused")
