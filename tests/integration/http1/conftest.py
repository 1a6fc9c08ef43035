"""Every test of the HTTP client runs on both loops, since each writes in its own way."""

import asyncio
from collections.abc import Callable, Mapping

import pytest
import uvloop

from tests.integration.http1.scripted import Identity, make_identity


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loops by name."""
    return {"asyncio": asyncio.SelectorEventLoop, "uvloop": uvloop.new_event_loop}


@pytest.fixture(scope="session")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    """A certificate of our own."""
    return make_identity(tmp_path_factory.mktemp("identity"))
