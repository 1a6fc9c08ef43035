"""Twilio: whether the account is known, active and paid for."""

from collections.abc import Sequence
from decimal import Decimal

from bot.carriers import AnswerLost, CarrierError, NeverConnected, Refused, Throttled
from bot.carriers.account import AccountState, Rented, account_state, balance, rented
from bot.doctor.asking import place
from bot.doctor.findings import AGAIN, Check, Finding, ok, skipped, warning, wrong
from bot.doctor.needs import CONSOLE, WHERE
from bot.doctor.visit import Visit

LITTLE = Decimal(10)
"""In the account's own money: some hundred texts, enough for a weekend."""
NEEDED = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")
PAY = f"Add money, or auto-recharge: {CONSOLE}, Billing. An account that paid is back within minutes; else ask Twilio's support."
# https://www.twilio.com/docs/api/errors
INACTIVE = (10001, 20005, 90010)
TEST_CREDENTIALS = 20008
UNKNOWN = 20003


async def account(visit: Visit) -> AccountState | CarrierError:
    """How the account stands, or why that cannot be had."""
    try:
        return await account_state(visit.carrier.look)
    except CarrierError as error:
        return error


async def numbers(visit: Visit) -> tuple[Rented, ...] | CarrierError:
    """The account's numbers, or why they cannot be had."""
    try:
        return await rented(visit.carrier.look)
    except CarrierError as error:
        return error


async def standing(visit: Visit) -> Sequence[Finding]:
    """Whether Twilio knows the account and lets it text."""
    if lacking := visit.lacks(*NEEDED):
        return [skipped(Check.TWILIO_ACCOUNT, f"Not looked at without {lacking}.")]
    found = await visit.once(account)
    if isinstance(found, CarrierError):
        return [refused(visit, Check.TWILIO_ACCOUNT, found)]
    if found.status != "active":
        return [wrong(Check.TWILIO_ACCOUNT, f"The Twilio account is {found.status}: nothing leaves.", PAY)]
    if found.is_trial:
        return [
            warning(
                Check.TWILIO_ACCOUNT,
                "The Twilio account is on trial: only numbers verified there are texted, few a day, and never by a name.",
                f"Upgrade it before going live: {CONSOLE}, Upgrade.",
            )
        ]
    return [ok(Check.TWILIO_ACCOUNT, "Twilio knows the account, which is active.")]


async def money(visit: Visit) -> Sequence[Finding]:
    """Whether enough money is left."""
    if not await is_active(visit):
        return [skipped(Check.TWILIO_BALANCE, "Not looked at before twilio-account is green.")]
    try:
        left = await balance(visit.carrier.look)
    except CarrierError as error:
        words = f"The balance could not be read ({spoken(error)}); a sub-account's is its parent's."
        return [warning(Check.TWILIO_BALANCE, words, f"Look at it yourself: {CONSOLE}, Billing.")]
    words = f"{left.amount:.2f} {left.currency}".strip() + " are left on the Twilio account."
    if left.amount <= 0:
        return [wrong(Check.TWILIO_BALANCE, words, PAY)]
    if left.amount < LITTLE:
        return [
            warning(Check.TWILIO_BALANCE, words, f"Add money, or turn auto-recharge on: {CONSOLE}, Billing.")
        ]
    return [ok(Check.TWILIO_BALANCE, words)]


async def is_active(visit: Visit) -> bool:
    """Whether more may be asked about the account."""
    if visit.lacks(*NEEDED):
        return False
    found = await visit.once(account)
    return isinstance(found, AccountState) and found.status == "active"


def refused(visit: Visit, check: Check, error: CarrierError) -> Finding:
    """Why Twilio did not answer as it should, and what to do."""
    if isinstance(error, Refused):
        return _refused(check, error)
    if isinstance(error, Throttled):
        return wrong(check, "Twilio asks to wait (429).", AGAIN)
    where = place(visit.settings.twilio_api_url)
    return wrong(
        check,
        f"Twilio cannot be asked at {where}: {spoken(error)}.",
        "Let this machine reach Twilio over https, and leave TWILIO_API_URL out unless Twilio is a stand-in.",
    )


def _refused(check: Check, error: Refused) -> Finding:
    if error.code in INACTIVE:
        return wrong(check, f"The Twilio account is suspended or closed ({error.code}).", PAY)
    if error.code == TEST_CREDENTIALS:
        words = "These are Twilio's test credentials, which send nothing (20008)."
        return wrong(check, words, f"Take the live ones: {WHERE['TWILIO_ACCOUNT_SID']}, and Auth Token.")
    if error.code == UNKNOWN or error.http_status == 401:
        return wrong(
            check,
            "Twilio knows no account with this TWILIO_ACCOUNT_SID and this TWILIO_AUTH_TOKEN (20003).",
            f"Copy both again, from the same account: {WHERE['TWILIO_ACCOUNT_SID']}, and below it Auth Token.",
        )
    return wrong(
        check,
        f"Twilio refuses to tell (HTTP {error.http_status}, {error.code or 'no number'}).",
        f"Compare TWILIO_ACCOUNT_SID and TWILIO_API_URL: {WHERE['TWILIO_ACCOUNT_SID']}.",
    )


def spoken(error: CarrierError) -> str:
    """What went wrong between Twilio and us, in words."""
    if isinstance(error, Refused):
        return f"refused, {error.code or error.http_status}"
    status = error.values.get("http_status")
    if isinstance(error, AnswerLost) and status:
        leads_on = 300 <= int(str(status)) < 400
        return f"it {'leads on elsewhere' if leads_on else 'answers'} with HTTP {status}" + (
            "" if leads_on else ", not as Twilio does"
        )
    reason = str(error.values.get("reason", ""))
    if "Timeout" in reason:
        return "no answer came in time"
    if isinstance(error, NeverConnected):
        return f"it was not reached ({reason})"
    return f"the answer was not Twilio's ({reason})"
