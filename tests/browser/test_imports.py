"""The list of the playground brought in, its columns set right and its rows corrected, in both languages."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from bot.playground.sample import NAME
from bot.playground.seed import ADMIN, COACH
from tests.browser.conftest import OpenDesk, running_playground
from tests.browser.desk import Desk
from tests.browser.eye import NARROW

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

CORRECTED = {
    "06 12 34 58 9;": "06 12 34 58 91;",
    "01 42 68 53 10": "06 12 34 58 92",
    "06 12 34 58 93 / 06 12 34 58 94": "06 12 34 58 93",
    "31/02/": "28/02/",
    "bientôt": "31/12/2040",
}


@pytest.fixture(scope="module")
def playground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A playground of its own: other tests count the club's people."""
    with running_playground(tmp_path_factory.mktemp("playground")) as address:
        yield address


def fetched(desk: Desk, link: Locator, folder: Path) -> Path:
    """The file behind a link, as the browser saves it."""
    with desk.page.expect_download() as download:
        link.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def chosen(desk: Desk, path: Path, *names: str) -> Locator:
    """The window in which the file was read."""
    contacts, button, label, read = names
    desk.say("/contacts")
    desk.dialog(contacts).get_by_role("button", name=button).click()
    window = desk.dialog(button)
    window.get_by_label(label).set_input_files(path)
    if label.startswith("Une"):
        desk.eye.look("import-choose-french")
    window.get_by_role("button", name=read).click()
    return window


ENGLISH = ("Contacts", "Import a file", "A list of people, CSV or XLSX", "Read it")
FRENCH = ("Contacts", "Importer un fichier", "Une liste de personnes, CSV ou XLSX", "Lire le fichier")


def test_a_coach_brings_the_list_in_and_corrects_what_is_refused(open_desk: OpenDesk, tmp_path: Path) -> None:
    desk = open_desk(COACH)
    path = fetched(desk, desk.channel.get_by_role("link", name=NAME), tmp_path)
    window = chosen(desk, path, *FRENCH)
    expect(window).to_contain_text("23 nouvelles personnes, 12 modifiées, 5 refusées")
    expect(window).to_contain_text("Windows (CP1252)")
    desk.eye.look("import-check-french")
    team = window.get_by_role("combobox", name="Équipe")
    team.click()
    window.get_by_role("option", name="team").click()
    expect(window.get_by_role("list", name="Chosen").nth(3)).to_contain_text("team")
    desk.eye.look("import-columns-french")
    window.get_by_role("button", name="Importer 35 personnes").click()
    expect(window).to_contain_text("est importé")
    desk.eye.look("import-done-french")
    window.get_by_role("button", name="Fermer").click()
    expect(desk.dialog("Contacts")).to_contain_text("86 personnes")
    desk.page.keyboard.press("Escape")
    _corrected(desk, tmp_path)


def _corrected(desk: Desk, folder: Path) -> None:
    window = chosen(desk, corrected(desk, folder, CORRECTED, "import-messages-french"), *FRENCH)
    expect(window).to_contain_text("5 nouvelles personnes")
    window.get_by_role("button", name="Importer 5 personnes").click()
    expect(window).to_contain_text("5 nouvelles personnes")
    expect(window).to_contain_text("est importé")


def corrected(desk: Desk, folder: Path, corrections: Mapping[str, str], picture: str) -> Path:
    """The file of the rows that were refused, from one's messages, with these corrections."""
    desk.page.get_by_role("button", name="Touchline").first.click()
    desk.page.get_by_role("button", name="Messages").click()
    shared = desk.page.get_by_role("link", name="licencies.refused.csv").last
    expect(shared).to_be_visible()
    desk.eye.look(picture)
    path = fetched(desk, shared, folder)
    text = path.read_text(encoding="utf-8-sig")
    assert text.count("\n") == 6, "the names of the columns and five rows"
    for wrong, right in corrections.items():
        assert wrong in text
        text = text.replace(wrong, right)
    path.write_text(text, encoding="utf-8-sig")
    desk.page.get_by_role("button", name="sms").first.click()
    return path


def test_an_admin_sees_what_a_file_would_do_and_what_is_wrong_with_another(
    open_desk: OpenDesk, tmp_path: Path
) -> None:
    desk = open_desk(ADMIN, NARROW)
    bad, good = tmp_path / "people.csv", tmp_path / "Members 2027.csv"
    bad.write_bytes(b"%PDF-1.4 no list of people at all")
    good.write_text("Name,Given name,Cell,Dad,Town\nRoy,Zoe,06 45 00 00 01,Paul Roy,Lyon\nRoy,Tom,01 42,,\n")
    window = chosen(desk, bad, *ENGLISH)
    expect(window).to_contain_text("people.csv is neither CSV nor XLSX. Save it as one of them.")
    desk.eye.look("import-bad")
    window.get_by_label(ENGLISH[2]).set_input_files(good)
    window.get_by_role("button", name="Read it").click()
    expect(window).to_contain_text("1 new person, 1 refused")
    desk.eye.look("import-check")
    window.get_by_role("combobox", name="Town").click()
    window.get_by_role("option").first.wait_for()
    desk.eye.look("import-options")
