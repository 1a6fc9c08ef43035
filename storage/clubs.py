"""Queries about clubs, their staff and their senders."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.models import Club, Sender, Staff
from storage.states import Role, SenderKind


async def club_of_team(session: AsyncSession, slack_team_id: str) -> Club | None:
    """The club of a Slack workspace."""
    return (await session.exec(select(Club).where(Club.slack_team_id == slack_team_id))).first()


async def is_any_known(session: AsyncSession) -> bool:
    """Whether there is a club at all."""
    return (await session.exec(select(Club.id).limit(1))).first() is not None


async def all_clubs(session: AsyncSession) -> Sequence[Club]:
    """Every club, by its Slack team."""
    return (await session.exec(select(Club).order_by(col(Club.slack_team_id)))).all()


async def club(session: AsyncSession, club_id: UUID) -> Club:
    """The club with this id."""
    return (await session.exec(select(Club).where(Club.id == club_id))).one()


async def club_as_it_stays(session: AsyncSession, club_id: UUID) -> Club:
    """The club with this id, whose settings nobody changes before this transaction ends."""
    kept = select(Club).where(Club.id == club_id).with_for_update(read=True)
    return (await session.exec(kept.execution_options(populate_existing=True))).one()


async def club_to_change(session: AsyncSession, club_id: UUID) -> Club:
    """The club with this id, once all who rely on its settings or change them have ended."""
    changed = select(Club).where(Club.id == club_id).with_for_update(key_share=True)
    return (await session.exec(changed.execution_options(populate_existing=True))).one()


async def set_channel_trouble(session: AsyncSession, club_id: UUID, trouble: str | None) -> None:
    """Notes why the club's channel cannot be written to, or that it can again."""
    await session.exec(update(Club).where(col(Club.id) == club_id).values(channel_trouble=trouble))


async def change(session: AsyncSession, club_id: UUID, **columns: object) -> None:
    """Changes the club's settings."""
    await session.exec(update(Club).where(col(Club.id) == club_id).values(**columns))


async def sender_and_country(session: AsyncSession, club_id: UUID, value: str) -> tuple[Sender, str] | None:
    """The club's sender of this name or number, and the club's country."""
    mine = select(Sender, Club.country).join(Club, col(Club.id) == col(Sender.club_id))
    return (await session.exec(mine.where(Sender.club_id == club_id, Sender.value == value))).first()


async def member_of_staff(session: AsyncSession, club_id: UUID, slack_user_id: str) -> Staff | None:
    """The staff row of a Slack user."""
    found = select(Staff).where(Staff.club_id == club_id, Staff.slack_user_id == slack_user_id)
    return (await session.exec(found)).first()


async def staff(session: AsyncSession, club_id: UUID) -> Sequence[Staff]:
    """Everybody named as staff, in the order they were named."""
    return (
        await session.exec(select(Staff).where(Staff.club_id == club_id).order_by(col(Staff.created_at)))
    ).all()


async def name_coach(session: AsyncSession, club_id: UUID, slack_user_id: str) -> bool:
    """Makes a coach of somebody known as staff; whether there was a row to note it in."""
    change = update(Staff).where(col(Staff.club_id) == club_id, col(Staff.slack_user_id) == slack_user_id)
    return (await session.exec(change.values(role=Role.COACH))).rowcount == 1


async def dismiss(session: AsyncSession, club_id: UUID, slack_user_ids: Sequence[str], role: Role) -> None:
    """Takes the role from these users."""
    gone = delete(Staff).where(
        col(Staff.club_id) == club_id, col(Staff.slack_user_id).in_(slack_user_ids), col(Staff.role) == role
    )
    await session.exec(gone)


async def set_phone(session: AsyncSession, club_id: UUID, slack_user_id: str, e164: str | None) -> bool:
    """Notes a member of staff's own number; whether there was a row to note it in."""
    change = update(Staff).where(col(Staff.club_id) == club_id, col(Staff.slack_user_id) == slack_user_id)
    return (await session.exec(change.values(e164=e164))).rowcount == 1


async def senders(session: AsyncSession, club_id: UUID) -> Sequence[Sender]:
    """The club's senders, its default first."""
    mine = select(Sender).where(Sender.club_id == club_id)
    return (await session.exec(mine.order_by(col(Sender.is_default).desc(), col(Sender.value)))).all()


async def every_sender(session: AsyncSession) -> Sequence[Sender]:
    """The senders of all clubs, each club's default first."""
    return (
        await session.exec(select(Sender).order_by(col(Sender.is_default).desc(), col(Sender.value)))
    ).all()


async def answerable(session: AsyncSession) -> Sequence[tuple[str, datetime]]:
    """Every number that members can write to, and since when its club is here."""
    numbers = select(Sender.value, Club.created_at).join(Club, col(Club.id) == col(Sender.club_id))
    return (await session.exec(numbers.where(Sender.kind != SenderKind.NAME))).all()


async def sender(session: AsyncSession, club_id: UUID, value: str) -> Sender | None:
    """The club's sender with this name or number."""
    return (
        await session.exec(select(Sender).where(Sender.club_id == club_id, Sender.value == value))
    ).first()


async def owner_of_sender(session: AsyncSession, value: str) -> Club | None:
    """The one club this number or name belongs to."""
    found = select(Club).join(Sender, col(Sender.club_id) == col(Club.id)).where(Sender.value == value)
    return (await session.exec(found)).first()
