"""Each SMS that leaves, and what the carrier says of it."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.models.columns import club, key, one_of, partly
from storage.states import MessageState

# A query must hold these very words for SQLite to use the index: https://www.sqlite.org/partialindex.html
CHUNKLESS = "chunk_id IS NULL AND state IN ('held', 'queued', 'sending')"
"""Messages that wait or are being sent, and that nobody would look at: an older version stores them so."""
FOLLOWED = "state IN ('unknown', 'accepted', 'sent')"
"""Messages that have left, or may have, and of which something more is to be heard."""
HELD = "state = 'held'"
"""Messages that wait for legal hours."""
WITH_PAGE = "page_token IS NOT NULL"
"""Messages that hold a link to their reader's page."""


class Message(SQLModel, table=True):
    """One SMS to one number: of a campaign, an answer in a conversation, or a test to one's own phone."""

    __table_args__ = (
        sa.UniqueConstraint("campaign_id", "e164"),
        sa.Index(None, "club_id", "e164", "created_at"),
        sa.Index(None, "club_id", "created_at"),
        partly("ix_message_chunk_id", "chunk_id", where="chunk_id IS NOT NULL"),
        partly("ix_message_chunkless", "created_at", where=CHUNKLESS),
        partly("ix_message_followed", "state", "not_before", where=FOLLOWED),
        partly("ix_message_held", "campaign_id", "not_before", where=HELD),
        sa.Index(
            "ix_message_page_token",
            "page_token",
            unique=True,
            sqlite_where=sa.text(WITH_PAGE),
            postgresql_where=sa.text(WITH_PAGE),
        ),
    )

    id: UUID = key()
    club_id: UUID = Field(foreign_key="club.id")
    campaign_id: UUID | None = Field(default=None, foreign_key="campaign.id")
    conversation_id: UUID | None = Field(default=None, foreign_key="conversation.id", index=True)
    chunk_id: UUID | None = Field(default=None, foreign_key="chunk.id")
    sender: str
    e164: str
    body: str
    segments: int
    state: MessageState = Field(default=MessageState.QUEUED, sa_type=one_of(MessageState))
    attempt: int = 0
    """How often the carrier was asked, or may have been."""
    lease_until: datetime | None = None
    requested_at: datetime | None = None
    not_before: datetime
    """When it is looked at next: queued, it may leave; unknown, it is looked for; with the carrier, it is asked after."""
    sid: str | None = Field(default=None, index=True)
    error_code: int | None = None
    reason: str | None = None
    """Why it was skipped."""
    staff_id: str | None = None
    reply_id: UUID | None = Field(default=None, foreign_key="reply.id", index=True)
    """The reply that an answer answers, and with which Slack shows it."""
    shown_state: str | None = None
    """The state that an answer's post shows."""
    page_token: str | None = None
    """The secret of the link in the text that leads to its reader's page."""
    created_at: datetime
    changed_at: datetime


class Receipt(SQLModel, table=True):
    """One delivery receipt as the carrier sent it; the same one comes any number of times."""

    __table_args__ = (sa.UniqueConstraint("sid", "status"),)

    id: UUID = key()
    club_id: UUID = club()
    message_id: UUID = Field(foreign_key="message.id", index=True)
    attempt: int
    sid: str
    status: str
    error_code: int | None = None
    received_at: datetime


class Stray(SQLModel, table=True):
    """A text that the carrier has and our messages do not know: the database is older than what was sent."""

    __table_args__ = (sa.Index(None, "e164"),)

    sid: str = Field(primary_key=True)
    e164: str
    body: str
    status: str
    error_code: int | None = None
    segments: int | None = None
    created_at: datetime
    message_id: UUID | None = None
    """The message that took it for its own."""


class Pace(SQLModel, table=True):
    """When a sender, or the whole account, has sent all that was promised to it (GCRA)."""

    key: str = Field(primary_key=True)
    free_at: datetime
