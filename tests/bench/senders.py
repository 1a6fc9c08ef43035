"""What others do: Twilio's own client in a loop, in a pool of threads, and asynchronously.

python -m tests.bench.senders loop|threads|async PORT MESSAGES
"""

import asyncio
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import uvloop
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from bot.playground.launcher import ACCOUNT_SID, TOKEN

BODY = "Training is moved to the small hall."
SENDER = "36123"
STATUS_URL = "http://127.0.0.1:9/twilio/status/00000000-0000-0000-0000-000000000000?attempt=1"
THREADS = 50
WORKERS = 100


def number(n: int) -> str:
    """The n-th of a hundred million numbers."""
    return f"+336{n:08d}"


def _client(port: int, http_client: AsyncTwilioHttpClient | None = None) -> Client:
    client = Client(ACCOUNT_SID, TOKEN, http_client=http_client)
    client.api.base_url = f"http://127.0.0.1:{port}"
    return client


def _message(n: int) -> dict[str, str]:
    return {"to": number(n), "from_": SENDER, "body": BODY, "status_callback": STATUS_URL}


def loop(port: int, messages: int) -> None:
    """One after the other, as every guide shows it."""
    client = _client(port)
    for n in range(messages):
        client.messages.create(**_message(n))


def threads(port: int, messages: int) -> None:
    """Fifty threads."""
    client = _client(port)
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda n: client.messages.create(**_message(n)), range(messages)))


async def asynchronously(port: int, messages: int) -> None:
    """A hundred workers of one loop."""
    http_client = AsyncTwilioHttpClient()
    client, left = _client(port, http_client), iter(range(messages))
    await asyncio.gather(*(_work(client, left) for _ in range(WORKERS)))
    await http_client.close()


async def _work(client: Client, left: Iterator[int]) -> None:
    for n in left:
        await client.messages.create_async(**_message(n))


if __name__ == "__main__":
    which, port, messages = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    if which == "async":
        uvloop.run(asynchronously(port, messages))
    else:
        {"loop": loop, "threads": threads}[which](port, messages)
