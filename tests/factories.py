"""Rows with sensible defaults: each function gives one row, and `keep` stores them."""

from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import uuid4

from sqlmodel import SQLModel

from storage import tallies
from storage.db import Database
from storage.models import (
    Campaign,
    Chunk,
    Club,
    Consent,
    Contact,
    Conversation,
    Message,
    OptOut,
    Reply,
    Sender,
    Staff,
)
from storage.states import (
    CampaignState,
    Kind,
    MessageState,
    OptOutScope,
    Purpose,
    Role,
    Route,
    SenderKind,
)

# A Saturday morning, 10:00 in Paris.
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
SHORT_CODE = "36123"
BODY = "Training is moved to the small hall."


def number(n: int = 1) -> str:
    """The n-th of ten thousand mobile numbers that nobody has."""
    # https://www.arcep.fr : 06 39 98 is set aside for works of fiction.
    return f"+3363998{n:04d}"


def club(**columns: Any) -> Club:
    """A French club with no undo window."""
    defaults = {
        "slack_team_id": f"T{uuid4().hex[:10].upper()}",
        "name": "AS Valmont",
        "channel_id": "C0CLUB",
        "undo_seconds": 0,
        "created_at": NOW - timedelta(days=30),
    }
    return Club(**defaults | columns)


def staff(club: Club, **columns: Any) -> Staff:
    """A coach of the club."""
    defaults = {"slack_user_id": "U0COACH", "role": Role.COACH, "named_by": "U0ADMIN", "created_at": NOW}
    return Staff(club_id=club.id, **defaults | columns)


def sender(club: Club, **columns: Any) -> Sender:
    """The club's short code, which members can answer."""
    defaults = {"kind": SenderKind.SHORT_CODE, "value": SHORT_CODE, "is_default": True}
    return Sender(club_id=club.id, **defaults | columns)


def contact(club: Club, n: int = 1, **columns: Any) -> Contact:
    """The n-th person of the club, with the n-th number."""
    defaults = {
        "first_name": f"First{n}",
        "last_name": f"Last{n:04d}",
        "mobile": number(n),
        "e164": number(n),
        "created_at": NOW - timedelta(days=20),
    }
    return Contact(club_id=club.id, **defaults | columns)


def campaign(club: Club, **columns: Any) -> Campaign:
    """An alert to everyone that is leaving right now."""
    defaults = {
        "id": uuid4(),
        "title": "Small hall",
        "kind": Kind.ALERT,
        "route": Route.DOMESTIC,
        "sender": SHORT_CODE,
        "body": BODY,
        "audience": {"way": "everyone"},
        "audience_words": "everyone",
        "state": CampaignState.SENDING,
        "created_by": "U0COACH",
        "created_at": NOW - timedelta(minutes=1),
        "is_later": False,
        "release_at": NOW,
        "previewed_recipients": 1,
        "previewed_segments": 1,
        "channel_id": club.channel_id,
        "card_due": False,
    }
    return Campaign(club_id=club.id, **defaults | columns)


def message(of: Campaign | Club, n: int = 1, **columns: Any) -> Message:
    """One queued SMS to the n-th number: of a campaign, or of none when given a club."""
    owner = {"club_id": of.id} if isinstance(of, Club) else {"club_id": of.club_id, "campaign_id": of.id}
    defaults = {
        "sender": SHORT_CODE,
        "e164": number(n),
        "body": BODY if isinstance(of, Club) else of.body,
        "segments": 1,
        "state": MessageState.QUEUED,
        "not_before": NOW,
        "created_at": NOW,
        "changed_at": NOW,
    }
    return Message(**defaults | owner | columns)


def chunk(of: Campaign | Club, **columns: Any) -> Chunk:
    """A chunk that is due: of a campaign, or of a single message when given a club."""
    owner = {"club_id": of.id} if isinstance(of, Club) else {"club_id": of.club_id, "campaign_id": of.id}
    return Chunk(**{"priority": 1, "waiting": 1, "due_at": NOW, "created_at": NOW} | owner | columns)


def conversation(club: Club, n: int = 1, **columns: Any) -> Conversation:
    """The exchange between the club and the n-th number."""
    defaults = {"e164": number(n), "our_number": SHORT_CODE, "last_at": NOW}
    return Conversation(club_id=club.id, **defaults | columns)


def opt_out(club: Club, n: int = 1, **columns: Any) -> OptOut:
    """The n-th number wants nothing any more."""
    defaults = {"e164": number(n), "scope": OptOutScope.ALL, "since_at": NOW - timedelta(days=1)}
    return OptOut(club_id=club.id, **defaults | columns)


def agreed(club: Club, n: int = 1, **columns: Any) -> Consent:
    """A consent to marketing."""
    usual: dict[str, Any] = {
        "club_id": club.id,
        "e164": number(n),
        "purpose": Purpose.MARKETING,
        "given": True,
        "evidence": "Form",
        "recorded_by": "U0ALEX",
        "at": NOW,
    }
    return Consent(**usual | columns)


def reply(club: Club, body: str, at: datetime) -> tuple[Conversation, Reply]:
    """What the first number wrote then, with the conversation it begins; Slack is to be shown it."""
    conversation = Conversation(club_id=club.id, e164=number(1), our_number=SHORT_CODE, last_at=at)
    return conversation, Reply(
        club_id=club.id,
        conversation_id=conversation.id,
        sid="SM" + "1" * 32,
        e164=conversation.e164,
        our_number=conversation.our_number,
        body=body,
        keyword="none",
        received_at=at,
        post_after=at,
    )


async def keep(db: Database, *rows: SQLModel) -> None:
    """Stores the rows in the order given: a club before what belongs to it."""
    async with db.begin() as session:
        for _, same in groupby(rows, key=type):
            session.add_all(list(same))
            await session.flush()


async def count(db: Database, *campaigns: Campaign) -> None:
    """Has the campaigns' counts say what their messages say."""
    async with db.begin() as session:
        for campaign in campaigns:
            await tallies.store(session, await tallies.correction(session, campaign.club_id, campaign.id))
