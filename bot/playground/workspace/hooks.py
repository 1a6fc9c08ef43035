"""Response URLs: five answers within half an hour to what a person just did."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.playground.workspace.errors import SlackError
from bot.playground.workspace.posting import Content, change, post, remove
from bot.playground.workspace.state import Message

if TYPE_CHECKING:
    from bot.playground.workspace.workspace import Workspace

Json = dict[str, Any]

# https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
USES = 5
LIFE_SECONDS = 30 * 60.0


@dataclass(slots=True, kw_only=True)
class Hook:
    """One response URL: for whom, where, on which message."""

    user: str
    channel: str
    message: Message | None
    issued_s: float
    uses: int = 0


class Hooks:
    """Hands out response URLs and does what is posted to them."""

    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self._issued: dict[str, Hook] = {}

    def issue(self, kind: str, user_id: str, channel_id: str, message: Message | None = None) -> str:
        """A fresh response URL; `kind` is "commands" or "actions"."""
        secret, workspace = self._workspace.ids.secret(), self._workspace
        self._issued[secret] = Hook(
            user=user_id, channel=channel_id, message=message, issued_s=workspace.clock.monotonic()
        )
        return f"{workspace.url}/{kind}/{workspace.team_id}/{secret}"

    def answer(self, secret: str, body: Json) -> None:
        """Do what the app posted; raises SlackError."""
        hook = self._usable(secret)
        if body.get("delete_original"):
            self._remove(hook)
        elif body.get("replace_original"):
            self._replace(hook, content_of(body))
        else:
            respond(self._workspace, hook.user, hook.channel, body)
        hook.uses += 1

    def _usable(self, secret: str) -> Hook:
        hook = self._issued.get(secret)
        if hook is None:
            raise SlackError("invalid_url")
        if self._workspace.clock.monotonic() - hook.issued_s > LIFE_SECONDS:
            raise SlackError("expired_url")
        if hook.uses >= USES:
            raise SlackError("used_url")
        return hook

    def _remove(self, hook: Hook) -> None:
        if hook.message is not None:
            remove(self._workspace, hook.message)

    def _replace(self, hook: Hook, content: Content) -> None:
        if hook.message is None:
            respond(
                self._workspace, hook.user, hook.channel, {"text": content.text, "blocks": content.blocks}
            )
        else:
            change(self._workspace, hook.message, content)


def content_of(body: Json) -> Content:
    """What a response says."""
    blocks = body.get("blocks")
    return Content(text=body.get("text"), blocks=blocks if isinstance(blocks, list) else None)


def respond(workspace: "Workspace", user_id: str, channel_id: str, body: Json) -> Message:
    """The message of a command's or an action's answer: for the user alone, unless `in_channel`; raises SlackError."""
    is_public = body.get("response_type") == "in_channel"
    return post(
        workspace,
        channel_id,
        content_of(body),
        thread_ts=body.get("thread_ts"),
        visible_to=None if is_public else user_id,
    )
