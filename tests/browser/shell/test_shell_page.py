"""The page around the modals: messages, threads, buttons, phones, the log, several people, a narrow window."""

import pytest
from playwright.async_api import Page, WebSocketRoute, expect

from tests.browser.shell.club import ADMIN, COACH, PEOPLE, SHORT_CODE, TEAM, Club, tell_a_story
from tests.browser.shell.club_app import card
from tests.browser.shell.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_what_one_person_writes_the_other_reads_as_text(open_page: Open, club: Club) -> None:
    coach, admin = await open_page(COACH), await open_page(ADMIN)
    attack = "<img src=x onerror=alert(1)> <https://x.org|y>"
    box = coach.get_by_role("textbox", name="Message #team-messages")
    await box.fill(attack)
    await box.press("Enter")
    for page in (coach, admin):
        await expect(page.get_by_role("log").get_by_text("<img src=x onerror=alert(1)>")).to_be_visible()
        await expect(page.get_by_role("log").locator("img")).to_have_count(0)
    await expect(box).to_have_value("")


async def test_an_ephemeral_answer_is_seen_by_who_asked_alone(open_page: Open, club: Club) -> None:
    coach, admin = await open_page(COACH), await open_page(ADMIN)
    box = coach.get_by_role("textbox", name="Message #team-messages")
    await box.fill("/sms help")
    await box.press("Enter")
    await expect(coach.get_by_text("Only visible to you")).to_be_visible()
    await club.workspace.post_message(COACH, TEAM, "after it")
    await expect(admin.get_by_role("log").get_by_text("after it")).to_be_visible()
    await expect(admin.get_by_text("Only visible to you")).to_have_count(0)


async def test_a_command_that_fails_shows_a_banner_one_can_dismiss(open_page: Open, club: Club) -> None:
    page = await open_page()
    club.app.trouble = True
    box = page.get_by_role("textbox", name="Message #team-messages")
    await box.fill("/sms help")
    await box.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("/sms failed with the error")
    await page.get_by_role("button", name="Dismiss").click()
    await expect(page.get_by_role("alert")).to_have_count(0)


async def test_a_thread_opens_beside_the_channel_and_takes_answers(open_page: Open, club: Club) -> None:
    parent = await club.workspace.post_message(COACH, TEAM, "Who drives?")
    page = await open_page()
    await page.get_by_role("article").filter(has_text="Who drives?").hover()
    await page.get_by_role("button", name="Reply in thread").click()
    thread = page.get_by_role("complementary", name="Thread")
    await thread.get_by_role("textbox", name="Reply…").fill("I do")
    await page.keyboard.press("Enter")
    await expect(thread.get_by_role("article")).to_have_count(2)
    await club.workspace.post_message(ADMIN, TEAM, "Me too", parent.ts)
    await expect(thread.get_by_text("Me too")).to_be_visible()
    await thread.get_by_role("button", name="Close thread").click()
    await expect(thread).to_have_count(0)
    await page.get_by_role("button", name="2 replies").click()
    await expect(thread.get_by_role("article")).to_have_count(3)


async def test_a_button_that_asks_first_tells_the_app_only_when_confirmed(
    open_page: Open, club: Club
) -> None:
    await club.app.call("chat.postMessage", channel=TEAM, text="card", blocks=card("Off tonight"))
    page = await open_page()
    stop = page.get_by_role("button", name="Stop", exact=True)
    await stop.click()
    question = page.get_by_role("dialog", name="Stop this message?")
    await question.get_by_role("button", name="Keep sending").click()
    await expect(stop).to_be_focused()
    await stop.click()
    await page.keyboard.press("Escape")
    await expect(question).to_have_count(0)
    assert actions(club) == []
    await stop.click()
    async with told(club, 1):
        await question.get_by_role("button", name="Stop it").click()
    assert actions(club) == ["stop"]


async def test_an_overflow_menu_is_used_by_keyboard(open_page: Open, club: Club) -> None:
    await club.app.call("chat.postMessage", channel=TEAM, text="card", blocks=card("Off tonight"))
    page = await open_page()
    more = page.get_by_role("button", name="More actions")
    await more.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="Show who is left out")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(more).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("ArrowDown")
    async with told(club, 1):
        await page.keyboard.press("Enter")
    assert club.app.heard[-1]["actions"][0]["selected_option"]["value"] == "copy"


async def test_the_home_and_the_shortcut_reach_the_app(open_page: Open) -> None:
    page = await open_page()
    await page.get_by_role("button", name="Touchline", exact=True).click()
    home = page.get_by_role("region", name="Touchline Home")
    await expect(home.get_by_role("heading", name="Good evening, Camille 👋")).to_be_visible()
    await expect(home.get_by_role("rowheader", name="Bus at 9")).to_be_visible()
    await page.get_by_text("⚡ Shortcuts").click()
    await page.get_by_role("button", name="New text message").click()
    await expect(page.get_by_role("dialog", name="New text message")).to_be_visible()


async def test_a_phone_shows_texts_and_answers_a_number_but_no_name(open_page: Open, club: Club) -> None:
    page, ada = await open_page(), PEOPLE[0]
    phones = page.get_by_role("region", name="Phones")
    await club.send_sms(ada.number, SHORT_CODE, "No training tonight")
    await club.carrier.flush()
    await expect(phones.get_by_role("listitem").first).to_contain_text("1 unread")
    await phones.get_by_role("button", name="Phone of Ada Martin").click()
    await expect(phones.get_by_role("log").get_by_text("No training tonight")).to_be_visible()
    await phones.get_by_role("textbox", name=f"Text message to {SHORT_CODE}").fill("Thanks")
    await page.keyboard.press("Enter")
    await expect(phones.get_by_role("log").get_by_text("Thanks")).to_be_visible()
    assert [text.body for text in club.carrier.phone(ada.number).outbox] == ["Thanks"]

    await club.send_sms(ada.number, "ASBELLEVUE", "Tickets: https://x.org/m/1")
    await club.carrier.flush()
    await phones.get_by_role("button", name="ASBELLEVUE").click()
    await expect(phones.get_by_text("cannot be answered")).to_be_visible()
    await expect(phones.get_by_role("link", name="https://x.org/m/1")).to_be_visible()
    await phones.get_by_role("button", name="Back to all phones").click()
    await phones.get_by_role("searchbox", name="Find a phone").fill("bilal")
    await expect(phones.get_by_role("listitem")).to_have_count(1)


async def test_the_protocol_log_opens_to_what_was_said(open_page: Open, club: Club) -> None:
    page = await open_page()
    log = page.get_by_role("region", name="Protocol log")
    await club.app.call("chat.postMessage", channel=TEAM, text="Hello <log>")
    await log.get_by_role("button", name="Protocol log").click()
    line = log.get_by_role("button", name="chat.postMessage")
    await line.click()
    await expect(log.get_by_text('"text": "Hello <log>"').first).to_be_visible()
    await line.click()
    await expect(log.get_by_text('"text": "Hello <log>"')).to_have_count(0)


async def test_other_channels_count_what_was_not_read(open_page: Open, club: Club) -> None:
    page = await open_page()
    await club.workspace.post_message(ADMIN, "C0GENERAL", "Hello all")
    place = page.get_by_role("button", name="#general")
    await expect(place).to_contain_text("1 unread")
    await place.click()
    await expect(
        page.get_by_role("log", name="Messages in #general").get_by_text("Hello all")
    ).to_be_visible()
    await expect(place).not_to_contain_text("unread")


async def test_the_page_changes_who_one_acts_as(open_page: Open, club: Club) -> None:
    page = await open_page()
    await page.get_by_label("Acting as").select_option(label="Omar Diallo (admin)")
    await page.wait_for_url(f"**/?as={ADMIN}")
    await page.get_by_role("button", name="#team-messages").click()
    await page.get_by_role("textbox", name="Message #team-messages").fill("from Omar")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("article", name="Omar Diallo").get_by_text("from Omar")).to_be_visible()


async def test_a_lost_connection_comes_back_to_the_same_place(
    open_page: Open, club: Club, complaints: list[str]
) -> None:
    page = await open_page()
    routes: list[WebSocketRoute] = []

    async def route(socket: WebSocketRoute) -> None:
        routes.append(socket)
        socket.connect_to_server()

    await page.route_web_socket("**/ws**", route)
    await page.reload()
    await page.get_by_role("button", name="#general").wait_for()
    await page.get_by_role("button", name="🔒 replies").click()
    await page.get_by_role("textbox", name="Message 🔒 replies").fill("half a sentence")
    await routes[0].close()
    await expect(page.get_by_text("Connection lost")).to_be_visible()
    await expect(page.get_by_text("Connection lost")).to_be_hidden()
    await club.workspace.post_message(ADMIN, "C0REPLIES", "Back again")
    await expect(
        page.get_by_role("log", name="Messages in 🔒 replies").get_by_text("Back again")
    ).to_be_visible()
    assert len(routes) == 2


async def test_a_narrow_window_shows_one_panel_at_a_time_and_never_scrolls_sideways(
    open_page: Open, club: Club
) -> None:
    await tell_a_story(club)
    page = await open_narrow(open_page)
    await page.get_by_role("button", name="2 replies").click()
    await expect(page.get_by_role("complementary", name="Thread")).to_be_visible()
    await expect(page.get_by_role("textbox", name="Message #team-messages")).to_be_hidden()
    for panel, name in (("Phones", "Phones"), ("Log", "Protocol log"), ("Menu", "Workspace")):
        await page.get_by_role("navigation", name="Panels").get_by_role("button", name=panel).click()
        await expect(page.get_by_role("region", name=name)).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390, panel
    await page.get_by_role("navigation", name="Panels").get_by_role("button", name="Chat").click()
    await page.get_by_role("button", name="Close thread").click()
    await page.get_by_role("textbox", name="Message #team-messages").fill("/sms ")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="New text message")).to_be_visible()
    assert await page.evaluate("document.querySelector('dialog').scrollWidth") <= 390


async def open_narrow(open_page: Open) -> Page:
    page = await open_page(COACH, 1000, 844)
    await page.set_viewport_size({"width": 390, "height": 844})
    return page


def actions(club: Club) -> list[str]:
    return [one["actions"][0]["action_id"] for one in club.app.heard if one.get("type") == "block_actions"]


class told:
    """Comes back when the app has heard of `count` more actions."""

    def __init__(self, club: Club, count: int) -> None:
        self._club, self._wanted = club, len(actions(club)) + count

    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, *_: object) -> None:
        await self._club.app.until(lambda: len(actions(self._club)) >= self._wanted)
