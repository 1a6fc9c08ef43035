"""Whom a campaign reached and why, told person by person as it was when it left, and what became of each text."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

import storage.audiences
import storage.groups
from bot import reports
from bot.campaigns.audience import Chosen, ages_of, day_of, second_adult_of
from bot.campaigns.explained import Asked, Explained, InGroup, Relative, Why
from bot.campaigns.resolved import in_group, named
from bot.i18n import Words
from bot.rules import phones
from bot.rules.audience import GUARDIANS_GET_IT, Because
from bot.rules.families import generations
from bot.runtime import Who
from bot.tasks import aside
from storage.lines import LOST, Line, Lines, Marks, Sought
from storage.models import Campaign, Club
from storage.states import AudienceWay, Kind

MARKS = Marks(chosen=Because.CHOSEN, in_their_place=GUARDIANS_GET_IT)


async def keep_reasons(session: AsyncSession, club: Club, campaign: Campaign, at: datetime) -> None:
    """Keeps, beside the lines that were just stored, in which group everybody was and who answered for whom."""
    today = day_of(club, at)
    ages = generations(ages_of(club), today)
    await storage.audiences.keep(
        session,
        campaign,
        await storage.groups.these(session, club.id, Chosen.of_json(campaign.audience).group_ids),
        today,
        chosen=Because.CHOSEN,
        answered_for_after=ages.answered_for_after,
        accompanied_after=ages.accompanied_after,
        second=second_adult_of(club) if campaign.kind is Kind.ALERT else None,
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
    ids = [line.id for line in shown]
    guardians, wards = await lines.guardians_of(ids), await lines.wards_of(ids)
    along = await lines.wards_of(ids, is_second=True)
    groups = named(await storage.audiences.groups(session, campaign.club_id, campaign.id))
    return replace(
        _why(campaign, asked),
        rows=tuple(
            _explained(
                row,
                groups,
                guardians.get(row.id, ()),
                wards.get(row.id, ()),
                along.get(row.id, ()),
                who.words,
            )
            for row in shown
        ),
        counts=await lines.counts(),
        is_more=len(found) > limit,
    )


async def everybody(session: AsyncSession, who: Who, campaign: Campaign, asked: Asked) -> Why:
    """All of them. In a transaction."""
    lines = lines_of(session, campaign)
    rows, pairs = await lines.every(), await lines.pairs()
    going_along = await lines.pairs(is_second=True)
    groups = named(await storage.audiences.groups(session, campaign.club_id, campaign.id))
    told = await aside(len(rows), partial(_all_explained, rows, pairs, going_along, groups, who.words))
    return replace(_why(campaign, asked), rows=tuple(told))


def _why(campaign: Campaign, asked: Asked) -> Why:
    return Why(
        asked=asked,
        title=campaign.title,
        way=AudienceWay(campaign.audience["way"]),
        audience_words=campaign.audience_words,
        is_frozen=True,
    )


def _all_explained(
    rows: Sequence[Line],
    pairs: Sequence[tuple[str, str]],
    going_along: Sequence[tuple[str, str]],
    groups: Sequence[InGroup],
    words: Words,
) -> list[Explained]:
    by_id = {row.id: row for row in rows}
    guardians: dict[str, list[Line]] = {}
    wards: dict[str, list[Line]] = {}
    for child, guardian in pairs:
        if child in by_id and guardian in by_id:
            guardians.setdefault(child, []).append(by_id[guardian])
            wards.setdefault(guardian, []).append(by_id[child])
    along: dict[str, list[Line]] = {}
    for child, adult in going_along:
        if child in by_id:
            along.setdefault(adult, []).append(by_id[child])
    return [
        _explained(
            row, groups, guardians.get(row.id, ()), wards.get(row.id, ()), along.get(row.id, ()), words
        )
        for row in rows
    ]


def _explained(
    row: Line,
    groups: Sequence[InGroup],
    guardians: Sequence[Line],
    wards: Sequence[Line],
    along: Sequence[Line],
    words: Words,
) -> Explained:
    is_chosen = row.because == Because.CHOSEN
    is_lost = row.state in LOST
    return Explained(
        id=str(UUID(row.id)),
        name=_name(row),
        number=phones.mask(row.e164) if row.e164 else "",
        is_chosen=is_chosen,
        group=in_group(row.group_number, groups) if is_chosen else None,
        wards=tuple(map(_name, wards)),
        along_with=tuple(map(_name, along)),
        left_out=row.left_out or "",
        detail=row.detail,
        guardians=tuple(_relative(guardian) for guardian in guardians),
        state=row.state,
        trouble=reports.why_lost(row.state, row.reason, row.error_code, words)
        if row.state and is_lost
        else "",
    )


def _relative(row: Line) -> Relative:
    return Relative(str(UUID(row.id)), _name(row), row.left_out or "", row.detail)


def _name(row: Line) -> str:
    return f"{row.first_name or ''} {row.last_name or ''}".strip()
