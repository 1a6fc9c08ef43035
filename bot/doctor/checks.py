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
from bot.doctor.findings import AGAIN, Check, Finding, wrong
from bot.doctor.visit import PATIENCE, Visit, visiting
from bot.rules.phones import mask
from bot.settings import Settings

LONGEST = timedelta(seconds=20)
"""How long a check may take: it may ask for one thing after another."""
Checks = Mapping[Check, Callable[[Visit], Awaitable[Sequence[Finding]]]]
CHECKS: Checks = {
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
LONGEST_LINE = 600
NUMBER = re.compile(r"\+[0-9]{7,15}")


async def look_over(
    environment: Mapping[str, str],
    clock: Clock,
    *,
    patience: timedelta = PATIENCE,
    longest: timedelta = LONGEST,
    checks: Checks = CHECKS,
) -> Sequence[Finding]:
    """What every check finds, in their order; only reads.

    One answer may take as long as the patience, and one check as long as the longest.
    """
    async with visiting(environment, clock, patience) as visit:
        asked = (_patiently(check, look(visit), longest) for check, look in checks.items())
        found = await asyncio.gather(*asked)
        hidden = _secrets(visit)
    return [_discreet(finding, hidden) for findings in found for finding in findings]


async def _patiently(
    check: Check, looking: Awaitable[Sequence[Finding]], longest: timedelta
) -> Sequence[Finding]:
    try:
        async with asyncio.timeout(longest.total_seconds()):
            return await looking
    except TimeoutError:
        return [wrong(check, f"It took longer than {longest.total_seconds():g} s.", AGAIN)]
    except Exception as error:  # one check that fails hides no other
        words = f"The check itself failed ({type(error).__name__})."
        return [wrong(check, words, "That is the doctor's own fault: please report it.")]


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
    """The finding on plain lines without a secret or a whole number, wherever its words are from."""

    def veil(words: str) -> str:
        for secret in hidden:
            words = words.replace(secret, "•••")
        words = NUMBER.sub(lambda found: mask(found[0]), words)
        line = " ".join(words.split())
        return "".join(letter for letter in line if letter.isprintable())[:LONGEST_LINE]

    return Finding(finding.check, finding.state, veil(finding.words), veil(finding.mending))
