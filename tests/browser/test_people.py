"""Others than the coach: an admin who speaks English, and a parent who may not text."""

import pytest
from playwright.sync_api import Page, expect

from bot.playground.seed import ADMIN, PARENT
from tests.browser.conftest import OpenDesk
from tests.browser.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(60)]

NO_CAR = "Bus leaves at 9, be there at 8.45."


def test_an_admin_sets_a_phone_and_tries_the_text_on_it(open_desk: OpenDesk) -> None:
    desk = open_desk(ADMIN)
    give_a_phone(desk)
    desk.say(f"/sms Seniors {NO_CAR}")
    preview = desk.dialog("Preview")
    expect(preview.get_by_role("blockquote")).to_have_text(NO_CAR)
    desk.eye.look("preview-english")
    preview.get_by_role("button", name="Send it to my phone first").click()
    expect(preview).to_contain_text("Sent to")
    preview.get_by_role("button", name="Cancel").click()
    expect(desk.page.get_by_role("dialog")).to_have_count(0)
    with desk.phone("Julie Mercier") as phone:
        expect(phone.get_by_role("log").get_by_text(NO_CAR, exact=True)).to_be_visible()
    with desk.phone("Fatou Diallo") as phone:
        expect(phone.get_by_text("No texts yet.")).to_be_visible()


def give_a_phone(desk: Desk) -> None:
    """A number that gets no SMS is refused where it stands; a mobile one is kept."""
    desk.say("/sms-settings")
    settings = desk.dialog("Settings")
    expect(settings.get_by_label("Seconds to undo")).to_have_value("10")
    desk.eye.look("settings")
    mine = settings.get_by_role("textbox", name="Your mobile number")
    mine.fill("01 42 68 53 00")
    settings.get_by_role("button", name="Save").click()
    expect(settings.get_by_role("alert")).to_be_visible()
    expect(mine).to_be_focused()
    desk.eye.look("settings-refused")
    mine.fill("06 12 34 56 41")
    settings.get_by_role("button", name="Save").click()
    expect(settings).to_have_count(0)


def test_a_parent_is_told_who_may_text(open_desk: OpenDesk) -> None:
    desk = open_desk(PARENT)
    desk.say("/sms")
    refused = desk.channel.get_by_role("article").last
    expect(refused).to_contain_text("Seuls les entraîneurs du club peuvent écrire aux membres")
    desk.eye.look("parent")
    _open_home(desk.page)
    home = desk.page.get_by_role("region", name="Touchline Home")
    expect(home).to_contain_text("Seuls les entraîneurs du club peuvent écrire aux membres")
    expect(home.get_by_role("button")).to_have_count(0)
    desk.eye.look("parent-home")
    expect(desk.page.get_by_role("dialog")).to_have_count(0)


def _open_home(page: Page) -> None:
    page.get_by_role("button", name="Touchline", exact=True).click()
