"""Who asks for pages that do not exist is refused for a while, and nobody else."""

import pytest

from bot.members import guard
from bot.members.guard import Guard, client_of


def wrong(times: int, *, client: str = "a", at: float = 0.0) -> Guard:
    guarded = Guard()
    for _ in range(times):
        guarded.missed(client, at)
    return guarded


def test_one_wrong_address_less_is_forgiven() -> None:
    assert not wrong(guard.MISSES - 1).refuses("a", 0.0)
    assert wrong(guard.MISSES).refuses("a", 0.0)
    assert not wrong(guard.MISSES).refuses("b", 0.0)


def test_each_wrong_address_is_forgotten_a_minute_after_the_one_before() -> None:
    guarded = wrong(guard.MISSES, at=100.0)
    assert guarded.refuses("a", 100.0 + 59)
    assert not guarded.refuses("a", 100.0 + 60)
    guarded.missed("a", 100.0 + 60)
    assert guarded.refuses("a", 100.0 + 60)
    assert not guarded.refuses("a", 100.0 + 60 * (guard.MISSES + 1))


def test_who_was_wrong_longest_ago_is_forgotten_before_memory_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "CLIENTS", 2)
    guarded = wrong(guard.MISSES)
    guarded.missed("b", 0.0)
    guarded.missed("a", 0.0)
    guarded.missed("c", 0.0)
    assert guarded.refuses("a", 0.0)
    for client in ("d", "e"):
        guarded.missed(client, 0.0)
    assert not guarded.refuses("a", 0.0)


@pytest.mark.parametrize(
    ("peer", "forwarded", "client", "reason"),
    [
        ("93.184.216.34", "", "93.184.216.34", "nobody between"),
        ("93.184.216.34", "198.51.100.7", "93.184.216.34", "a stranger says who they are"),
        ("127.0.0.1", "198.51.100.7", "198.51.100.7", "a proxy of this machine"),
        ("10.0.0.3", "6.6.6.6, 198.51.100.7", "198.51.100.7", "what the client said itself is not believed"),
        ("10.0.0.3", "", "10.0.0.3", "a proxy that does not say"),
        ("10.0.0.3", "unknown", "unknown", "a proxy that knows no address"),
        ("2001:db8:1:2:3::4", "", "2001:db8:1:2::/64", "one household"),
        ("", "198.51.100.7", "", "a socket without address"),
        ("127.0.0.1", "::ffff:198.51.100.7", "198.51.100.7", "IPv4 as a proxy that listens on IPv6 sees it"),
        ("::ffff:10.0.0.3", "198.51.100.7", "198.51.100.7", "and the proxy itself so"),
        (
            "127.0.0.1",
            "198.51.100.7:50123",
            "198.51.100.7",
            "a proxy that adds the port, another one each time",
        ),
        ("127.0.0.1", "[2001:db8:1:2:3::4]:50123", "2001:db8:1:2::/64", "and with IPv6"),
        ("127.0.0.1", "[2001:db8:1:2:3::4]", "2001:db8:1:2::/64", "and in brackets alone"),
        ("fe80::1%eth0", "198.51.100.7", "198.51.100.7", "a proxy on the same cable"),
    ],
)
def test_whose_request_it_is(peer: str, forwarded: str, client: str, reason: str) -> None:
    assert client_of(peer, forwarded) == client, reason
