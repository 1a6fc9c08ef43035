"""Other ways to write: without a mouse, and in haste."""

import pytest
from playwright.sync_api import Page, expect

from bot.playground.seed import COACH
from tests.browser.conftest import OpenDesk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(60)]

# No control is further away than so many, with the buttons of an evening's cards on the way.
TABS_AT_MOST = 60


def test_an_sms_is_written_and_sent_without_the_mouse(open_desk: OpenDesk) -> None:
    desk = open_desk(COACH)
    keyboard = desk.page.keyboard
    expect(desk.page.get_by_role("textbox", name="Message #sms")).to_be_visible()
    tab_to(desk.page, "Message #sms")
    keyboard.type("/sms")
    keyboard.press("Enter")
    desk.dialog("Envoyer un SMS")
    tab_to(desk.page, "Groupes")
    for _ in range(3):
        keyboard.press("Backspace")  # groups of a draft that was offered again
    keyboard.type("U15")
    keyboard.press("Enter")
    tab_to(desk.page, "Message")
    keyboard.press("ControlOrMeta+A")
    keyboard.type("Sans la souris aussi.")
    tab_to(desk.page, "Aperçu")
    keyboard.press("Enter")
    desk.dialog("Aperçu")
    tab_to(desk.page, "Envoyer à")
    keyboard.press("Enter")
    desk.dialog("Part dans 10 s")
    keyboard.press("Escape")
    expect(desk.page.get_by_role("dialog")).to_have_count(0)
    expect(desk.page.get_by_role("textbox", name="Message #sms")).to_be_focused()
    expect(desk.card("Sans la souris aussi.")).to_contain_text("À U15")


def test_no_letter_is_lost_when_one_submits_while_typing(open_desk: OpenDesk) -> None:
    desk = open_desk(COACH)
    desk.say("/sms")
    compose = desk.dialog("Envoyer un SMS")
    typed = "Tournoi U13 samedi : départ du bus à 8 h 15 devant la mairie."
    assert len(typed) >= 60
    desk.write(compose, "U13", typed, delay_ms=80)
    compose.get_by_role("button", name="Aperçu").click()
    preview = desk.dialog("Aperçu")
    expect(preview.get_by_role("blockquote")).to_have_text(typed)
    preview.get_by_role("button", name="Retour").click()
    expect(compose.get_by_role("textbox", name="Message")).to_have_value(typed)


def tab_to(page: Page, name: str) -> None:
    """Presses Tab until the control with this name has the focus."""
    for _ in range(TABS_AT_MOST):
        if page.evaluate(NAME_OF_FOCUSED).startswith(name):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach “{name}”")


NAME_OF_FOCUSED = """() => {
  const { ariaLabel, labels, textContent } = document.activeElement;
  return (ariaLabel ?? labels?.[0]?.textContent ?? textContent).trim();
}"""
