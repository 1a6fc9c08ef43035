"""Modals on the page: opened by a command, typed into, refused, pushed, closed."""

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.shell.club import ADMIN, COACH, Club
from tests.browser.shell.club_app import Json, field, option, plain
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
    await expect(dialog.get_by_role("listbox").get_by_role("option")).to_have_text(["U13 girls"])
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


async def test_every_key_is_told_and_stamped_in_its_order(open_page: Open, club: Club) -> None:
    page = await open_page()
    dialog = await compose(page)
    await dialog.get_by_role("textbox", name="Message").click()
    await page.keyboard.type("Training at six")
    await expect(dialog.get_by_text("15 characters")).to_be_visible()
    await club.app.until(lambda: len(actions(club)) == 15)
    told = sorted(actions(club), key=lambda action: action["action_ts"])
    assert [action["value"] for action in told] == ["Training at six"[:n] for n in range(1, 16)]


def actions(club: Club) -> list[Json]:
    return [one["actions"][0] for one in club.app.heard if one.get("type") == "block_actions"]


@pytest.mark.parametrize("club", [60_000], indirect=True)
async def test_the_last_words_are_told_before_the_submit(open_page: Open, club: Club) -> None:
    page = await open_page()
    dialog = await compose(page)
    await choose_group(dialog, "U9 boys")
    await dialog.get_by_role("textbox", name="Message").click()
    await page.keyboard.type("Bus at nine")
    await dialog.get_by_role("button", name="Preview").click()
    await expect(page.get_by_role("dialog", name="Check and send").get_by_text("Bus at nine")).to_be_visible()
    told = [one["actions"][0]["value"] for one in club.app.heard if one.get("type") == "block_actions"]
    assert told == ["Bus at nine"]


@pytest.mark.parametrize("club", [60_000], indirect=True)
async def test_enter_in_a_field_tells_its_last_words_before_the_submit(open_page: Open, club: Club) -> None:
    club.app.modal = modal(field("title", "Title", {"type": "plain_text_input"}))
    page = await open_page()
    dialog = await open_modal(page, "Everything")
    await dialog.get_by_label("Title").fill("Cup final")
    await page.keyboard.press("Enter")
    await expect(dialog).to_have_count(0)
    assert club.app.heard[-1]["view"]["state"]["values"]["title"]["title"]["value"] == "Cup final"


@pytest.mark.parametrize("club", [60_000], indirect=True)
async def test_a_field_drawn_again_keeps_untold_text_caret_and_choice(open_page: Open, club: Club) -> None:
    page = await open_page()
    dialog = await compose(page)
    message = dialog.get_by_role("textbox", name="Message")
    await message.click()
    await page.keyboard.type("Bus at nine")
    for _ in range(5):
        await page.keyboard.press("ArrowLeft")
    await change_hint(club, dialog, "Say who, when and where.")
    await expect(message).to_be_focused()
    await page.keyboard.type("(red) ")
    await expect(message).to_have_value("Bus at(red)  nine")
    await change_hint(club, dialog, "Short is best.")
    await dialog.get_by_role("textbox", name="Title").click()
    await expect(dialog.get_by_text("17 characters")).to_be_visible()


async def change_hint(club: Club, dialog: Locator, hint: str) -> None:
    club.app.hint = hint
    (view,) = club.workspace.views(COACH)
    await club.app.call("views.update", view_id=view.id, view=club.app.composed())
    await expect(dialog.get_by_text(hint)).to_be_visible()


EVERY_ELEMENT = [
    ("plain_text_input", {}, "Ada", "Ada"),
    ("number_input", {"is_decimal_allowed": False}, "12", "12"),
    ("email_text_input", {}, "ada@example.org", "ada@example.org"),
    ("url_text_input", {}, "https://example.org", "https://example.org"),
    ("datepicker", {}, "2026-12-24", "2026-12-24"),
    ("timepicker", {}, "18:30", "18:30"),
    ("datetimepicker", {}, "2026-12-24T18:30", 1798133400),
]


async def test_every_field_keeps_what_is_typed_into_it(open_page: Open, club: Club) -> None:
    club.app.modal = modal(*(field(kind, kind, {"type": kind, **more}) for kind, more, _, _ in EVERY_ELEMENT))
    dialog = await open_modal(await open_page(), "Everything")
    for kind, _, typed, _ in EVERY_ELEMENT:
        await dialog.get_by_label(kind, exact=True).fill(typed)
    kept = await submitted(club, dialog)
    for kind, _, _, expected in EVERY_ELEMENT:
        state = kept[kind][kind]
        assert next(value for name, value in state.items() if name != "type") == expected, kind


async def test_every_choice_keeps_what_is_chosen(open_page: Open, club: Club) -> None:
    options = {"options": [option("One"), option("Two"), option("Three")]}
    club.app.modal = modal(
        field("static", "Static", {"type": "static_select", **options}),
        field("many", "Many", {"type": "multi_static_select", "max_selected_items": 2, **options}),
        field("search", "Search", {"type": "external_select", "min_query_length": 0}),
        field("ticks", "Ticks", {"type": "checkboxes", **options}),
        field("radio", "Radio", {"type": "radio_buttons", **options}),
        field("person", "Person", {"type": "users_select"}),
        field("people", "People", {"type": "multi_users_select"}),
        field("place", "Place", {"type": "conversations_select"}),
    )
    page = await open_page()
    dialog = await open_modal(page, "Everything")
    await dialog.get_by_label("Static").select_option("Two")
    await pick(dialog, "Many", "Three", "One")
    await pick(dialog, "Search", "U9 boys")
    await pick(dialog, "Search", "U9 girls")
    await dialog.get_by_role("group", name="Ticks").get_by_label("Two").check()
    await dialog.get_by_role("group", name="Ticks").get_by_label("Three").check()
    await dialog.get_by_role("radiogroup", name="Radio").get_by_label("One").check()
    await dialog.get_by_label("Person").select_option(label="Omar Diallo")
    await pick(dialog, "People", "Camille Laurent", "Omar Diallo")
    await dialog.get_by_role("button", name="Remove Camille Laurent").click()
    await dialog.get_by_label("Place").select_option(label="#general")
    kept = await submitted(club, dialog)
    assert kept["static"]["static"]["selected_option"]["value"] == "Two"
    assert [one["value"] for one in kept["many"]["many"]["selected_options"]] == ["Three", "One"]
    assert kept["search"]["search"]["selected_option"]["value"] == "U9 girls"
    assert [one["value"] for one in kept["ticks"]["ticks"]["selected_options"]] == ["Two", "Three"]
    assert kept["radio"]["radio"]["selected_option"]["value"] == "One"
    assert kept["person"]["person"]["selected_user"] == ADMIN
    assert kept["people"]["people"]["selected_users"] == [ADMIN]
    assert kept["place"]["place"]["selected_conversation"] == "C0GENERAL"


def modal(*blocks: Json) -> Json:
    words = {"title": plain("Everything"), "submit": plain("Done")}
    return {"type": "modal", "callback_id": "preview", "blocks": list(blocks), **words}


async def open_modal(page: Page, title: str) -> Locator:
    await page.get_by_role("textbox", name="Message #team-messages").fill("/sms")
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name=title)
    await expect(dialog).to_be_visible()
    return dialog


async def pick(dialog: Locator, label: str, *names: str) -> None:
    for name in names:
        await dialog.get_by_role("combobox", name=label).click()
        await dialog.get_by_role("option", name=name).locator("visible=true").click()
    await dialog.page.keyboard.press("Tab")


async def submitted(club: Club, dialog: Locator) -> Json:
    await dialog.get_by_role("button", name="Done").click()
    await expect(dialog).to_have_count(0)
    values: Json = club.app.heard[-1]["view"]["state"]["values"]
    return values


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
    for empty in (dialog.get_by_role("combobox", name="To"), dialog.get_by_role("textbox", name="Message")):
        await expect(empty).to_have_attribute("aria-invalid", "true")
        await expect(empty).to_have_accessible_description(re.compile("."))
