"""Who gets a text and why: looked for from the preview, a family mended on the way, and from the card, in both languages."""

import pytest
from playwright.sync_api import expect

from bot.playground.seed import ADMIN, COACH
from tests.browser.conftest import OpenDesk
from tests.browser.eye import NARROW

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]


def test_a_coach_sees_whom_nobody_reaches_and_goes_back_to_the_preview(open_desk: OpenDesk) -> None:
    desk = open_desk(COACH)
    desk.say("/sms U13 Gymnase fermé ce soir.")
    preview = desk.dialog("Aperçu")
    desk.eye.look("preview-why-french")
    preview.get_by_role("button", name="Qui le reçoit, pourquoi").click()
    people = desk.dialog("Qui le reçoit, pourquoi")
    expect(people).to_contain_text("dans le groupe U13")
    desk.eye.look("why-french")
    people.get_by_role("textbox").click()
    desk.page.keyboard.type("56 24", delay=30)
    expect(people).to_contain_text("Hugo Fontaine")
    expect(people).not_to_contain_text("Maëlys")
    desk.page.keyboard.press("ControlOrMeta+A")
    desk.page.keyboard.press("Delete")
    expect(people).to_contain_text("Maëlys")
    people.get_by_role("combobox").first.select_option("unreached")
    expect(people.get_by_role("button", name="Modifier Paul Marchand")).to_be_visible()
    desk.eye.look("why-unreached-french")
    people.get_by_role("button", name="Modifier Paul Marchand").click()
    person = desk.dialog("Modifier une personne")
    desk.eye.look("why-person-french")
    person.get_by_role("button", name="‹ Retour à la liste").click()
    people = desk.dialog("Qui le reçoit, pourquoi")
    people.get_by_role("button", name="Tout m’envoyer en fichier").click()
    expect(people).to_contain_text("Le fichier est dans vos messages avec Touchline.")
    people.get_by_role("button", name="Retour", exact=True).click()
    expect(preview).to_be_visible()


def test_an_admin_sees_what_became_of_each_text_from_the_card(open_desk: OpenDesk) -> None:
    desk = open_desk(ADMIN, NARROW)
    desk.say("/sms Seniors The bus leaves at nine.")
    desk.dialog("Preview").get_by_role("button", name="Send to").click()
    told = desk.page.get_by_role("dialog")
    expect(told).to_be_visible()
    desk.page.keyboard.press("Escape")
    expect(desk.page.get_by_role("dialog")).to_have_count(0)
    card = desk.card("The bus leaves at nine.")
    # A card speaks the club's language, its window that of who opens it.
    button = card.get_by_role("button", name="Qui le reçoit, pourquoi")
    expect(card).to_contain_text("6 reçus")
    desk.eye.look("card-why")
    button.click()
    people = desk.dialog("Who gets it, and why")
    expect(people).to_contain_text("in the group Seniors (team is Seniors)")
    expect(people).to_contain_text("As it was when it left.")
    desk.eye.look("why-english")
