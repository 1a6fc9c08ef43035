"""A file on Slack's side, fetched to a disk for as long as it is read."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from bot.errors import BotError
from bot.imports.errors import FileTooBig
from bot.imports.rows import MOST_BYTES
from bot.runtime import Runtime
from bot.slack import files
from bot.slack.client import SlackError, SlackRefused
from bot.slack.files import FileTooLong, SignInInstead, SlackFile

_LONGEST_NAME = 100
_GONE = frozenset({"file_not_found", "file_deleted", "HTTP 404"})
_SCOPES = frozenset({"missing_scope", "no_permission", "not_allowed_token_type"})


class FileGone(BotError):
    """Slack no longer has this file. Choose it again."""


class MayNotRead(BotError):
    """Touchline may not read files here yet: an admin installs it again, with the permissions files:read and files:write."""


class NotGiven(BotError):
    """Slack did not give the file. Try again in a moment."""

    retry = True


async def about(rt: Runtime, file_id: str) -> SlackFile:
    """What Slack knows of the file. Raises `FileGone`, `MayNotRead` or `NotGiven`."""
    with _in_our_words(""):
        return await files.known(rt.slack, file_id)


@asynccontextmanager
async def at_hand(rt: Runtime, file_id: str) -> AsyncIterator[Path]:
    """The file in a folder of its own, gone at the end. Raises `FileTooBig`, `FileGone`, `MayNotRead` or `NotGiven`."""
    file = await about(rt, file_id)
    with tempfile.TemporaryDirectory(prefix="touchline-") as folder:
        path = Path(folder) / safe_name(file.name)
        with _in_our_words(path.name):
            await files.fetch(rt.slack, file, path, most_bytes=MOST_BYTES)
        yield path


def safe_name(name: str) -> str:
    """The name without what would lead out of a folder."""
    kept = "".join(char for char in name if char.isprintable() and char not in "/\\:").strip(". ")
    return kept[-_LONGEST_NAME:] or "people"


@contextmanager
def _in_our_words(name: str) -> Iterator[None]:
    try:
        yield
    except FileTooLong as error:
        raise FileTooBig(name=name, most=MOST_BYTES // 2**20) from error
    except SignInInstead as error:
        raise MayNotRead from error
    except SlackRefused as error:
        raise (
            FileGone if error.error in _GONE else MayNotRead if error.error in _SCOPES else NotGiven
        ) from error
    except SlackError as error:
        raise NotGiven from error
