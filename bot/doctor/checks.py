"""All checks, side by side, each with its own patience."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta

import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy.exc import ArgumentError

from bot.clock import Clock
from bot.doctor import address, channel, clocks, doors, needs, senders, slack, stored, twilio
from bot.doctor.findings import Check, Finding, wrong
from bot.doctor.visit import PATIENCE, Visit, visiting
from bot.rules.phones import mask
from bot.settings import Settings

LONGEST_SECONDS = 20.0
CHECKS: Mapping[Check, Callable[[Visit], Awaitable[Sequence[Finding]]]] = {
    Check.SETTINGS: needs.settings,
    Check.ADDRESS: address.address,
    Check.DATABASE: stored.database,
    Check.DISK: stored.disk,
    Check.CLOCK: clocks.clock,
    Check.SLACK_TOKEN: slack.token,
    Check.SLACK_SCOPES: slack.scopes,
    Check.SLACK_CHANNEL: channel.channel,
    Check.SLACK_WEBHOOK: doors.slack,
    Check.TWILIO_ACCOUNT: twilio.standing,
    Check.TWILIO_BALANCE: twilio.money,
    Check.SENDERS: senders.every,
    Check.TWILIO_WEBHOOK: doors.twilio,
}
SECRET_LENGTH = 6
NUMBER = re.compile(r"\+[0-9]{7,15}")


async def look_over(
    environment: Mapping[str, str], clock: Clock, *, patience: timedelta = PATIENCE
) -> Sequence[Finding]:
    """What every check finds, in their order; only reads. One answer may take as long as the patience."""
    async with visiting(environment, clock, patience) as visit:
        found = await asyncio.gather(*(_patiently(check, visit) for check in CHECKS))
        hidden = _secrets(visit)
    return [_discreet(finding, hidden) for findings in found for finding in findings]


async def _patiently(check: Check, visit: Visit) -> Sequence[Finding]:
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            return await CHECKS[check](visit)
    except TimeoutError:
        return [wrong(check, f"It took longer than {LONGEST_SECONDS:g} seconds.", "Ask the doctor again.")]
    except Exception as error:  # one check that fails hides no other
        return [
            wrong(
                check,
                f"The check itself failed ({type(error).__name__}).",
                "That is the doctor's fault: report it.",
            )
        ]


def _secrets(visit: Visit) -> Sequence[str]:
    values = [visit.given(name.upper()) for name in Settings.model_fields if _is_secret(name)]
    values += [visit.given("SLACK_APP_TOKEN"), _password(visit.settings.database_url)]
    return [value for value in values if len(value) >= SECRET_LENGTH]


def _is_secret(name: str) -> bool:
    return isinstance(Settings.model_fields[name].default, SecretStr)


def _password(url: str) -> str:
    try:
        return str(sa.make_url(url).password or "")
    except ArgumentError:
        return ""


def _discreet(finding: Finding, hidden: Sequence[str]) -> Finding:
    """The finding without a secret or a whole number, wherever its words are from."""

    def veil(words: str) -> str:
        for secret in hidden:
            words = words.replace(secret, "•••")
        return NUMBER.sub(lambda found: mask(found[0]), " ".join(words.split()))

    return Finding(finding.check, finding.state, veil(finding.words), veil(finding.mending))
