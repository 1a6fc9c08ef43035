"""A flood of receipts: in any order, each one to five times, a fifth of them missing, from a process of its own."""

import asyncio
import json
import re
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

import uvloop

from bot.playground.carrier.webhooks import sign
from bot.playground.launcher import ACCOUNT_SID, TOKEN
from tests import factories

CONNECTIONS = 40
MOST_COPIES = 5
MISSING_SHARE = 0.2
ENDS: Sequence[tuple[tuple[str, ...], int | None]] = (
    (("sending", "sent", "delivered"), None),
    (("sending", "sent", "delivered"), None),
    (("sending", "sent", "delivered"), None),
    (("sending", "sent", "undelivered"), 30003),
    (("failed",), 30005),
    (("sending", "sent", "failed"), 30001),
)
RECEIPTS_EACH = (1 - MISSING_SHARE) * (1 + MOST_COPIES) / 2 * sum(len(path) for path, _ in ENDS) / len(ENDS)
"""How many receipts a message has, copies included."""
LENGTH = re.compile(rb"(?i)content-length: *([0-9]+)")


@dataclass(frozen=True, slots=True)
class Sent:
    """One message as the carrier has it: its way through the network is drawn by its number."""

    id: str
    sid: str
    e164: str
    number: int

    @property
    def statuses(self) -> tuple[str, ...]:
        """What is reported of it, in the order in which it happened."""
        return ENDS[self.number % len(ENDS)][0]

    @property
    def error_code(self) -> int | None:
        """Why it did not arrive, if it did not."""
        return ENDS[self.number % len(ENDS)][1]


def drawn(sent: Sequence[Sent], seed: int) -> "array[int]":
    """Which receipts come, in their order: each a message's number times ten, and its status' number."""
    dice = Random(seed)
    receipts = array("q")
    for one in sent:
        for n in range(len(one.statuses)):
            if dice.random() >= MISSING_SHARE:
                receipts.extend([one.number * 10 + n] * dice.randint(1, MOST_COPIES))
    dice.shuffle(receipts)
    return receipts


def request(one: Sent, status: str, public_url: str) -> bytes:
    """The signed POST of one receipt."""
    url = f"{public_url}/twilio/status/{one.id}?attempt=1"
    fields = {
        "MessageSid": one.sid,
        "SmsSid": one.sid,
        "MessageStatus": status,
        "SmsStatus": status,
        "To": one.e164,
        "From": factories.SHORT_CODE,
        "AccountSid": ACCOUNT_SID,
        "ApiVersion": "2010-04-01",
    }
    if one.error_code and status == one.statuses[-1]:
        fields["ErrorCode"] = str(one.error_code)
    body = urlencode(fields)
    where = urlsplit(url)
    head = (
        f"POST {where.path}?{where.query} HTTP/1.1\r\nHost: {where.netloc}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        f"X-Twilio-Signature: {sign(TOKEN, url, fields)}\r\n\r\n"
    )
    return (head + body).encode()


class Connection(asyncio.Protocol):
    """One kept-alive connection, one request at a time; `over` is done when there are no more, or it was cut."""

    def __init__(self, requests: Iterator[bytes], answers: Counter[int]) -> None:
        self._requests = requests
        self._answers = answers
        self._read = b""
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The first request."""
        # uvloop's transports are no children of asyncio's.
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        """Counts a whole answer, and sends the next request."""
        self._read += data
        head, end, rest = self._read.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if not end or (length and len(rest) < int(length[1])):
            return
        self._answers[int(head[9:12])] += 1
        self._read = b""
        self._send()

    def connection_lost(self, _error: Exception | None) -> None:
        """It ended, by whoever."""
        if not self.over.done():
            self._answers[0] += 1
            self.over.set_result(None)

    def _send(self) -> None:
        following = next(self._requests, None)
        if following is not None:
            self._transport.write(following)
            return
        self.over.set_result(None)
        self._transport.close()


async def pour(sent: Sequence[Sent], seed: int, public_url: str) -> Counter[int]:
    """Posts all receipts that were drawn; how they were answered."""
    answers: Counter[int] = Counter()
    order = drawn(sent, seed)
    requests = (request(sent[at // 10], sent[at // 10].statuses[at % 10], public_url) for at in order)
    where = urlsplit(public_url)
    loop = asyncio.get_running_loop()
    made = [
        await loop.create_connection(
            lambda: Connection(requests, answers), where.hostname or "", where.port or 0
        )
        for _ in range(CONNECTIONS)
    ]
    await asyncio.gather(*(protocol.over for _, protocol in made))
    return answers


def main(options: str) -> None:
    """Pours with these options, as JSON; the answers are counted in a file."""
    asked: dict[str, Any] = json.loads(options)
    sent = [Sent(**one) for one in json.loads(Path(asked["sent"]).read_text())]
    answers = uvloop.run(pour(sent, asked["seed"], asked["public_url"]))
    Path(asked["answers"]).write_text(json.dumps(answers))
