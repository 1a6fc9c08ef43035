"""The messages of an audience that is resolved."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.chunks import SIZE
from storage.contacts import listed_columns
from storage.db import dialect_of, in_portions
from storage.freezing.tables import CHUNK, INSTANT, PERSON, RECIPIENT, WARD, is_reached
from storage.models import Campaign, Chunk, Contact, Message
from storage.states import MessageState

Expression = Any


async def classes(session: AsyncSession) -> Sequence[tuple[bool, str, int]]:
    """How many recipients wait or do not, by the language they read; empty where it is not known."""
    waits = RECIPIENT.c.until.is_not(None).label("waits")
    query = sa.select(waits, RECIPIENT.c.code, sa.func.count()).group_by(sa.text("waits"), RECIPIENT.c.code)
    found = await (await session.connection()).execute(query)
    return [(bool(is_held), code, count) for is_held, code, count in found.all()]


async def waiting(session: AsyncSession, size: int) -> Sequence[int]:
    """How many of each so many recipients may leave at once, in their order."""
    at_once = sa.func.count(sa.case((RECIPIENT.c.until.is_(None), 1)))
    query = sa.select(at_once).group_by(RECIPIENT.c.number // size).order_by(sa.func.min(RECIPIENT.c.number))
    return (await (await session.connection()).execute(query)).scalars().all()


async def readers(session: AsyncSession, fields: Sequence[str], first: int, end: int) -> Sequence[Any]:
    """Whom the texts are for, of the recipients from the first up to the end, which is none of them, in their order.

    Each with the recipient's place, number and language, and after these three as a `Listed`.
    """
    is_owner = sa.and_(PERSON.c.e164 == RECIPIENT.c.e164, is_reached())
    theirs = sa.select(*RECIPIENT.c, PERSON.c.rank.label("by"), PERSON.c.contact_id.label("owner_id"))
    theirs = theirs.join(PERSON, is_owner).where(RECIPIENT.c.number >= first, RECIPIENT.c.number < end)
    mine = theirs.add_columns(PERSON.c.contact_id.label("reader_id"), sa.literal(0).label("then"))
    wards = theirs.add_columns(WARD.c.child_id.label("reader_id"), WARD.c.rank.label("then"))
    both = sa.union_all(
        mine.where(PERSON.c.is_chosen), wards.join(WARD, WARD.c.guardian_id == PERSON.c.contact_id)
    ).subquery()
    query = (
        sa.select(both.c.number, both.c.e164, both.c.code, *listed_columns(session, fields))
        .join(Contact, col(Contact.id) == both.c.reader_id)
        .order_by(both.c.number, both.c.by, both.c.then)
    )
    return (await (await session.connection()).execute(query)).all()


async def waiting_until(session: AsyncSession, first: int, size: int) -> Mapping[str, datetime]:
    """Until when which of so many recipients wait, from this one on."""
    query = sa.select(RECIPIENT.c.e164, RECIPIENT.c.until).where(
        RECIPIENT.c.number >= first, RECIPIENT.c.number < first + size, RECIPIENT.c.until.is_not(None)
    )
    return dict((await (await session.connection()).execute(query)).all())


async def write_alike(
    session: AsyncSession,
    campaign: Campaign,
    texts: Mapping[str, tuple[str, int]],
    new: Sequence[Chunk],
    at: datetime,
) -> None:
    """Stores a message for each recipient, which is one text for all who read a language; `texts` have each with its segments."""
    connection = await session.connection()
    rows = [{"number": chunk.number, "id": chunk.id} for chunk in new]
    for some in in_portions(rows):
        await connection.execute(sa.insert(CHUNK), some)
    body, segments = (
        sa.case({code: text[which] for code, text in texts.items()}, value=RECIPIENT.c.code)
        for which in (0, 1)
    )
    until = RECIPIENT.c.until
    values = {
        "id": _new_id(session),
        "club_id": sa.literal(campaign.club_id, sa.Uuid),
        "campaign_id": sa.literal(campaign.id, sa.Uuid),
        "chunk_id": CHUNK.c.id,
        "sender": sa.literal(campaign.sender),
        "e164": RECIPIENT.c.e164,
        "body": body,
        "segments": segments,
        "state": sa.case((until.is_(None), MessageState.QUEUED.value), else_=MessageState.HELD.value),
        "attempt": sa.literal(0),
        "not_before": sa.func.coalesce(until, sa.literal(at, INSTANT)),
        "created_at": sa.literal(at, INSTANT),
        "changed_at": sa.literal(at, INSTANT),
    }
    messages = sa.select(*values.values()).join_from(
        RECIPIENT, CHUNK, CHUNK.c.number == RECIPIENT.c.number // SIZE
    )
    await connection.execute(
        sa.insert(Message).from_select(list(values), messages.order_by(RECIPIENT.c.number))
    )


def _new_id(session: AsyncSession) -> Expression:
    """A random id of the fourth version, as Python makes them."""
    if dialect_of(session) is postgresql:
        return sa.func.gen_random_uuid()
    # https://www.sqlite.org/lang_corefunc.html#randomblob
    return sa.literal_column(
        "lower(hex(randomblob(6)) || '4' || substr(hex(randomblob(2)), 2) || '8' || substr(hex(randomblob(8)), 2))"
    )
