"""Slack as the cards and replies need it: posts that stand, and answers that get lost."""

import asyncio
import json
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from uuid import UUID

from bot.slack.client import Block, SlackAway, SlackBusy, SlackSilent
from storage.db import refuse_open_transaction
from tests.simulation.loop import Loop, Process
from tests.simulation.odds import CALM, Odds
from tests.simulation.story import Story

WORD = re.compile(r"(?:campaign|reply)-\d+-")
"""How the texts of the simulation say whose they are."""

NOBODYS = "a keyword"


class Workspace:
    """What stands in the club's Slack."""

    def __init__(self, loop: Loop, story: Story, odds: Odds) -> None:
        self.loop, self.story, self.odds = loop, story, odds
        self.chance = story.chance("slack")
        self.down = False
        self.posts: dict[str, str] = {}
        """The newest content of each post, by its ts."""
        self.made: dict[str, list[float]] = defaultdict(list)
        """When posts were made, by the word of what they show."""
        self.excused_at = -1.0
        """When something last happened after which nobody can know whether a post was made."""
        self.claims_fail: Callable[[], bool] = lambda: False
        """Whether a process is frozen or has another time, so that the others take its claim on a post for over."""

    def calm(self) -> None:
        """From now on everything goes well."""
        self.odds, self.down = CALM, False

    def happens(self, name: str) -> bool:
        """Whether this trouble comes now."""
        odds = getattr(self.odds, name)
        if odds and self.chance.random() < odds:
            self.story.told("fault", name)
            return True
        return False

    def put(self, channel: str, text: str, blocks: Sequence[Block] | None, ts: str | None) -> str:
        """Shows a new post, or another content of one."""
        content = f"{text} {json.dumps(blocks, ensure_ascii=False, default=str)}"
        if ts is None:
            ts = f"{len(self.posts) + 1:010d}.000100"
            self._note(channel, word_of(content))
        self.posts[ts] = content
        return ts

    def _note(self, channel: str, shown: str) -> None:
        word = shown if shown == NOBODYS else f"{channel} {shown}"
        self.story.told("posted", word)
        if word == NOBODYS:
            return
        if self.claims_fail():
            self.excused_at = self.loop.time()
        if self.made[word] and self.excused_at < self.made[word][-1]:
            self.story.breaks("5 one post", f"{word} was posted twice, and no answer was lost")
        elif self.made[word]:
            self.story.told("posted again", word)
        self.made[word].append(self.loop.time())


def word_of(content: str) -> str:
    """Whose post this is: a reply's, when it shows one."""
    words = sorted(WORD.findall(content), reverse=True)
    return words[0] if words else NOBODYS


class SimulatedSlack:
    """One process's way to the workspace."""

    def __init__(self, workspace: Workspace, process: Process) -> None:
        self._workspace, self._process = workspace, process

    async def post(
        self,
        channel: str,
        text: str,
        blocks: Sequence[Block] | None = None,
        *,
        thread_ts: str | None = None,
        key: UUID | None = None,
    ) -> tuple[str, str]:
        """Posts a message, and says where it stands when the answer comes through.

        The key changes nothing: what Slack makes of it is not written anywhere.
        """
        await self._reach()
        ts = self._workspace.put(channel, text, blocks, None)
        if self._workspace.happens("slack_silent_after"):
            self._workspace.excused_at = self._workspace.loop.time()
            raise SlackSilent(error="TimeoutError")
        await self._process.point("after a post")
        await asyncio.sleep(self._workspace.chance.uniform(0.02, 0.5))
        return channel, ts

    async def update(self, channel: str, ts: str, text: str, blocks: Sequence[Block] | None = None) -> None:
        """Replaces the content of a post."""
        await self._reach()
        self._workspace.put(channel, text, blocks, ts)
        self._workspace.story.told("updated", ts)
        await self._process.point("after an update")
        await asyncio.sleep(self._workspace.chance.uniform(0.02, 0.5))

    async def close(self) -> None:
        """Nothing is kept open."""

    async def _reach(self) -> None:
        refuse_open_transaction()
        await self._process.point("before Slack")
        await asyncio.sleep(self._workspace.chance.uniform(0.02, 0.5))
        if self._workspace.down or self._workspace.happens("slack_away"):
            raise SlackAway(error="ClientConnectorError")
        if self._workspace.happens("slack_busy"):
            raise SlackBusy(error="ratelimited", seconds=self._workspace.chance.randint(1, 30))
        if self._workspace.happens("slack_silent"):
            await asyncio.sleep(10)
            raise SlackSilent(error="TimeoutError")
