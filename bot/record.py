"""What was said about one number, as the rules read it."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

import storage.consent
from bot.rules.refusals import Line
from storage.models import Consent


async def record_of(session: AsyncSession, club_id: UUID, e164: str) -> list[Line]:
    """The record of the number, oldest first."""
    return lines(await storage.consent.history(session, club_id, e164))


def lines(rows: Sequence[Consent]) -> list[Line]:
    """The rows as the rules read them."""
    return [
        Line(
            row.id,
            row.purpose,
            row.given,
            row.evidence,
            row.recorded_by,
            row.at,
            row.contact_id,
            row.how,
            row.words,
            row.words_version,
        )
        for row in rows
    ]
