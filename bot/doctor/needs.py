"""The settings: what is missing and where it is found, and what cannot be right."""

import re
from collections.abc import Iterator, Sequence

from bot.doctor.findings import Check, Finding, ok, warning, wrong
from bot.doctor.visit import Visit

APPS = "https://api.slack.com/apps, your app"
CONSOLE = "https://console.twilio.com"
WHERE = {
    "SLACK_BOT_TOKEN": f"{APPS}, OAuth & Permissions, Bot User OAuth Token; it is there once the app is installed in the workspace",
    "SLACK_SIGNING_SECRET": f"{APPS}, Basic Information, App Credentials, Signing Secret, Show",
    "SLACK_APP_TOKEN": f"{APPS}, Basic Information, App-Level Tokens, one with the scope connections:write",
    "TWILIO_ACCOUNT_SID": f"{CONSOLE}, the first page, Account Info, Account SID",
    "TWILIO_AUTH_TOKEN": f"{CONSOLE}, the first page, Account Info, Auth Token, Show",
    "TWILIO_NUMBER": f"{CONSOLE}, Phone Numbers, Manage, Active numbers, or Messaging, Senders, Short codes",
    "PUBLIC_URL": "the https address at which your proxy passes requests on to HOST and PORT, such as https://sms.your-club.org",
}
NEEDED = (
    "SLACK_BOT_TOKEN",
    "SLACK_SIGNING_SECRET",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "PUBLIC_URL",
)
SPARES = {"SLACK_APP_TOKEN": ("SLACK_SIGNING_SECRET", "PUBLIC_URL")}
"""What is not needed where this setting is given."""
HEX = re.compile(r"[0-9a-f]{32}")
BEGINNINGS = {
    "SLACK_BOT_TOKEN": ("xoxb-",),
    "SLACK_APP_TOKEN": ("xapp-",),
    "TWILIO_ACCOUNT_SID": ("AC",),
}
KNOWN_BEGINNINGS = {
    "xoxb-": "the bot's token",
    "xoxp-": "a user's token",
    "xapp-": "the app-level token",
    "xoxe": "a token that expires: turn token rotation off",
    "SK": "an API key",
    "MG": "a Messaging Service",
    "AC": "the account's SID",
}
SHAPES = {
    "TWILIO_ACCOUNT_SID": "it is AC and 32 digits and letters from a to f",
    "TWILIO_NUMBER": "it is + and digits without blanks, such as +33757000001, or a short code such as 36123",
    "PUBLIC_URL": "it begins with https:// and has neither ? nor #",
    "HEARTBEAT_URL": "it begins with https://",
}


async def settings(visit: Visit) -> Sequence[Finding]:
    """Every setting that is missing, misspelt or malformed."""
    found = [*_misread(visit), *_missing(visit), *_misshapen(visit)]
    if not any(one.state == "wrong" for one in found):
        found.insert(0, ok(Check.SETTINGS, "Every setting that is needed is there."))
    if not visit.given("SECRET_KEY"):
        found.append(
            warning(
                Check.SETTINGS,
                "SECRET_KEY is not set: nobody who opted out can be erased.",
                "Set it to what `openssl rand -hex 32` makes, and keep it: with another one they are no longer known.",
            )
        )
    return found


def _misread(visit: Visit) -> Iterator[Finding]:
    for trouble in visit.troubles:
        name, words = str(trouble.values["name"]), str(trouble.values["trouble"])
        written = visit.environment.get(name, "")
        if written and not written.startswith(BEGINNINGS.get(name, ("",))):
            continue  # said with what it is instead
        if name in SHAPES:
            yield wrong(
                Check.SETTINGS,
                f"{name} is not of the right shape.",
                f"Correct it: {SHAPES[name]}. {_at(name)}",
            )
        elif "did you mean" in words:
            yield wrong(Check.SETTINGS, f"{name} {words}", "Correct the name; the value stays.")
        else:
            yield wrong(Check.SETTINGS, f"{name}: {words}.", "Correct it, or leave it out for the default.")


def needed(visit: Visit) -> Sequence[str]:
    """The settings without which the bot does not start."""
    spared = {name for given, names in SPARES.items() if visit.given(given) for name in names}
    return [name for name in NEEDED if name not in spared]


def _missing(visit: Visit) -> Iterator[Finding]:
    misread = {str(trouble.values["name"]) for trouble in visit.troubles}
    for name in needed(visit):
        if not visit.given(name) and name not in misread:
            yield wrong(Check.SETTINGS, f"{name} is not set.", _at(name))


def _at(name: str) -> str:
    if name == "PUBLIC_URL":
        return f"Set it to {WHERE[name]}."
    return f"You find it here: {WHERE[name]}." if name in WHERE else ""


def _misshapen(visit: Visit) -> Iterator[Finding]:
    for name in WHERE:
        # What a file holds stands in the settings alone.
        value = visit.environment.get(name) or visit.given(name)
        if value != value.strip(" \t\r\n\"'"):
            yield wrong(
                Check.SETTINGS, f"{name} has blanks or quotes around it.", "Take them away; they count."
            )
        elif value:
            yield from _mistaken(visit, name, value)


def _mistaken(visit: Visit, name: str, value: str) -> Iterator[Finding]:
    wanted = BEGINNINGS.get(name, ())
    taken = next((words for start, words in KNOWN_BEGINNINGS.items() if value.startswith(start)), "")
    if wanted and not value.startswith(wanted):
        words = f"{name} does not begin with {wanted[0]}" + (f": that is {taken}." if taken else ".")
        yield wrong(Check.SETTINGS, words, _at(name))
    elif name in ("SLACK_SIGNING_SECRET", "TWILIO_AUTH_TOKEN"):
        yield from _no_secret(visit, name, value, taken)


def _no_secret(visit: Visit, name: str, value: str, taken: str) -> Iterator[Finding]:
    if taken and not HEX.fullmatch(value):
        yield wrong(Check.SETTINGS, f"{name} holds something else: {taken}.", _at(name))
    elif not HEX.fullmatch(value) and not _is_stand_in(visit, name):
        words = f"{name} does not look like one: those have 32 digits and letters from a to f."
        yield warning(Check.SETTINGS, words, _at(name))


def _is_stand_in(visit: Visit, name: str) -> bool:
    return bool(visit.environment.get(name.split("_")[0] + "_API_URL"))
