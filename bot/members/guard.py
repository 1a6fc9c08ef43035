"""Who asks for pages that do not exist is refused for a while, before a page is found by trying."""

from collections import OrderedDict
from ipaddress import IPv6Address, ip_address, ip_network

MISS_SECONDS = 60.0
"""For so long a wrong address counts."""
MISSES = 20
"""Who has so many wrong addresses counting is refused; nobody mistypes a link so often."""
CLIENTS = 10_000
"""The most clients remembered; who was wrong longest ago is forgotten first."""
# Whoever has an address of IPv6 has at least these: https://www.rfc-editor.org/rfc/rfc6177
_NETWORK_BITS = 64


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

    `forwarded` is the X-Forwarded-For header. Its last address is the one that the proxy itself saw; those before it are
    what the client said.
    """
    last = forwarded.rsplit(",", 1)[-1].strip()
    is_ours = _is_private(peer)
    return _network(last if is_ours and last else peer)


def _is_private(address: str) -> bool:
    try:
        return ip_address(address).is_private
    except ValueError:
        return False


def _network(address: str) -> str:
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    is_many = isinstance(ip, IPv6Address)
    return str(ip_network((ip, _NETWORK_BITS), strict=False)) if is_many else str(ip)
