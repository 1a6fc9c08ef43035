"""Archives people, and takes them back. Who is archived gets nothing; nothing of theirs is forgotten."""

from uuid import UUID

import storage.audit
import storage.people
from bot.errors import BotError
from bot.people.find import name_of
from bot.runtime import Runtime, Who
from storage.models import Audit


class PersonGone(BotError):
    """This person is no longer there."""


async def archive(rt: Runtime, who: Who, contact_id: UUID) -> str:
    """Their name; they get nothing from now on. Raises `PersonGone` for nobody of the club."""
    return await _move(rt, who, contact_id, "contact_archived", is_archived=True)


async def take_back(rt: Runtime, who: Who, contact_id: UUID) -> str:
    """Their name; they are one of the club's people again. Raises `PersonGone` for nobody of the club."""
    return await _move(rt, who, contact_id, "contact_taken_back", is_archived=False)


async def _move(rt: Runtime, who: Who, contact_id: UUID, action: str, *, is_archived: bool) -> str:
    now = rt.clock.now()
    async with rt.db.begin() as session:
        row = await storage.people.one(session, who.club.id, contact_id)
        if row is None:
            raise PersonGone
        at = now if is_archived else None
        if await storage.people.archive(session, who.club.id, contact_id, at):
            line = Audit(
                club_id=who.club.id,
                at=now,
                actor=who.slack_user_id,
                action=action,
                subject=f"contact {contact_id}",
            )
            await storage.audit.note(session, line)
    return name_of(row)
