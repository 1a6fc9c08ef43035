"""Queries that erase a person: rows go, and where a row is counted, what it says of them goes."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import moves
from storage.db import add_if_new, digits, in_portions
from storage.models import (
    AudienceLine,
    Campaign,
    Consent,
    Contact,
    Conversation,
    Draft,
    ErasedNumber,
    Erasure,
    Guardianship,
    Membership,
    Message,
    OptInQuestion,
    OptOut,
    Reply,
    Stray,
)
from storage.moves import Standing, move_of
from storage.states import MessageState

ERASED = "erased"
"""Why a message was not sent, and how begins what stands in the place of a number."""
_WAITING = (MessageState.HELD, MessageState.QUEUED)


async def with_number(session: AsyncSession, club_id: UUID, e164: str) -> Sequence[Contact]:
    """Whose number this is, archived or not."""
    mine = select(Contact).where(Contact.club_id == club_id, Contact.e164 == e164)
    return (await session.exec(mine.order_by(col(Contact.id)))).all()


async def texts_to(
    session: AsyncSession, club_id: UUID, e164: str, *, alone: UUID | None
) -> Sequence[Standing]:
    """The messages to this number, locked; those alone that nobody but this person was to get, where others share it."""
    mine = sa.select(*moves.standing_columns()).where(
        col(Message.club_id) == club_id, col(Message.e164) == e164
    )
    if alone:
        line = sa.select(col(AudienceLine.campaign_id)).where(
            col(AudienceLine.campaign_id) == col(Message.campaign_id), col(AudienceLine.e164) == e164
        )
        theirs = line.where(col(AudienceLine.contact_id) == alone).exists()
        mine = mine.where(theirs, ~line.where(col(AudienceLine.contact_id) != alone).exists())
    locked = mine.order_by(col(Message.id)).with_for_update()
    return [Standing(*row) for row in (await (await session.connection()).execute(locked)).all()]


async def call_off(session: AsyncSession, texts: Iterable[Standing], at: datetime) -> None:
    """Skips what waits to leave, and follows no longer what may have left; what they count stays right."""
    changed = [
        move_of(one, MessageState.SKIPPED if one.state in _WAITING else MessageState.FAILED, reason=ERASED)
        for one in texts
        if one.state in (*_WAITING, MessageState.UNKNOWN)
    ]
    await moves.make(session, changed, at)


async def redact_messages(session: AsyncSession, message_ids: Collection[UUID]) -> None:
    """Takes text and number out of these messages; how they fared stays, and posts that show one are shown anew."""
    nobody = sa.literal(f"{ERASED} ") + digits(session, Message.id)
    for some in in_portions(message_ids):
        mine = sa.update(Message).where(col(Message.id).in_(some))
        await session.exec(mine.values(e164=nobody, body="", page_token=None, shown_state=None))
        await session.exec(sa.delete(Stray).where(col(Stray.message_id).in_(some)))


async def redact_conversations(session: AsyncSession, club_id: UUID, e164: str) -> None:
    """Takes what the number wrote, and the number, out of its conversations; an SID stays, so that nothing comes in again."""
    replies = sa.update(Reply).where(col(Reply.club_id) == club_id, col(Reply.e164) == e164)
    await session.exec(replies.values(e164=ERASED, body="", post_after=None))
    mine = sa.update(Conversation).where(col(Conversation.club_id) == club_id, col(Conversation.e164) == e164)
    await session.exec(mine.values(e164=ERASED))
    asked = sa.delete(OptInQuestion).where(
        col(OptInQuestion.club_id) == club_id, col(OptInQuestion.e164) == e164
    )
    await session.exec(asked)


async def forget_record(
    session: AsyncSession, club_id: UUID, *, e164: str | None, contact_id: UUID | None
) -> None:
    """Deletes what the record of consent says of the number, and of this person at any other one."""
    about = sa.or_(
        *([col(Consent.e164) == e164] if e164 else []),
        *([col(Consent.contact_id) == contact_id] if contact_id else []),
    )
    theirs = sa.and_(col(Consent.club_id) == club_id, about)
    numbers = (await session.exec(select(Consent.e164).where(theirs).distinct())).all()
    for number in numbers:
        await add_if_new(session, Erasure(club_id=club_id, e164=number))
    await session.exec(sa.delete(Consent).where(theirs))
    await session.exec(sa.delete(Erasure).where(col(Erasure.club_id) == club_id))


async def keep_hash(session: AsyncSession, club_id: UUID, e164: str, digest: str) -> None:
    """Has the hash stand in the number's place among those who want no texts."""
    mine = sa.and_(col(OptOut.club_id) == club_id, col(OptOut.e164) == e164)
    row = (await session.exec(select(OptOut).where(mine).with_for_update())).first()
    if row:
        kept = ErasedNumber(club_id=club_id, digest=digest, scope=row.scope, since_at=row.since_at)
        await session.merge(kept)
        await session.flush()
        await session.exec(sa.delete(OptOut).where(mine))


async def kept(session: AsyncSession, club_id: UUID) -> set[str]:
    """The hashes of everybody whom the club has erased though they wanted no texts."""
    mine = select(ErasedNumber.digest).where(ErasedNumber.club_id == club_id)
    return set((await session.exec(mine)).all())


async def take_marks(
    session: AsyncSession, club_id: UUID, digests: Collection[str]
) -> Sequence[ErasedNumber]:
    """The marks with these hashes, which are gone: their numbers are known to the club again."""
    found: list[ErasedNumber] = []
    for some in in_portions(digests):
        mine = sa.and_(col(ErasedNumber.club_id) == club_id, col(ErasedNumber.digest).in_(some))
        found += (await session.exec(select(ErasedNumber).where(mine))).all()
        await session.exec(sa.delete(ErasedNumber).where(mine).execution_options(synchronize_session=False))
    return found


async def forget_person(session: AsyncSession, club_id: UUID, contact_id: UUID) -> None:
    """Deletes the contact, and whatever points to it."""
    either = sa.or_(col(Guardianship.child_id) == contact_id, col(Guardianship.guardian_id) == contact_id)
    await session.exec(sa.delete(Guardianship).where(col(Guardianship.club_id) == club_id, either))
    for table in (Membership, AudienceLine):
        theirs = sa.and_(col(table.club_id) == club_id, col(table.contact_id) == contact_id)
        await session.exec(sa.delete(table).where(theirs))
    gone = sa.delete(Contact).where(col(Contact.club_id) == club_id, col(Contact.id) == contact_id)
    await session.exec(gone)


async def forget_mentions(session: AsyncSession, club_id: UUID, contact_id: UUID) -> None:
    """Deletes drafts to this person, and the names in the title line of campaigns to picked people that they were one of."""
    id_ = f"%{contact_id}%"
    drafts = sa.cast(col(Draft.fields), sa.String).like(id_) | sa.cast(col(Draft.previewed), sa.String).like(
        id_
    )
    await session.exec(sa.delete(Draft).where(col(Draft.club_id) == club_id, drafts))
    picked = sa.cast(col(Campaign.audience), sa.String).like(id_)
    named = sa.update(Campaign).where(col(Campaign.club_id) == club_id, picked)
    await session.exec(named.values(audience_words="…", card_due=True))
