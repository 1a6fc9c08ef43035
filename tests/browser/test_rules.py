"""What a text may be: cheap, without short links, honest about advertising, and at an hour that is legal."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from bot.playground.seed import COACH
from tests.browser.conftest import OpenDesk
from tests.browser.desk import Desk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

DEAR = "Pas d'entraînement ce soir : la salle est fermée pour travaux. Rendez-vous samedi à 9 h au stade."
CHEAP = DEAR.replace("î", "i")
SHORT = "Les photos du tournoi : https://bit.ly/u15"
SALE = "Soldes au club : -20 % sur les maillots jusqu'à dimanche."
WISH = "Merci de ne plus m'envoyer de SMS"


def test_a_text_is_kept_cheap_and_legal(open_desk: OpenDesk) -> None:
    desk = open_desk(COACH)
    desk.say("/sms")
    spell_it_cheaply(desk)
    be_refused_a_short_link(desk)
    be_asked_about_advertising(desk)
    wait_for_legal_hours(desk)


def spell_it_cheaply(desk: Desk) -> None:
    """One letter makes two SMS of one; a button spells it otherwise, once the coach agrees."""
    compose = desk.dialog("Envoyer un SMS")
    desk.write(compose, "U15", DEAR)
    count = compose.locator("[data-block=count]")
    expect(count).to_contain_text("À cause de « î » : 2 SMS au lieu de 1")
    desk.eye.look("dear")
    compose.get_by_role("button", name="L’écrire pour 1 SMS").click()
    question = desk.dialog("Sans les accents ?")
    expect(question).to_contain_text("î devient i")
    desk.eye.look("without-accents")
    question.get_by_role("button", name="L’écrire ainsi").click()
    expect(compose.get_by_role("textbox", name="Message")).to_have_value(CHEAP)
    expect(count).to_contain_text(f"{len(CHEAP)} caractères · 1 SMS chacun")
    expect(count).not_to_contain_text("À cause de")


def be_refused_a_short_link(desk: Desk) -> None:
    """A public short link is named while one types, and refused under the text."""
    compose = desk.dialog("Envoyer un SMS")
    desk.write(compose, "U15", SHORT)
    expect(compose.locator("[data-block=count]")).to_contain_text(
        "Les opérateurs bloquent les SMS avec un lien"
    )
    compose.get_by_role("button", name="Aperçu").click()
    expect(compose).to_contain_text("Écrivez plutôt l’adresse complète.")
    expect(compose.get_by_role("textbox", name="Message")).to_have_value(SHORT)
    desk.eye.look("short-link")


def be_asked_about_advertising(desk: Desk) -> None:
    """An alert that reads like advertising says why, and leaves only on the coach's word."""
    compose = desk.dialog("Envoyer un SMS")
    desk.write(compose, "U15", SALE)
    compose.get_by_role("button", name="Aperçu").click()
    preview = desk.dialog("Aperçu")
    expect(preview).to_contain_text("On dirait de la publicité")
    expect(preview).to_contain_text("« Soldes »")
    desk.eye.look("judged")
    preview.get_by_role("button", name=re.compile("Envoyer à")).click()
    expect(preview).to_be_visible()
    preview.get_by_role("checkbox", name=re.compile("Ce n’est pas de la publicité")).check()
    preview.get_by_role("button", name="Retour").click()


def wait_for_legal_hours(desk: Desk) -> None:
    """As marketing it says how to stop it, and on a Sunday it waits for Monday."""
    compose = desk.dialog("Envoyer un SMS")
    compose.get_by_role("radio", name="Marketing").check()
    expect(compose.locator("[data-block=count]")).to_contain_text("« STOP au 36123 » est ajouté à la fin")
    compose.get_by_label("À qui", exact=True).select_option("Tout le club")
    compose.get_by_label("Quand").select_option("Plus tard")
    today = datetime.now(UTC).date()
    sunday = today + timedelta(days=(6 - today.weekday()) % 7 + 7)
    compose.get_by_label("Jour").fill(sunday.isoformat())
    compose.get_by_label("Heure").fill("10:00")
    compose.get_by_role("button", name="Aperçu").click()
    preview = desk.dialog("Aperçu")
    expect(preview.get_by_role("blockquote")).to_have_text(f"{SALE} STOP au 36123")
    expect(preview).to_contain_text(re.compile("ne le reçoivent qu’aux heures légales : .*08:00"))
    desk.eye.look("held")
    preview.get_by_role("button", name=re.compile("Programmer pour")).click()
    expect(desk.page.get_by_role("dialog").last).to_contain_text("destinataires")
    desk.page.get_by_role("button", name="Fermer").last.click()


def test_a_refusal_in_own_words_is_heeded_by_one_click(open_desk: OpenDesk) -> None:
    desk = open_desk(COACH)
    desk.say("/sms U15 Match samedi à 14 h.")
    desk.dialog("Aperçu").get_by_role("button", name=re.compile("Envoyer à")).click()
    desk.dialog("Part dans 10 s").get_by_role("button", name="Fermer").click()
    expect(desk.card("Match samedi")).to_contain_text("Envoyé à")
    with desk.phone("Théo Lambert") as phone:
        desk.text(phone, WISH)
    desk.open_thread(desk.card("Match samedi"))
    post = desk.thread.get_by_role("article").filter(has_text=WISH)
    expect(post).to_contain_text("On dirait que cette personne ne veut plus de SMS.")
    desk.eye.look("polite-refusal")
    post.get_by_role("button", name="Ne plus lui envoyer de SMS").click()
    desk.dialog("Plus aucun SMS à ce numéro ?").get_by_role("button", name="Plus de SMS").click()
    expect(post).to_contain_text("Ce numéro ne recevra plus de SMS du club.")
    expect(post.get_by_role("button", name="Répondre")).to_have_count(0)
