"""The Slack Web API: one session, explicit time-outs, and errors that say what may have happened."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType
from typing import Any, ClassVar
from uuid import UUID

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import BotError
from storage.db import refuse_open_transaction

Block = Mapping[str, Any]
View = Mapping[str, Any]

TIMEOUT = aiohttp.ClientTimeout(total=10, connect=3)
# https://docs.slack.dev/reference/methods/chat.postMessage#errors : what it says of a `client_msg_id` that it has seen
# before and whose message is no longer there. Of what it does otherwise with one, these errors are all that is written.
GONE_SINCE = frozenset({"duplicate_channel_not_found", "duplicate_message_not_found"})


class SlackError(BotError):
    """Slack did not take it ({error})."""


class SlackRefused(SlackError):
    """Slack refused it ({error})."""

    @property
    def error(self) -> str:
        """Slack's own word, such as `channel_not_found`."""
        return str(self.values["error"])


class SlackBusy(SlackError):
    """Slack asks us to wait ({error})."""

    retry: ClassVar[bool] = True

    @property
    def retry_after(self) -> timedelta:
        """How long Slack asks us to wait."""
        return timedelta(seconds=float(str(self.values["seconds"])))


class SlackAway(SlackError):
    """Slack could not be reached ({error})."""

    retry: ClassVar[bool] = True


class SlackSilent(SlackError):
    """Slack did not answer ({error}), so it may or may not have happened."""


@dataclass(frozen=True, slots=True)
class SlackPerson:
    """What Slack knows of a user."""

    id: str
    name: str
    locale: str
    zone: str
    is_admin: bool
    team_ids: frozenset[str]
    """The workspaces this user belongs to: in a shared channel, others than ours."""


@dataclass(frozen=True, slots=True)
class SlackTeam:
    """The workspace that the bot's token belongs to."""

    id: str
    name: str


class SlackClient:
    """Asks Slack. Must be made inside a running loop."""

    def __init__(self, token: str, url: str) -> None:
        self.session = aiohttp.ClientSession(timeout=TIMEOUT)
        # No retry handler: a post that is repeated blindly may stand twice, and a stale count is worse than none.
        self.web = AsyncWebClient(token, base_url=url, session=self.session, retry_handlers=[])

    async def close(self) -> None:
        """Closes the session."""
        await self.session.close()

    async def open_view(self, trigger_id: str, view: View) -> str:
        """Opens a modal; its view id. Raises `SlackRefused` for an expired trigger."""
        with asking():
            answer = await self.web.views_open(trigger_id=trigger_id, view=dict(view))
        return str(answer["view"]["id"])

    async def push_view(self, trigger_id: str, view: View) -> None:
        """Opens a modal on top of the open one. Raises `SlackRefused` for an expired trigger."""
        with asking():
            await self.web.views_push(trigger_id=trigger_id, view=dict(view))

    async def update_view(self, view_id: str, view: View) -> None:
        """Replaces an open modal's content; what was typed stays where block and action ids stay."""
        with asking():
            await self.web.views_update(view_id=view_id, view=dict(view))

    async def publish_home(self, user_id: str, view: View) -> None:
        """Shows the App Home."""
        with asking():
            await self.web.views_publish(user_id=user_id, view=dict(view))

    async def post(
        self,
        channel: str,
        text: str,
        blocks: Sequence[Block] | None = None,
        *,
        thread_ts: str | None = None,
        key: UUID | None = None,
    ) -> tuple[str, str]:
        """Posts a message; the channel it stands in and its ts. Never unfurls, so that a member's link stays text.

        A user's id in place of a channel means the direct conversation, which alone can be updated. With a key, the
        same post is asked for again after a lost answer: the one that stands is brought up to date.
        """
        content = {"channel": channel, "text": text, "blocks": _list(blocks), "thread_ts": thread_ts}
        try:
            posted = await self._post(content | ({"client_msg_id": str(key)} if key else {}))
        except SlackRefused as error:
            if error.error not in GONE_SINCE:
                raise
            posted = await self._post(content)
        where, ts, stands = posted
        if key and stands != text:
            await self.update(where, ts, text, blocks)
        return where, ts

    async def _post(self, content: Mapping[str, Any]) -> tuple[str, str, str]:
        with asking():
            answer = await self.web.chat_postMessage(**content, unfurl_links=False, unfurl_media=False)
        return str(answer["channel"]), str(answer["ts"]), str(answer["message"].get("text"))

    async def update(self, channel: str, ts: str, text: str, blocks: Sequence[Block] | None = None) -> None:
        """Replaces one of our messages."""
        with asking():
            await self.web.chat_update(channel=channel, ts=ts, text=text, blocks=_list(blocks))

    async def whisper(
        self,
        channel: str,
        user_id: str,
        text: str,
        blocks: Sequence[Block] | None = None,
        *,
        thread_ts: str | None = None,
    ) -> None:
        """Shows a message to one person only."""
        with asking():
            await self.web.chat_postEphemeral(
                channel=channel, user=user_id, text=text, blocks=_list(blocks), thread_ts=thread_ts
            )

    async def person(self, user_id: str) -> SlackPerson:
        """Who this user is, with locale and time zone."""
        with asking():
            answer = await self.web.users_info(user=user_id, include_locale=True)
        user = answer["user"]
        return SlackPerson(
            id=user["id"],
            name=user.get("profile", {}).get("display_name") or user.get("real_name") or user.get("name", ""),
            locale=user.get("locale", ""),
            zone=user.get("tz") or "",
            is_admin=bool(user.get("is_admin") or user.get("is_owner") or user.get("is_primary_owner")),
            team_ids=frozenset([user.get("team_id", ""), *user.get("enterprise_user", {}).get("teams", ())]),
        )

    async def socket_address(self, app_token: str) -> str:
        """Where one socket can be opened, once. Raises `SlackRefused` for a token that is no app's own."""
        with asking():
            answer = await self.web.apps_connections_open(app_token=app_token)
        return str(answer["url"])

    async def team(self) -> SlackTeam:
        """The workspace of our token. Raises `SlackRefused` for a token that is not valid."""
        with asking():
            answer = await self.web.auth_test()
        return SlackTeam(str(answer["team_id"]), str(answer["team"]))


def _list(blocks: Sequence[Block] | None) -> list[Any] | None:
    return None if blocks is None else [dict(block) for block in blocks]


class asking(AbstractContextManager[None]):
    """Refuses to ask inside a transaction, and turns every foreign error into one of ours."""

    def __enter__(self) -> None:
        refuse_open_transaction()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, SlackApiError):
            raise _from_answer(error) from error
        if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
            raise SlackAway(error=type(error).__name__) from error
        if isinstance(error, aiohttp.ClientError | TimeoutError):
            raise SlackSilent(error=type(error).__name__) from error


def _from_answer(error: SlackApiError) -> SlackError:
    answer = error.response
    status = getattr(answer, "status_code", 200)
    if status == 429:
        return SlackBusy(error="ratelimited", seconds=answer.headers.get("Retry-After", "1"))
    if status >= 500:
        return SlackSilent(error=f"HTTP {status}")
    body = answer.data if isinstance(answer.data, dict) else {}
    return SlackRefused(error=body.get("error", f"HTTP {status}"), detail=body.get("response_metadata", {}))
