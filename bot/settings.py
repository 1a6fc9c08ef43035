"""What the environment says. A bad value stops the start with one clear line."""

import difflib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import BotError
from bot.rules.pacing import ACCOUNT_SEGMENTS_PER_SECOND

LONGEST_CONNECT = timedelta(seconds=10)
ASK_EVERY = timedelta(seconds=5)
"""How often the carrier is asked for receipts and replies where it cannot reach the bot."""
SHORTEST_KEY = 32
BY_FILE = "_FILE"
OURS = ("SLACK_", "TWILIO_", "DATABASE_", "PUBLIC_", "SECRET_")


class BadSetting(BotError):
    """{name}: {trouble}"""


class Settings(BaseSettings):
    """One field per variable; the README lists each with its default, unit and meaning."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)

    database_url: str = Field("sqlite+aiosqlite:///touchline.db", description="where the bot remembers")
    slack_bot_token: SecretStr = Field(SecretStr(""), description="the bot's token, xoxb-...")
    slack_signing_secret: SecretStr = Field(SecretStr(""), description="proves that a request is Slack's")
    slack_app_token: SecretStr = Field(
        SecretStr(""), description="the app's own token, xapp-...; given: Socket Mode"
    )
    slack_api_url: str = Field("https://slack.com/api/", description="where Slack's Web API answers")
    twilio_account_sid: str = Field(
        "", pattern=r"^(AC[0-9a-fA-F]{32})?$", description="the Twilio account, AC..."
    )
    twilio_auth_token: SecretStr = Field(SecretStr(""), description="the Twilio account's token")
    twilio_api_url: str = Field("https://api.twilio.com", description="where Twilio's API answers")
    twilio_number: str = Field(
        "", pattern=r"^(\+[1-9][0-9]{6,14}|[0-9]{3,8})?$", description="the number that replies come in at"
    )
    public_url: str = Field(
        "", pattern=r"^(https?://[^\s?#]+)?$", description="where Slack, Twilio and members reach the bot"
    )
    host: str = Field("127.0.0.1", description="the address to listen on")
    port: int = Field(3000, ge=0, le=65535, description="the port to listen on")
    answer_seconds: float = Field(35, gt=0, le=300, description="how long the carrier may take to answer")
    lease_seconds: float = Field(120, gt=0, le=3600, description="how long a claimed text stays claimed")
    grace_seconds: float = Field(
        300, gt=0, le=86400, description="how long a lost answer waits for its receipt"
    )
    receipt_seconds: float = Field(
        600, gt=0, le=86400, description="how long a receipt may take before the carrier is asked"
    )
    socket_seconds: float = Field(
        120, gt=0, le=3600, description="how long Slack's socket may be dead before the process ends"
    )
    account_segments_per_second: int = Field(
        int(ACCOUNT_SEGMENTS_PER_SECOND), gt=0, description="what the Twilio account may send in a second"
    )
    secret_key: SecretStr = Field(
        SecretStr(""),
        description="keys what is kept of erased numbers that wanted no SMS; keep it, and keep it secret",
    )
    heartbeat_url: str = Field(
        "",
        pattern=r"^(https?://[^\s]+)?$",
        description="what is called each minute while the bot can do its work",
    )

    @field_validator("lease_seconds", "grace_seconds")
    @classmethod
    def _refuse_shorter_than_a_request(cls, seconds: float, info: ValidationInfo) -> float:
        # A claim must outlive its request, and nobody may call lost what is still being asked for.
        longest = _longest_request(timedelta(seconds=info.data.get("answer_seconds", 0)))
        if timedelta(seconds=seconds) <= longest:
            raise ValueError(f"must be longer than a request may take, {longest.total_seconds():g} s")
        return seconds

    @field_validator("secret_key")
    @classmethod
    def _refuse_guessable(cls, key: SecretStr) -> SecretStr:
        if 0 < len(key.get_secret_value()) < SHORTEST_KEY:
            raise ValueError(
                f"must have {SHORTEST_KEY} characters at least, such as `openssl rand -hex 32` makes"
            )
        return key

    @property
    def is_reached(self) -> bool:
        """Whether members and the carrier reach the bot; else nobody has a page, and the carrier is asked for what it knows."""
        return bool(self.public_url)

    @property
    def pages(self) -> str:
        """How the link to a member's page begins; the page's token follows. Empty where nobody reaches the bot.

        Its `https://` costs eight characters and stays: without it some phones show no link, and others ask for the page
        in the clear first, which tells the token to whoever listens.
        """
        return self.public_url.rstrip("/") + "/m/" if self.is_reached else ""

    @property
    def is_on_socket(self) -> bool:
        """Whether Slack is heard over a socket that the bot opens, and not at an address of its own."""
        return bool(self.slack_app_token.get_secret_value())

    @property
    def socket_patience(self) -> timedelta:
        """How long Slack's socket may be dead."""
        return timedelta(seconds=self.socket_seconds)

    @property
    def answer(self) -> timedelta:
        """How long the carrier may take to answer."""
        return timedelta(seconds=self.answer_seconds)

    @property
    def connect(self) -> timedelta:
        """How long a connection to the carrier may take."""
        return min(LONGEST_CONNECT, self.answer)

    @property
    def longest_request(self) -> timedelta:
        """How long a request may take from its first byte to our knowing what became of it."""
        return _longest_request(self.answer)

    @property
    def receipt(self) -> timedelta:
        """How long a message may stay without its last receipt before the carrier is asked."""
        patience = timedelta(seconds=self.receipt_seconds)
        return patience if self.is_reached else min(patience, ASK_EVERY)

    @property
    def lease(self) -> timedelta:
        """How long a claim holds; longer than the carrier's time-out, so that a living owner never loses it."""
        return timedelta(seconds=self.lease_seconds)

    @property
    def grace(self) -> timedelta:
        """How long a lost answer waits before the carrier's list is asked."""
        return timedelta(seconds=self.grace_seconds)


NUMBERS = frozenset(
    name for name, field in Settings.model_fields.items() if isinstance(field.default, int | float)
)


def _longest_request(answer: timedelta) -> timedelta:
    return min(LONGEST_CONNECT, answer) + answer


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this environment; raises `BadSetting` for a bad value or a near-miss of a name."""
    settings, troubles = read_settings(os.environ if environment is None else environment)
    for trouble in troubles:
        raise trouble
    return settings


def read_settings(environment: Mapping[str, str]) -> tuple[Settings, Sequence[BadSetting]]:
    """The settings, with defaults in the place of bad values, and everything that is bad."""
    given, troubles = _with_files(environment)
    known: dict[str, object] = {
        name: given[name.upper()] for name in Settings.model_fields if given.get(name.upper())
    }
    troubles += [*_near_misses(given), *_not_yet(given)]
    replaced: set[str] = set()
    while True:
        try:
            return Settings.model_validate(known), troubles
        except ValidationError as error:
            bad = {str(one["loc"][0]): one["msg"] for one in error.errors()}
        troubles += [
            BadSetting(name=name.upper(), trouble=trouble)
            for name, trouble in bad.items()
            if name not in replaced
        ]
        # A default that is bad too was measured by another number.
        known |= _defaults(set(bad) if replaced.isdisjoint(bad) else set(bad) | NUMBERS)
        replaced |= set(bad)


def _defaults(names: Iterable[str]) -> dict[str, object]:
    return {name: Settings.model_fields[name].default for name in names}


def refuse_missing(settings: Settings, names: Iterable[str]) -> None:
    """Raises `BadSetting` for the first of these settings that is empty."""
    for name in names:
        value = getattr(settings, name)
        if not (value.get_secret_value() if isinstance(value, SecretStr) else value):
            raise BadSetting(name=name.upper(), trouble="is not set")


def _not_yet(environment: Mapping[str, str]) -> Iterator[BadSetting]:
    # slack-bolt reads these by itself, and would serve many workspaces where our tables know of one.
    for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"):
        if environment.get(name):
            yield BadSetting(name=name, trouble="is for many workspaces, which this version cannot serve yet")


def _near_misses(environment: Mapping[str, str]) -> Iterator[BadSetting]:
    known = [name.upper() for name in Settings.model_fields]
    known += [name + BY_FILE for name in known]
    for name in environment:
        if not name.startswith(OURS) or name in known:
            continue
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.85)
        if near:
            yield BadSetting(name=name, trouble=f"is not a setting; did you mean {near[0]}?")


def _with_files(environment: Mapping[str, str]) -> tuple[Mapping[str, str], list[BadSetting]]:
    """The environment, where `NAME_FILE` is the path of a file that holds what `NAME` would, and what is wrong with files."""
    given, troubles = dict(environment), list[BadSetting]()
    for name in (field.upper() for field in Settings.model_fields):
        path = environment.get(name + BY_FILE)
        if path and given.get(name):
            troubles.append(
                BadSetting(name=name + BY_FILE, trouble=f"is given beside {name}; give one of the two")
            )
        elif path:
            try:
                given[name] = _content(name + BY_FILE, Path(path))
            except BadSetting as trouble:
                troubles.append(trouble)
    return given, troubles


def _content(name: str, path: Path) -> str:
    try:
        # Some editors begin each file with a mark that is no part of it.
        text = path.read_text("utf-8-sig").rstrip("\r\n")
    except OSError as error:
        raise BadSetting(name=name, trouble=f"{path}: {error.strerror}") from error
    except UnicodeDecodeError:
        raise BadSetting(name=name, trouble=f"{path}: is no text") from None
    if not text.strip():
        raise BadSetting(name=name, trouble=f"{path}: is empty")
    if len(text.splitlines()) > 1:
        raise BadSetting(name=name, trouble=f"{path}: has more than one line")
    return text
