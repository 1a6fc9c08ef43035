"""A text by a name, from the coach's window to the member's page on a phone that runs no script, and back."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from bot.data import load_pages
from bot.members import page as members
from bot.members.html import Notice, page_html
from bot.playground.seed import COACH, NAME
from tests.browser.conftest import PATIENCE_MS, OpenDesk
from tests.browser.desk import Desk
from tests.browser.eye import NARROW, WIDE, Eye

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

TEXT = "Le car pour Dijon part a 8 h. Qui vient ? Le plan : https://club.example/plan"
YES = "Oui, on sera deux. Merci !"
THANKS = "Parfait, a samedi."
SENT_AT = datetime(2026, 11, 26, 18, 30, tzinfo=UTC)


def test_a_name_is_answered_on_a_page_which_also_stops_its_texts(
    open_desk: OpenDesk, chromium: Browser, pictures: Path
) -> None:
    desk = open_desk(COACH)
    send_by_name(desk)
    with desk.phone("Kylian Hoarau") as phone:
        expect(phone.get_by_role("log")).to_contain_text("Le car pour Dijon")
        expect(phone).to_contain_text("cannot be answered by SMS")
        desk.eye.look("name-on-the-phone", pane="Phones")
        link = newest_link(phone)
        with desk.page.expect_popup() as opened:
            phone.get_by_role("log").get_by_role("link").last.click()
        expect(opened.value.get_by_role("heading", level=1)).to_contain_text("AS Les Tilleuls")
        opened.value.close()
    with scriptless(chromium, link) as page:
        answer_there(page, pictures)
    answer_from_the_thread(desk)
    with desk.phone("Kylian Hoarau") as phone:
        bubble = phone.get_by_role("log").get_by_text(THANKS)
        expect(bubble).to_be_visible()
        newer = newest_link(phone)
    assert newer != link
    with scriptless(chromium, newer) as page:
        expect(page.get_by_role("article").first).to_contain_text(THANKS)
        stop_there(page, pictures)
    post = desk.thread.get_by_role("article").filter(has_text="a choisi sur la page du SMS").first
    expect(post).to_contain_text("Ce numéro ne recevra plus de SMS du club.")
    desk.eye.look("stopped-on-the-page")


def newest_link(phone: Locator) -> str:
    """The address behind the newest link on the phone."""
    link = phone.get_by_role("log").get_by_role("link").last.get_attribute("href")
    assert link
    assert re.search(r"/m/\w{10}$", link), link
    return link


def send_by_name(desk: Desk) -> None:
    """The composer says what the name costs, and the preview shows where the link stands."""
    desk.say("/sms")
    compose = desk.dialog("Envoyer un SMS")
    desk.write(compose, "U15", TEXT)
    sender = compose.get_by_label("Expéditeur", exact=True)
    sender.select_option(label=sender.locator("option", has_text=NAME).inner_text())
    expect(compose.locator("[data-block=count]")).to_contain_text("est ajouté à la fin, et compté")
    desk.eye.look("by-name")
    compose.get_by_role("button", name="Aperçu").click()
    preview = desk.dialog("Aperçu")
    expect(preview.get_by_role("blockquote")).to_contain_text("Répondre : http")
    desk.eye.look("by-name-preview")
    preview.get_by_role("button", name=re.compile("Envoyer à")).click()
    desk.page.get_by_role("dialog").last.get_by_role("button", name="Fermer").click()
    expect(desk.card("Le car pour Dijon")).to_contain_text("Envoyé à")


@contextmanager
def scriptless(chromium: Browser, link: str) -> Iterator[Page]:
    """The member's phone, whose browser runs no script."""
    context = chromium.new_context(viewport=NARROW.viewport, java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(link)
    yield page
    context.close()


def look(page: Page, pictures: Path, name: str, *, is_kept: bool = False) -> None:
    """The same page in a browser that runs scripts, since the eye is one: in both widths, by day and by night."""
    browser = page.context.browser
    assert browser
    context = browser.new_context(locale="fr-FR")
    seen = context.new_page()
    eye = Eye(seen, pictures)
    seen.goto(page.url)
    for scheme in ("light", "dark"):
        seen.emulate_media(color_scheme=scheme)
        for size in (WIDE, NARROW):
            seen.set_viewport_size(size.viewport)
            eye.check(f"{name}-{scheme}-{size.name}")
            eye.take_if_asked(f"{name}-{scheme}-{size.name}")
    if is_kept:
        seen.emulate_media(color_scheme="light")
        eye.take(f"{name}-{NARROW.name}")
    context.close()
    assert eye.complaints == []


def answer_there(page: Page, pictures: Path) -> None:
    """One reads the text in full, answers by one tap, and sees that it has arrived."""
    expect(page.get_by_role("article")).to_contain_text(TEXT)
    expect(page.get_by_role("link", name="https://club.example/plan")).to_be_visible()
    look(page, pictures, "members-page", is_kept=True)
    page.get_by_label("Votre réponse").fill(YES)
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_role("status")).to_contain_text("Votre réponse a bien été transmise")
    expect(page.get_by_role("article").last).to_contain_text(YES)
    look(page, pictures, "members-page-answered")


def answer_from_the_thread(desk: Desk) -> None:
    """The answer stands in the thread like any other, and is answered from there."""
    desk.open_thread(desk.card("Le car pour Dijon"))
    post = desk.thread.get_by_role("article").filter(has_text=YES)
    expect(post).to_contain_text("a écrit sur la page du SMS")
    post.get_by_role("button", name="Répondre").click()
    modal = desk.dialog("Répondre par SMS")
    modal.get_by_role("textbox", name="Votre réponse").click()
    desk.page.keyboard.type(THANKS)
    expect(modal).to_contain_text("est ajouté à la fin, et compté")
    desk.eye.look("answer-by-name")
    modal.get_by_role("button", name="Envoyer").click()
    expect(post).to_contain_text("reçu")


def stop_there(page: Page, pictures: Path) -> None:
    """One tap ends the texts; coming back is one tap as well."""
    page.get_by_role("button", name="Ne plus recevoir aucun SMS de AS Les Tilleuls").click()
    expect(page.get_by_role("status")).to_contain_text("Vous ne recevez plus aucun SMS de AS Les Tilleuls.")
    expect(page.get_by_role("button", name="Recevoir à nouveau les SMS")).to_be_visible()
    look(page, pictures, "members-page-stopped")
    page.get_by_role("button", name="Recevoir à nouveau les SMS").click()
    expect(page.get_by_role("status")).to_contain_text("à nouveau")


@pytest.mark.parametrize("width", [NARROW.viewport["width"], 320, 160])
def test_a_club_whose_name_is_one_long_word_fits_the_smallest_phone_and_large_letters(
    chromium: Browser, width: int
) -> None:
    club = "Donaudampfschifffahrtsgesellschaftskapitänsverein"
    words = load_pages()["de"]
    shown = members.Page(club, "de", "de", "Europe/Berlin", "Heute " + "x" * 200, SENT_AT, (), None)
    notice = Notice(words.started.format(club=club))
    page = chromium.new_page(viewport={"width": width, "height": 600})
    page.set_content(page_html(shown, words, once="", notice=notice))
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.close()
