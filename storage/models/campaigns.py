"""What is composed, to whom it goes, and how far it is."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.models.columns import club, key, one_of, partly
from storage.states import CampaignState, Kind, Route


class Draft(SQLModel, table=True):
    """What somebody is composing, field by field as typed; its campaign takes over the same id."""

    __table_args__ = (sa.Index(None, "club_id", "slack_user_id", "updated_at"),)

    id: UUID = key()
    club_id: UUID = club()
    slack_user_id: str
    fields: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    previewed: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)
    """The fields as the preview showed them: what is confirmed is what was shown, whatever was typed since."""
    updated_at: datetime


class Campaign(SQLModel, table=True):
    """One message to one audience. Its id is its draft's, so that a draft makes one campaign at most."""

    __table_args__ = (sa.Index(None, "state", "release_at"), sa.Index(None, "club_id", "created_at"))

    id: UUID = Field(primary_key=True)
    club_id: UUID = club()
    title: str
    kind: Kind = Field(sa_type=one_of(Kind))
    route: Route = Field(sa_type=one_of(Route))
    sender: str
    body: str
    audience: dict[str, Any] = Field(sa_type=sa.JSON)
    audience_words: str
    state: CampaignState = Field(sa_type=one_of(CampaignState))
    pause_code: int | None = None
    """The carrier's error number that paused it; none when the club's own ceiling did."""
    created_by: str
    created_at: datetime
    is_later: bool
    release_at: datetime
    released_at: datetime | None = None
    over_at: datetime | None = None
    previewed_recipients: int
    previewed_segments: int
    channel_id: str | None = None
    card_ts: str | None = None
    card_due: bool = True
    card_at: datetime | None = None


class AudienceLine(SQLModel, table=True):
    """One contact of a campaign's audience: in, by which rule, or left out, for which reason."""

    __tablename__ = "audience_line"

    club_id: UUID = club()
    campaign_id: UUID = Field(foreign_key="campaign.id", primary_key=True)
    contact_id: UUID = Field(primary_key=True)
    because: str
    e164: str | None = None
    left_out: str | None = None
    detail: str = ""
    group_number: int | None = None
    """Which of the chosen groups it is for, where there were several (`AudienceGroup`)."""


class AudienceGroup(SQLModel, table=True):
    """A group that a campaign was sent to, called and ruled as it was then; whoever was in several counts for the first."""

    __tablename__ = "audience_group"

    club_id: UUID = Field(foreign_key="club.id")
    campaign_id: UUID = Field(foreign_key="campaign.id", primary_key=True)
    number: int = Field(primary_key=True)
    name: str
    rule: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)


class AudienceGuardian(SQLModel, table=True):
    """`guardian` got a campaign for `child`, or would have, were there a number that may get it."""

    __tablename__ = "audience_guardian"
    __table_args__ = (sa.Index(None, "campaign_id", "guardian_id"),)

    club_id: UUID = Field(foreign_key="club.id")
    campaign_id: UUID = Field(foreign_key="campaign.id", primary_key=True)
    child_id: UUID = Field(primary_key=True)
    guardian_id: UUID = Field(primary_key=True)
    is_second: bool = False
    """Whether they only went along, as the club's second adult."""


class Chunk(SQLModel, table=True):
    """Some hundreds of messages of one campaign that are worked off together, or one single message."""

    __table_args__ = (
        partly("ix_chunk_due", "priority", "due_at", where="due_at IS NOT NULL"),
        partly("ix_chunk_parked", "campaign_id", where="parked"),
    )

    id: UUID = key()
    club_id: UUID = Field(foreign_key="club.id")
    campaign_id: UUID | None = Field(default=None, foreign_key="campaign.id", index=True)
    number: int = 0
    """Its place among the campaign's chunks."""
    priority: int
    """The lower comes first: single messages, then alerts, then marketing."""
    waiting: int
    """How many of its messages wait to leave."""
    due_at: datetime | None
    """When it is looked at next; None when nothing in it waits or is being sent."""
    parked: bool = False
    """Its campaign is paused: nobody looks until that changes."""
    created_at: datetime


class Tally(SQLModel, table=True):
    """How many messages of a campaign stand in one state, or how many people were left out for one reason."""

    club_id: UUID = Field(foreign_key="club.id")
    campaign_id: UUID = Field(foreign_key="campaign.id", primary_key=True)
    what: str = Field(primary_key=True)
    """A state of messages, or `left_out`."""
    detail: str = Field(default="", primary_key=True)
    """The carrier's error number, or the reason for leaving somebody out."""
    messages: int
    segments: int
