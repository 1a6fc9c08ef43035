"""Whom a text would reach if it left as things are now, told person by person: before it leaves."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain, islice
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

import storage.audiences
import storage.groups
from bot.campaigns import drafts
from bot.campaigns.audience import Chosen, Gathered, day_of, gather, in_words, resolve
from bot.campaigns.explained import Asked, Explained, InGroup, Relative, Show, Why
from bot.campaigns.hours import by_the_hours
from bot.campaigns.links import without_short_links
from bot.campaigns.prepare import check_now, leaves_at_of, title_of
from bot.rules import phones
from bot.rules.audience import GUARDIANS_GET_IT, Audience, Because, Line
from bot.runtime import Runtime, Who
from bot.tasks import aside, let_go
from storage.conditions import from_json
from storage.models import Campaign, Group
from storage.states import Kind, Route

_IN, _THROUGH_GUARDIANS = (Show.ALL, Show.IN), (Show.ALL, Show.GUARDIANS)


@dataclass(frozen=True, slots=True)
class Text:
    """What is about to leave, and for whom it was chosen."""

    title: str
    audience_words: str
    chosen: Chosen
    kind: Kind
    route: Route
    body: str
    leaves_at: datetime


@dataclass(frozen=True, slots=True)
class Resolving:
    """What the database says of its people, enough to tell who gets it and why."""

    text: Text
    gathered: Gathered
    groups: Sequence[Group]
    found: Collection[str] | None
    """Whom the words typed mean; None where nothing was typed."""


@dataclass(frozen=True, slots=True)
class Told:
    """One line with the names that belong to it; the lines of its guardians, by name."""

    line: Line
    name: str
    wards: tuple[str, ...]
    along_with: tuple[str, ...]
    guardians: tuple[tuple[str, Line], ...]


@dataclass(frozen=True, slots=True)
class Picked:
    """The lines that are shown, and how many there are of each kind."""

    told: tuple[Told, ...]
    counts: Mapping[str, int]


async def text_of_draft(rt: Runtime, session: AsyncSession, who: Who, draft_id: UUID) -> Text:
    """What this person previewed last. Raises `Refusals` or `DraftGone`."""
    fields = await drafts.previewed(session, who, draft_id)
    checked = await check_now(rt, session, who, fields)
    return Text(
        title_of(fields.title, checked.body),
        in_words(fields, who.words),
        Chosen.of_fields(fields),
        fields.kind,
        fields.route,
        checked.body,
        leaves_at_of(rt, who, checked),
    )


def text_of_campaign(campaign: Campaign) -> Text:
    """A campaign that waits for its time."""
    return Text(
        campaign.title,
        campaign.audience_words,
        Chosen.of_json(campaign.audience),
        campaign.kind,
        campaign.route,
        campaign.body,
        campaign.release_at,
    )


async def resolving(session: AsyncSession, who: Who, text: Text, typed: str) -> Resolving:
    """Asks the database what has to be known of the text's people. In a transaction."""
    gathered = await gather(
        session, who.club, text.chosen, kind=text.kind, body=text.body, leaves_at=text.leaves_at
    )
    groups = await storage.groups.these(session, who.club.id, text.chosen.group_ids)
    found = await storage.audiences.found(session, who.club.id, typed) if typed.strip() else None
    return Resolving(text, gathered, groups, found)


async def page(rt: Runtime, who: Who, known: Resolving, asked: Asked, *, limit: int) -> Why:
    """The page that is asked for."""
    picked = await pick(rt, who, known, asked.show, limit=limit + 1, offset=(asked.page - 1) * limit)
    shown = picked.told[:limit]
    async with rt.db.read() as session:
        ids = [told.line.contact_id for told in shown]
        numbers = await numbers_of(session, who, known, ids)
    groups = named(known.groups)
    rows = [_explained(told, groups, numbers) for told in shown]
    return _why(known, asked, picked, rows, is_more=len(picked.told) > limit)


async def everybody(rt: Runtime, who: Who, known: Resolving, asked: Asked, numbers: Mapping[str, int]) -> Why:
    """All of them, who are in the groups of these numbers."""
    picked = await pick(rt, who, known, Show.ALL)
    groups = named(known.groups)
    rows = await aside(len(picked.told), lambda: [_explained(told, groups, numbers) for told in picked.told])
    return _why(known, asked, picked, rows)


def _why(
    known: Resolving, asked: Asked, picked: Picked, rows: Sequence[Explained], *, is_more: bool = False
) -> Why:
    return Why(
        asked=asked,
        title=known.text.title,
        way=known.text.chosen.way,
        audience_words=known.text.audience_words,
        is_frozen=False,
        rows=tuple(rows),
        counts=picked.counts,
        is_more=is_more,
    )


async def pick(
    rt: Runtime, who: Who, known: Resolving, show: str, *, limit: int | None = None, offset: int = 0
) -> Picked:
    """The lines from this one on, so many of them; the people that were gathered are used up."""
    size = known.gathered.size
    return await aside(size, partial(_picked, rt, who, known, show, limit=limit, offset=offset))


async def numbers_of(
    session: AsyncSession, who: Who, known: Resolving, contact_ids: Collection[str] | None
) -> Mapping[str, int]:
    """In which of the groups these people are, or all; in the only one where there is one."""
    if len(known.groups) < 2:
        return {}
    day = day_of(who.club, known.text.leaves_at)
    return await storage.audiences.numbers_of(session, who.club.id, known.groups, day, contact_ids)


def named(groups: Sequence[Any]) -> Sequence[InGroup]:
    """The groups as they are told."""
    return [InGroup(group.name, from_json(group.rule) if group.rule else None) for group in groups]


def in_group(number: int | None, groups: Sequence[InGroup]) -> InGroup | None:
    """The group of this number, or the only one; None where none was chosen, or nobody knows which it was."""
    if number is None and len(groups) != 1:
        return None
    return groups[number or 0]


def _picked(rt: Runtime, who: Who, known: Resolving, show: str, *, limit: int | None, offset: int) -> Picked:
    audience = _audience(rt, who, known)
    lines = list(audience.lines)
    answered = {ward for line in lines if line.left_out is None for ward in line.guardian_of}
    kinds = [_kinds(line, answered) for line in lines]
    found = known.found
    shown = (
        line
        for line, them in zip(lines, kinds, strict=True)
        if show in them and (found is None or line.contact_id in found)
    )
    some = list(islice(shown, offset, None if limit is None else offset + limit))
    guardians = _guardians(some, lines)
    told = tuple(_told(line, audience, guardians) for line in some)
    everybody = list(audience.concerned.people.values())
    counts = Counter(chain.from_iterable(kinds))
    del audience
    for much in (everybody, lines, kinds):
        let_go(much)
    return Picked(told, counts)


def _audience(rt: Runtime, who: Who, known: Resolving) -> Audience:
    text, club = known.text, who.club
    audience = resolve(
        known.gathered,
        kind=text.kind,
        route=text.route,
        country=rt.countries[club.country],
        leaves_at=text.leaves_at,
    )
    audience = without_short_links(text.body, audience, rt.shorteners, club.link_hosts)
    return by_the_hours(rt, club, text.kind, audience, text.leaves_at)[0]


def _kinds(line: Line, answered: Collection[str]) -> tuple[str, ...]:
    """All by which the line can be asked for."""
    if line.left_out is None:
        return _IN
    if line.detail == GUARDIANS_GET_IT:
        return _THROUGH_GUARDIANS
    is_unreached = line.because is Because.CHOSEN and line.contact_id not in answered
    return (Show.ALL, Show.OUT, line.left_out, *([Show.UNREACHED] if is_unreached else []))


def _guardians(some: Sequence[Line], lines: Sequence[Line]) -> Mapping[str, list[Line]]:
    """The lines of those who answer for any of these."""
    found: dict[str, list[Line]] = {line.contact_id: [] for line in some}
    for line in lines:
        for ward in line.guardian_of:
            if ward in found:
                found[ward].append(line)
    return found


def _told(line: Line, audience: Audience, guardians: Mapping[str, list[Line]]) -> Told:
    mine = [(audience.name_of(guardian.contact_id), guardian) for guardian in guardians[line.contact_id]]
    wards = tuple(audience.name_of(ward) for ward in line.guardian_of)
    along = tuple(audience.name_of(ward) for ward in line.along_with)
    return Told(line, audience.name_of(line.contact_id), wards, along, tuple(mine))


def _explained(told: Told, groups: Sequence[InGroup], numbers: Mapping[str, int]) -> Explained:
    line = told.line
    is_chosen = line.because is Because.CHOSEN
    return Explained(
        id=str(UUID(line.contact_id)),
        name=told.name,
        number=phones.mask(line.e164) if line.e164 else "",
        is_chosen=is_chosen,
        group=in_group(numbers.get(line.contact_id), groups) if is_chosen else None,
        wards=told.wards,
        along_with=told.along_with,
        left_out=line.left_out or "",
        detail=line.detail,
        guardians=tuple(
            Relative(str(UUID(each.contact_id)), name, each.left_out or "", each.detail)
            for name, each in told.guardians
        ),
    )
