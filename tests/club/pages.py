"""What members do on their own pages, with a browser that runs no script."""

import html
import re
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.club.slack import People

_LINK = re.compile(r"https?://\S+/m/\w+")
_ONCE = re.compile(r'name="once" value="(\w+)"')
_MARKUP = re.compile(r"<style>.*?</style>|<[^>]*>", re.DOTALL)


@dataclass(frozen=True)
class Shown:
    """One answer of the page's door."""

    status: int
    html: str
    headers: Any
    address: str

    @property
    def text(self) -> str:
        """What one reads."""
        return " ".join(html.unescape(_MARKUP.sub(" ", self.html)).split())

    @property
    def once(self) -> str:
        """What its forms carry."""
        found = _ONCE.search(self.html)
        assert found, self.text
        return found[1]


class Pages(People):
    """Members' pages, by the links in their texts."""

    def link(self, who: str) -> str:
        """The link in the newest text on this phone."""
        newest = self.phone(who).inbox[-1]
        found = _LINK.search(newest.body)
        assert found, newest.body
        return found[0]

    async def visit(self, link: str, **headers: str) -> Shown:
        """Opens the page."""
        async with aiohttp.ClientSession() as session, session.get(link, headers=headers) as answer:
            return Shown(answer.status, await answer.text(), answer.headers, str(answer.url))

    async def press(
        self, link: str, act: str, *, once: str | None = None, follow: bool = True, **fields: str
    ) -> Shown:
        """Sends one of its forms, as the page that is opened now has it, and sees where that leads."""
        form = {"act": act, "once": once or (await self.visit(link)).once, **fields}
        async with (
            aiohttp.ClientSession() as session,
            session.post(link, data=form, allow_redirects=follow) as answer,
        ):
            return Shown(answer.status, await answer.text(), answer.headers, str(answer.url))
