"""What the rules say of a campaign's people, by what the database knows of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.contacts import Picked, in_club
from storage.models import Contact
from storage.states import OptOutScope

Expression = Any
Place = tuple[str, int]
"""How a number begins, and how long it is: what is found out for one such number holds for all."""


@dataclass(frozen=True, slots=True)
class Where:
    """Why the numbers of a place are left out, whatever is on their record, or though it allows them; or until when they wait."""

    abroad: str | None = None
    never: str | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What the rules say of a campaign's people, by what the database knows of them.

    `by_record` says why a number is left out, by its opt-out and whether it agreed to marketing; `None` where it is not.
    `by_place` has those places alone whose numbers are left out, or wait. The days are those of `Generations`.
    """

    club_id: UUID
    picked: Picked
    by_record: Mapping[tuple[OptOutScope | None, bool], str | None]
    digits_of_places: Mapping[str, int]
    by_place: Mapping[Place, Where]
    reads: Mapping[str, str]
    alone_before: str
    young_after: str
    young: str | None
    """Why a young one is left out where a guardian gets it; `None` where that does not count."""
    minor_after: str
    minor: str | None
    accompanied_after: str
    second: UUID | None
    """Who goes along with whoever was born after that day and whose guardians do not."""


async def places(
    session: AsyncSession, club_id: UUID, digits_of_places: Mapping[str, int]
) -> Sequence[Place]:
    """Where the numbers of the club's people are."""
    e164 = col(Contact.e164)
    begins = begins_of(e164, digits_of_places)
    mine = sa.select(begins, sa.func.length(e164)).where(in_club(club_id), e164 != "").distinct()
    return [(begins, length) for begins, length in (await (await session.connection()).execute(mine)).all()]


async def languages(session: AsyncSession, club_id: UUID) -> Sequence[str]:
    """What stands for a language anywhere among the club's people."""
    mine = sa.select(col(Contact.language)).where(in_club(club_id)).distinct()
    return (await (await session.connection()).execute(mine)).scalars().all()


def begins_of(e164: Expression, digits: Mapping[str, int]) -> Expression:
    """How each number begins, as far as that says where it is."""
    by_length: dict[int, list[str]] = {}
    for begins, length in digits.items():
        by_length.setdefault(length, []).append(begins)
    first = sa.func.substr(e164, 2, 3)
    return sa.case(
        *((first.in_(some), sa.func.substr(e164, 1, length + 1)) for length, some in by_length.items()),
        else_=e164,
    )
