"""A round trip to the running bot through PUBLIC_URL: a request signed here must be taken, an unsigned one refused."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode
from uuid import uuid4

from bot.carriers.signature import sign
from bot.doctor.asking import NO_TLS, NOT_VALID, UNKNOWN_NAME, Answer, ask
from bot.doctor.findings import Check, Finding, ok, skipped, wrong
from bot.doctor.visit import Visit

RUN = "Start the bot (`touchline run`), and see that the proxy passes PUBLIC_URL on to its HOST and PORT."
ELSEWHERE = (
    "Set PUBLIC_URL to the very address, without a path, at which the proxy passes everything on to the bot."
)
CERTIFY = (
    "Have the proxy get a certificate for this very name (Caddy gets its own), and set PUBLIC_URL to it."
)
MENDINGS = {
    NOT_VALID: CERTIFY,
    NO_TLS: CERTIFY,
    UNKNOWN_NAME: "Add the name to your domain's DNS, or correct PUBLIC_URL.",
}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NOBODY = "+15005550006"
"""Twilio's own number for tests: nobody's."""


async def slack(visit: Visit) -> Sequence[Finding]:
    """Whether what Slack posts reaches the bot, and the bot knows the signing secret."""
    if visit.by_socket:
        return [skipped(Check.SLACK_WEBHOOK, "Not needed: the bot goes to Slack itself (SLACK_APP_TOKEN).")]
    if lacking := visit.lacks("PUBLIC_URL", "SLACK_SIGNING_SECRET"):
        return [skipped(Check.SLACK_WEBHOOK, f"Not looked at without {lacking}.")]
    # What Slack posts when an address is entered; nothing happens but the answer:
    # https://docs.slack.dev/reference/events/url_verification
    challenge = secrets.token_hex(16)
    body = json.dumps({"type": "url_verification", "challenge": challenge})
    answer = await ask(visit.session, _at(visit, "/slack/events"), body, _signed_as_slack(visit, body))
    return [_of_slack(answer, challenge)]


def _signed_as_slack(visit: Visit, body: str) -> Mapping[str, str]:
    # https://docs.slack.dev/authentication/verifying-requests-from-slack
    stamp = str(int(visit.clock.now().timestamp()))
    secret = visit.given("SLACK_SIGNING_SECRET").encode()
    signature = hmac.new(secret, f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={signature}",
    }


def _of_slack(answer: Answer, challenge: str) -> Finding:
    if answer.oddity:
        return _unreached(Check.SLACK_WEBHOOK, answer)
    if answer.status == 200 and challenge in answer.text and len(answer.text) < 200:
        return ok(
            Check.SLACK_WEBHOOK, "The bot answers at PUBLIC_URL/slack/events, and has this signing secret."
        )
    if answer.status == 401 and answer.fields().get("error") == "invalid request":
        return wrong(
            Check.SLACK_WEBHOOK,
            "The bot that runs at PUBLIC_URL has another SLACK_SIGNING_SECRET than the one set here, or another clock.",
            "Give both the secret of the app (Basic Information, App Credentials), and start the bot again.",
        )
    return _strange(Check.SLACK_WEBHOOK, "/slack/events", answer)


async def twilio(visit: Visit) -> Sequence[Finding]:
    """Whether what Twilio posts reaches the bot, which knows the token and takes nothing unsigned."""
    if not visit.settings.public_url and visit.by_socket:
        return [skipped(Check.TWILIO_WEBHOOK, "Not needed: without PUBLIC_URL the bot asks Twilio itself.")]
    if lacking := visit.lacks("PUBLIC_URL", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"):
        return [skipped(Check.TWILIO_WEBHOOK, f"Not looked at without {lacking}.")]
    # A receipt for a message that nobody sent: the bot says so, and keeps nothing of it.
    url = _at(visit, f"/twilio/status/{uuid4()}")
    fields = {
        "AccountSid": visit.settings.twilio_account_sid,
        "MessageSid": f"SM{secrets.token_hex(16)}",
        "MessageStatus": "delivered",
        "To": NOBODY,
    }
    signature = sign(visit.given("TWILIO_AUTH_TOKEN"), url, fields)
    signed = await ask(visit.session, url, urlencode(fields), FORM | {"X-Twilio-Signature": signature})
    unsigned = await ask(visit.session, url, urlencode(fields), FORM)
    return [_of_twilio(signed, unsigned)]


def _of_twilio(signed: Answer, unsigned: Answer) -> Finding:
    if signed.oddity:
        return _unreached(Check.TWILIO_WEBHOOK, signed)
    if signed.status == 403 and signed.text.startswith("The signature does not fit"):
        return wrong(
            Check.TWILIO_WEBHOOK,
            "The bot that runs at PUBLIC_URL has another TWILIO_AUTH_TOKEN or another PUBLIC_URL than those set here.",
            "Give both the same, to the letter (https, host, port), and start the bot again.",
        )
    if signed.status == 403 and signed.text.startswith("Another account"):
        return wrong(
            Check.TWILIO_WEBHOOK,
            "The bot that runs at PUBLIC_URL has another TWILIO_ACCOUNT_SID than the one set here.",
            "Give both the same, and start the bot again.",
        )
    if (signed.status, signed.text) != (404, "No such message."):
        return _strange(Check.TWILIO_WEBHOOK, "/twilio/status/...", signed)
    if unsigned.status != 403:
        return wrong(
            Check.TWILIO_WEBHOOK,
            f"What nobody signed is not refused at PUBLIC_URL (HTTP {unsigned.status}): something answers in the bot's place.",
            ELSEWHERE,
        )
    return [
        ok(
            Check.TWILIO_WEBHOOK,
            "The bot takes what Twilio signs at PUBLIC_URL, and refuses what it does not.",
        )
    ][0]


def _unreached(check: Check, answer: Answer) -> Finding:
    mending = ELSEWHERE if 300 <= answer.status < 400 else MENDINGS.get(answer.trouble, RUN)
    return wrong(check, f"The bot is not reached at PUBLIC_URL: {answer.oddity}.", mending)


def _strange(check: Check, path: str, answer: Answer) -> Finding:
    return wrong(
        check,
        f"PUBLIC_URL{path} is not answered by this bot (HTTP {answer.status}): PUBLIC_URL leads elsewhere.",
        ELSEWHERE,
    )


def _at(visit: Visit, path: str) -> str:
    return visit.settings.public_url.rstrip("/") + path
