"""Which chores could find something right now: asked of the database at a thirtieth of what the chore itself costs.

A probe only spares looks that would find nothing. Whatever it says, each chore is done at some of its times all the
same, and one without a probe at all of them.
"""

import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

MAYBE: Mapping[str, str] = {
    "delivery": "SELECT 1 FROM chunk WHERE due_at <= :now",
    "release": "SELECT 1 FROM campaign WHERE state = 'scheduled' AND release_at <= :now",
    "tidy": """
        SELECT 1 FROM chunk JOIN campaign ON campaign.id = campaign_id WHERE parked AND state != 'paused'
        UNION ALL SELECT 1 FROM message WHERE chunk_id IS NULL AND state IN ('held', 'queued', 'sending')
        """,
    "cards": "SELECT 1 FROM campaign WHERE card_due AND (card_at IS NULL OR card_at <= :shown)",
    "posts": """
        SELECT 1 FROM reply WHERE post_after <= :now
        UNION ALL SELECT 1 FROM message WHERE reply_id IS NOT NULL AND shown_state IS NOT state
        """,
    "finish": """
        SELECT 1 FROM campaign WHERE state = 'sending' AND NOT EXISTS (
            SELECT 1 FROM message WHERE campaign_id = campaign.id
            AND state IN ('held', 'queued', 'sending', 'unknown'))
        """,
    "follow": "SELECT 1 FROM message WHERE state IN ('accepted', 'sent') AND not_before <= :now",
    # The grace counts from when a process first sees the doubt.
    "reconcile": "SELECT 1 FROM message WHERE state = 'unknown'",
}
NEXT = """
SELECT min(at) FROM (
    SELECT release_at AS at FROM campaign WHERE state = 'scheduled' AND release_at > :now
    UNION ALL SELECT due_at FROM chunk WHERE due_at > :now
    UNION ALL SELECT not_before FROM message WHERE state IN ('unknown', 'accepted', 'sent') AND not_before > :now
    UNION ALL SELECT post_after FROM reply WHERE post_after > :now
    UNION ALL SELECT datetime(card_at, '+4 seconds') FROM campaign WHERE card_due AND card_at > :shown
)
"""
BETWEEN_CARDS = timedelta(seconds=4)


def may_find(rows: sqlite3.Connection, chore: str, now: datetime) -> bool:
    """Whether this chore could find something to do."""
    probe = MAYBE.get(chore)
    return probe is None or rows.execute(f"{probe} LIMIT 1", _times(now)).fetchone() is not None


def next_moment(rows: sqlite3.Connection, now: datetime) -> datetime | None:
    """When the next time that stands in the database comes."""
    [at] = rows.execute(NEXT, _times(now)).fetchone()
    return datetime.fromisoformat(at).replace(tzinfo=UTC) if at else None


def _times(now: datetime) -> dict[str, str]:
    shown = now - BETWEEN_CARDS
    return {"now": _stored(now), "shown": _stored(shown)}


def _stored(at: datetime) -> str:
    """The instant as SQLAlchemy stores it in SQLite."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
