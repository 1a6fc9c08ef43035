"""The club, who may text for it, what its texts come from, and who did what."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.models.columns import club, key, one_of
from storage.states import Role, SenderKind


class Club(SQLModel, table=True):
    """One Slack workspace and its settings."""

    id: UUID = key()
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
    link_hosts: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    """Hosts of short links that are the club's own."""
    marketing_hours: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)
    """When advertising may leave: `{"days": [0, 5], "opens": "08:00", "closes": "20:00", "on_holidays": false}`, Monday
    being 0. None is what its country starts with."""
    parts: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    """The parts of its country whose public holidays the club keeps too, in ISO 3166-2, such as `FR-57`."""
    optin_keyword: str = ""
    """The word by which members ask for the club's advertising; empty where there is none."""
    keep_texts_months: int = 36
    """After so many months the words and numbers of texts and answers go; how they fared stays."""
    keep_archived_months: int = 36
    """So long after they were archived people are erased."""
    import_columns: dict[str, str] | None = Field(default=None, sa_type=sa.JSON)
    """What columns of files hold, by their folded names, where staff chose it in the place of what was guessed."""
    own_texts_from: int = 15
    """Years: younger ones' guardians are texted in their place."""
    alone_from: int = 18
    """Years: younger ones' guardians are texted too."""
    second_adult_under: int = 0
    """Years: whoever is younger is never told anything without an adult who is told the same."""
    second_adult_id: UUID | None = None
    """The contact who is that adult where no guardian is."""
    rules_confirmed_by: str | None = None
    """The admin who has read the rules for advertising where nobody checked them, and when."""
    rules_confirmed_at: datetime | None = None
    created_at: datetime


class Staff(SQLModel, table=True):
    """A Slack user who may text the club's members."""

    __table_args__ = (sa.UniqueConstraint("club_id", "slack_user_id"),)

    id: UUID = key()
    club_id: UUID = club()
    slack_user_id: str
    role: Role = Field(sa_type=one_of(Role))
    e164: str | None = None
    named_by: str
    created_at: datetime


class Sender(SQLModel, table=True):
    """A name or number that texts come from; it belongs to exactly one club."""

    id: UUID = key()
    club_id: UUID = club()
    kind: SenderKind = Field(sa_type=one_of(SenderKind))
    value: str = Field(unique=True)
    is_default: bool = False
    segments_per_second: float | None = None
    """What the carrier agreed to for this very sender; None is what its kind has in its country."""


class ConsentWording(SQLModel, table=True):
    """The sentence with which the club asks for consent to advertising; each change is a new version, from 1 on."""

    __tablename__ = "consent_wording"

    club_id: UUID = Field(foreign_key="club.id", primary_key=True)
    version: int = Field(primary_key=True)
    body: str
    changed_by: str
    at: datetime


class Audit(SQLModel, table=True):
    """Who did what, when."""

    __table_args__ = (sa.Index(None, "club_id", "at"),)

    id: UUID = key()
    club_id: UUID = club()
    at: datetime
    actor: str
    action: str
    subject: str
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
