"""Moments as the page's fields write them."""

from datetime import datetime, tzinfo


def epoch_of(local: str, zone: tzinfo) -> int | None:
    """Give back the seconds since 1970 of a local `2026-11-22T10:00`, or None when it cannot be read."""
    try:
        at = datetime.fromisoformat(local)
    except ValueError:
        return None
    return int(at.replace(tzinfo=zone).timestamp())
