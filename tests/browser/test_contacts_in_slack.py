"""The club's people: found as one types, added with a number that is refused at first, in both languages."""

import pytest
from playwright.sync_api import expect

from bot.playground.seed import ADMIN, COACH
from tests.browser.conftest import OpenDesk
from tests.browser.eye import NARROW

pytestmark = [pytest.mark.browser, pytest.mark.timeout(60)]


def test_a_coach_finds_a_child_as_they_type(open_desk: OpenDesk) -> None:
    desk = open_desk(COACH)
    desk.say("/contacts")
    people = desk.dialog("Contacts")
    expect(people).to_contain_text("40 personnes")
    desk.eye.look("contacts-french")
    people.get_by_role("textbox").click()
    desk.page.keyboard.type("zoe ber", delay=30)
    expect(people).to_contain_text("les SMS vont à Hélène Bernard et Karim Bernard")
    expect(people).not_to_contain_text("40 personnes")
    desk.eye.look("contacts-found")


def test_an_admin_adds_somebody_whose_number_is_refused_at_first(open_desk: OpenDesk) -> None:
    desk = open_desk(ADMIN, NARROW)
    desk.say("/contacts")
    desk.dialog("Contacts").get_by_role("button", name="Add a person").click()
    person = desk.dialog("Add a person")
    person.get_by_role("textbox", name="First name").fill("Ana")
    mobile = person.get_by_role("textbox", name="Mobile number")
    mobile.fill("01 42 68 53 00")
    person.get_by_role("button", name="Save").click()
    expect(person.get_by_role("alert")).to_contain_text("This is a landline, which gets no SMS.")
    desk.eye.look("person-refused")
    mobile.fill("06 12 34 57 77")
    person.get_by_role("button", name="Save").click()
    people = desk.dialog("Contacts")
    expect(people).to_contain_text("Ana is saved. This number gets alerts, and no advertising")
    desk.eye.look("person-saved")
