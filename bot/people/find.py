"""Finds the club's people as one types, and says how its list stands."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from sqlmodel.ext.asyncio.session import AsyncSession

import storage.consent
import storage.groups
import storage.parts
import storage.people
from bot.campaigns.values import Choice
from bot.i18n import Words
from bot.people.facts import Found, Looked, Person
from bot.rules import phones
from bot.rules.fields import NO, YES
from bot.rules.figures import written
from bot.rules.moments import day_of
from bot.rules.phones import PhoneRefusal
from bot.runtime import Runtime, Who
from storage.conditions import Rule
from storage.folding import folded
from storage.models import Contact
from storage.states import OptOutScope

PAGE = 10
DETAILS_SHOWN = 3
GROUPS_LOOKED_AT, GROUPS_SHOWN = 20, 3
NOBODY: Mapping[str, OptOutScope] = MappingProxyType({})


async def find(rt: Runtime, who: Who, looked: Looked) -> Found:
    """A page of the people in whom each typed word is found; the one before where there is none any more."""
    today = day_of(rt.clock.now(), who.club.zone)
    async with rt.db.read() as session:
        rules, ruled = await _ruled(session, who, looked)
        rows = await _page(session, who, looked, rules, today)
        if not rows and looked.page > 1:
            looked = replace(looked, page=looked.page - 1)
            rows = await _page(session, who, looked, rules, today)
        shown = rows[:PAGE]
        guardians = await storage.people.guardians_of(session, who.club.id, [row.id for row in shown])
        numbers = [row.e164 for row in shown if row.e164]
        opted_out = await storage.consent.opted_out(session, who.club.id, numbers)
        found = Found(looked, is_more=len(rows) > PAGE, ruled=ruled)
        if not looked.typed.strip():
            found = await _standing(session, who, found)
    people = tuple(person(row, who.words, guardians.get(row.id, ()), opted_out) for row in shown)
    return replace(found, rows=people)


async def offered(rt: Runtime, who: Who, typed: str, *, limit: int) -> list[Choice]:
    """The first people that what was typed may mean, as a picker shows them."""
    async with rt.db.read() as session:
        rows = await storage.people.search(session, who.club.id, typed, limit=limit)
    return [choice(row, who.words) for row in rows]


def choice(row: Contact, words: Words) -> Choice:
    """Somebody as a picker shows them."""
    return Choice(str(row.id), name_of(row), " · ".join(_details(row, words)))


def name_of(row: Contact) -> str:
    """The first name and the last."""
    return f"{row.first_name} {row.last_name}".strip()


async def _ruled(session: AsyncSession, who: Who, looked: Looked) -> tuple[Collection[Rule], tuple[str, ...]]:
    """The rules of the group that has the very name, and the names of others with a rule that have the words in theirs.

    A rule is looked through by the hundred thousand, which is too long for each group that a few letters may mean.
    """
    if looked.is_archived or not looked.typed.strip():
        return (), ()
    groups = await storage.groups.search(session, who.club.id, looked.typed, limit=GROUPS_LOOKED_AT)
    flat = await storage.parts.flat_each(session, who.club.id, [group.id for group in groups])
    rules = {folded(group.name): flat[group.id].rules for group in groups if group.id in flat}
    typed = folded(looked.typed)
    others = [group.name for group in groups if rules.get(folded(group.name)) and folded(group.name) != typed]
    return rules.get(typed, ()), tuple(others[:GROUPS_SHOWN])


async def _page(
    session: AsyncSession, who: Who, looked: Looked, rules: Collection[Rule], today: date
) -> Sequence[Contact]:
    """One more than a page holds, to know whether another follows."""
    return await storage.people.search(
        session,
        who.club.id,
        looked.typed,
        limit=PAGE + 1,
        offset=(looked.page - 1) * PAGE,
        archived=looked.is_archived,
        rules=rules,
        today=today,
    )


async def _standing(session: AsyncSession, who: Who, found: Found) -> Found:
    without = await storage.people.unreachable(session, who.club.id)
    return replace(
        found,
        total=await storage.people.how_many(session, who.club.id),
        unreachable=tuple(sorted(without.items(), key=lambda counted: -counted[1])),
        archived=await storage.people.how_many(session, who.club.id, archived=True),
    )


def person(
    row: Contact,
    words: Words,
    guardians: Sequence[Contact] = (),
    opted_out: Mapping[str, OptOutScope] = NOBODY,
) -> Person:
    """Somebody as a line of a list."""
    return Person(
        str(row.id),
        name_of(row),
        phones.national(row.e164) if row.e164 else row.mobile,
        "" if row.e164 else row.refusal or PhoneRefusal.EMPTY,
        _details(row, words),
        tuple(map(name_of, guardians)),
        opted_out.get(row.e164 or ""),
        is_archived=row.archived_at is not None,
    )


def _details(row: Contact, words: Words) -> tuple[str, ...]:
    """What tells two of the same name apart, as whoever looks writes it."""
    own = [_told(name, value, words) for name, value in row.fields.items() if value]
    return tuple([*own, *row.tags][:DETAILS_SHOWN])


def _told(name: str, value: str, words: Words) -> str:
    """A value; yes or no, a day or a sum says nothing without what it is of."""
    if value in (YES, NO):
        shown = words("yes") if value == YES else words("no")
    elif (shown := written(value, words.language)) == value:
        return value
    return words("{field}: {value}", field=name, value=shown)
