"""Files of people that staff bring in from Slack."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.models.columns import club, key, one_of
from storage.states import ImportState


class ImportFile(SQLModel, table=True):
    """A file that somebody chose: the file itself stays on Slack's side, and any process may fetch it again."""

    __tablename__ = "import_file"

    id: UUID = key()
    club_id: UUID = club()
    slack_user_id: str
    language: str
    """Theirs, in which they are told what became of it, by whatever process."""
    file_id: str
    name: str
    choices: dict[str, str] | None = Field(default=None, sa_type=sa.JSON)
    """What the columns hold, by their positions, as it was when `shown` was found."""
    shown: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)
    """What an import would do, as staff saw it last."""
    done: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)
    """What it did."""
    state: ImportState = Field(sa_type=one_of(ImportState))
    attempt: int = 0
    """Counts who had it in hand: whoever comes later keeps those before from storing anything."""
    begun_at: datetime | None = None
    leased_until: datetime | None = Field(default=None, index=True)
    """Until when nobody else sees to it; nothing once the person was told what became of it."""
    channel: str = ""
    ts: str = ""
    """The direct message that tells how far it is, once there is one."""
    created_at: datetime
