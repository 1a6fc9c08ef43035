"""Small drawn things that several panels share: portraits, clock times."""

from datetime import UTC, datetime, tzinfo

from htpy import Element, Node, span

_HUES = 8


def portrait(name: str, *, is_app: bool = False) -> Element:
    """Draw a person's or an app's square with its initials, always in the same colour."""
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    initials = "".join(word[0] for word in words[:2]).upper() or "?"
    hue = sum(ord(letter) for letter in name) % _HUES
    looks = ".portrait.app" if is_app else f".portrait.hue-{hue}"
    return span(looks, aria_hidden="true")[initials]


def unread_badge(count: int) -> Node:
    """Draw how many were not read, or nothing when all were."""
    return span(".unread")[count, span(".unseen")[" unread"]] if count else None


def instant_of(ts: str, zone: tzinfo) -> datetime:
    """Give back the moment a message's ts stands for, in the zone."""
    return datetime.fromtimestamp(float(ts), UTC).astimezone(zone)


def clock_time(at: datetime) -> str:
    """Give back hours and minutes."""
    return at.strftime("%H:%M")
