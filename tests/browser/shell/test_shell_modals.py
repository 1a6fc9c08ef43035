"""Modals on the page: opened by a command, typed into, refused, pushed, closed."""

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.shell.club import Club
from tests.browser.shell.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def compose(page: Page) -> Locator:
    box = page.get_by_role("textbox", name="Message #team-messages")
    await box.click()
    await page.keyboard.type("/s")
    await expect(page.get_by_role("listbox", name="Commands").get_by_role("option")).to_have_count(2)
    await page.keyboard.press("Enter")
    await expect(box).to_have_value("/sms ")
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="New text message")
    await expect(dialog).to_be_visible()
    return dialog


async def choose_group(dialog: Locator, name: str) -> None:
    await dialog.get_by_role("combobox", name="To").click()
    await dialog.get_by_role("option", name=name).click()


async def test_a_command_leads_through_error_and_preview_to_the_end_by_keyboard(
    open_page: Open, club: Club
) -> None:
    page = await open_page()
    dialog = await compose(page)
    await expect(dialog.get_by_role("combobox", name="To")).to_be_focused()
    await page.keyboard.type("u13 g")
    await expect(dialog.get_by_role("option")).to_have_text(["U13 girls"])
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_role("button", name="Remove U13 girls")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_visible()

    message = dialog.get_by_role("textbox", name="Message")
    await message.click()
    await page.keyboard.type("Come to our shop")
    await expect(dialog.get_by_text("16 characters")).to_be_visible()
    await dialog.get_by_role("button", name="Preview").click()
    await expect(dialog.get_by_role("alert")).to_have_text("This looks like marketing: choose that kind.")
    await expect(message).to_be_focused()
    await expect(message).to_have_value("Come to our shop")

    await message.fill("No training tonight")
    await expect(dialog.get_by_role("alert")).to_have_count(0)
    await dialog.get_by_role("button", name="Preview").click()
    preview = page.get_by_role("dialog", name="Check and send")
    await expect(preview.get_by_text("No training tonight")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(message).to_have_value("No training tonight")
    await expect(dialog.get_by_role("button", name="Remove U13 girls")).to_be_visible()

    await dialog.get_by_role("button", name="Preview").click()
    await preview.get_by_role("button", name="Send to 38").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.get_by_role("textbox", name="Message #team-messages")).to_be_focused()
    sent = [one for one in club.app.heard if one.get("type") == "view_submission"][-2]["view"]["state"][
        "values"
    ]
    assert sent["message"]["message"]["value"] == "No training tonight"
    assert [one["value"] for one in sent["groups"]["groups"]["selected_options"]] == ["U13 girls"]


async def test_blocks_that_come_and_go_leave_text_and_caret_alone(open_page: Open, club: Club) -> None:
    page = await open_page()
    dialog = await compose(page)
    message = dialog.get_by_role("textbox", name="Message")
    await message.click()
    await page.keyboard.type("Bus at 9")
    await page.keyboard.press("Home")
    await page.keyboard.type("The ")
    await expect(dialog.get_by_text("12 characters")).to_be_visible()
    await page.keyboard.type("red ")
    await expect(message).to_have_value("The red Bus at 9")
    await expect(dialog.get_by_text("16 characters")).to_be_visible()

    await dialog.get_by_role("radio", name="Marketing").check()
    await expect(dialog.get_by_text("Marketing waits")).to_be_visible()
    await expect(dialog.get_by_role("radio", name="Marketing")).to_be_focused()
    await expect(message).to_have_value("The red Bus at 9")
    await dialog.get_by_role("radio", name="Alert").check()
    await expect(dialog.get_by_text("Marketing waits")).to_have_count(0)


async def test_every_key_is_told_in_its_order(open_page: Open, club: Club) -> None:
    page = await open_page()
    dialog = await compose(page)
    await dialog.get_by_role("textbox", name="Message").click()
    await page.keyboard.type("Training at six")
    await expect(dialog.get_by_text("15 characters")).to_be_visible()
    told = [one["actions"][0]["value"] for one in club.app.heard if one.get("type") == "block_actions"]
    assert told == ["Training at six"[:n] for n in range(1, 16)]


async def test_the_x_closes_every_modal_and_escape_only_the_top_one(open_page: Open, club: Club) -> None:
    page = await open_page()
    dialog = await compose(page)
    await choose_group(dialog, "U9 boys")
    await dialog.get_by_role("textbox", name="Message").fill("Hello")
    await dialog.get_by_role("button", name="Preview").click()
    preview = page.get_by_role("dialog", name="Check and send")
    await preview.get_by_role("button", name="Back").click()
    await expect(dialog).to_be_visible()
    await dialog.get_by_role("button", name="Preview").click()
    await preview.get_by_role("button", name="Close", exact=True).click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    closed = [one for one in club.app.heard if one.get("type") == "view_closed"]
    assert [(one["view"]["callback_id"], one["is_cleared"]) for one in closed] == [("compose", True)]


async def test_the_focus_stays_inside_the_modal(open_page: Open) -> None:
    page = await open_page()
    await compose(page)
    for _ in range(15):
        await page.keyboard.press("Tab")
        inside = await page.evaluate(
            "!document.activeElement || document.activeElement === document.body"
            " || !!document.activeElement.closest('dialog')"
        )
        assert inside


async def test_an_app_that_does_not_answer_is_shown_as_trouble(open_page: Open, club: Club) -> None:
    page = await open_page()
    dialog = await compose(page)
    await choose_group(dialog, "U9 boys")
    await dialog.get_by_role("textbox", name="Message").fill("Hello")
    await expect(dialog.get_by_text("5 characters")).to_be_visible()
    club.app.trouble = True
    await dialog.get_by_role("button", name="Preview").click()
    await expect(dialog.get_by_role("alert")).to_have_text("We had some trouble connecting. Try again?")
    club.app.trouble = False
    await dialog.get_by_role("button", name="Preview").click()
    await expect(page.get_by_role("dialog", name="Check and send")).to_be_visible()


async def test_empty_fields_are_refused_under_each_of_them(open_page: Open) -> None:
    page = await open_page()
    dialog = await compose(page)
    await dialog.get_by_role("button", name="Preview").click()
    await expect(dialog.get_by_role("alert")).to_have_count(2)
    for field in (dialog.get_by_role("combobox", name="To"), dialog.get_by_role("textbox", name="Message")):
        await expect(field).to_have_attribute("aria-invalid", "true")
        await expect(field).to_have_accessible_description(re.compile("."))
