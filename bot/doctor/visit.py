"""One visit of the doctor: what all checks share, each thing looked up once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

import aiohttp
from pydantic import SecretStr

from bot.carriers.twilio import TwilioCarrier
from bot.clock import Clock
from bot.settings import BadSetting, Settings, read_settings

T = TypeVar("T")

PATIENCE = timedelta(seconds=8)
"""How long one answer may take."""


@dataclass(slots=True)
class Visit:
    """The settings as far as they can be read, and who is asked."""

    environment: Mapping[str, str]
    settings: Settings
    troubles: tuple[BadSetting, ...]
    clock: Clock
    session: aiohttp.ClientSession
    carrier: TwilioCarrier
    _looks: dict[Callable[..., Any], asyncio.Task[Any]] = field(default_factory=dict)

    @property
    def by_socket(self) -> bool:
        """Whether Slack is reached over a socket of ours, so that it needs no address to post to."""
        return bool(self.given("SLACK_APP_TOKEN"))

    def given(self, name: str) -> str:
        """The value of this setting, empty when there is none."""
        if name.lower() not in Settings.model_fields:
            return self.environment.get(name, "")
        value = getattr(self.settings, name.lower())
        return str(value.get_secret_value() if isinstance(value, SecretStr) else value)

    def lacks(self, *names: str) -> str:
        """Those of these settings that have no value, as words; empty when all have."""
        return ", ".join(name for name in names if not self.given(name))

    def once(self, look: Callable[["Visit"], Awaitable[T]]) -> Awaitable[T]:
        """What the look gives; whoever asks first has it done, and nobody who gives up ends it for the others."""
        if look not in self._looks:
            self._looks[look] = asyncio.ensure_future(look(self))
        return asyncio.shield(self._looks[look])

    async def close(self) -> None:
        """Ends what is still being looked up, and lets go of every connection."""
        for task in self._looks.values():
            task.cancel()
        await asyncio.gather(*self._looks.values(), return_exceptions=True)
        await self.carrier.close()
        await self.session.close()


@asynccontextmanager
async def visiting(
    environment: Mapping[str, str], clock: Clock, patience: timedelta = PATIENCE
) -> AsyncIterator[Visit]:
    """A visit with the settings of this environment."""
    settings, troubles = read_settings(environment)
    visit = Visit(
        environment,
        settings,
        tuple(troubles),
        clock,
        aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=patience.total_seconds()),
        ),
        TwilioCarrier(
            settings.twilio_account_sid,
            settings.twilio_auth_token.get_secret_value(),
            settings.twilio_api_url,
            connect_timeout=patience,
            answer_timeout=patience,
        ),
    )
    try:
        yield visit
    finally:
        await visit.close()
