"""What a person does at the page: writes in a channel, fills in the modals, takes up a phone."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.browser.eye import Eye

CHANNEL = "#sms"


@dataclass(frozen=True, slots=True)
class Desk:
    """One person's browser window."""

    page: Page
    eye: Eye

    @property
    def channel(self) -> Locator:
        """The messages of the club's channel."""
        return self.page.get_by_role("log", name=f"Messages in {CHANNEL}")

    @property
    def thread(self) -> Locator:
        """The thread that is open."""
        return self.page.get_by_role("complementary", name="Thread")

    @property
    def phones(self) -> Locator:
        """The phones of everybody."""
        return self.page.get_by_role("region", name="Phones")

    def say(self, text: str) -> None:
        """Writes in the channel, key by key, and sends it."""
        box = self.page.get_by_role("textbox", name=f"Message {CHANNEL}")
        box.click()
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")
        expect(box).to_have_value("")

    def leave(self) -> None:
        """Closes every modal, which would wait for this person in the next window, and the window."""
        dialogs = self.page.locator("dialog[open]")
        # The first key may close a list within the modal.
        for _ in range(40):
            if not dialogs.count():
                break
            self.page.keyboard.press("Escape")
            self.page.wait_for_timeout(250)
        expect(dialogs).to_have_count(0)
        self.page.context.close()

    def dialog(self, name: str) -> Locator:
        """The modal of this title."""
        dialog = self.page.get_by_role("dialog", name=name, exact=True)
        expect(dialog).to_be_visible()
        return dialog

    def card(self, text: str) -> Locator:
        """The newest post of the channel that holds the text."""
        return self.channel.get_by_role("article").filter(has_text=text).last

    def write(self, compose: Locator, group: str, text: str, *, delay_ms: int = 0) -> None:
        """Chooses the group alone and types the text in the place of any other."""
        groups = compose.get_by_role("combobox", name=re.compile("Groupes|Groups"))
        chosen = compose.get_by_role("list", name="Chosen").get_by_role("button")
        while chosen.count():
            chosen.first.click()
        groups.click()
        self.page.keyboard.type(group)
        expect(compose.get_by_role("option", name=group)).to_be_visible()
        self.page.keyboard.press("Enter")
        expect(compose.get_by_role("button", name=f"Remove {group}")).to_be_visible()
        self.page.keyboard.press("Escape")
        compose.get_by_role("textbox", name="Message").click()
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.type(text, delay=delay_ms)

    def open_thread(self, card: Locator) -> None:
        """Opens what was answered to the card."""
        card.get_by_role(
            "button", name=re.compile(r"repl(y|ies) View thread|réponses? Afficher le fil")
        ).click()
        expect(self.thread).to_be_visible()

    @contextmanager
    def phone(self, owner: str) -> Iterator[Locator]:
        """Takes up somebody's phone, and lays it back."""
        self.phones.get_by_role("button", name=f"Phone of {owner}").click()
        yield self.phones
        self.phones.get_by_role("button", name="Back to all phones").click()

    def text(self, phone: Locator, words: str) -> None:
        """Answers by SMS from the phone that was taken up."""
        phone.get_by_role("textbox", name=re.compile("Text message to")).click()
        self.page.keyboard.type(words)
        self.page.keyboard.press("Enter")
        expect(phone.get_by_role("log").get_by_text(words, exact=True)).to_be_visible()
