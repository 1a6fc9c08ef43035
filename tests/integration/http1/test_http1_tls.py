"""The client over TLS: it speaks to whom it believes."""

import asyncio

import pytest

from bot.carriers import LeaseOver, NeverConnected
from tests.integration.http1.scripted import (
    Identity,
    accept,
    client,
    peer,
)


async def test_over_tls_it_speaks_to_whom_it_believes(identity: Identity) -> None:
    async with (
        peer(accept, tls=identity.server()) as server,
        client(server.url, tls=identity.believer()) as asking,
    ):
        for number in range(20):
            assert (await asking.post("/", b"%d" % number)).status == 201
        assert (server.connections, len(server.forms)) == (1, 20)
        server.calls[-1].close()
        await asyncio.sleep(0.05)
        assert (await asking.post("/", b"again")).status == 201
        assert server.connections == 2


async def test_over_tls_strangers_were_never_connected(identity: Identity) -> None:
    async with peer(accept, tls=identity.server()) as server, client(server.url) as asking:
        with pytest.raises(NeverConnected) as raised:
            await asking.post("/", b"")
    assert raised.value.values == {"reason": "SSLCertVerificationError"}
    async with peer(accept, tls=identity.server()) as server:
        other = server.url.replace("127.0.0.1", "localhost")
        async with client(other, tls=identity.believer()) as asking:
            with pytest.raises(NeverConnected) as raised:
                await asking.post("/", b"")
    assert raised.value.values == {"reason": "SSLCertVerificationError"}, "the name is another one"
    assert server.forms == []


async def test_over_tls_a_request_is_not_written_when_its_time_is_over(identity: Identity) -> None:
    async with (
        peer(accept, tls=identity.server()) as server,
        client(server.url, tls=identity.believer()) as asking,
    ):
        with pytest.raises(LeaseOver):
            await asking.post("/", b"late", until=1000.0)
        await asking.post("/", b"in time", until=1000.1)
        assert server.forms == [b"in time"]
