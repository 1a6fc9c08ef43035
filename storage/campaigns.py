"""Queries about drafts and campaigns."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import tallies
from storage.db import add_if_new
from storage.models import AudienceLine, Campaign, Conversation, Draft, Message, Reply, Sender
from storage.states import CampaignState, Kind, MessageState, SenderKind


async def draft(session: AsyncSession, club_id: UUID, draft_id: UUID) -> Draft | None:
    """The draft with this id, if it is the club's."""
    return (await session.exec(select(Draft).where(Draft.id == draft_id, Draft.club_id == club_id))).first()


async def newest_draft(
    session: AsyncSession, club_id: UUID, slack_user_id: str, since: datetime
) -> Draft | None:
    """What this person last typed and did not send, when it was touched since then."""
    sent = select(Campaign.id).where(Campaign.club_id == club_id)
    mine = select(Draft).where(
        Draft.club_id == club_id,
        Draft.slack_user_id == slack_user_id,
        Draft.updated_at >= since,
        col(Draft.id).not_in(sent),
    )
    return (await session.exec(mine.order_by(col(Draft.updated_at).desc()))).first()


async def keep_draft(session: AsyncSession, draft: Draft) -> None:
    """Writes the draft, whether it is new or known; a draft of another club or person is not touched.

    What was previewed stays unless the draft brings a new preview.
    """
    change = update(Draft).where(
        col(Draft.id) == draft.id,
        col(Draft.club_id) == draft.club_id,
        col(Draft.slack_user_id) == draft.slack_user_id,
    )
    columns: dict[str, Any] = {"fields": draft.fields, "updated_at": draft.updated_at}
    if draft.previewed is not None:
        columns["previewed"] = draft.previewed
    changed = await session.exec(change.values(columns))
    if changed.rowcount == 0:
        await add_if_new(session, draft)


async def campaign(session: AsyncSession, club_id: UUID, campaign_id: UUID) -> Campaign | None:
    """The campaign with this id, if it is the club's."""
    mine = select(Campaign).where(Campaign.id == campaign_id, Campaign.club_id == club_id)
    return (await session.exec(mine)).first()


async def add_once(session: AsyncSession, campaign: Campaign) -> bool:
    """Stores the campaign; False, and nothing changed, when its draft has made one already."""
    return await add_if_new(session, campaign)


async def move(
    session: AsyncSession,
    campaign_id: UUID,
    *,
    to: CampaignState,
    since: Collection[CampaignState],
    columns: Mapping[str, Any] | None = None,
    where: Sequence[Any] = (),
) -> bool:
    """Moves the campaign when it stands in one of `since`; whether it moved. Its card is due then."""
    change = update(Campaign).where(col(Campaign.id) == campaign_id, col(Campaign.state).in_(since), *where)
    moved = await session.exec(change.values(state=to, card_due=True, **(columns or {})))
    return moved.rowcount == 1


async def reschedule(
    session: AsyncSession, campaign_id: UUID, *, seen_at: datetime, release_at: datetime
) -> bool:
    """Moves the time of a scheduled campaign whose time is still the one that was seen."""
    change = update(Campaign).where(
        col(Campaign.id) == campaign_id,
        col(Campaign.state) == CampaignState.SCHEDULED,
        col(Campaign.release_at) == seen_at,
    )
    moved = await session.exec(change.values(release_at=release_at, is_later=True, card_due=True))
    return moved.rowcount == 1


async def planned(session: AsyncSession, club_id: UUID, after: datetime) -> Sequence[Campaign]:
    """The club's campaigns that were given a time, of those that leave later than this."""
    waiting = select(Campaign).where(
        Campaign.club_id == club_id,
        Campaign.state == CampaignState.SCHEDULED,
        col(Campaign.is_later),
        Campaign.release_at > after,
    )
    return (await session.exec(waiting)).all()


async def to_be_resolved(session: AsyncSession, club_id: UUID) -> Sequence[Campaign]:
    """The club's campaigns whose people are not known yet, the next one first."""
    waits = col(Campaign.state).in_((CampaignState.SCHEDULED, CampaignState.AWAITING_APPROVAL))
    mine = select(Campaign).where(Campaign.club_id == club_id, waits)
    return (await session.exec(mine.order_by(col(Campaign.release_at)))).all()


async def reschedule_all(session: AsyncSession, times: Mapping[UUID, tuple[datetime, datetime]]) -> int:
    """Moves each scheduled campaign whose time is still the first of its two to the second; how many moved."""
    if not times:
        return 0
    change = sa.update(Campaign).where(
        col(Campaign.id) == sa.bindparam("b_id"),
        col(Campaign.state) == CampaignState.SCHEDULED,
        col(Campaign.release_at) == sa.bindparam("b_seen_at"),
    )
    connection = await session.connection()
    moved = await connection.execute(
        change.values(release_at=sa.bindparam("b_release_at"), card_due=True),
        [{"b_id": id_, "b_seen_at": seen, "b_release_at": then} for id_, (seen, then) in times.items()],
    )
    return moved.rowcount


async def due(session: AsyncSession, now: datetime) -> Sequence[Campaign]:
    """The scheduled campaigns whose time has come, the earliest first."""
    late = select(Campaign).where(Campaign.state == CampaignState.SCHEDULED, Campaign.release_at <= now)
    return (await session.exec(late.order_by(col(Campaign.release_at)))).all()


async def need_a_page(session: AsyncSession) -> bool:
    """Whether advertising by a name waits or is on its way: its readers can stop it on their pages alone."""
    open_ = (
        CampaignState.AWAITING_APPROVAL,
        CampaignState.SCHEDULED,
        CampaignState.SENDING,
        CampaignState.PAUSED,
    )
    by_name = sa.and_(
        col(Sender.club_id) == col(Campaign.club_id),
        col(Sender.value) == col(Campaign.sender),
        col(Sender.kind) == SenderKind.NAME,
    )
    some = select(Campaign.id).join(Sender, by_name).where(Campaign.kind == Kind.MARKETING)
    return (await session.exec(some.where(col(Campaign.state).in_(open_)).limit(1))).first() is not None


async def next_release(session: AsyncSession) -> datetime | None:
    """When the next scheduled campaign is due."""
    waiting = select(func.min(col(Campaign.release_at))).where(Campaign.state == CampaignState.SCHEDULED)
    return (await session.exec(waiting)).one()


async def with_due_cards(session: AsyncSession, older_than: datetime) -> Sequence[Campaign]:
    """The campaigns whose card changed and was last shown before then."""
    stale = select(Campaign).where(
        col(Campaign.card_due), sa.or_(col(Campaign.card_at).is_(None), col(Campaign.card_at) <= older_than)
    )
    return (await session.exec(stale.order_by(col(Campaign.created_at)))).all()


async def claim_card(session: AsyncSession, seen: Campaign, *, until: datetime) -> bool:
    """Takes a card that is out of date for showing until then; False when somebody else took it first."""
    change = update(Campaign).where(
        col(Campaign.id) == seen.id,
        col(Campaign.card_due),
        col(Campaign.card_at).is_not_distinct_from(seen.card_at),
    )
    return (await session.exec(change.values(card_due=False, card_at=until))).rowcount == 1


async def show_card_later(
    session: AsyncSession, campaign_id: UUID, claimed_until: datetime, *, card_at: datetime, card_due: bool
) -> None:
    """Puts off showing the card, or gives it up, unless somebody else took it since or has shown it."""
    change = update(Campaign).where(col(Campaign.id) == campaign_id, col(Campaign.card_at) == claimed_until)
    await session.exec(change.values(card_at=card_at, card_due=card_due))


async def touch_cards(session: AsyncSession, campaign_ids: Collection[UUID]) -> None:
    """Says that these campaigns' cards are out of date."""
    if campaign_ids:
        change = update(Campaign).where(col(Campaign.id).in_(campaign_ids), ~col(Campaign.card_due))
        await session.exec(change.values(card_due=True))


async def touch_open_cards(session: AsyncSession, over_since: datetime) -> None:
    """Says that the cards of all campaigns that are not over, or only since then, are out of date."""
    still = sa.or_(col(Campaign.over_at).is_(None), col(Campaign.over_at) >= over_since)
    await session.exec(update(Campaign).where(still).values(card_due=True))


async def change(session: AsyncSession, campaign_id: UUID, **columns: object) -> None:
    """Changes columns of a campaign that are not its state."""
    await session.exec(update(Campaign).where(col(Campaign.id) == campaign_id).values(**columns))


async def last_same(
    session: AsyncSession, club_id: UUID, body: str, audience: Mapping[str, Any], since: datetime
) -> Campaign | None:
    """The newest campaign with this text to this audience since then that was not called off."""
    same = select(Campaign).where(
        Campaign.club_id == club_id,
        Campaign.body == body,
        Campaign.created_at >= since,
        col(Campaign.state).not_in((CampaignState.CANCELLED,)),
    )
    newest_first = (await session.exec(same.order_by(col(Campaign.created_at).desc()))).all()
    return next((campaign for campaign in newest_first if campaign.audience == audience), None)


async def listed(
    session: AsyncSession,
    club_id: UUID,
    states: Collection[CampaignState],
    *,
    limit: int,
    offset: int = 0,
    soonest_first: bool = False,
) -> Sequence[Campaign]:
    """A page of the club's campaigns in these states, the newest first unless asked by time of leaving."""
    mine = select(Campaign).where(Campaign.club_id == club_id, col(Campaign.state).in_(states))
    order = col(Campaign.release_at) if soonest_first else col(Campaign.release_at).desc()
    return (await session.exec(mine.order_by(order, col(Campaign.id)).limit(limit).offset(offset))).all()


async def how_many(session: AsyncSession, club_id: UUID, states: Collection[CampaignState]) -> int:
    """How many campaigns of the club stand in these states."""
    mine = select(func.count()).select_from(Campaign).where(Campaign.club_id == club_id)
    return (await session.exec(mine.where(col(Campaign.state).in_(states)))).one()


@dataclass(frozen=True, slots=True)
class Tally:
    """How a campaign stands, in numbers."""

    states: Mapping[MessageState, int]
    errors: Mapping[int | None, int]
    """Of the messages that failed or were not delivered, by the carrier's error number."""
    left_out: Mapping[str, int]
    segments: int
    replies: int


async def tally(session: AsyncSession, campaign_id: UUID) -> Tally:
    """The campaign's counts as they are now."""
    counts = await tallies.of_campaign(session, campaign_id)
    in_its_threads = select(Conversation.id).where(Conversation.campaign_id == campaign_id)
    replies = select(func.count()).select_from(Reply).where(col(Reply.conversation_id).in_(in_its_threads))
    states: dict[MessageState, int] = {}
    errors: dict[int | None, int] = {}
    left_out: dict[str, int] = {}
    for key, (count, _) in counts.items():
        if key.what == tallies.LEFT_OUT:
            left_out[key.detail] = count
            continue
        state = MessageState(key.what)
        states[state] = states.get(state, 0) + count
        if state in tallies.PROBLEMS:
            code = int(key.detail) if key.detail else None
            errors[code] = errors.get(code, 0) + count
    return Tally(
        states=states,
        errors=errors,
        left_out=left_out,
        segments=sum(segments for _, segments in counts.values()),
        replies=(await session.exec(replies)).one(),
    )


async def audience_lines(session: AsyncSession, campaign_id: UUID) -> Sequence[AudienceLine]:
    """Every contact of the campaign's audience, in or out."""
    return (await session.exec(select(AudienceLine).where(AudienceLine.campaign_id == campaign_id))).all()


async def lost_messages(session: AsyncSession, campaign_id: UUID) -> Sequence[Message]:
    """The campaign's messages that were refused, not delivered or not sent."""
    lost = (MessageState.FAILED, MessageState.UNDELIVERED, MessageState.SKIPPED)
    mine = select(Message).where(Message.campaign_id == campaign_id, col(Message.state).in_(lost))
    return (await session.exec(mine)).all()


async def add_rows(
    session: AsyncSession, table: type[AudienceLine] | type[Message], rows: list[dict[str, Any]]
) -> None:
    """Stores many rows at once."""
    for start in range(0, len(rows), 1000):
        await session.exec(sa.insert(table), params=rows[start : start + 1000])
