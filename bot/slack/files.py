"""Files on Slack's side: what one is, its bytes fetched to a disk, and a file of ours shared in a conversation."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import aiohttp

from bot.slack.client import SlackClient, SlackRefused, asking

FETCH_TIMEOUT = aiohttp.ClientTimeout(total=300, connect=3, sock_read=20)
CHUNK_BYTES = 2**16
_MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SLACKS = (".slack.com", ".slack-gov.com")


class FileTooLong(SlackRefused):
    """Slack's file is longer than may be ({error})."""


class SignInInstead(SlackRefused):
    """Slack gave its sign-in page in the place of the file ({error})."""


@dataclass(frozen=True, slots=True)
class SlackFile:
    """A file that somebody uploaded, as Slack knows it now."""

    id: str
    name: str
    url: str
    """Where its bytes are, for whoever has the token."""


async def known(slack: SlackClient, file_id: str) -> SlackFile:
    """The file. Raises `SlackRefused`: `file_not_found`, `file_deleted`, `missing_scope`.

    A payload may know no more of a file than its id (`file_access: check_file_info`), so Slack is asked always.
    """
    with asking():
        answer = await slack.web.files_info(file=file_id)
    file = answer["file"]
    url = file.get("url_private_download") or file.get("url_private") or ""
    if not url:
        raise SlackRefused(error="file_not_found")
    return SlackFile(str(file["id"]), str(file.get("name") or ""), str(url))


async def fetch(slack: SlackClient, file: SlackFile, path: Path, *, most_bytes: int) -> None:
    """Writes the file's bytes to the path, whatever their number never holding more than some of them.

    Raises `FileTooLong`, or `SignInInstead` where the token may not read it: Slack says so with a page and 200.
    """
    written = 0
    with asking(), path.open("wb") as into:
        async for chunk in _bytes_at(slack, file.url):
            written += len(chunk)
            if written > most_bytes:
                raise FileTooLong(error="too_long")
            into.write(chunk)


async def share(slack: SlackClient, path: Path, *, channel: str, name: str, comment: str = "") -> None:
    """Shares the file of this path, under a name, in a conversation: by its own id, never a user's."""
    length = (await asyncio.to_thread(path.stat)).st_size
    with asking():
        announced = await slack.web.files_getUploadURLExternal(filename=name, length=length)
        with path.open("rb") as content:
            headers = {"Content-Type": "application/octet-stream", "Content-Length": str(length)}
            async with slack.session.post(
                announced["upload_url"], data=content, headers=headers, timeout=FETCH_TIMEOUT
            ) as answer:
                if answer.status != 200:
                    raise SlackRefused(error=f"upload HTTP {answer.status}")
        await slack.web.files_completeUploadExternal(
            files=[{"id": announced["file_id"], "title": name}],
            channel_id=channel,
            initial_comment=comment or None,
        )


async def _bytes_at(slack: SlackClient, url: str) -> AsyncIterator[bytes]:
    """The bytes, wherever Slack sends whoever asks for them; nobody but Slack sees the token."""
    for _ in range(_MOST_REDIRECTS):
        headers = {"Authorization": f"Bearer {slack.web.token}"} if _is_slacks(slack, url) else {}
        async with slack.session.get(
            url, headers=headers, allow_redirects=False, timeout=FETCH_TIMEOUT
        ) as answer:
            if answer.status in _REDIRECTS:
                url = urljoin(url, answer.headers.get("Location", ""))
                continue
            if answer.status != 200:
                raise SlackRefused(error=f"HTTP {answer.status}")
            if answer.content_type == "text/html":
                raise SignInInstead(error="sign_in")
            async for chunk in answer.content.iter_chunked(CHUNK_BYTES):
                yield chunk
            return
    raise SlackRefused(error="too_many_redirects")


def _is_slacks(slack: SlackClient, url: str) -> bool:
    asked, api = urlsplit(url), urlsplit(slack.web.base_url)
    if (asked.scheme, asked.netloc) == (api.scheme, api.netloc):
        return True
    return asked.scheme == "https" and (asked.hostname or "").endswith(_SLACKS)
