"""An admin reads on the Home who did what, in a browser."""

from playwright.sync_api import expect

from bot.playground.seed import ADMIN, COACH
from tests.browser.conftest import OpenDesk


def test_an_admin_reads_who_did_what_and_takes_it_along(open_desk: OpenDesk) -> None:
    coach = open_desk(COACH)
    coach.say("/sms U13 Le gymnase est fermé ce soir.")
    preview = coach.dialog("Aperçu")
    preview.get_by_role("button", name="Envoyer à 7").click()
    coach.dialog("Part dans 10 s")
    desk = open_desk(ADMIN)
    desk.page.get_by_role("button", name="Touchline", exact=True).click()
    home = desk.page.get_by_role("region", name="Touchline Home")
    home.get_by_role("button", name="Audit log").click()
    log = desk.dialog("Audit log")
    expect(log).to_contain_text("confirmed the SMS “Le gymnase est fermé ce soir.”")
    desk.eye.look("audit-log")
    log.get_by_role("button", name="As a file").click()
    expect(log).to_contain_text("The file is in your messages with Touchline.")
    desk.eye.look("audit-log-sent")
