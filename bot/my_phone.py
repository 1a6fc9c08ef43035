"""Somebody's own number, to try texts on before the members get them."""

from typing import ClassVar

import storage.clubs
from bot.errors import BotError
from bot.rules import phones
from bot.rules.phones import PhoneRefusal
from bot.runtime import Runtime, Who
from storage.db import add_if_new
from storage.models import Staff
from storage.states import Role


class NotAMobile(BotError):
    """This is not a mobile number that can be texted. Type it like 06 12 34 56 78, or with +33."""

    field: ClassVar[str | None] = "my_phone"


async def set_my_phone(rt: Runtime, who: Who, typed: str) -> None:
    """Keeps this person's own number for tests; an empty one takes it away. Raises `NotAMobile`."""
    parsed = phones.parse(typed, who.club.country)
    if isinstance(parsed, PhoneRefusal) and parsed is not PhoneRefusal.EMPTY:
        raise NotAMobile
    e164 = None if isinstance(parsed, PhoneRefusal) else parsed.e164
    async with rt.db.begin() as session:
        known = await storage.clubs.set_phone(session, who.club.id, who.slack_user_id, e164)
        if e164 and not known:
            row = staff_row(rt, who, who.slack_user_id, who.role)
            row.e164 = e164
            await add_if_new(session, row)


def staff_row(rt: Runtime, who: Who, user_id: str, role: Role) -> Staff:
    """Somebody as a member of staff whom this person names."""
    return Staff(
        club_id=who.club.id,
        slack_user_id=user_id,
        role=role,
        named_by=who.slack_user_id,
        created_at=rt.clock.now(),
    )
