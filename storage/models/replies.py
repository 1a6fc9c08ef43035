"""What members answer, and the exchange it belongs to."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.models.columns import club, key, partly


class Conversation(SQLModel, table=True):
    """The exchange between one club and one number, shown in one Slack thread."""

    __table_args__ = (sa.Index(None, "club_id", "e164", "last_at"),)

    id: UUID = key()
    club_id: UUID = club()
    e164: str
    our_number: str
    campaign_id: UUID | None = Field(default=None, foreign_key="campaign.id", index=True)
    channel_id: str | None = None
    thread_ts: str | None = None
    last_at: datetime


class Reply(SQLModel, table=True):
    """One inbound SMS, or what was said on a member's page; its `sid` makes it one row however often it is delivered."""

    __table_args__ = (partly("ix_reply_page_of", "page_of", where="page_of IS NOT NULL"),)

    id: UUID = key()
    club_id: UUID = club()
    conversation_id: UUID = Field(foreign_key="conversation.id", index=True)
    sid: str = Field(unique=True)
    e164: str
    our_number: str
    body: str
    keyword: str
    received_at: datetime
    posted_ts: str | None = None
    post_after: datetime | None = Field(default=None, index=True)
    """When Slack is to be shown this reply; empty once it was."""
    page_of: UUID | None = None
    """The message on whose page it was said; empty for an SMS. No foreign key: messages point at replies already."""
