"""The club's people, their groups, and what they agreed to."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.folding import searchable
from storage.models.columns import club, key, on_sqlite, one_of
from storage.states import ConsentHow, FieldKind, GroupKind, OptOutScope, Purpose


def _searchable(context: Any) -> str:
    """What a row is found by that is being stored, by whatever statement of SQLAlchemy."""
    return searchable(context.get_current_parameters())


_LISTED = (
    *("last_name", "first_name", "id", "e164", "refusal", "language", "birth_date"),
    *("roles", "tags", "fields"),
)


class Contact(SQLModel, table=True):
    """A person of the club: the number as typed and, when it parses, in E.164."""

    __table_args__ = (
        sa.Index(None, "club_id", "e164"),
        sa.Index("uq_contact_club_id_reference", "club_id", "reference", unique=True),
        # The whole of it is looked through in the order in which people are listed, and no row is read for that.
        sa.Index("ix_contact_found_by", "club_id", "archived_at", "search", "id"),
        # Nor for whom a text goes to, in the order of their names, or for counting those who belong to a group.
        on_sqlite("ix_contact_listed", "club_id", "archived_at", *_LISTED),
    )

    id: UUID = key()
    club_id: UUID = club()
    first_name: str
    last_name: str
    mobile: str = ""
    e164: str | None = None
    refusal: str | None = None
    birth_date: date | None = None
    language: str = ""
    """As somebody wrote it, "de-CH" or "fr"; empty where it is not known."""
    roles: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    tags: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    reference: str | None = None
    """The club's own key for this person, such as a licence; no two have the same."""
    fields: dict[str, str] = Field(default_factory=dict, sa_type=sa.JSON)
    """The values of the club's own fields, by their names, each as its kind is written (`ContactField`)."""
    search: str | None = Field(default=None, sa_column_kwargs={"default": _searchable})
    """What people find them by (`storage.folding`); a statement that changes the columns it is made of says it anew."""
    archived_at: datetime | None = None
    created_at: datetime


class ContactField(SQLModel, table=True):
    """A field of the club's own, which its contacts may have a value for.

    Values are texts: a number as "12.5", a date as "2027-03-27", yes and no as "yes" and "no", one of the `choices`.
    """

    __tablename__ = "contact_field"
    __table_args__ = (sa.UniqueConstraint("club_id", "name"),)

    id: UUID = key()
    club_id: UUID = club()
    name: str
    kind: FieldKind = Field(sa_type=one_of(FieldKind))
    choices: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    position: int = 0


class Guardianship(SQLModel, table=True):
    """`guardian` answers for `child`, and gets the child's texts."""

    club_id: UUID = club()
    child_id: UUID = Field(foreign_key="contact.id", primary_key=True)
    guardian_id: UUID = Field(foreign_key="contact.id", primary_key=True, index=True)


class Group(SQLModel, table=True):
    """A fixed list of contacts, or a filter (`rule`) over their fields."""

    __tablename__ = "contact_group"
    __table_args__ = (sa.UniqueConstraint("club_id", "name"),)

    id: UUID = key()
    club_id: UUID = club()
    name: str
    kind: GroupKind = Field(sa_type=one_of(GroupKind))
    rule: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)
    """A dynamic group's filter (`storage/conditions.py`), such as `{"match": "all", "parts": [...]}`."""


class GroupDraft(SQLModel, table=True):
    """A group that somebody is building, as typed and picked; a new group takes over the same id."""

    __tablename__ = "group_draft"
    __table_args__ = (sa.Index(None, "club_id", "slack_user_id", "updated_at"),)

    id: UUID = key()
    club_id: UUID = club()
    slack_user_id: str
    group_id: UUID | None = None
    """The group that is changed; a new one has none yet."""
    stamp: str = ""
    """As which state the group was shown."""
    form: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    updated_at: datetime
    saved_at: datetime | None = None


class Membership(SQLModel, table=True):
    """A contact stands on a fixed group's list."""

    __table_args__ = (sa.Index(None, "club_id", "group_id", "contact_id"),)

    club_id: UUID = Field(foreign_key="club.id")
    group_id: UUID = Field(foreign_key="contact_group.id", primary_key=True)
    contact_id: UUID = Field(foreign_key="contact.id", primary_key=True, index=True)


class GroupPart(SQLModel, table=True):
    """`part_id` is one of the groups that a fixed group consists of, besides its own list."""

    __tablename__ = "group_part"

    club_id: UUID = club()
    group_id: UUID = Field(foreign_key="contact_group.id", primary_key=True, ondelete="CASCADE")
    part_id: UUID = Field(foreign_key="contact_group.id", primary_key=True, index=True, ondelete="CASCADE")


class GroupStaff(SQLModel, table=True):
    """A Slack user whose group it is. That offers it to them first, and lets them do nothing they may not do."""

    __tablename__ = "group_staff"
    __table_args__ = (sa.Index(None, "club_id", "slack_user_id"),)

    club_id: UUID = Field(foreign_key="club.id")
    group_id: UUID = Field(foreign_key="contact_group.id", primary_key=True, ondelete="CASCADE")
    slack_user_id: str = Field(primary_key=True)


class Consent(SQLModel, table=True):
    """What was agreed to or refused for one number, with its evidence.

    Rows are only ever added: the database refuses to change them, and to delete them but for an `Erasure`.
    """

    __table_args__ = (
        sa.Index(None, "club_id", "e164", "at"),
        # The newest line of each of very many numbers is found without reading a row.
        sa.Index("ix_consent_newest", "club_id", "purpose", "e164", "at", "id", "given"),
    )

    id: UUID = key()
    club_id: UUID = club()
    e164: str
    contact_id: UUID | None = None
    """Whose word it is; empty for what came from the number itself."""
    purpose: Purpose = Field(sa_type=one_of(Purpose))
    given: bool
    evidence: str
    recorded_by: str
    at: datetime
    """When it was said, which may be long before it was recorded."""
    recorded_at: datetime | None = None
    how: ConsentHow | None = Field(default=None, sa_type=one_of(ConsentHow))
    """None where an older bot wrote the line; `bot/rules/consent.py` then reads it from who recorded what."""
    words: str | None = None
    """The sentence that was agreed to, where it is known, and which version of the club's wording that is."""
    words_version: int | None = None


class OptInQuestion(SQLModel, table=True):
    """A number texted the club's keyword and was asked whether it agrees; the newest question of each number."""

    __tablename__ = "opt_in_question"

    club_id: UUID = Field(foreign_key="club.id", primary_key=True)
    e164: str = Field(primary_key=True)
    asked_by: str
    """The SMS that had the keyword, by its SID and its words, as evidence."""
    words: str
    words_version: int
    asked_at: datetime
    until_at: datetime
    """Until when a yes answers it."""
    answered_at: datetime | None = None


class Erasure(SQLModel, table=True):
    """The record of this number may be deleted, until the transaction ends that says so."""

    club_id: UUID = Field(foreign_key="club.id", primary_key=True)
    e164: str = Field(primary_key=True)


class ErasedNumber(SQLModel, table=True):
    """A number that wanted no texts and was erased since: what it hashes to with the bot's key, and how far it opted out."""

    __tablename__ = "erased_number"

    club_id: UUID = Field(foreign_key="club.id", primary_key=True)
    digest: str = Field(primary_key=True)
    scope: OptOutScope = Field(sa_type=one_of(OptOutScope))
    since_at: datetime


class OptOut(SQLModel, table=True):
    """This number takes no texts of this club now; the consent record says how that came."""

    __tablename__ = "opt_out"

    club_id: UUID = Field(foreign_key="club.id", primary_key=True)
    e164: str = Field(primary_key=True)
    scope: OptOutScope = Field(sa_type=one_of(OptOutScope))
    since_at: datetime
