"""Events: who is told of what, and how often Slack tries again."""

from typing import TYPE_CHECKING, Any

from bot.playground.workspace import payloads
from bot.playground.workspace.letters import Ack, Miss
from bot.playground.workspace.state import Channel, Message, User

if TYPE_CHECKING:
    from bot.playground.workspace.workspace import Workspace

Json = dict[str, Any]

# https://docs.slack.dev/apis/events-api: "nearly immediately", after 1 minute, after 5 minutes.
RETRY_AFTER_SECONDS = (0.0, 60.0, 300.0)


class Events:
    """Tells the app what happens, in the background."""

    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self._last: Json | None = None

    def emit(self, event: Json, subscription: str) -> None:
        """Deliver the event, retries included, if the app is subscribed."""
        if self._workspace.delivery.has_way and subscription in self._workspace.app.events:
            self._last = self._callback(event)
            self._workspace.start_soon(self._deliver(self._last))

    async def redeliver(self, reason: Miss = Miss.TIMEOUT) -> Ack:
        """Tell of the last event once more, as Slack does when it took the app's answer for lost."""
        if self._last is None:
            raise LookupError("No event has been delivered yet")
        return await self._workspace.delivery.event(self._last, 1, reason)

    def emit_message(self, message: Message, event: Json) -> None:
        """Deliver a message event, if the app is in the channel and subscribed to its kind."""
        channel = self._workspace.channels[message.channel]
        if not message.is_ephemeral and self._workspace.app.bot_user_id in channel.members:
            self.emit(event, f"message.{_subscription_kind(channel)}")

    def posted(self, message: Message) -> None:
        """Tell of a new message."""
        self.emit_message(message, self._about(message) | self._written_blocks(message))

    def changed(self, message: Message, before: Json) -> None:
        """Tell that a message was edited."""
        now = payloads.message_body(self._workspace, message)
        about = {"subtype": "message_changed", "message": now, "previous_message": before, "hidden": True}
        self.emit_message(message, self._frame(message) | about)

    def deleted(self, message: Message, before: Json) -> None:
        """Tell that a message is gone."""
        about = {
            "subtype": "message_deleted",
            "deleted_ts": message.ts,
            "previous_message": before,
            "hidden": True,
        }
        self.emit_message(message, self._frame(message) | about)

    def home_opened(self, user: User, channel: Channel, tab: str) -> None:
        """Tell that somebody opened the app's Home."""
        event: Json = {"type": "app_home_opened", "user": user.id, "channel": channel.id, "tab": tab}
        home = self._workspace.home(user.id)
        if tab == "home" and home is not None:
            event["view"] = payloads.view_now(self._workspace, home)
        self.emit(event | {"event_ts": self._workspace.next_ts()}, "app_home_opened")

    async def verify_url(self) -> bool:
        """Whether the app gives the challenge back."""
        challenge = self._workspace.ids.secret()
        token = self._workspace.app.verification_token
        question = {"token": token, "challenge": challenge, "type": "url_verification"}
        ack = await self._workspace.delivery.question(question)
        return ack.is_ok and challenge in ack.body

    async def _deliver(self, callback: Json) -> None:
        workspace = self._workspace
        ack = await workspace.delivery.event(callback)
        for number, seconds in enumerate(RETRY_AFTER_SECONDS, start=1):
            if ack.is_ok or _asks_for_no_retry(ack):
                return
            await workspace.clock.sleep(seconds)
            ack = await workspace.delivery.event(callback, number, ack.miss)

    def _callback(self, event: Json) -> Json:
        workspace = self._workspace
        authorization = {
            "enterprise_id": None,
            "team_id": workspace.team_id,
            "user_id": workspace.app.bot_user_id,
            "is_bot": True,
            "is_enterprise_install": False,
        }
        return {
            "token": workspace.app.verification_token,
            "team_id": workspace.team_id,
            "context_team_id": workspace.team_id,
            "context_enterprise_id": None,
            "api_app_id": workspace.app.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": workspace.ids.entity("Ev"),
            "event_time": workspace.now_s(),
            "authorizations": [authorization],
            "is_ext_shared_channel": False,
            "event_context": f"4-{workspace.ids.secret()}",
        }

    def _frame(self, message: Message) -> Json:
        channel, ts = self._workspace.channels[message.channel], self._workspace.next_ts()
        return {
            "type": "message",
            "channel": channel.id,
            "channel_type": _channel_type(channel),
            "ts": ts,
            "event_ts": ts,
        }

    def _about(self, message: Message) -> Json:
        channel = self._workspace.channels[message.channel]
        body = payloads.message_body(self._workspace, message)
        return body | {"channel": channel.id, "channel_type": _channel_type(channel), "event_ts": message.ts}

    def _written_blocks(self, message: Message) -> Json:
        if message.blocks or not message.text:
            return {}
        text = {"type": "text", "text": plain(message.text)}
        section = {"type": "rich_text_section", "elements": [text]}
        return {
            "blocks": [{"type": "rich_text", "block_id": self._workspace.ids.short(), "elements": [section]}]
        }


def escaped(text: str) -> str:
    """The text with the three characters that Slack escapes in messages."""
    # https://docs.slack.dev/messaging/formatting-message-text#escaping
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain(text: str) -> str:
    """The text with Slack's three escapes undone."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _asks_for_no_retry(ack: Ack) -> bool:
    return ack.headers.get("x-slack-no-retry") == "1"


def _channel_type(channel: Channel) -> str:
    if channel.is_im:
        return "im"
    return "group" if channel.is_private else "channel"


def _subscription_kind(channel: Channel) -> str:
    return {"im": "im", "group": "groups", "channel": "channels"}[_channel_type(channel)]
