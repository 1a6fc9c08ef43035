"""What the doctor finds: one check, how it stands, and how to mend it."""

from dataclasses import asdict, dataclass
from enum import StrEnum

AGAIN = "Ask the doctor again in a minute."


class Check(StrEnum):
    """What is looked at, in the order it is told."""

    SETTINGS = "settings"
    ADDRESS = "public-url"
    DATABASE = "database"
    DISK = "disk"
    CLOCK = "clock"
    SLACK_TOKEN = "slack-token"  # noqa: S105  a check's name
    SLACK_SCOPES = "slack-scopes"
    SLACK_CHANNEL = "slack-channel"
    SLACK_WEBHOOK = "slack-webhook"
    TWILIO_ACCOUNT = "twilio-account"
    TWILIO_BALANCE = "twilio-balance"
    SENDERS = "senders"
    TWILIO_WEBHOOK = "twilio-webhook"


class State(StrEnum):
    """How what was looked at stands."""

    OK = "ok"
    WRONG = "wrong"
    WARNING = "warning"
    WAITS = "waits"
    """Somebody else decides, in days or weeks."""
    SKIPPED = "skipped"
    """Not looked at: something else comes first, or it is not needed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of result, and one of mending where there is something to mend."""

    check: Check
    state: State
    words: str
    mending: str = ""

    def as_json(self) -> dict[str, str]:
        """The finding for machines."""
        return asdict(self)


def ok(check: Check, words: str) -> Finding:
    """All is well."""
    return Finding(check, State.OK, words)


def wrong(check: Check, words: str, mending: str) -> Finding:
    """It does not work before somebody mends it."""
    return Finding(check, State.WRONG, words, mending)


def warning(check: Check, words: str, mending: str) -> Finding:
    """It works, and somebody should know."""
    return Finding(check, State.WARNING, words, mending)


def waits(check: Check, words: str, mending: str) -> Finding:
    """Somebody else takes days or weeks for it."""
    return Finding(check, State.WAITS, words, mending)


def skipped(check: Check, words: str, mending: str = "") -> Finding:
    """It was not looked at."""
    return Finding(check, State.SKIPPED, words, mending)
