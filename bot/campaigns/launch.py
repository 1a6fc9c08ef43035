"""Confirming a campaign: once per draft, whatever is clicked or delivered twice."""

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import ClassVar
from uuid import UUID, uuid5

from sqlmodel.ext.asyncio.session import AsyncSession

import storage.audit
import storage.campaigns
import storage.clubs
import storage.groups
from bot.campaigns import drafts
from bot.campaigns.audience import in_words
from bot.campaigns.ceiling import OverCeiling, refuse_over_ceiling, segments_used
from bot.campaigns.check import Checked
from bot.campaigns.prepare import Prepared, Refusals, check_now, collect, prepare, think, title_of
from bot.campaigns.readers import recipient_of
from bot.campaigns.values import Fields
from bot.campaigns.weights import writer
from bot.delivery.alone import queue_alone
from bot.errors import BotError
from bot.rules import text
from bot.runtime import Runtime, Who
from bot.tasks import aside
from bot.tokens import with_own_link
from storage.db import take_time
from storage.models import Audit, Campaign, Club, Message
from storage.states import CampaignState


class NobodyLeft(BotError):
    """Nobody is left who may get this text."""


class WrongNumber(BotError):
    """Type the number of people, {people}, to confirm."""

    field: ClassVar[str | None] = "confirm"


class PreviewedAnew(BotError):
    """This text was changed and previewed anew in another window. Please preview it once more."""


class ReadsLikeAdvertising(BotError):
    """Confirm that this is no advertising, or go back and choose Marketing."""

    field: ClassVar[str | None] = "no_advertising"


class ReaderGone(BotError):
    """The person whose text you saw no longer gets it."""


class NoPhone(BotError):
    """Give your own number first."""


@dataclass(frozen=True, slots=True)
class Launched:
    """The draft's one campaign; `already` when it had been confirmed before."""

    campaign: Campaign
    already: bool


async def launch(
    rt: Runtime,
    who: Who,
    draft_id: UUID,
    *,
    mark: str,
    typed_number: str = "",
    no_advertising: bool = False,
) -> Launched:
    """Makes the draft's campaign, durably; it leaves after the undo window or at its time.

    `mark` is that of the preview that was confirmed; `no_advertising` is somebody's word that an alert which reads like
    advertising is none, and is kept with what it was about. Raises `Refusals`, `NobodyLeft`, `WrongNumber`,
    `ReadsLikeAdvertising`, `OverCeiling`, `PreviewedAnew` or `DraftGone`; a draft that made its campaign already raises
    nothing.
    """
    ahead = await _think_ahead(rt, who, draft_id)
    async with rt.db.begin() as session:
        await take_time(session)
        known = await storage.campaigns.campaign(session, who.club.id, draft_id)
        if known:
            return Launched(known, already=True)
        # A zone that changes at this moment moves this campaign too, or is the one it is read in.
        who = replace(who, club=await storage.clubs.club_as_it_stays(session, who.club.id))
        # Nor does a group go before the campaign that asks for it is there to be seen.
        await storage.groups.alone(session, who.club.id)
        fields = await drafts.previewed(session, who, draft_id)
        if drafts.mark_of(fields) != mark:
            raise PreviewedAnew
        prepared = await _as_thought(rt, session, who, draft_id, fields, ahead)
        _refuse_unconfirmed(prepared, who, typed_number)
        if prepared.signs and not no_advertising:
            raise ReadsLikeAdvertising
        used = await segments_used(rt, session, who.club, prepared.checked.release_at)
        refuse_over_ceiling(used + prepared.segments, who.club)
        campaign = _campaign(rt, who, prepared)
        added = await storage.campaigns.add_once(session, campaign)
        await storage.audit.note(session, _audit(rt, who, campaign, prepared))
    rt.due.set()
    return Launched(campaign, already=not added)


async def _think_ahead(rt: Runtime, who: Who, draft_id: UUID) -> Prepared | None:
    """What the draft comes to, found out while others write; None for one that made its campaign already."""
    async with rt.db.snapshot() as session:
        if await storage.campaigns.campaign(session, who.club.id, draft_id):
            return None
        who = replace(who, club=await storage.clubs.club(session, who.club.id))
        fields = await drafts.previewed(session, who, draft_id)
        collected = await collect(rt, session, who, draft_id, fields)
    return await aside(collected.gathered.size, partial(think, rt, collected))


async def _as_thought(
    rt: Runtime, session: AsyncSession, who: Who, draft_id: UUID, fields: Fields, ahead: Prepared | None
) -> Prepared:
    """What was thought of ahead, as long as the text, its club and its sender are what they were.

    Who gets it is found out again when it leaves, so that what changed of that meanwhile loses nobody anything.
    """
    checked = await check_now(rt, session, who, fields)
    if ahead and ahead.fields == fields and _facts(ahead.club, ahead.checked) == _facts(who.club, checked):
        return ahead
    return await prepare(rt, session, who, draft_id, fields)


def _facts(club: Club, checked: Checked) -> tuple[object, ...]:
    return club.model_dump(), checked.body, checked.sender.model_dump(), checked.release_at


async def send_test(rt: Runtime, who: Who, draft_id: UUID, *, reader: UUID | None = None) -> str:
    """Queues the text as this contact gets it, else the first, to the coach's own phone; the number.

    A second click sends no second one. Raises `NoPhone`, `NobodyLeft`, `ReaderGone`, `OverCeiling` or `Refusals`.
    """
    now = rt.clock.now()
    async with rt.db.snapshot() as session:
        staff = await storage.clubs.member_of_staff(session, who.club.id, who.slack_user_id)
        if staff is None or staff.e164 is None:
            raise NoPhone
        fields = await drafts.previewed(session, who, draft_id)
        collected = await collect(rt, session, who, draft_id, fields)
    prepared = await aside(collected.gathered.size, partial(think, rt, collected))
    recipients = prepared.audience.recipients
    if not recipients:
        raise NobodyLeft
    shown = recipient_of(prepared.audience, reader) if reader else recipients[0]
    if shown is None:
        raise ReaderGone
    body = writer(prepared.checked.body, prepared.clause)(shown)
    segments = text.count(body).segments
    own_body, token = with_own_link(body, prepared.clause)
    async with rt.db.begin() as session:
        refuse_over_ceiling(await segments_used(rt, session, who.club) + segments, who.club)
        test = Message(
            id=uuid5(draft_id, f"{staff.e164} {prepared.checked.sender.value} {body}"),
            club_id=who.club.id,
            sender=prepared.checked.sender.value,
            e164=staff.e164,
            body=own_body,
            segments=segments,
            page_token=token,
            not_before=now,
            staff_id=who.slack_user_id,
            created_at=now,
            changed_at=now,
        )
        await queue_alone(rt, session, test)
    rt.work.set()
    return staff.e164


def _refuse_unconfirmed(prepared: Prepared, who: Who, typed_number: str) -> None:
    people = len(prepared.audience.recipients)
    if people == 0:
        raise NobodyLeft
    # "1 026" and "1,026" are how people write it.
    if people > who.club.confirm_above and re.sub(r"[\s.,'’]", "", typed_number) != str(people):
        raise WrongNumber(people=people)


def _campaign(rt: Runtime, who: Who, prepared: Prepared) -> Campaign:
    now = rt.clock.now()
    fields, checked = prepared.fields, prepared.checked
    return Campaign(
        id=prepared.draft_id,
        club_id=who.club.id,
        title=title_of(fields.title, checked.body),
        kind=fields.kind,
        route=fields.route,
        sender=checked.sender.value,
        body=checked.body,
        audience=prepared.chosen.to_json(),
        audience_words=in_words(fields, who.words),
        state=CampaignState.SCHEDULED,
        created_by=who.slack_user_id,
        created_at=now,
        is_later=checked.release_at is not None,
        release_at=checked.release_at or now + timedelta(seconds=who.club.undo_seconds),
        previewed_recipients=len(prepared.audience.recipients),
        previewed_segments=prepared.segments,
        channel_id=who.club.channel_id or who.slack_user_id,
    )


def _audit(rt: Runtime, who: Who, campaign: Campaign, prepared: Prepared) -> Audit:
    signs = {"no_advertising_although": [seen.words for seen in prepared.signs]} if prepared.signs else {}
    return Audit(
        club_id=who.club.id,
        at=rt.clock.now(),
        actor=who.slack_user_id,
        action="launch",
        subject=f"campaign {campaign.id}",
        detail={
            "recipients": campaign.previewed_recipients,
            "segments": campaign.previewed_segments,
            **signs,
        },
    )


__all__ = [
    "Launched",
    "NoPhone",
    "NobodyLeft",
    "OverCeiling",
    "ReaderGone",
    "Refusals",
    "WrongNumber",
    "launch",
    "send_test",
]
