"""A text with somebody's name in it: seen as whoever is picked by name gets it."""

import re

import pytest
from playwright.sync_api import Locator, expect

from bot.playground.seed import ADMIN, COACH
from tests.browser.conftest import OpenDesk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(60)]

TEXT = "Bonjour {first_name}, gymnase fermé."


@pytest.mark.parametrize(
    ("user", "title", "menu", "longest", "shortest"),
    [
        (COACH, "Aperçu", "Voir le SMS d’une autre personne", "Le plus long", "Le plus court"),
        (ADMIN, "Preview", "See it as somebody else gets it", "Longest", "Shortest"),
    ],
)
def test_the_text_is_seen_as_whoever_is_picked_gets_it(
    open_desk: OpenDesk, user: str, title: str, menu: str, longest: str, shortest: str
) -> None:
    desk = open_desk(user)
    desk.say(f"/sms U11 {TEXT}")
    preview = desk.dialog(title)
    expect(preview).to_contain_text(re.compile(f"{shortest}.*Karim Bernard"))
    pick(preview.get_by_role("combobox", name=re.compile(menu)), "marti")
    preview.get_by_role("option", name=re.compile("Sophie Martin")).click()
    expect(preview).to_contain_text(re.compile(f"{longest}.*Sophie Martin"))
    expect(preview.get_by_role("blockquote").first).to_have_text(re.compile("^Bonjour Léa (et|and) Tom, gym"))
    desk.eye.look(f"reader-{title}")


def pick(menu: Locator, typed: str) -> None:
    """Types into the menu until it offers somebody."""
    menu.click()
    menu.press_sequentially(typed)
