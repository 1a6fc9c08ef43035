"""A pasted list of names and numbers, compared with the club's people: who is found, and what is to be asked."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import accumulate
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
from storage.models import Contact

CANDIDATES = 200
"""Of those who share a word of their names so many are looked at."""
START = 4
ASKED_AT_ONCE = 15
"""A window has a hundred blocks, and nobody answers as many questions."""


async def read(session: AsyncSession, who: Who, group_id: UUID, form: FixedForm) -> Report:
    """What came of the pasted list; reads alone."""
    lines = pasted.lines(form.pasted)
    outcomes = pasted.outcomes(lines, await _known(session, who, lines))
    ids = {id for outcome in outcomes if _is_somebody(outcome) for id in outcome.ids}
    people = {
        row.id: choice(row, who.words) for row in await storage.contacts.these(session, who.club.id, ids)
    }
    on_list = await storage.memberships.standing(session, who.club.id, group_id, ids)
    return _report(outcomes, people, on_list, form.picks)


def ids_in(report: Report) -> set[UUID]:
    """Whom a settled report says to put on the list."""
    chosen = [id for one in report.asked for id in _picked(one)]
    return {UUID(id) for id in (*(one.id for one in report.found), *chosen)}


async def _known(session: AsyncSession, who: Who, lines: Sequence[Line]) -> Known:
    club_id = who.club.id
    numbers = {typed: phones.parse(typed, who.club.country) for typed in pasted.numbers_in(lines)}
    e164s = {phone.e164 for phone in numbers.values() if isinstance(phone, Phone)}
    rows = await storage.contacts.with_numbers(session, club_id, e164s)
    owners = {e164: {row.id for row in same} for e164, same in rows.items()}
    names = pasted.names_in(lines)
    named = await _people(session, club_id, _Named(names)) if names else ()
    known = Known(numbers, owners, _by(named, lambda row: [pasted.key_of(row.last_name, row.first_name)]))
    if halves := pasted.half_names_in(lines, known):
        some = await _people(session, club_id, _Few({max(words, key=len) for words in halves}))
        by_half = _by(some, lambda row: [pasted.key_of(row.first_name), pasted.key_of(row.last_name)])
        known = replace(known, half=by_half)
    return known


class _Named:
    """Wants whose name, of two words or more, is one of the keys or begins with one."""

    def __init__(self, keys: Collection[str]) -> None:
        self._keys = keys
        # Most are told apart by this alone, for a hundredth of what the rest costs.
        self._starts = {key[:START] for key in keys}

    def __call__(self, first_words: Sequence[str]) -> bool:
        name = "".join(first_words[:2])
        if name[:START] not in self._starts:
            return False
        every = accumulate(first_words[2:], initial=name)
        return any(name in self._keys for name in every)


class _Few:
    """Wants whoever has one of the words in their name, until there are far more than anybody could choose from."""

    def __init__(self, words: Collection[str]) -> None:
        self._left = dict.fromkeys(words, CANDIDATES)

    def __call__(self, first_words: Sequence[str]) -> bool:
        wanted = [word for word in first_words if self._left.get(word)]
        for word in wanted:
            self._left[word] -= 1
        return bool(wanted)


async def _people(
    session: AsyncSession, club_id: UUID, is_wanted: Callable[[Sequence[str]], bool]
) -> Sequence[Contact]:
    ids = await storage.named.whose_words(session, club_id, is_wanted)
    return await storage.contacts.these(session, club_id, ids)


def _by(rows: Iterable[Contact], keys_of: Callable[[Contact], list[str]]) -> Mapping[str, set[UUID]]:
    found: dict[str, set[UUID]] = defaultdict(set)
    for row in rows:
        for key in keys_of(row):
            found[key].add(row.id)
    return found


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
    offered = tuple(one for id, one in people.items() if id in outcome.ids)
    picked = picks.get(outcome.mark, "")
    is_offered = picked in (NOBODY, ALL) or any(one.id == picked for one in offered)
    return Asked(outcome.mark, outcome.typed, offered, picked if is_offered else "")


def _picked(asked: Asked) -> Iterable[str]:
    if asked.picked == ALL:
        return [one.id for one in asked.people]
    return [] if asked.picked == NOBODY else [asked.picked]


def _mark(found: Iterable[UUID]) -> str:
    return sha256(" ".join(sorted(map(str, found))).encode()).hexdigest()[:16]
