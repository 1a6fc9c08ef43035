"""A pasted list of names and numbers, compared with the club's people: who is found, and what is to be asked."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import sha256
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

import storage.contacts
import storage.memberships
import storage.named
from bot.campaigns.values import Choice
from bot.groups.sheets import ALL, NOBODY, Asked, FixedForm, Report, Wrong
from bot.people.find import choice
from bot.rules import pasted, phones
from bot.rules.pasted import Fate, Known, Line, Outcome
from bot.rules.phones import Phone
from bot.runtime import Who

ASKED_AT_ONCE = 15
"""A window has a hundred blocks, and nobody answers as many questions."""


async def read(session: AsyncSession, who: Who, group_id: UUID, form: FixedForm) -> Report:
    """What came of the pasted list; reads alone."""
    lines = pasted.lines(form.pasted)
    outcomes = pasted.outcomes(lines, await _known(session, who, lines))
    ids = {id for outcome in outcomes if _is_somebody(outcome) for id in outcome.ids}
    people = {row.id: choice(row) for row in await storage.contacts.these(session, who.club.id, ids)}
    on_list = await storage.memberships.standing(session, who.club.id, group_id, ids)
    return _report(outcomes, people, on_list, form.picks)


def ids_in(report: Report) -> set[UUID]:
    """Whom a settled report says to put on the list."""
    chosen = [id for one in report.asked for id in _picked(one)]
    return {UUID(id) for id in (*(one.id for one in report.found), *chosen)}


async def _known(session: AsyncSession, who: Who, lines: Sequence[Line]) -> Known:
    club = who.club
    numbers = {typed: phones.parse(typed, club.country) for typed in pasted.numbers_in(lines)}
    e164s = {phone.e164 for phone in numbers.values() if isinstance(phone, Phone)}
    owners = await storage.contacts.with_numbers(session, club.id, e164s)
    names = pasted.names_in(lines)
    full = await storage.named.by_full_name(session, club.id, names) if names else {}
    half: Mapping[str, Collection[UUID]] = {}
    if rest := names - full.keys():
        most = pasted.MOST_OFFERED + 1
        half = await storage.named.by_half_a_name(session, club.id, rest, at_most=most)
    by_number = {e164: {row.id for row in rows} for e164, rows in owners.items()}
    return Known(numbers, by_number, full, half)


def _report(
    outcomes: Sequence[Outcome],
    people: Mapping[UUID, Choice],
    on_list: Collection[UUID],
    picks: Mapping[str, str],
) -> Report:
    found = dict.fromkeys(one.ids[0] for one in outcomes if one.fate is Fate.FOUND)
    asked = [one for one in outcomes if one.fate is Fate.ASKED]
    wrong = [one for one in outcomes if not _is_somebody(one)]
    late = asked[ASKED_AT_ONCE:]
    understood = [one.typed for one in outcomes if _is_somebody(one) and one not in late]
    return Report(
        mark=_mark(found),
        found=tuple(people[id] for id in found if id not in on_list),
        already=tuple(people[id] for id in found if id in on_list),
        asked=tuple(_asked(one, people, picks) for one in asked[:ASKED_AT_ONCE]),
        asked_later=len(late),
        wrong=tuple(Wrong(one.typed, one.fate, one.why) for one in wrong),
        understood="\n".join(understood),
        to_correct="\n".join(one.typed for one in (*wrong, *late)),
    )


def _is_somebody(outcome: Outcome) -> bool:
    return outcome.fate in (Fate.FOUND, Fate.ASKED)


def _asked(outcome: Outcome, people: Mapping[UUID, Choice], picks: Mapping[str, str]) -> Asked:
    offered = tuple(people[id] for id in outcome.ids if id in people)
    picked = picks.get(outcome.mark, "")
    is_offered = picked in (NOBODY, ALL) or any(one.id == picked for one in offered)
    return Asked(outcome.mark, outcome.typed, offered, picked if is_offered else "")


def _picked(asked: Asked) -> Iterable[str]:
    if asked.picked == ALL:
        return [one.id for one in asked.people]
    return [] if asked.picked == NOBODY else [asked.picked]


def _mark(found: Iterable[UUID]) -> str:
    return sha256(" ".join(sorted(map(str, found))).encode()).hexdigest()[:16]
