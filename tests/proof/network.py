"""The carrier's second door, from the other side: scripts it, and reads its ledger as values."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import aiohttp

from tests.proof.ledger import Ledger, Report, Request, Stall, Text, Wish, Written

Json = dict[str, Any]
WISHES = {"STOP": Wish.STOP, "START": Wish.START}
SECONDS_TO_START = 30.0


@dataclass(frozen=True, slots=True)
class Moment:
    """How it stands in the network right now."""

    under_way: Mapping[str, int]
    """How many requests to send are being answered, by the address of whoever asked."""
    texts: int
    doubled: int


@dataclass(frozen=True, slots=True)
class Weather:
    """What goes wrong, by its share of the requests or messages; `delays` in seconds."""

    answers: Mapping[str, float] = field(default_factory=dict)
    delays: Mapping[str, float] = field(default_factory=dict)
    reports: Mapping[str, float] = field(default_factory=dict)
    outcomes: tuple[tuple[str, int | None, float], ...] = ()


class Network:
    """Asks the carrier process at its second door."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = aiohttp.ClientSession()

    async def __aenter__(self) -> Self:
        async with asyncio.timeout(SECONDS_TO_START):
            while True:
                try:
                    await self.now()
                    return self
                except aiohttp.ClientConnectionError:
                    await asyncio.sleep(0.02)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def now(self) -> Moment:
        """How it stands right now."""
        return Moment(**await self._ask("GET", "/now"))

    async def turn(self, weather: Weather, *, seed: int) -> None:
        """Lets things go wrong from now on."""
        asked = {
            "seed": seed,
            "answers": dict(weather.answers),
            "delays": dict(weather.delays),
            "reports": dict(weather.reports),
            "outcomes": weather.outcomes,
        }
        await self._ask("POST", "/chaos", asked)

    async def heal(self) -> None:
        """From now on all goes well."""
        await self._ask("POST", "/heal", {})

    async def post_inbound_to(self, number: str, url: str) -> None:
        """Members' SMS to this number are posted there."""
        await self._ask("POST", "/inbound", {"number": number, "url": url})

    async def remember(self, texts: Sequence[Json]) -> None:
        """The carrier knows these texts, as if they had been sent before."""
        await self._ask("POST", "/texts", list(texts))

    async def text(self, *, from_: str, to: str, body: str) -> int | None:
        """A member writes to a number; how the webhook was answered, if it was."""
        texted = await self._ask("POST", "/text", {"from": from_, "to": to, "body": body})
        status: int | None = texted["status"]
        return status

    async def ledger(self) -> Ledger:
        """Everything the carrier knows."""
        known = await self._ask("GET", "/ledger")
        return Ledger(
            texts=[Text(**one | {"at": _instant(one["at"])}) for one in known["texts"]],
            requests=[Request(**one | {"at": _instant(one["at"])}) for one in known["requests"]],
            reports=[Report(**one) for one in known["reports"]],
            written=[_written(one) for one in known["written"]],
            stalls=[Stall(_instant(one["until"]), one["seconds"]) for one in known["stalls"]],
        )

    async def _ask(self, method: str, path: str, asked: Any = None) -> Json:
        async with self._session.request(method, self._url + path, json=asked) as answer:
            answer.raise_for_status()
            found: Json = await answer.json()
            return found


def _written(one: Json) -> Written:
    answered_at = _instant(one["answered_at"]) if one["answered_at"] else None
    wish = WISHES.get(one["body"], Wish.NOTHING)
    return Written(one["sid"], one["e164"], one["body"], answered_at, wish)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
