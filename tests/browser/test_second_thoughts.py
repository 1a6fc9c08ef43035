"""A coach thinks again: undoes what was sent, moves what is planned, calls it off."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, expect

from bot.playground.seed import COACH
from tests.browser.conftest import OpenDesk
from tests.browser.desk import Desk
from tests.browser.eye import NARROW

pytestmark = [pytest.mark.browser, pytest.mark.timeout(60)]

TOO_EARLY = "Rendez-vous samedi à 9 h au stade."
RIGHT = "Rendez-vous samedi à 14 h au stade."
PICNIC = "Pique-nique du club dimanche, apportez un plat."


def test_what_is_undone_on_a_narrow_screen_reaches_nobody_and_is_offered_again(open_desk: OpenDesk) -> None:
    desk = open_desk(COACH, NARROW)
    send_too_early(desk)
    undo(desk)
    send_what_is_offered_again(desk)
    # When the second one has arrived, the first one's time to leave is long over.
    card = desk.card(RIGHT)
    expect(card).to_contain_text("Envoyé à 7 destinataires")
    expect(card).to_be_in_viewport()
    desk.eye.check("card-narrow")
    desk.eye.take("card-narrow")
    desk.eye.show("Phones")
    with desk.phone("Sophie Martin") as phone:
        expect(phone.get_by_role("log").get_by_text("Rendez-vous samedi")).to_have_text([RIGHT])


def send_too_early(desk: Desk) -> None:
    """Confirms a text with a mistake in it."""
    desk.say("/sms")
    compose = desk.dialog("Envoyer un SMS")
    desk.write(compose, "U11", TOO_EARLY)
    compose.get_by_role("button", name="Aperçu").click()
    desk.dialog("Aperçu").get_by_role("button", name=re.compile("Envoyer à")).click()


def undo(desk: Desk) -> None:
    """The button right there calls it off, and the card says so."""
    desk.dialog("Part dans 10 s").get_by_role("button", name="Annuler l’envoi").click()
    undone = desk.dialog("Annulé")
    expect(undone).to_contain_text("personne ne le reçoit")
    desk.eye.look("undone")
    undone.get_by_role("button", name="Fermer").click()
    expect(desk.page.get_by_role("dialog")).to_have_count(0)
    expect(desk.card(TOO_EARLY)).to_contain_text("Annulé")


def send_what_is_offered_again(desk: Desk) -> None:
    """`/sms` opens with what was called off; it is put right and sent."""
    desk.say("/sms")
    offered = desk.dialog("Envoyer un SMS")
    expect(offered.get_by_role("textbox", name="Message")).to_have_value(TOO_EARLY)
    expect(offered.get_by_role("button", name="Remove U11")).to_be_visible()
    desk.write(offered, "U11", RIGHT)
    offered.get_by_role("button", name="Aperçu").click()
    preview = desk.dialog("Aperçu")
    expect(preview.get_by_role("blockquote")).to_have_text(RIGHT)
    preview.get_by_role("button", name=re.compile("Envoyer à")).click()
    desk.dialog("Part dans 10 s").get_by_role("button", name="Fermer").click()


def test_what_is_planned_is_moved_and_called_off_from_the_list(open_desk: OpenDesk) -> None:
    desk = open_desk(COACH)
    plan_a_picnic(desk)
    move_it(desk)
    call_it_off(desk)


def plan_a_picnic(desk: Desk) -> None:
    """The day and time are asked for only when it is not for now."""
    desk.say("/sms")
    compose = desk.dialog("Envoyer un SMS")
    desk.write(compose, "U11", PICNIC)
    expect(compose.get_by_label("Jour")).to_have_count(0)
    compose.get_by_label("Quand").select_option("Plus tard")
    compose.get_by_label("Jour").fill(f"{datetime.now(UTC) + timedelta(days=7):%Y-%m-%d}")
    compose.get_by_label("Heure").fill("18:30")
    compose.get_by_label("Heure").scroll_into_view_if_needed()
    desk.eye.look("compose-later")
    compose.get_by_role("button", name="Aperçu").click()
    preview = desk.dialog("Aperçu")
    expect(preview).to_contain_text("à 18:30")
    desk.eye.look("preview-later")
    preview.get_by_role("button", name=re.compile("Programmer pour")).click()
    planned = desk.dialog("Programmé")
    expect(planned).to_contain_text("à 18:30")
    desk.eye.look("planned")
    planned.get_by_role("button", name="Fermer").click()
    expect(desk.card(PICNIC)).to_contain_text("à 18:30")


def move_it(desk: Desk) -> None:
    """The list's menu changes the time; the card follows."""
    desk.say("/sms scheduled")
    choose(desk, listed(desk), "Changer l’heure")
    modal = desk.dialog("Changer l’heure")
    expect(modal.get_by_label("Heure")).to_have_value("18:30")
    modal.get_by_label("Heure").fill("19:15")
    desk.eye.look("reschedule")
    modal.get_by_role("button", name="Enregistrer").click()
    expect(modal).to_have_count(0)
    expect(desk.channel.get_by_text("à 19:15").first).to_be_visible()
    desk.say("/sms scheduled")
    expect(listed(desk)).to_contain_text("à 19:15")
    desk.eye.look("scheduled")


def call_it_off(desk: Desk) -> None:
    """The list's menu cancels it, and the list is empty."""
    choose(desk, listed(desk), "Annuler le SMS")
    expect(desk.channel.get_by_text("personne ne le reçoit")).to_be_visible()
    desk.say("/sms scheduled")
    expect(desk.channel.get_by_role("article").last).to_contain_text("SMS programmés")
    expect(desk.channel.get_by_role("article").last).not_to_contain_text(PICNIC)
    desk.eye.look("scheduled-nothing")
    desk.say("/sms")
    kept = desk.dialog("Envoyer un SMS")
    expect(kept.get_by_role("textbox", name="Message")).to_have_value(PICNIC)
    kept.get_by_label("Quand").select_option("Maintenant")
    expect(kept.get_by_label("Heure")).to_have_count(0)
    kept.get_by_role("button", name="Annuler").click()
    expect(kept).to_have_count(0)


def listed(desk: Desk) -> Locator:
    """The picnic's line in the newest list."""
    lists = desk.channel.get_by_role("article").filter(has_text="SMS programmés")
    return lists.last.locator("[data-block^='row.']").filter(has_text=PICNIC)


def choose(desk: Desk, row: Locator, entry: str) -> None:
    """Picks from a line's menu."""
    row.get_by_role("button", name="More actions").click()
    row.get_by_role("menuitem", name=entry).click()
