"""Who asks for pages that do not exist is refused for a while, before a page is found by trying."""

import re
from collections import OrderedDict
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

MISS_SECONDS = 60.0
"""For so long a wrong address counts."""
MISSES = 20
"""Who has so many wrong addresses counting is refused; nobody mistypes a link so often."""
CLIENTS = 10_000
"""The most clients remembered; who was wrong longest ago is forgotten first."""
# Whoever has an address of IPv6 has at least these: https://www.rfc-editor.org/rfc/rfc6177
_NETWORK_BITS = 64
_WITH_PORT = re.compile(r"\[(?P<v6>[^\]]*)\](?::\d+)?|(?P<v4>[\d.]+):\d+")


class Guard:
    """Counts wrong addresses, by client; each counts for a minute after the one before it is forgotten."""

    def __init__(self) -> None:
        self._free_at: OrderedDict[str, float] = OrderedDict()

    def refuses(self, client: str, now: float) -> bool:
        """Whether the client was wrong too often; `now` is in seconds on a clock that never jumps."""
        return self._free_at.get(client, now) - now > (MISSES - 1) * MISS_SECONDS

    def missed(self, client: str, now: float) -> None:
        """Notes that there is no page at the address the client asked for."""
        self._free_at[client] = max(now, self._free_at.pop(client, now)) + MISS_SECONDS
        if len(self._free_at) > CLIENTS:
            self._free_at.popitem(last=False)


def client_of(peer: str, forwarded: str) -> str:
    """Whose request it is: the peer's, or what our own proxy says, which is one of this machine or this network.

    `forwarded` is all X-Forwarded-For headers, joined by commas. The last address is the one that the proxy itself saw;
    those before it are what the client said.
    """
    last = forwarded.rsplit(",", 1)[-1].strip()
    seen = _address(peer)
    is_ours = seen is not None and seen.is_private
    return _network(last if is_ours and last else peer)


def _network(written: str) -> str:
    address = _address(written)
    if isinstance(address, IPv6Address):
        return str(ip_network((int(address), _NETWORK_BITS), strict=False))
    return str(address or written)


def _address(written: str) -> IPv4Address | IPv6Address | None:
    """The address, if it is one: some proxies add the client's port, others write IPv4 as IPv6 does."""
    with_port = _WITH_PORT.fullmatch(written)
    try:
        address = ip_address(with_port["v6"] or with_port["v4"] if with_port else written)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
