"""A coach's evening: the gym is closed, a team must know, and its parents answer."""

import re

import pytest
from playwright.sync_api import Locator, expect

from bot.playground.seed import COACH
from tests.browser.conftest import OpenDesk
from tests.browser.desk import Desk
from tests.browser.eye import NARROW, WIDE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

BEGUN = "Le gymnase est fermé ce soir à cause d'une fuite. Prochain entra"
GYM_CLOSED = BEGUN + "înement : vendredi à 18 h."
ANSWER = "Merci Hugo, à vendredi !"


def test_a_coach_texts_a_team_hears_back_and_answers(open_desk: OpenDesk) -> None:
    desk = open_desk(COACH)
    compose(desk)
    preview_and_send(desk)
    watch_it_arrive(desk)
    hear_back(desk)
    answer(desk)
    be_refused(desk)
    see_who_refused_left_out(desk)
    look_at_the_home(desk)


def compose(desk: Desk) -> None:
    """One dear letter makes two SMS of one, and is named."""
    desk.say("/sms")
    modal = desk.dialog("Envoyer un SMS")
    desk.eye.look("compose-empty")
    desk.write(modal, "U13", BEGUN)
    count = modal.locator("[data-block=count]")
    expect(count).to_contain_text("1 SMS chacun")
    expect(count).not_to_contain_text("À cause de")
    desk.page.keyboard.type(GYM_CLOSED.removeprefix(BEGUN))
    expect(count).to_contain_text(f"{len(GYM_CLOSED)} caractères · 2 SMS chacun")
    expect(count).to_contain_text("À cause de « î »")
    desk.eye.look("compose", kept=(WIDE, NARROW))


def preview_and_send(desk: Desk) -> None:
    """Who gets it, who does not and why; then it leaves, with time to undo."""
    desk.dialog("Envoyer un SMS").get_by_role("button", name="Aperçu").click()
    preview = desk.dialog("Aperçu")
    expect(preview.get_by_role("heading", name="7 destinataires")).to_be_visible()
    expect(preview.get_by_role("blockquote")).to_have_text(GYM_CLOSED)
    expect(preview).to_contain_text("14 SMS")
    expect(preview).to_contain_text("3 personnes hors envoi")
    expect(preview).to_contain_text(re.compile("ne reçoit pas les SMS.*Lina Costa et Yanis Haddad"))
    expect(preview).to_contain_text(re.compile("sans numéro de mobile.*Paul Marchand"))
    desk.eye.look("preview", kept=(WIDE,))
    preview.get_by_role("button", name="Envoyer à 7").click()
    left = desk.dialog("Part dans 10 s")
    expect(left).to_contain_text("Pour 7 destinataires")
    desk.eye.look("leaving")
    left.get_by_role("button", name="Fermer").click()
    expect(desk.page.get_by_role("dialog")).to_have_count(0)


def watch_it_arrive(desk: Desk) -> None:
    """The card tells each step by itself, up to the receipts."""
    card = desk.card("gymnase est fermé")
    expect(card).to_contain_text("il est encore temps d’annuler")
    desk.eye.look("card-waiting")
    expect(card).to_contain_text("7 reçus")
    expect(card).to_contain_text("Envoyé à 7 destinataires")
    expect(card).to_contain_text("Hors envoi")
    card.get_by_role("button", name="Qui ne l’a pas reçu ?").click()
    missed = desk.dialog("Qui l’a reçu ?")
    for name in ("Lina Costa", "Yanis Haddad", "Paul Marchand"):
        expect(missed).to_contain_text(name)
    desk.eye.look("missed")
    missed.get_by_role("button", name="Fermer").click()


def hear_back(desk: Desk) -> None:
    """The text is on the phone as it was typed; what is answered there stands in the card's thread."""
    with desk.phone("Hugo Fontaine") as phone:
        expect(phone.get_by_role("log").get_by_text(GYM_CLOSED, exact=True)).to_be_visible()
        desk.text(phone, "ok merci")
        desk.eye.look("phone", pane="Phones", kept=(NARROW,))
    card = desk.card("gymnase est fermé")
    expect(card).to_contain_text("1 réponse")
    desk.open_thread(card)
    reply = replies(desk).filter(has_text="Hugo Fontaine")
    expect(reply.get_by_role("blockquote")).to_have_text("ok merci")


def answer(desk: Desk) -> None:
    """The Reply button answers by SMS; the thread shows who answered, and that it arrived."""
    reply = replies(desk).filter(has_text="Hugo Fontaine")
    reply.get_by_role("button", name="Répondre").click()
    modal = desk.dialog("Répondre par SMS")
    expect(modal.get_by_role("textbox", name="Votre réponse")).to_be_focused()
    desk.page.keyboard.type(ANSWER)
    expect(modal.locator("[data-block=count]")).to_contain_text("1 SMS")
    desk.eye.look("answer")
    modal.get_by_role("button", name="Envoyer").click()
    expect(modal).to_have_count(0)
    expect(reply).to_contain_text(re.compile("Réponse de @Camille Moreau · reçu"))
    expect(reply.get_by_role("blockquote")).to_have_text(["ok merci", ANSWER])
    with desk.phone("Hugo Fontaine") as phone:
        expect(phone.get_by_role("log").get_by_text(ANSWER, exact=True)).to_be_visible()
        desk.eye.look("thread", kept=(WIDE, NARROW))


def be_refused(desk: Desk) -> None:
    """STOP is confirmed on the phone at once and told in the thread, with nothing to answer it by."""
    with desk.phone("Loïc Moreau") as phone:
        desk.text(phone, "STOP")
        expect(phone.get_by_role("log").get_by_text("vous ne recevrez plus nos SMS")).to_be_visible()
        desk.eye.look("phone-stop", pane="Phones")
    refusal = replies(desk).filter(has_text="Loïc Moreau")
    expect(refusal).to_contain_text("plus de SMS du club")
    expect(refusal.get_by_role("button")).to_have_count(0)


def see_who_refused_left_out(desk: Desk) -> None:
    """The next preview counts one less and says why; the group and the text stand on the command's line."""
    desk.say("/sms U13 Le gymnase est ouvert, à ce soir !")
    preview = desk.dialog("Aperçu")
    expect(preview.get_by_role("heading", name="6 destinataires")).to_be_visible()
    expect(preview).to_contain_text("4 personnes hors envoi")
    expect(preview).to_contain_text(re.compile("plus de SMS.*Loïc Moreau"))
    desk.eye.look("preview-after-stop")
    preview.get_by_role("button", name="Annuler").click()
    expect(preview).to_have_count(0)


def look_at_the_home(desk: Desk) -> None:
    """The Home lists what was sent, with what became of it."""
    desk.page.get_by_role("button", name="Touchline", exact=True).click()
    home = desk.page.get_by_role("region", name="Touchline Home")
    sent = home.locator("[data-block^='row.']").filter(has_text="gymnase est fermé")
    expect(sent).to_contain_text("7 reçus sur 7")
    expect(sent).to_contain_text("2 réponses")
    desk.eye.look("home", kept=(WIDE,))


def replies(desk: Desk) -> Locator:
    """What stands in the thread under the card."""
    return desk.thread.get_by_role("article")
