"""How many signed receipts a second become durable, beside a server that only reads and answers.

python -m tests.bench.callbacks PORT   the server that only reads and answers
"""

import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import uvloop
from aiohttp import web
from rich.table import Table

from bot.carriers.http1 import encode
from bot.carriers.signature import sign
from bot.playground.launcher import ACCOUNT_SID, TOKEN, free_port
from storage.states import MessageState
from tests.bench.ground import Ground, bot, counting_carrier
from tests.bench.rounds import Gates, Spread, alternate, ratio
from tests.bench.senders import SENDER, number
from tests.bench.stage import until_live
from tests.bench.store import ids_of, sid_of, states_of
from tests.bench.wire import pour_apart

CALLBACKS = 40_000
CONNECTIONS = 32
OURS, ECHO = "touchline, signed and durable", "aiohttp, bare"


async def callbacks(ground: Ground, gates: Gates, *, rounds: int, share: float) -> list[Table]:
    """One table."""
    messages = max(CONNECTIONS, int(CALLBACKS * share))

    async def ours() -> float:
        return await _ours(ground, messages)

    async def echo() -> float:
        return await _echo(messages)

    figures = await alternate({ECHO: echo, OURS: ours}, ground.starts, rounds=rounds)
    table = Table(title=f"receipts a second, {messages:,} over {CONNECTIONS} connections", min_width=90)
    table.add_column("who")
    for column in ("a second (quartiles)", "of the bare server"):
        table.add_column(column, justify="right")
    for name, found in figures.items():
        table.add_row(name, Spread.of(found).shown(), ratio(found, figures[ECHO]).shown(".3f"))
    return [table]


async def _ours(ground: Ground, messages: int) -> float:
    database = await ground.store.copy(messages, MessageState.ACCEPTED)
    requests = receipts(ground.settings.public_url, ids_of(database))
    async with counting_carrier(0) as stub, bot(ground.settings_for(database, stub)):
        await until_live(ground.settings.public_url)
        rate = await _poured(ground.settings.port, requests)
        stand = states_of(database)
    if stand != {MessageState.DELIVERED: messages}:
        raise RuntimeError(f"{messages} receipts were taken, and {stand} is what is stored")
    return rate


async def _echo(messages: int) -> float:
    async with _bare_server() as port:
        url = f"http://127.0.0.1:{port}"
        return await _poured(port, receipts(url, [UUID(int=n) for n in range(messages)]))


async def _poured(port: int, requests: Sequence[bytes]) -> float:
    poured = await pour_apart(port, CONNECTIONS, requests)
    if poured.statuses != {"204": len(requests)}:
        raise RuntimeError(f"{len(requests)} receipts were answered with {poured.statuses}")
    return len(requests) / poured.seconds


def receipts(public_url: str, message_ids: Sequence[UUID]) -> list[bytes]:
    """One signed `delivered` for each message."""
    return [_receipt(public_url, message_id, n) for n, message_id in enumerate(message_ids)]


def _receipt(public_url: str, message_id: UUID, n: int) -> bytes:
    path = f"/twilio/status/{message_id}?attempt=1"
    fields = {
        "MessageSid": sid_of(n),
        "SmsSid": sid_of(n),
        "MessageStatus": "delivered",
        "SmsStatus": "delivered",
        "To": number(n),
        "From": SENDER,
        "AccountSid": ACCOUNT_SID,
        "ApiVersion": "2010-04-01",
    }
    form = encode(fields)
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: " + public_url.removeprefix("http://"),
        "X-Twilio-Signature: " + sign(TOKEN, public_url + path, fields),
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(form)}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + form


@asynccontextmanager
async def _bare_server() -> AsyncIterator[int]:
    port = free_port()
    running = subprocess.Popen(  # noqa: ASYNC220  it only starts
        [sys.executable, "-m", "tests.bench.callbacks", str(port)]
    )
    try:
        await until_live(f"http://127.0.0.1:{port}")
        yield port
    finally:
        running.kill()
        running.wait()


def bare() -> web.Application:
    """Reads what is posted, and says 204."""

    async def read(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(status=204)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", read)
    return app


if __name__ == "__main__":
    uvloop.install()
    web.run_app(bare(), host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
