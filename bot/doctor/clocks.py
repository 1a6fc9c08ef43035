"""This machine's clock, against those of Slack and Twilio."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

from bot.carriers.account import AccountState
from bot.doctor.asking import read_date
from bot.doctor.findings import Check, Finding, ok, skipped, warning, wrong
from bot.doctor.slack import auth
from bot.doctor.twilio import account
from bot.doctor.visit import Visit

# https://docs.slack.dev/authentication/verifying-requests-from-slack : older than five minutes is refused.
SIGNATURES_FAIL, NOTABLE = timedelta(minutes=5), timedelta(seconds=30)
SET_IT = "Have the machine keep its clock by NTP: `timedatectl set-ntp true`."


async def clock(visit: Visit) -> Sequence[Finding]:
    """How far the clock is off."""
    off = [(now - there, whose) async for whose, there, now in _told(visit)]
    if not off:
        return [skipped(Check.CLOCK, "Neither Slack nor Twilio told the time.")]
    worst, whose = max(off, key=lambda one: abs(one[0]))
    return [judge(worst, whose if abs(worst) > NOTABLE else " and ".join(whose for _, whose in off))]


async def _told(visit: Visit) -> AsyncIterator[tuple[str, datetime, datetime]]:
    if not visit.lacks("SLACK_BOT_TOKEN"):
        told_at = (await visit.once(auth)).answer.told_at
        if told_at:
            yield "Slack's", told_at, visit.clock.now()
    if not visit.lacks("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"):
        found = await visit.once(account)
        told_at = read_date(found.date) if isinstance(found, AccountState) else None
        if told_at:
            yield "Twilio's", told_at, visit.clock.now()


def judge(off: timedelta, whose: str) -> Finding:
    """What so much of a difference means."""
    if abs(off) <= NOTABLE:
        return ok(Check.CLOCK, f"The clock agrees with {whose}.")
    way = "ahead of" if off > timedelta() else "behind"
    words = f"This machine's clock is {_spoken(abs(off))} {way} {whose}"
    if abs(off) > SIGNATURES_FAIL:
        return wrong(Check.CLOCK, f"{words}: what Slack signs is refused beyond five minutes.", SET_IT)
    return warning(Check.CLOCK, f"{words}.", SET_IT)


def _spoken(off: timedelta) -> str:
    minutes, seconds = divmod(int(off.total_seconds()), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
