"""Whom a campaign reached and why, told person by person as it was when it left, and what became of each text."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

import storage.audiences
import storage.groups
from bot import reports
from bot.campaigns.audience import Chosen, ages_of, day_of
from bot.campaigns.explained import Asked, Explained, Relative, Why
from bot.campaigns.resolved import in_group
from bot.i18n import Words
from bot.rules import phones
from bot.rules.audience import GUARDIANS_GET_IT, Because
from bot.rules.families import generations
from bot.runtime import Who
from storage.lines import LOST, Lines, Marks, Sought
from storage.models import AudienceGroup, AudienceLine, Campaign, Club, Contact, Message
from storage.states import AudienceWay

MARKS = Marks(chosen=Because.CHOSEN, in_their_place=GUARDIANS_GET_IT)

Relatives = Mapping[UUID, Sequence[tuple[AudienceLine, Contact | None]]]


async def keep_reasons(session: AsyncSession, club: Club, campaign: Campaign, at: datetime) -> None:
    """Keeps, beside the lines that were just stored, in which group everybody was and who answered for whom."""
    today = day_of(club, at)
    await storage.audiences.keep(
        session,
        campaign,
        await storage.groups.these(session, club.id, Chosen.of_json(campaign.audience).group_ids),
        today,
        chosen=Because.CHOSEN,
        answered_for_after=generations(ages_of(club), today).answered_for_after,
    )


def lines_of(session: AsyncSession, campaign: Campaign) -> Lines:
    """The campaign's lines."""
    return Lines(session, campaign.club_id, campaign.id, MARKS)


async def page(session: AsyncSession, who: Who, campaign: Campaign, asked: Asked, *, limit: int) -> Why:
    """The page that is asked for. In a transaction."""
    lines = lines_of(session, campaign)
    sought = Sought(asked.typed, asked.show)
    found = await lines.page(sought, limit=limit + 1, offset=(asked.page - 1) * limit)
    shown = found[:limit]
    ids = [line.contact_id for line, _, _ in shown]
    guardians, wards = await lines.guardians_of(ids), await lines.wards_of(ids)
    groups = await storage.audiences.groups(session, campaign.club_id, campaign.id)
    return Why(
        asked=asked,
        title=campaign.title,
        way=AudienceWay(campaign.audience["way"]),
        audience_words=campaign.audience_words,
        is_frozen=True,
        rows=tuple(_explained(*one, groups, guardians, wards, who.words) for one in shown),
        counts=await lines.counts(),
        is_more=len(found) > limit,
    )


def _explained(
    line: AudienceLine,
    contact: Contact | None,
    message: Message | None,
    groups: Sequence[AudienceGroup],
    guardians: Relatives,
    wards: Relatives,
    words: Words,
) -> Explained:
    is_chosen = line.because == Because.CHOSEN
    is_lost = message is not None and message.state in LOST
    return Explained(
        id=str(line.contact_id),
        name=_name(contact),
        number=phones.mask(line.e164) if line.e164 else "",
        is_chosen=is_chosen,
        group=in_group(line.group_number, groups) if is_chosen else None,
        wards=tuple(_name(ward) for _, ward in wards.get(line.contact_id, ())),
        left_out=line.left_out or "",
        detail=line.detail,
        guardians=tuple(
            Relative(str(each.contact_id), _name(guardian), each.left_out or "", each.detail)
            for each, guardian in guardians.get(line.contact_id, ())
        ),
        state=message.state if message else None,
        trouble=reports.why_lost(message.state, message.reason, message.error_code, words)
        if message and is_lost
        else "",
    )


def _name(contact: Contact | None) -> str:
    return f"{contact.first_name} {contact.last_name}".strip() if contact else ""
