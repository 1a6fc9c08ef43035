"""The club's people, from a file to their phones: brought in, corrected, asked, texted, and each of them explained."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, expect

from bot.playground.sample import NAME
from bot.playground.seed import ADMIN
from tests.browser.conftest import OpenDesk
from tests.browser.desk import Desk
from tests.browser.test_imports import ENGLISH, chosen, corrected, fetched
from tests.browser.test_rule_in_slack import ask

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

GROUP = "Licences to renew"
RULE = "licence within 30 days, and team is U13 or U15"
TEXT = "Hello {first_name}, the licence ends soon: please renew it by Friday."
SOON = f"{datetime.now(ZoneInfo('Europe/Paris')) + timedelta(days=20):%d/%m/%Y}"
CORRECTED = {
    "06 12 34 58 9;": "06 12 34 58 91;",
    "01 42 68 53 10": "",
    "06 12 34 58 93 / 06 12 34 58 94": "06 12 34 58 93",
    "31/02/": "28/02/",
    "bientôt": SOON,
}
BY_RULE = f"in the group {GROUP} ({RULE})"
# Who, whether they get it, and why: of each kind one or more, the corrected rows among them.
EXPLAINED = (
    ("Loïc Moreau · +33 •••• •• 22 · gets it", BY_RULE),
    ("Léonie Fabre · +33 •••• •• 96 · gets it", BY_RULE),
    ("Claire Aubert · +33 •••• •• 01 · gets it", "guardian of Jules Aubert"),
    ("Jérôme Lefèvre · +33 •••• •• 57 · gets it", "guardian of Jade Lefèvre"),
    ("Inès Da Costa · no mobile number", f"{BY_RULE}\nguardian Paula Da Costa: gets it"),
    ("Chloé Faure · +33 •••• •• 33 · asked for no more SMS", BY_RULE),
    ("Enzo Barbier · no mobile number", BY_RULE),
)
ON_PHONES = {
    "Loïc Moreau": "Loïc",
    "Léonie Fabre": "Léonie",
    "Claire Aubert": "Jules",
    "Jérôme Lefèvre": "Jade",
}


def test_a_club_imports_its_people_and_texts_those_whose_licence_ends_soon(
    open_desk: OpenDesk, tmp_path: Path
) -> None:
    desk = open_desk(ADMIN)
    bring_in_the_list(desk, tmp_path)
    bring_in_what_was_refused(desk, tmp_path)
    ask_whose_licence_ends(desk)
    preview = write(desk)
    read_why(desk, preview)
    send(desk, preview)
    take_up_the_phones(desk)
    read_what_became_of_it(desk)


def bring_in_the_list(desk: Desk, folder: Path) -> None:
    """What an import would do is shown first: it names a column that nothing is taken from, and each row amiss."""
    path = fetched(desk, desk.channel.get_by_role("link", name=NAME), folder)
    window = chosen(desk, path, *ENGLISH)
    expect(window).to_contain_text("23 new people, 12 changed, 5 refused")
    expect(window).to_contain_text("Left out: Équipe.")
    expect(window).to_contain_text("“01 42 68 53 10” is a landline, which gets no SMS.")
    desk.eye.look("people-dry-run")
    window.get_by_role("combobox", name="Équipe").click()
    window.get_by_role("option", name="team").click()
    expect(window).not_to_contain_text("Left out:")
    desk.eye.take_if_asked("people-columns")
    _store(desk, window, "Import 35 people")
    desk.eye.take_if_asked("people-imported")
    _leave(desk, window)


def bring_in_what_was_refused(desk: Desk, folder: Path) -> None:
    """The rows come back with their reasons; corrected they are taken, and their columns are known by now."""
    path = corrected(desk, folder, CORRECTED, "people-messages")
    window = chosen(desk, path, *ENGLISH)
    expect(window).to_contain_text("5 new people")
    expect(window).not_to_contain_text("Left out:")
    desk.eye.take_if_asked("people-corrected")
    _store(desk, window, "Import 5 people")
    _leave(desk, window)


def ask_whose_licence_ends(desk: Desk) -> None:
    """One condition, and a block of two of which one is enough; who belongs is counted meanwhile."""
    desk.say("/groups")
    groups = desk.dialog("Groups")
    groups.get_by_role("button", name="New dynamic group").click()
    rule = desk.dialog("New dynamic group")
    rule.get_by_role("textbox", name="Name of the group").fill(GROUP)
    ask(rule, 0, "licence")
    expect(rule.get_by_role("spinbutton", name="licence within … days")).to_have_value("30")
    expect(rule).to_contain_text("19 people of 91 belong now")
    rule.get_by_role("button", name="+ Block").click()
    _ask_for_team(rule, 0, "U13")
    expect(rule).to_contain_text("7 people of 91 belong now")
    rule.get_by_role("button", name="+ Condition in this block").click()
    _ask_for_team(rule, 1, "U15")
    expect(rule).to_contain_text("15 people of 91 belong now")
    expect(rule).to_contain_text(RULE)
    expect(rule).to_contain_text("Jules Aubert, Enzo Barbier")
    rule.get_by_text("belong now").scroll_into_view_if_needed()
    desk.eye.look("people-rule")
    rule.get_by_role("button", name="Save").click()
    expect(groups).to_contain_text(f"{GROUP} is saved: 15 people now.")
    desk.eye.take_if_asked("people-groups")
    _leave(desk, groups)


def write(desk: Desk) -> Locator:
    """The group is chosen where dynamic ones are; the preview counts phones, not children."""
    desk.say("/sms")
    compose = desk.dialog("Send an SMS")
    expect(compose).to_contain_text("Groups with a rule are under “A dynamic group” above.")
    compose.get_by_role("combobox", name="To").select_option("A dynamic group")
    expect(compose.locator("[data-block='groups.dynamic']")).to_be_visible()
    desk.write(compose, GROUP, TEXT)
    expect(compose.locator("[data-block=count]")).to_contain_text("18 × 1 = 18 SMS")
    desk.eye.take_if_asked("people-compose")
    compose.get_by_role("button", name="Preview").click()
    preview = desk.dialog("Preview")
    expect(preview.get_by_role("heading", name="18 recipients")).to_be_visible()
    expect(preview).to_contain_text("2 people left out")
    desk.eye.take_if_asked("people-preview")
    return preview


def read_why(desk: Desk, preview: Locator) -> None:
    """Page by page everybody stands there, with the reason why they get it or do not."""
    preview.get_by_role("button", name="Who gets it, and why").click()
    why = desk.dialog("Who gets it, and why")
    desk.eye.take_if_asked("people-why")
    told = "\n".join(_pages(why))
    for who, reason in EXPLAINED:
        assert f"{who}\n{reason}" in told
    assert told.count("· gets it") == 18
    why.get_by_role("combobox").first.select_option("out")
    expect(why.get_by_role("combobox").first.locator("option:checked")).to_have_text("Who does not (2)")
    expect(why).not_to_contain_text("· gets it")
    expect(why).to_contain_text("Chloé Faure")
    expect(why).to_contain_text("Enzo Barbier")
    desk.eye.look("people-why-not")
    why.get_by_role("button", name="Back", exact=True).click()
    expect(why).to_have_count(0)


def send(desk: Desk, preview: Locator) -> None:
    """It leaves, and the card says that all eighteen have it."""
    preview.get_by_role("button", name="Send to 18").click()
    expect(desk.page.get_by_role("dialog", name=re.compile("Leaves in"))).to_be_visible()
    desk.eye.take_if_asked("people-leaving")
    desk.page.keyboard.press("Escape")
    expect(desk.page.get_by_role("dialog")).to_have_count(0)
    # A card speaks the club's language.
    expect(desk.card("the licence ends soon")).to_contain_text("18 reçus")
    desk.eye.take_if_asked("people-card")


def take_up_the_phones(desk: Desk) -> None:
    """Eighteen phones have one text each, with the child's name on its parents'; the others have none."""
    expect(desk.phones.get_by_text(re.compile("^36123: Hello "))).to_have_count(18)
    desk.eye.look("people-phones", pane="Phones")
    for owner, name in ON_PHONES.items():
        with desk.phone(owner) as phone:
            text = TEXT.replace("{first_name}", name)
            expect(phone.get_by_role("log").get_by_text(text, exact=True)).to_have_count(1)
    for owner in ("Chloé Faure", "Jade Lefèvre", "Hugo Fontaine"):
        with desk.phone(owner) as phone:
            expect(phone.get_by_text("No texts yet.")).to_be_visible()


def read_what_became_of_it(desk: Desk) -> None:
    """From the card the same is told, as it was when it left, with what became of each text."""
    desk.card("the licence ends soon").get_by_role("button", name="Qui le reçoit, pourquoi").click()
    why = desk.dialog("Who gets it, and why")
    expect(why).to_contain_text("As it was when it left.")
    why.get_by_role("textbox", name="Who?").click()
    desk.page.keyboard.type("aubert", delay=30)
    expect(why).to_contain_text("Claire Aubert · +33 •••• •• 01 · delivered")
    expect(why).not_to_contain_text("Issa")
    desk.eye.take_if_asked("people-became")
    _leave(desk, why)


def _store(desk: Desk, window: Locator, button: str) -> None:
    window.get_by_role("button", name=button).click()
    expect(window).to_contain_text("is imported")


def _leave(desk: Desk, window: Locator) -> None:
    """Closes this window, and the one beneath if there is one."""
    window.get_by_role("button", name="Close").last.click()
    expect(window).to_have_count(0)
    desk.page.keyboard.press("Escape")
    expect(desk.page.get_by_role("dialog")).to_have_count(0)


def _ask_for_team(rule: Locator, place: int, team: str) -> None:
    ask(rule, place + 1, "team")
    box = rule.get_by_role("combobox", name="team is …").nth(place)
    box.click()
    rule.get_by_role("option", name=team, exact=True).click()
    expect(rule.get_by_role("button", name=f"Remove {team}")).to_be_visible()
    box.blur()


def _pages(window: Locator) -> Iterator[str]:
    """What the window says, page by page."""
    page = 1
    while True:
        expect(window).to_contain_text(f"Page {page}")
        yield window.inner_text().replace("\N{NO-BREAK SPACE}", " ")
        following = window.get_by_role("button", name="Next ›")
        if not following.count():
            return
        following.click()
        page += 1
