"""The tables. Every row belongs to one club; keys are made in Python; instants are aware and UTC."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.states import (
    CampaignState,
    GroupKind,
    Kind,
    MessageState,
    OptOutScope,
    Purpose,
    Role,
    Route,
    SenderKind,
)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING


def _one_of(words: type[StrEnum]) -> Any:
    """A column that stores the word itself, where SQLAlchemy by itself would store the member's name."""
    return sa.Enum(
        words, native_enum=False, length=20, values_callable=lambda members: [m.value for m in members]
    )


def _partly(name: str, *columns: str, where: str) -> sa.Index:
    """An index over the rows of interest, which are few however many there are."""
    return sa.Index(name, *columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


# A query must hold these very words for SQLite to use the index: https://www.sqlite.org/partialindex.html
CHUNKLESS = "chunk_id IS NULL AND state IN ('held', 'queued', 'sending')"
"""Messages that wait or are being sent, and that nobody would look at: an older version stores them so."""
FOLLOWED = "state IN ('unknown', 'accepted', 'sent')"
"""Messages that have left, or may have, and of which something more is to be heard."""


def _key() -> Any:
    return Field(default_factory=uuid4, primary_key=True)


def _club() -> Any:
    return Field(foreign_key="club.id", index=True)


class Club(SQLModel, table=True):
    """One Slack workspace and its settings."""

    id: UUID = _key()
    slack_team_id: str = Field(unique=True)
    name: str
    country: str = "FR"
    zone: str = "Europe/Paris"
    language: str = "fr"
    channel_id: str | None = None
    channel_trouble: str | None = None
    undo_seconds: int = 10
    confirm_above: int = 200
    max_segments: int = 3
    segments_a_day: int = 2000
    created_at: datetime


class Staff(SQLModel, table=True):
    """A Slack user who may text the club's members."""

    __table_args__ = (sa.UniqueConstraint("club_id", "slack_user_id"),)

    id: UUID = _key()
    club_id: UUID = _club()
    slack_user_id: str
    role: Role = Field(sa_type=_one_of(Role))
    e164: str | None = None
    named_by: str
    created_at: datetime


class Sender(SQLModel, table=True):
    """A name or number that texts come from; it belongs to exactly one club."""

    id: UUID = _key()
    club_id: UUID = _club()
    kind: SenderKind = Field(sa_type=_one_of(SenderKind))
    value: str = Field(unique=True)
    is_default: bool = False
    segments_per_second: float | None = None
    """What the carrier agreed to for this very sender; None is what its kind has in its country."""


class Contact(SQLModel, table=True):
    """A person of the club: the number as typed and, when it parses, in E.164."""

    __table_args__ = (sa.Index(None, "club_id", "e164"),)

    id: UUID = _key()
    club_id: UUID = _club()
    first_name: str
    last_name: str
    mobile: str = ""
    e164: str | None = None
    refusal: str | None = None
    fields: dict[str, str] = Field(default_factory=dict, sa_type=sa.JSON)
    archived_at: datetime | None = None
    created_at: datetime


class Guardianship(SQLModel, table=True):
    """`guardian` answers for `child`, and gets the child's texts."""

    club_id: UUID = _club()
    child_id: UUID = Field(foreign_key="contact.id", primary_key=True)
    guardian_id: UUID = Field(foreign_key="contact.id", primary_key=True, index=True)


class Group(SQLModel, table=True):
    """A fixed list of contacts, or a filter (`rule`) over their fields."""

    __tablename__ = "contact_group"
    __table_args__ = (sa.UniqueConstraint("club_id", "name"),)

    id: UUID = _key()
    club_id: UUID = _club()
    name: str
    kind: GroupKind = Field(sa_type=_one_of(GroupKind))
    rule: dict[str, str] | None = Field(default=None, sa_type=sa.JSON)
    """A dynamic group's filter, such as `{"field": "team", "value": "U13"}`."""


class Membership(SQLModel, table=True):
    """A contact stands on a fixed group's list."""

    club_id: UUID = _club()
    group_id: UUID = Field(foreign_key="contact_group.id", primary_key=True)
    contact_id: UUID = Field(foreign_key="contact.id", primary_key=True, index=True)


class Consent(SQLModel, table=True):
    """What was agreed to or refused for one number, with its evidence. Rows are only ever added."""

    __table_args__ = (sa.Index(None, "club_id", "e164", "at"),)

    id: UUID = _key()
    club_id: UUID = _club()
    e164: str
    contact_id: UUID | None = None
    purpose: Purpose = Field(sa_type=_one_of(Purpose))
    given: bool
    evidence: str
    recorded_by: str
    at: datetime


class OptOut(SQLModel, table=True):
    """This number takes no texts of this club now; the consent record says how that came."""

    __tablename__ = "opt_out"

    club_id: UUID = Field(foreign_key="club.id", primary_key=True)
    e164: str = Field(primary_key=True)
    scope: OptOutScope = Field(sa_type=_one_of(OptOutScope))
    since_at: datetime


class Draft(SQLModel, table=True):
    """What somebody is composing, field by field as typed; its campaign takes over the same id."""

    __table_args__ = (sa.Index(None, "club_id", "slack_user_id", "updated_at"),)

    id: UUID = _key()
    club_id: UUID = _club()
    slack_user_id: str
    fields: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    previewed: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)
    """The fields as the preview showed them: what is confirmed is what was shown, whatever was typed since."""
    updated_at: datetime


class Campaign(SQLModel, table=True):
    """One message to one audience. Its id is its draft's, so that a draft makes one campaign at most."""

    __table_args__ = (sa.Index(None, "state", "release_at"), sa.Index(None, "club_id", "created_at"))

    id: UUID = Field(primary_key=True)
    club_id: UUID = _club()
    title: str
    kind: Kind = Field(sa_type=_one_of(Kind))
    route: Route = Field(sa_type=_one_of(Route))
    sender: str
    body: str
    audience: dict[str, Any] = Field(sa_type=sa.JSON)
    audience_words: str
    state: CampaignState = Field(sa_type=_one_of(CampaignState))
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


class Chunk(SQLModel, table=True):
    """Some hundreds of messages of one campaign that are worked off together, or one single message."""

    __table_args__ = (
        _partly("ix_chunk_due", "priority", "due_at", where="due_at IS NOT NULL"),
        _partly("ix_chunk_parked", "campaign_id", where="parked"),
    )

    id: UUID = _key()
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


class Pace(SQLModel, table=True):
    """When a sender, or the whole account, has sent all that was promised to it (GCRA)."""

    key: str = Field(primary_key=True)
    free_at: datetime


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


class Message(SQLModel, table=True):
    """One SMS to one number: of a campaign, an answer in a conversation, or a test to one's own phone."""

    __table_args__ = (
        sa.UniqueConstraint("campaign_id", "e164"),
        sa.Index(None, "club_id", "e164", "created_at"),
        sa.Index(None, "club_id", "created_at"),
        _partly("ix_message_chunk_id", "chunk_id", where="chunk_id IS NOT NULL"),
        _partly("ix_message_chunkless", "created_at", where=CHUNKLESS),
        _partly("ix_message_followed", "state", "not_before", where=FOLLOWED),
    )

    id: UUID = _key()
    club_id: UUID = Field(foreign_key="club.id")
    campaign_id: UUID | None = Field(default=None, foreign_key="campaign.id")
    conversation_id: UUID | None = Field(default=None, foreign_key="conversation.id", index=True)
    chunk_id: UUID | None = Field(default=None, foreign_key="chunk.id")
    sender: str
    e164: str
    body: str
    segments: int
    state: MessageState = Field(default=MessageState.QUEUED, sa_type=_one_of(MessageState))
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
    created_at: datetime
    changed_at: datetime


class AudienceLine(SQLModel, table=True):
    """One contact of a campaign's audience: in, by which rule, or left out, for which reason."""

    __tablename__ = "audience_line"

    club_id: UUID = _club()
    campaign_id: UUID = Field(foreign_key="campaign.id", primary_key=True)
    contact_id: UUID = Field(primary_key=True)
    because: str
    e164: str | None = None
    left_out: str | None = None
    detail: str = ""


class Receipt(SQLModel, table=True):
    """One delivery receipt as the carrier sent it; the same one comes any number of times."""

    __table_args__ = (sa.UniqueConstraint("sid", "status"),)

    id: UUID = _key()
    club_id: UUID = _club()
    message_id: UUID = Field(foreign_key="message.id", index=True)
    attempt: int
    sid: str
    status: str
    error_code: int | None = None
    received_at: datetime


class Conversation(SQLModel, table=True):
    """The exchange between one club and one number, shown in one Slack thread."""

    __table_args__ = (sa.Index(None, "club_id", "e164", "last_at"),)

    id: UUID = _key()
    club_id: UUID = _club()
    e164: str
    our_number: str
    campaign_id: UUID | None = Field(default=None, foreign_key="campaign.id", index=True)
    channel_id: str | None = None
    thread_ts: str | None = None
    last_at: datetime


class Reply(SQLModel, table=True):
    """One inbound SMS; its carrier's id makes it one row however often it is delivered."""

    id: UUID = _key()
    club_id: UUID = _club()
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


class Audit(SQLModel, table=True):
    """Who did what, when."""

    __table_args__ = (sa.Index(None, "club_id", "at"),)

    id: UUID = _key()
    club_id: UUID = _club()
    at: datetime
    actor: str
    action: str
    subject: str
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
