"""Slack: whether its API is there, the token works, is the bot's, and may do what the bot does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from bot.doctor.asking import Answer, ask, place
from bot.doctor.findings import AGAIN, Check, Finding, ok, skipped, wrong
from bot.doctor.needs import APPS, WHERE
from bot.doctor.visit import Visit

SCOPES = {
    "commands": "/sms and the other commands",
    "chat:write": "cards, replies and answers to one person",
    "files:read": "lists of people that staff import",
    "files:write": "files of who gets an SMS and why",
    "users:read": "language, time zone, and who is an admin",
}
"""Those of manifest.yml, and what each is for."""
REINSTALL = f"{APPS}, OAuth & Permissions, Reinstall to Workspace"
COPY = f"Copy it again: {WHERE['SLACK_BOT_TOKEN']}."
# https://docs.slack.dev/reference/methods/auth.test
REFUSALS = {
    "invalid_auth": ("Slack does not know this token", COPY),
    "not_authed": ("Slack saw no token", COPY),
    "account_inactive": ("the app was taken out of the workspace", f"Install it again: {REINSTALL}."),
    "token_revoked": ("the token was revoked", f"Install the app again: {REINSTALL}."),
    "token_expired": (
        "the token has expired, since token rotation is on",
        f"Turn it off in the manifest, and reinstall: {REINSTALL}.",
    ),
    "not_allowed_token_type": ("this kind of token may not ask", COPY),
    "ratelimited": ("Slack asks to wait", AGAIN),
}


@dataclass(frozen=True, slots=True)
class Reply:
    """What Slack said to one call; `odd` says why it is no answer of Slack's at all."""

    answer: Answer
    body: Mapping[str, Any]
    odd: str = ""

    @property
    def is_ok(self) -> bool:
        """Whether Slack did what was asked."""
        return self.body.get("ok") is True

    @property
    def error(self) -> str:
        """Slack's own word for why not."""
        return str(self.body.get("error", ""))


async def call(visit: Visit, method: str, **arguments: str) -> Reply:
    """What Slack answers to a method of its Web API."""
    headers = {
        "Authorization": f"Bearer {visit.given('SLACK_BOT_TOKEN')}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    url = visit.settings.slack_api_url.rstrip("/") + "/" + method
    answer = await ask(visit.session, url, urlencode(arguments), headers)
    body = answer.fields()
    if "ok" in body:
        return Reply(answer, body)
    return Reply(answer, body, answer.oddity or f"no answer of Slack's came (HTTP {answer.status})")


async def auth(visit: Visit) -> Reply:
    """Whose token it is."""
    return await call(visit, "auth.test")


async def token(visit: Visit) -> Sequence[Finding]:
    """Whether Slack is there and the token is a bot's."""
    if lacking := visit.lacks("SLACK_BOT_TOKEN"):
        return [skipped(Check.SLACK_TOKEN, f"Not looked at without {lacking}.")]
    reply = await visit.once(auth)
    if reply.odd:
        where = place(visit.settings.slack_api_url)
        return [
            wrong(
                Check.SLACK_TOKEN,
                f"Slack cannot be asked at {where}: {reply.odd}.",
                "Let this machine reach Slack over https, and leave SLACK_API_URL out unless Slack is a stand-in.",
            )
        ]
    if not reply.is_ok:
        words, mending = REFUSALS.get(reply.error, ("Slack refuses it", COPY))
        return [wrong(Check.SLACK_TOKEN, f"SLACK_BOT_TOKEN: {words} ({reply.error}).", mending)]
    return [_whose(reply.body)]


def _whose(body: Mapping[str, Any]) -> Finding:
    # https://docs.slack.dev/reference/methods/auth.test : bot_id is there for a bot's token alone.
    if not body.get("bot_id"):
        return wrong(Check.SLACK_TOKEN, "SLACK_BOT_TOKEN is the token of a user, not of the bot.", COPY)
    return ok(Check.SLACK_TOKEN, f"Slack knows the bot, in the workspace {body.get('team')}.")


async def known_bot(visit: Visit) -> Reply | None:
    """What Slack says of the bot; None where it knows none by this token."""
    if visit.lacks("SLACK_BOT_TOKEN"):
        return None
    reply = await visit.once(auth)
    return reply if reply.is_ok and reply.body.get("bot_id") else None


async def scopes(visit: Visit) -> Sequence[Finding]:
    """Whether the token may do what the bot does."""
    reply = await known_bot(visit)
    if reply is None:
        return [skipped(Check.SLACK_SCOPES, "Not looked at before slack-token is green.")]
    granted = granted_to(reply)
    if granted is None:
        return [
            skipped(
                Check.SLACK_SCOPES, "Slack did not say which scopes the token has (no x-oauth-scopes header)."
            )
        ]
    missing = [f"{scope} ({why})" for scope, why in SCOPES.items() if scope not in granted]
    if missing:
        return [
            wrong(
                Check.SLACK_SCOPES,
                f"The token lacks {', '.join(missing)}.",
                f"Add what is missing under {APPS}, OAuth & Permissions, Bot Token Scopes, then Reinstall to Workspace.",
            )
        ]
    return [ok(Check.SLACK_SCOPES, "The token has every scope that manifest.yml asks for.")]


def granted_to(reply: Reply) -> frozenset[str] | None:
    """The token's scopes, as Slack tells them with each answer; None when it did not."""
    told = reply.answer.headers.get("X-OAuth-Scopes")
    return None if told is None else frozenset(scope.strip() for scope in told.split(",") if scope.strip())
