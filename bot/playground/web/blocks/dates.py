"""Dates inside messages: the tokens of a date format, in the reader's zone."""

import re
from datetime import UTC, datetime, tzinfo

# https://docs.slack.dev/messaging/formatting-message-text#date-formatting
_TOKENS = {
    "date_num": "%Y-%m-%d",
    "date_slash": "%m/%d/%Y",
    "date_long": "%A, %B {day}, %Y",
    "date_long_full": "%A, %B {day}, %Y",
    "date_long_pretty": "%A, %B {day}, %Y",
    "day_divider_pretty": "%A, %B {day}",
    "date": "%B {day}, %Y",
    "date_pretty": "%B {day}, %Y",
    "date_short": "%b {day}, %Y",
    "date_short_pretty": "%b {day}, %Y",
    "time": "%H:%M",
    "time_secs": "%H:%M:%S",
    "ago": "%b {day}, %H:%M",
}


def format_date(timestamp: str, form: str, fallback: str, zone: tzinfo) -> str:
    """Give back the instant written as `form` asks, or the fallback when either cannot be read."""
    try:
        at = datetime.fromtimestamp(int(timestamp), UTC).astimezone(zone)
    except (ValueError, OverflowError, OSError):
        return fallback
    if any(token not in _TOKENS for token in re.findall(r"\{(\w+)\}", form)):
        return fallback
    return re.sub(r"\{(\w+)\}", lambda found: _token(found[1], at), form)


def _token(name: str, at: datetime) -> str:
    return at.strftime(_TOKENS[name]).replace("{day}", str(at.day))
