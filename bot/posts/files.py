"""Files for one person, in their direct messages with the bot."""

import asyncio
import tempfile
from pathlib import Path

from bot.errors import BotError
from bot.runtime import Runtime, Who
from bot.slack.client import SlackRefused
from bot.slack.files import share


class MayNotSendFiles(BotError):
    """The bot may not send files yet. Whoever installed it adds the scope files:write and installs it again."""


async def send(rt: Runtime, who: Who, content: bytes, *, name: str, text: str) -> None:
    """Sends this person the content as a file of this name, under the text. Raises `MayNotSendFiles`.

    The text goes first, since a file cannot be shared with a user but only in a conversation: a death in between leaves
    the text, and who misses the file asks again.
    """
    channel, _ = await rt.slack.post(who.slack_user_id, text)
    with tempfile.TemporaryDirectory(prefix="touchline-") as folder:
        path = Path(folder, "file")
        await asyncio.to_thread(path.write_bytes, content)
        try:
            await share(rt.slack, path, channel=channel, name=name)
        except SlackRefused as refused:
            if refused.error == "missing_scope":
                raise MayNotSendFiles from refused
            raise
