"""What people do and see in Slack and on their phones."""

import asyncio
from datetime import datetime
from typing import Any

from bot.playground import seed
from bot.playground.carrier import Phone
from bot.playground.seed import CHANNEL, COACH, SHORT_CODE
from bot.playground.workspace import Ack, Message, View
from bot.posts import BETWEEN_CARDS
from storage import models
from tests.club.clocks import SetClock
from tests.club.process import PATIENCE_SECONDS
from tests.club.reading import block_of, draft_of, text_of
from tests.club.stored import Stored

FLY_EVERY_SECONDS = 0.2
OPENS_OTHERS = ("audience", "when")
ASKED = ("contacts", "guardians", "wards", "joiners", "subgroups")


class People(Stored):
    """Short words for what coaches and members do."""

    async def command(self, typed: str, *, user: str = COACH, channel: str = CHANNEL) -> Ack:
        """Types a command; it must be taken."""
        ack = await self.workspace.run_command(user, channel, typed)
        assert ack.is_ok, ack
        return ack

    async def open(self, typed: str = "/sms", *, user: str = COACH) -> View:
        """Types a command and waits for its modal."""
        self.workspace.set_stack(user, [])
        await self.command(typed, user=user)
        return await self.modal(user=user)

    async def modal(self, callback_id: str = "", *, user: str = COACH) -> View:
        """The modal on top, once there is one (of this name)."""

        def found() -> View | None:
            stack = self.workspace.views(user)
            return stack[-1] if stack and callback_id in ("", stack[-1].callback_id) else None

        view: View = await self.until(found)
        return view

    async def fill(self, view: View, **fields: Any) -> None:
        """Fills in fields by their names; groups and contacts are given by label, one or several."""
        for name in OPENS_OTHERS:
            if name in fields and fields[name] != _value_of(view, name):
                await self.workspace.set_value(view, block_of(view, name), name, fields[name])
                await self.until(lambda name=name: _follows(view, name, fields[name]))
        for name, value in fields.items():
            if name not in OPENS_OTHERS:
                await self._set(view, name, value)

    async def _set(self, view: View, name: str, value: Any) -> None:
        if name == "groups" or name in ASKED:
            labels = (value,) if isinstance(value, str) else value
            value = [await self._option(view, name, label) for label in labels]
        await self.workspace.set_value(view, block_of(view, name), name, value)

    async def _option(self, view: View, name: str, label: str) -> str:
        if name in ASKED:
            found = await self.workspace.options(view.user, view, block_of(view, name), name, label)
            return str(found.flat[0]["value"])
        block = next(block for block in view.blocks if block["block_id"] == block_of(view, name))
        element = block["element"]
        offered = element.get("options") or [
            one for part in element["option_groups"] for one in part["options"]
        ]
        return next(str(one["value"]) for one in offered if one["text"]["text"] == label)

    async def compose(self, *, user: str = COACH, **fields: Any) -> View:
        """Writes a text in a fresh modal and submits it: the preview, or the same modal with its errors."""
        await self.forget_drafts()
        view = await self.open("/sms", user=user)
        await self.fill(view, **fields)
        return await self.submit(view)

    async def grow_to(self, numbers: int) -> None:
        """Takes in so many new members that everyone are so many numbers in the country."""
        preview = await self.compose(audience="everyone", message="How many are we?")
        known = int(text_of(preview).split(" recipients")[0].split()[-1])
        await self.keep(*(_newcomer(n, self.clock.now()) for n in range(numbers - known)))

    async def submit(self, view: View) -> View:
        """Presses the submit button; what is on top then."""
        await self.workspace.submit(view)
        stack = self.workspace.views(view.user)
        return stack[-1] if stack else view

    async def confirm(self, preview: View, **fields: Any) -> models.Campaign:
        """Confirms a preview; the campaign it made."""
        assert preview.callback_id == "preview", text_of(preview) + str(preview.errors)
        await self.fill(preview, **fields)
        draft_id = draft_of(preview)
        told = await self.submit(preview)
        assert told.callback_id == "told", (told.errors, told.trouble)
        return await self.campaign(draft_id)

    async def send(self, group: str, body: str, *, user: str = COACH) -> models.Campaign:
        """`/sms GROUP TEXT`, and yes."""
        view = await self.open(f"/sms {group} {body}", user=user)
        return await self.confirm(view)

    async def click(
        self, where: View | Message, action_id: str, value: Any = None, *, user: str = COACH
    ) -> Ack:
        """Presses a button, or chooses an entry of a menu."""
        for block in where.blocks:
            elements = [*block.get("elements", []), block.get("accessory") or {}]
            if any(element.get("action_id") == action_id for element in elements):
                ack = await self.workspace.click(user, where, block["block_id"], action_id, value)
                assert ack is not None
                return ack
        raise LookupError(f"no {action_id} in {text_of(where)}")

    async def home(self, *, user: str = COACH) -> View:
        """Opens the Home; what it shows once it was published anew."""
        before = len(self.workspace.calls("views.publish"))
        await self.workspace.open_home(user)
        await self.until(lambda: len(self.workspace.calls("views.publish")) > before)
        shown: View = await self.until(lambda: self.workspace.home(user))
        return shown

    def posts(self, *, user: str = COACH, channel: str = CHANNEL) -> list[Message]:
        """What this person sees in the channel, without the threads."""
        return self.workspace.channels[channel].messages(user)

    def whispers(self, *, user: str = COACH) -> list[Message]:
        """What only this person sees in the channel, oldest first."""
        return [post for post in self.posts(user=user) if post.is_ephemeral]

    async def card(
        self, campaign: models.Campaign, *words: str, seconds: float = PATIENCE_SECONDS
    ) -> Message:
        """The campaign's card, once it says these words; time flies a little, since cards are put off for seconds."""
        loop = asyncio.get_running_loop()
        flown_at = loop.time()

        async def shown() -> Message | None:
            nonlocal flown_at
            if isinstance(self.clock, SetClock) and loop.time() - flown_at > FLY_EVERY_SECONDS:
                flown_at = loop.time()
                self.skip(BETWEEN_CARDS)
            row = await self.campaign(campaign.id)
            if not row.card_ts:
                return None
            found = [
                channel.by_ts[row.card_ts]
                for channel in self.workspace.channels.values()
                if row.card_ts in channel.by_ts
            ]
            return next((post for post in found if all(word in text_of(post) for word in words)), None)

        post: Message = await self.until(shown, seconds=seconds)
        return post

    def thread(self, post: Message, *, user: str = COACH) -> list[Message]:
        """The answers in a post's thread."""
        return self.workspace.channels[post.channel].thread(post.ts, user)[1:]

    def phone(self, key: str) -> Phone:
        """A member's handset, by the key of the seed."""
        return self.carrier.phone(seed.number_of(key))

    async def text(self, key: str, body: str, *, copies: int = 1) -> tuple[str, ...]:
        """A member texts the club; what came back at once."""
        texted = await self.carrier.text(from_=seed.number_of(key), to=SHORT_CODE, body=body, copies=copies)
        assert texted.status == 200, texted
        return texted.replies


def _newcomer(n: int, now: datetime) -> models.Contact:
    return models.Contact(
        club_id=seed.key("club"),
        first_name="New",
        last_name=f"Member {n}",
        e164=f"+336781234{n:02}",
        created_at=now,
    )


def _follows(view: View, name: str, chosen: str) -> bool:
    """Whether the view shows what belongs to this choice."""
    shown = {block["block_id"] for block in view.blocks}
    if name == "when":
        return ("at_date" in shown) == (chosen == "later")
    picker = {"fixed": "groups.fixed", "dynamic": "groups.dynamic", "contacts": "contacts"}.get(chosen)
    return picker in shown if picker else not shown & {"groups.fixed", "groups.dynamic", "contacts"}


def _value_of(view: View, name: str) -> Any:
    chosen = view.form.value(block_of(view, name), name)
    return chosen["value"] if chosen else None
