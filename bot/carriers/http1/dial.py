"""Finding a server: its name, its addresses, and the first of them that answers."""

import asyncio
import socket
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from aiohappyeyeballs import start_connection

Address = tuple[int, int, int, str, tuple[Any, ...]]
"""As `getaddrinfo` gives it."""

# https://www.rfc-editor.org/rfc/rfc8305#section-5 : what is advised.
HEAD_START = timedelta(milliseconds=250)


async def dial(host: str, port: int) -> socket.socket:
    """A connection to the host; raises OSError or UnicodeError for one that cannot be had."""
    loop = asyncio.get_running_loop()
    return await first_of(await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM))


async def first_of(addresses: Sequence[Address]) -> socket.socket:
    """A connection to the first address that answers: one that is silent (IPv6 at some hosters) holds up nobody.

    uvloop by itself would wait for each in turn.
    """
    return await start_connection(addresses, happy_eyeballs_delay=HEAD_START.total_seconds(), interleave=1)
