"""Queries that erase a person: rows go, and where a row is counted, what it says of them goes."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import moves
from storage.db import add_if_new, digits, in_portions
from storage.models import (
    AudienceGuardian,
    AudienceLine,
    Campaign,
    Club,
    Consent,
    Contact,
    Conversation,
    Draft,
    ErasedNumber,
    Erasure,
    GroupDraft,
    Guardianship,
    Membership,
    Message,
    OptInQuestion,
    OptOut,
    Reply,
    Staff,
    Stray,
)
from storage.moves import Standing, move_of
from storage.states import MessageState, OptOutScope

ERASED = "erased"
"""Why a message was not sent, and how begins what stands in the place of a number."""
CHOSEN = "chosen"
"""Why a line of an audience is there whose person was meant themselves."""
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


async def texts_about(
    session: AsyncSession, club_id: UUID, child_id: UUID, *, alone: bool
) -> Sequence[Standing]:
    """The messages that guardians were to get for this child, locked; those alone that were about nobody else, or the others."""
    to_number = (
        col(AudienceLine.campaign_id) == col(Message.campaign_id),
        col(AudienceLine.e164) == col(Message.e164),
    )
    is_guardian = sa.and_(
        col(AudienceGuardian.campaign_id) == col(AudienceLine.campaign_id),
        col(AudienceGuardian.guardian_id) == col(AudienceLine.contact_id),
    )
    pairs = sa.select(sa.literal(1)).select_from(AudienceLine).join(AudienceGuardian, is_guardian)
    about = pairs.where(*to_number, col(AudienceGuardian.child_id) == child_id).exists()
    others = pairs.where(*to_number, col(AudienceGuardian.child_id) != child_id).exists()
    chosen = sa.select(sa.literal(1)).where(*to_number, col(AudienceLine.because) == CHOSEN).exists()
    is_shared = sa.or_(others, chosen)
    mine = sa.select(*moves.standing_columns()).where(col(Message.club_id) == club_id, about)
    locked = mine.where(~is_shared if alone else is_shared).order_by(col(Message.id)).with_for_update()
    return [Standing(*row) for row in (await (await session.connection()).execute(locked)).all()]


async def forget_words(session: AsyncSession, texts: Iterable[Standing]) -> None:
    """Takes the words out of these messages where they were made for each reader, as names are, and wait no more."""
    merged = sa.select(col(Campaign.id)).where(col(Campaign.body).like("%{%"))
    for some in in_portions([one.id for one in texts]):
        mine = sa.update(Message).where(col(Message.id).in_(some), col(Message.campaign_id).in_(merged))
        await session.exec(mine.where(col(Message.state).not_in(_WAITING)).values(body=""))


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
    """Takes what the number wrote, and the number, out of its conversations and off who tries texts on it.

    An SID stays, so that nothing comes in again.
    """
    replies = sa.update(Reply).where(col(Reply.club_id) == club_id, col(Reply.e164) == e164)
    await session.exec(replies.values(e164=ERASED, body="", post_after=None))
    mine = sa.update(Conversation).where(col(Conversation.club_id) == club_id, col(Conversation.e164) == e164)
    await session.exec(mine.values(e164=ERASED))
    phone = sa.update(Staff).where(col(Staff.club_id) == club_id, col(Staff.e164) == e164)
    await session.exec(phone.values(e164=None))
    asked = sa.delete(OptInQuestion).where(
        col(OptInQuestion.club_id) == club_id, col(OptInQuestion.e164) == e164
    )
    await session.exec(asked)


async def forget_record(
    session: AsyncSession, club_id: UUID, *, e164: str | None, contact_id: UUID | None
) -> None:
    """Deletes what the record of consent says of the number, and of this person at any other one.

    What they refused at a number that is somebody else's too goes on being refused there, by nobody in particular.
    """
    about = sa.or_(
        *([col(Consent.e164) == e164] if e164 else []),
        *([col(Consent.contact_id) == contact_id] if contact_id else []),
    )
    theirs = sa.and_(col(Consent.club_id) == club_id, about)
    numbers = (await session.exec(select(Consent.e164).where(theirs).distinct())).all()
    refused = await _refused_for_others(session, club_id, contact_id, set(numbers) - {e164})
    for number in numbers:
        await add_if_new(session, Erasure(club_id=club_id, e164=number))
    await session.exec(sa.delete(Consent).where(theirs).execution_options(synchronize_session=False))
    await session.exec(sa.delete(Erasure).where(col(Erasure.club_id) == club_id))
    session.add_all(refused)
    await session.flush()


async def _refused_for_others(
    session: AsyncSession, club_id: UUID, contact_id: UUID | None, numbers: Collection[str]
) -> list[Consent]:
    """What this person refused at numbers that others have too, as nobody's word."""
    others = sa.select(col(Contact.e164)).where(
        col(Contact.club_id) == club_id, col(Contact.e164).in_(numbers), col(Contact.id) != contact_id
    )
    mine = select(Consent).where(
        Consent.club_id == club_id,
        Consent.contact_id == contact_id,
        col(Consent.given).is_(False),
        col(Consent.e164).in_(others),
    )
    rows = (await session.exec(mine)).all() if contact_id else []
    return [Consent(**row.model_dump(exclude={"id"}) | {"contact_id": None}) for row in rows]


async def keep_hash(
    session: AsyncSession, club_id: UUID, e164: str, digest: str, scope: OptOutScope, since_at: datetime
) -> None:
    """Has the hash stand in the number's place among those who want no texts."""
    await session.merge(ErasedNumber(club_id=club_id, digest=digest, scope=scope, since_at=since_at))
    await session.flush()
    await session.exec(sa.delete(OptOut).where(col(OptOut.club_id) == club_id, col(OptOut.e164) == e164))


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
    pair = AudienceGuardian
    either = sa.or_(col(pair.child_id) == contact_id, col(pair.guardian_id) == contact_id)
    await session.exec(sa.delete(pair).where(col(pair.club_id) == club_id, either))
    named = sa.and_(col(Club.id) == club_id, col(Club.second_adult_id) == contact_id)
    await session.exec(sa.update(Club).where(named).values(second_adult_id=None))
    for table in (Membership, AudienceLine):
        theirs = sa.and_(col(table.club_id) == club_id, col(table.contact_id) == contact_id)
        await session.exec(sa.delete(table).where(theirs))
    gone = sa.delete(Contact).where(col(Contact.club_id) == club_id, col(Contact.id) == contact_id)
    await session.exec(gone)


def _without(picked: dict[str, Any], id_: str) -> dict[str, Any]:
    """What somebody picks and types without this person among those picked; what they typed stays."""
    return picked | {"contacts": [one for one in picked.get("contacts", []) if one["id"] != id_]}


async def forget_mentions(session: AsyncSession, club_id: UUID, contact_id: UUID) -> None:
    """Takes this person out of drafts, and the names out of the title line of campaigns to picked people that they were one of."""
    id_ = f"%{contact_id}%"
    named_in = (sa.cast(col(column), sa.String).like(id_) for column in (Draft.fields, Draft.previewed))
    drafts = select(Draft).where(Draft.club_id == club_id, sa.or_(*named_in))
    for draft in (await session.exec(drafts.with_for_update())).all():
        draft.fields = _without(draft.fields, str(contact_id))
        draft.previewed = draft.previewed and _without(draft.previewed, str(contact_id))
        session.add(draft)
    await session.flush()
    picked = sa.cast(col(Campaign.audience), sa.String).like(id_)
    named = sa.update(Campaign).where(col(Campaign.club_id) == club_id, picked)
    await session.exec(named.values(audience_words="…", card_due=True))


async def forget_building(session: AsyncSession, club_id: UUID, told: Collection[str]) -> None:
    """Deletes the groups being built that ask for one of these words, which tell somebody."""
    drafts = (await session.exec(select(GroupDraft).where(GroupDraft.club_id == club_id))).all()
    asking = [draft.id for draft in drafts if not _texts_in(draft.form).isdisjoint(map(str.casefold, told))]
    for some in in_portions(asking):
        await session.exec(sa.delete(GroupDraft).where(col(GroupDraft.id).in_(some)))


def _texts_in(form: Any) -> set[str]:
    if isinstance(form, str):
        return {form.strip().casefold()}
    each = form.values() if isinstance(form, dict) else form if isinstance(form, list) else ()
    return {text for one in each for text in _texts_in(one)}
