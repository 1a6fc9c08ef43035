"""The lines of a campaign's audience: who they are of, why each got it or did not, and what became of their texts."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import tallies
from storage.db import digits, read_in_portions
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


class Line(NamedTuple):
    """One line, its id in 32 digits, and where its text is; a name is missing where nobody is there any more."""

    id: str
    first_name: str | None
    last_name: str | None
    because: str
    group_number: int | None
    e164: str | None
    left_out: str | None
    detail: str
    state: MessageState | None
    reason: str | None
    error_code: int | None


class Lines:
    """The lines of one campaign of a club, with who they are of and what became of their texts."""

    def __init__(self, session: AsyncSession, club_id: UUID, campaign_id: UUID, marks: Marks) -> None:
        self._session, self._club_id, self._campaign_id, self._marks = session, club_id, campaign_id, marks

    async def counts(self) -> Mapping[str, int]:
        """How many lines there are of each name that `Sought.show` may have, each reason for leaving out included."""
        left_out, detail = col(AudienceLine.left_out), col(AudienceLine.detail)
        connection = await self._session.connection()
        query = sa.select(left_out, detail, func.count()).where(*self._mine).group_by(left_out, detail)
        found: Counter[str] = Counter()
        for reason, more, count in await connection.execute(query):
            found.update(dict.fromkeys(["all", *self._names(reason, more)], count))
        for name in ("unreached", *(["lost"] if await self._is_any_lost() else [])):
            counted = sa.select(func.count()).select_from(AudienceLine).where(*self._mine, self._shown(name))
            found[name] = (await connection.execute(counted)).scalar_one()
        return found

    async def page(self, sought: Sought, *, limit: int, offset: int) -> Sequence[Line]:
        """So many lines from this one on, by name."""
        query = await self._select(sought, *self._of_the_line())
        connection = await self._session.connection()
        ordered = query.order_by(*self._by_name()).limit(limit).offset(offset)
        rows = (await connection.execute(ordered)).all()
        state_of = await self._texts([row.e164 for row in rows if row.left_out is None])
        no_text = (None, None, None)
        return [
            Line._make((*row, *(no_text if row.left_out else state_of.get(row.e164, no_text))))
            for row in rows
        ]

    async def every(self) -> Sequence[Line]:
        """All lines, by name."""
        is_its_text = sa.and_(
            col(Message.campaign_id) == self._campaign_id,
            col(Message.e164) == col(AudienceLine.e164),
            col(AudienceLine.left_out).is_(None),
        )
        columns = (*self._of_the_line(), col(Message.state), col(Message.reason), col(Message.error_code))
        query = (await self._select(Sought(), *columns)).outerjoin(Message, is_its_text)
        found: list[Line] = []
        async for some in read_in_portions(self._session, query.order_by(*self._by_name())):
            found += map(Line._make, some)
        return found

    async def pairs(self, *, is_second: bool = False) -> Sequence[tuple[str, str]]:
        """Child and guardian, or second adult, all of them, by ids of 32 digits."""
        session, pair = self._session, AudienceGuardian
        query = sa.select(digits(session, pair.child_id), digits(session, pair.guardian_id)).where(
            col(pair.club_id) == self._club_id,
            col(pair.campaign_id) == self._campaign_id,
            col(pair.is_second) == is_second,
        )
        pairs: list[tuple[str, str]] = []
        async for rows in read_in_portions(
            session, query.order_by(col(pair.child_id), col(pair.guardian_id))
        ):
            pairs += [(child, guardian) for child, guardian in rows]
        return pairs

    async def guardians_of(self, child_ids: Collection[str]) -> dict[str, list[Line]]:
        """Who answered for each of these, by name; of no text it is told where it is."""
        return await self._relatives(AudienceGuardian.child_id, AudienceGuardian.guardian_id, child_ids)

    async def wards_of(self, ids: Collection[str], *, is_second: bool = False) -> dict[str, list[Line]]:
        """For whom each of these answered, or went along with, by name; of no text it is told where it is."""
        pair = AudienceGuardian
        return await self._relatives(pair.guardian_id, pair.child_id, ids, is_second=is_second)

    async def _relatives(
        self, known: Any, wanted: Any, ids: Collection[str], *, is_second: bool = False
    ) -> dict[str, list[Line]]:
        pair = AudienceGuardian
        is_mine = (
            col(pair.club_id) == self._club_id,
            col(pair.campaign_id) == self._campaign_id,
            col(pair.is_second) == is_second,
        )
        is_line = sa.and_(
            col(AudienceLine.campaign_id) == self._campaign_id, col(AudienceLine.contact_id) == wanted
        )
        no_text = (sa.null(), sa.null(), sa.null())
        query = (
            sa.select(digits(self._session, known), *self._of_the_line(), *no_text)
            .select_from(pair)
            .join(AudienceLine, is_line)
            .outerjoin(Contact, col(Contact.id) == col(AudienceLine.contact_id))
            .where(*is_mine, known.in_([UUID(id) for id in ids]))
        )
        found: dict[str, list[Line]] = {}
        connection = await self._session.connection()
        for id, *line in await connection.execute(query.order_by(*self._by_name())):
            found.setdefault(id, []).append(Line._make(line))
        return found

    async def _texts(self, numbers: Collection[str]) -> Mapping[str, Sequence[Any]]:
        """Where the texts to these numbers are."""
        state = (col(Message.state), col(Message.reason), col(Message.error_code))
        query = sa.select(col(Message.e164), *state).where(
            col(Message.campaign_id) == self._campaign_id, col(Message.e164).in_(numbers)
        )
        rows = await (await self._session.connection()).execute(query)
        return {e164: known for e164, *known in rows}

    async def _is_any_lost(self) -> bool:
        counts = await tallies.of_campaign(self._session, self._campaign_id)
        return any(count for key, (count, _) in counts.items() if key.what in LOST)

    def _names(self, left_out: str | None, detail: str) -> Sequence[str]:
        """Of which names a line is by these alone."""
        if left_out is None:
            return ["in"]
        return ["guardians"] if detail == self._marks.in_their_place else ["out", left_out]

    @property
    def _mine(self) -> Sequence[Any]:
        return (
            col(AudienceLine.club_id) == self._club_id,
            col(AudienceLine.campaign_id) == self._campaign_id,
        )

    def _of_the_line(self) -> Sequence[Any]:
        return (
            digits(self._session, AudienceLine.contact_id),
            col(Contact.first_name),
            col(Contact.last_name),
            col(AudienceLine.because),
            col(AudienceLine.group_number),
            col(AudienceLine.e164),
            col(AudienceLine.left_out),
            col(AudienceLine.detail),
        )

    async def _select(self, sought: Sought, *columns: Any) -> Any:
        meaning = await meant(self._session, self._club_id, sought.typed, number=col(AudienceLine.e164))
        return (
            select(*columns)
            .select_from(AudienceLine)
            .outerjoin(Contact, col(Contact.id) == col(AudienceLine.contact_id))
            .where(*self._mine, self._shown(sought.show), *meaning)
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
                return sa.and_(left_out.is_(None), col(AudienceLine.e164).in_(self._lost_numbers()))
            case reason:
                return sa.and_(is_out, left_out == reason)

    def _lost_numbers(self) -> Any:
        return sa.select(col(Message.e164)).where(
            col(Message.campaign_id) == self._campaign_id, col(Message.state).in_(LOST)
        )

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
