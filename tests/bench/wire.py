"""The limit: requests that were made before, written as fast as connections take them; answers are only counted.

python -m tests.bench.wire PORT CONNECTIONS < requests   prints {"seconds": s, "statuses": {"201": n}}
"""

import asyncio
import json
import pickle
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import uvloop

LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Poured:
    """How long it took from the first byte to the last answer, and how often each status came."""

    seconds: float
    statuses: dict[str, int]


class _Pourer(asyncio.Protocol):
    """One connection: the next request as soon as the answer to the last one is whole."""

    def __init__(self, requests: Iterator[bytes], statuses: Counter[str]) -> None:
        self._requests = requests
        self._statuses = statuses
        self._bytes = b""
        self._transport: asyncio.WriteTransport | None = None
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def pour(self) -> None:
        request = next(self._requests, None)
        if request is not None and self._transport is not None:
            self._transport.write(request)
        elif not self.done.done():
            self.done.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._bytes = self._bytes + data if self._bytes else data
        end = self._bytes.find(b"\r\n\r\n")
        if end < 0:
            return
        length = LENGTH.search(self._bytes, 0, end)
        if len(self._bytes) >= end + 4 + (int(length[1]) if length else 0):
            self._statuses[self._bytes[9:12].decode()] += 1
            self._bytes = b""
            self.pour()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("closed before its answer"))


async def pour(port: int, connections: int, requests: Sequence[bytes]) -> Poured:
    """Writes every request once; the connections are open before the clock starts."""
    statuses: Counter[str] = Counter()
    left = iter(requests)
    loop = asyncio.get_running_loop()
    pourers = [
        (await loop.create_connection(lambda: _Pourer(left, statuses), "127.0.0.1", port))[1]
        for _ in range(connections)
    ]
    began = time.perf_counter()
    for pourer in pourers:
        pourer.pour()
    await asyncio.gather(*(pourer.done for pourer in pourers))
    return Poured(time.perf_counter() - began, dict(statuses))


async def pour_apart(port: int, connections: int, requests: Sequence[bytes]) -> Poured:
    """The same in a process of its own; raises when an answer was missing."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.wire", str(port), str(connections)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate(pickle.dumps(list(requests)))
    poured = Poured(**json.loads(out))
    if sum(poured.statuses.values()) != len(requests):
        raise RuntimeError(f"{poured.statuses} for {len(requests)} requests")
    return poured


if __name__ == "__main__":
    found = uvloop.run(pour(int(sys.argv[1]), int(sys.argv[2]), pickle.load(sys.stdin.buffer)))
    print(json.dumps({"seconds": found.seconds, "statuses": found.statuses}))
