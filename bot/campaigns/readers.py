"""The text as somebody gets it: whose is shown in the preview, and who else may be looked at."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from bot.campaigns.audience import Resolved
from bot.campaigns.values import Choice, Sample
from bot.campaigns.weights import Merged, heaviest, lightest
from bot.i18n import Words
from bot.rules import page
from bot.rules.clause import Clause


@dataclass(frozen=True, slots=True)
class Samples:
    """The texts that a preview shows; the longest and the shortest where they are not equally long.

    `is_gone` says that the person who was asked for gets the text no more, and somebody else's is shown.
    """

    shown: Sample | None
    longest: Sample | None = None
    shortest: Sample | None = None
    is_gone: bool = False


def samples(texts: Sequence[Merged], resolved: Resolved, clause: Clause, reader: UUID | None) -> Samples:
    """The text of this reader, else the first; and what the texts are like at their longest and shortest."""

    def sample(merged: Merged) -> Sample:
        owner = merged.recipient.owner_ids[0]
        body = clause.with_token(merged.body, page.UNSEEN)
        return Sample(resolved.name_of(owner), body, merged.count.segments, str(owner))

    longest, shortest = heaviest(texts), lightest(texts)
    if not (texts and longest and shortest):
        return Samples(None)
    asked = text_for(texts, reader) if reader else texts[0]
    shown = sample(asked or texts[0])
    if longest.count.units == shortest.count.units and longest.count.segments == shortest.count.segments:
        return Samples(shown, is_gone=asked is None)
    return Samples(shown, sample(longest), sample(shortest), is_gone=asked is None)


def text_for(texts: Iterable[Merged], reader: UUID) -> Merged | None:
    """What goes to this person's phone; None when nothing does."""
    return next((merged for merged in texts if reader in merged.recipient.owner_ids), None)


def readers_named(
    texts: Iterable[Merged], resolved: Resolved, typed: str, words: Words, *, limit: int
) -> list[Choice]:
    """The first who get a text and in whose names, or those of whom they get it for, each typed word occurs."""
    wanted = _folded(typed).split()
    found = (
        merged
        for merged in texts
        if not wanted or all(word in _folded(_names(merged, resolved)) for word in wanted)
    )
    return [_choice(merged, resolved, words) for merged in islice(found, limit)]


def _choice(merged: Merged, resolved: Resolved, words: Words) -> Choice:
    reader = merged.recipient.owner_ids[0]
    others = [resolved.name_of(id) for id in merged.recipient.for_ids if id != reader]
    detail = words("for {names}", names=words.all_of(others)) if others else ""
    return Choice(str(reader), resolved.name_of(reader), detail)


def _names(merged: Merged, resolved: Resolved) -> str:
    concerned = dict.fromkeys((*merged.recipient.owner_ids, *merged.recipient.for_ids))
    return " ".join(map(resolved.name_of, concerned))


def _folded(names: str) -> str:
    """The names as one may type them: in small letters without accents."""
    marked = unicodedata.normalize("NFKD", names.casefold())
    return marked if marked.isascii() else "".join(char for char in marked if not unicodedata.combining(char))
