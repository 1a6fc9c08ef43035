"""How fast messages leave: the bot beside the wire and beside Twilio's own client, all counted at the carrier."""

import asyncio
import base64
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from rich.table import Table

from bot.carriers.http1 import encode
from bot.playground.launcher import ACCOUNT_SID, TOKEN
from storage.states import MessageState
from tests.bench.ground import Ground, Stub, bot, counting_carrier
from tests.bench.rounds import Contestant, Gates, Spread, alternate, ratio
from tests.bench.senders import BODY, SENDER, STATUS_URL, number
from tests.bench.store import states_of
from tests.bench.wire import pour_apart

CONNECTIONS = 100
OURS, WIRE = "touchline", "the wire"
SDK_LOOP, SDK_THREADS, SDK_ASYNC = "SDK, for-loop", "SDK, 50 threads", "SDK, async, 100 workers"
SDK = {SDK_LOOP: "loop", SDK_THREADS: "threads", SDK_ASYNC: "async"}
LATENCIES_MS = (80, 0)
MESSAGES = {
    80: {WIRE: 12_500, OURS: 12_500, SDK_ASYNC: 5_000, SDK_THREADS: 2_000, SDK_LOOP: 150},
    0: {WIRE: 60_000, OURS: 30_000, SDK_ASYNC: 4_000, SDK_THREADS: 1_500, SDK_LOOP: 1_000},
}
LEAST_OF_THE_WIRE = 0.95
LEAST_OF_THE_LOOP = 80.0
MOST_COMMITS = 0.01
SECONDS_TO_RECORD = 15.0
LOOK_SECONDS = 0.2


@dataclass
class Runs:
    """One latency's runs."""

    ground: Ground
    stub: Stub
    commits: list[float] = field(default_factory=list)
    """Commits per message of the bot's runs, where it tells them."""

    async def ours(self, messages: int) -> float:
        """Messages a second of `touchline run` with so many queued."""
        database = await self.ground.store.copy(messages)
        await self.stub.reset()
        async with bot(self.ground.settings_for(database, self.stub)) as process:
            await self.stub.until(messages)
            await _until_recorded(database, messages)
            commits = await process.metric("touchline_commits_total")
        if commits is not None:
            self.commits.append(commits / messages)
        return await self.stub.rate(messages)

    async def wire(self, messages: int) -> float:
        """Messages a second of prebuilt bytes."""
        await self.stub.reset()
        await pour_apart(self.stub.port, CONNECTIONS, [request(n, self.stub.port) for n in range(messages)])
        return await self.stub.rate(messages)

    async def sdk(self, which: str, messages: int) -> float:
        """Messages a second of Twilio's client."""
        await self.stub.reset()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bench.senders", which, str(self.stub.port), str(messages))
        )
        if await process.wait():
            raise RuntimeError(f"{which} failed")
        return await self.stub.rate(messages)

    def contestants(self, messages: Mapping[str, int]) -> dict[str, Contestant]:
        """Everybody, with as many messages as they are given."""
        peers = {name: partial(self.sdk, which, messages[name]) for name, which in SDK.items()}
        return {
            WIRE: partial(self.wire, messages[WIRE]),
            OURS: partial(self.ours, messages[OURS]),
            **peers,
        }


def request(n: int, port: int) -> bytes:
    """The n-th create as the bot would write it."""
    form = encode(
        {
            "To": number(n),
            "From": SENDER,
            "Body": BODY,
            "StatusCallback": STATUS_URL,
            "SmartEncoded": "false",
        }
    )
    lines = [
        f"POST /2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Authorization: Basic " + base64.b64encode(f"{ACCOUNT_SID}:{TOKEN}".encode()).decode(),
        "Accept: application/json",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(form)}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + form


async def _until_recorded(database: Path, messages: int) -> None:
    for _ in range(int(SECONDS_TO_RECORD / LOOK_SECONDS)):
        stand = states_of(database)
        if stand == {MessageState.ACCEPTED: messages}:
            return
        await asyncio.sleep(LOOK_SECONDS)
    raise RuntimeError(f"{messages} were accepted, and {stand} is what is stored")


async def dispatch(ground: Ground, gates: Gates, *, rounds: int, share: float) -> list[Table]:
    """One table for each latency."""
    tables = []
    for latency_ms in LATENCIES_MS:
        async with counting_carrier(latency_ms) as stub:
            runs = Runs(ground, stub)
            messages = {name: max(CONNECTIONS, int(n * share)) for name, n in MESSAGES[latency_ms].items()}
            figures = await alternate(runs.contestants(messages), ground.starts, rounds=rounds)
        tables.append(_table(latency_ms, figures, messages, runs.commits))
        if latency_ms:
            gates.at_least("dispatch, of the wire", LEAST_OF_THE_WIRE, ratio(figures[OURS], figures[WIRE]))
            gates.at_least(
                "dispatch, of the SDK's loop", LEAST_OF_THE_LOOP, ratio(figures[OURS], figures[SDK_LOOP])
            )
        gates.at_most(
            f"commits per message at {latency_ms} ms",
            MOST_COMMITS,
            Spread.of(runs.commits) if runs.commits else None,
        )
    return tables


def _table(
    latency_ms: int, figures: Mapping[str, list[float]], messages: Mapping[str, int], commits: list[float]
) -> Table:
    shown = Spread.of(commits).shown(".4f") if commits else "not told"
    table = Table(
        title=f"messages a second, carrier answers after {latency_ms} ms, {CONNECTIONS} connections",
        caption=f"commits per message: {shown}",
        min_width=90,
    )
    table.add_column("who")
    for column in ("messages", "a second", "of the wire", "of the SDK's loop"):
        table.add_column(column, justify="right")
    for name, found in figures.items():
        table.add_row(
            name,
            f"{messages[name]:,}",
            f"{Spread.of(found).median:,.0f}",
            ratio(found, figures[WIRE]).shown(".3f"),
            ratio(found, figures[SDK_LOOP]).shown(".1f"),
        )
    return table
