"""The lines of a campaign's audience: who they are of, why each got it or did not, and what became of their texts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.db import digits, in_portions, read_in_portions
from storage.models import AudienceGuardian, AudienceLine, Contact, Message
from storage.people import meant
from storage.states import MessageState

LOST = (MessageState.FAILED, MessageState.UNDELIVERED, MessageState.SKIPPED)


@dataclass(frozen=True, slots=True)
class Marks:
    """The words of the rules that the lines hold: of who was chosen, and of whose guardians get it in their place."""

    chosen: str
    in_their_place: str


@dataclass(frozen=True, slots=True)
class Sought:
    """Which lines of a campaign are wanted; `show` is one of the names that `counts` counts, empty for all."""

    typed: str = ""
    show: str = ""


class Lines:
    """The lines of one campaign of a club, with who they are of and what became of their texts."""

    def __init__(self, session: AsyncSession, club_id: UUID, campaign_id: UUID, marks: Marks) -> None:
        self._session, self._club_id, self._campaign_id, self._marks = session, club_id, campaign_id, marks

    async def counts(self) -> Mapping[str, int]:
        """How many lines there are of each name that `Sought.show` may have, each reason for leaving out included."""
        names = ("all", "in", "guardians", "out", "unreached", "lost")
        sums = [func.sum(sa.case((self._shown(name), 1), else_=0)) for name in names]
        connection = await self._session.connection()
        totals = (await connection.execute(await self._select(Sought(), *sums))).one()
        reason = col(AudienceLine.left_out)
        query = await self._select(Sought(show="out"), reason, func.count())
        reasons = (await connection.execute(query.group_by(reason))).all()
        counted = {name: int(total or 0) for name, total in zip(names, totals, strict=True)}
        return counted | dict(map(tuple, reasons))

    async def page(
        self, sought: Sought, *, limit: int, offset: int
    ) -> Sequence[tuple[AudienceLine, Contact | None, Message | None]]:
        """So many lines from this one on, by name."""
        query = await self._select(sought, AudienceLine, Contact, Message)
        ordered = query.order_by(*self._by_name()).limit(limit).offset(offset)
        return [tuple(row) for row in (await self._session.exec(ordered)).all()]

    async def every(self) -> "read_in_portions":
        """All lines by name, some thousands at a time: `COLUMNS` of each."""
        session = self._session
        columns = (
            digits(session, AudienceLine.contact_id),
            col(Contact.first_name),
            col(Contact.last_name),
            col(AudienceLine.because),
            col(AudienceLine.group_number),
            col(AudienceLine.e164),
            col(AudienceLine.left_out),
            col(AudienceLine.detail),
            col(Message.state),
            col(Message.reason),
            col(Message.error_code),
        )
        query = await self._select(Sought(), *columns)
        return read_in_portions(session, query.order_by(*self._by_name()))

    async def pairs(self) -> Sequence[tuple[str, str]]:
        """Child and guardian, all of them, by ids of 32 digits."""
        session, pair = self._session, AudienceGuardian
        query = sa.select(digits(session, pair.child_id), digits(session, pair.guardian_id)).where(
            col(pair.club_id) == self._club_id, col(pair.campaign_id) == self._campaign_id
        )
        pairs: list[tuple[str, str]] = []
        async for rows in read_in_portions(
            session, query.order_by(col(pair.child_id), col(pair.guardian_id))
        ):
            pairs += [(child, guardian) for child, guardian in rows]
        return pairs

    async def guardians_of(
        self, child_ids: Collection[UUID]
    ) -> dict[UUID, list[tuple[AudienceLine, Contact | None]]]:
        """Who answered for each of these, by name."""
        return await self._relatives(AudienceGuardian.child_id, AudienceGuardian.guardian_id, child_ids)

    async def wards_of(
        self, guardian_ids: Collection[UUID]
    ) -> dict[UUID, list[tuple[AudienceLine, Contact | None]]]:
        """For whom each of these answered, by name."""
        return await self._relatives(AudienceGuardian.guardian_id, AudienceGuardian.child_id, guardian_ids)

    async def _relatives(
        self, known: Any, wanted: Any, ids: Collection[UUID]
    ) -> dict[UUID, list[tuple[AudienceLine, Contact | None]]]:
        found: dict[UUID, list[tuple[AudienceLine, Contact | None]]] = {}
        is_mine = sa.and_(
            col(AudienceGuardian.club_id) == self._club_id,
            col(AudienceGuardian.campaign_id) == self._campaign_id,
        )
        for some in in_portions(ids):
            query = (
                select(known, AudienceLine, Contact)
                .select_from(AudienceGuardian)
                .join(AudienceLine, self._is_line_of(wanted))
                .outerjoin(Contact, col(Contact.id) == col(AudienceLine.contact_id))
                .where(is_mine, known.in_(some))
                .order_by(*self._by_name())
            )
            for id, line, contact in (await self._session.exec(query)).all():
                found.setdefault(id, []).append((line, contact))
        return found

    def _is_line_of(self, contact_id: Any) -> Any:
        return sa.and_(
            col(AudienceLine.campaign_id) == self._campaign_id, col(AudienceLine.contact_id) == contact_id
        )

    async def _select(self, sought: Sought, *columns: Any) -> Any:
        meaning = await meant(self._session, self._club_id, sought.typed, number=col(AudienceLine.e164))
        is_its_text = sa.and_(
            col(Message.campaign_id) == self._campaign_id,
            col(Message.e164) == col(AudienceLine.e164),
            col(AudienceLine.left_out).is_(None),
        )
        return (
            select(*columns)
            .select_from(AudienceLine)
            .outerjoin(Contact, col(Contact.id) == col(AudienceLine.contact_id))
            .outerjoin(Message, is_its_text)
            .where(
                col(AudienceLine.club_id) == self._club_id,
                col(AudienceLine.campaign_id) == self._campaign_id,
                self._shown(sought.show),
                *meaning,
            )
        )

    def _by_name(self) -> Sequence[Any]:
        return (col(Contact.search), col(AudienceLine.contact_id))

    def _shown(self, show: str) -> Any:
        left_out, detail = col(AudienceLine.left_out), col(AudienceLine.detail)
        is_out = sa.and_(left_out.is_not(None), detail != self._marks.in_their_place)
        match show:
            case "" | "all":
                return sa.true()
            case "in":
                return left_out.is_(None)
            case "guardians":
                return sa.and_(left_out.is_not(None), detail == self._marks.in_their_place)
            case "out":
                return is_out
            case "unreached":
                chosen = col(AudienceLine.because) == self._marks.chosen
                return sa.and_(is_out, chosen, ~self._is_answered_for())
            case "lost":
                return col(Message.state).in_(LOST)
            case reason:
                return sa.and_(is_out, left_out == reason)

    def _is_answered_for(self) -> Any:
        """Whether a guardian of the line's got it."""
        guardian = sa.alias(AudienceLine.__table__, "guardian")  # type: ignore[attr-defined]
        pair = AudienceGuardian
        return (
            sa.select(sa.literal(1))
            .select_from(pair)
            .join(guardian, guardian.c.contact_id == col(pair.guardian_id))
            .where(
                col(pair.campaign_id) == self._campaign_id,
                col(pair.child_id) == col(AudienceLine.contact_id),
                guardian.c.campaign_id == self._campaign_id,
                guardian.c.left_out.is_(None),
            )
            .exists()
        )
