"""What a text weighs for the people it goes to: for each of them, in all, and in its cheap spelling."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.rules import template, text
from bot.rules.audience import Recipient
from bot.rules.clause import NONE, Clause
from bot.rules.links import ShortLinks
from bot.rules.scale import Scale
from bot.rules.senders import Unshown
from bot.rules.spelling import Spelling, cheap
from bot.rules.text import Count

NAMES_TOLD = 8
NO_LINKS = ShortLinks()


class Merged(NamedTuple):
    """One recipient's text; a tuple, for there may be very many."""

    recipient: Recipient
    body: str
    count: Count  # type: ignore[assignment]  # tuples count their items by a method of this name


@dataclass(frozen=True, slots=True)
class Cheaper:
    """The cheap spelling of a text, where it saves SMS: what is written otherwise, and what all then take in all.

    `accents` says whether accents go too, which somebody must agree to; `segments` are those of the text as written.
    """

    swaps: tuple[tuple[str, str], ...]
    accents: bool
    segments: int
    total: int


@dataclass(frozen=True, slots=True)
class Pushed:
    """Those whose own values cost an SMS more than the `least` that somebody takes; `names` are the first of them."""

    people: int
    least: int
    most: int
    names: tuple[str, ...]
    more: bool = False
    """Whether there are other names."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What the live count shows; `audience_words` is empty and `total` None while nobody is chosen."""

    count: Count
    """The text as it stands, or as most get it once it is known who does."""
    longest: Count | None = None
    """The longest text after merge; None without merge fields or without recipients."""
    recipients: int | None = None
    total: int | None = None
    """The segments of all texts; None where they were not counted one by one."""
    cheaper: Cheaper | None = None
    pushed: Pushed | None = None
    audience_words: str = ""
    links: ShortLinks = NO_LINKS
    clause: str = ""
    """What is added to the text and counted with it: how to stop."""
    unshown: tuple[Unshown, ...] = ()
    """Where the sender's name may not show."""
    written: Count | None = None
    """The text as it stands, where `count` is one after merge."""

    @property
    def costly(self) -> tuple[str, ...]:
        """The dear letters of the text as it was written; those of names are nobody's mistake."""
        return (self.written or self.count).costly


def merged_for(body: str, recipients: Iterable[Recipient], clause: Clause = NONE) -> tuple[Merged, ...]:
    """Each recipient's text with its weight, the STOP clause at its end; what weighs alike is weighed once."""
    split, scale = template.splitter(body), Scale()
    texts = []
    for recipient in recipients:
        parts = split(recipient.values, recipient.language)
        parts = clause.added_to_parts(parts, recipient.language)
        texts.append(Merged(recipient, "".join(parts), scale.count(parts)))
    return tuple(texts)


def weight(texts: Iterable[Merged]) -> int:
    """How many segments all the texts take."""
    return sum(merged.count.segments for merged in texts)


def heaviest(texts: Iterable[Merged]) -> Merged | None:
    """The text that takes the most segments, and the most units among those."""
    return max(texts, key=lambda merged: (merged.count.segments, merged.count.units), default=None)


def lightest(texts: Iterable[Merged]) -> Merged | None:
    """The text that takes the fewest segments, and the fewest units among those."""
    return min(texts, key=lambda merged: (merged.count.segments, merged.count.units), default=None)


def usual(texts: Sequence[Merged]) -> Count:
    """The weight in the middle: half of the texts weigh as much or more."""
    by_weight = sorted(texts, key=lambda merged: (merged.count.segments, merged.count.units))
    return by_weight[(len(by_weight) - 1) // 2].count


def pushed(texts: Sequence[Merged]) -> Pushed | None:
    """Those whose values cost an SMS more than the cheapest text takes; None when all take the same."""
    least = min((merged.count.segments for merged in texts), default=0)
    over = [merged for merged in texts if merged.count.segments > least]
    if not over:
        return None
    most = max(merged.count.segments for merged in over)
    every_name = dict.fromkeys(merged.recipient.values.get("first_name", "") for merged in over)
    names = tuple(name for name in every_name if name)
    return Pushed(len(over), least, most, names[:NAMES_TOLD], more=len(names) > NAMES_TOLD)


def cheaper(body: str, recipients: Sequence[Recipient], clause: Clause = NONE) -> Cheaper | None:
    """The spelling of the text that takes the fewest SMS in all; accents stay where they cost none. None: none is saved."""
    if not text.count(body).costly:
        return None
    kept, without_accents = (cheap(body, accents=accents) for accents in (False, True))
    like = _weighing_alike([body, kept.body, without_accents.body], recipients)
    best = min((kept, without_accents), key=lambda one: _total(one, like, clause))
    total = _total(best, like, clause)
    if total >= _total(Spelling(body), like, clause):
        return None
    segments = text.count(clause.added_to(best.body)).segments
    return Cheaper(best.swaps, best.swaps != kept.swaps, segments, total)


def _weighing_alike(
    spellings: Sequence[str], recipients: Sequence[Recipient]
) -> Mapping[Hashable, list[Recipient]]:
    """The recipients together whose values weigh alike in each of the spellings of a text."""
    names = dict.fromkeys(field.name for field in template.fields_in(spellings[0]))
    values_of = template.splitter(" ".join(f"{{{name}}}" for name in names))
    scale = Scale()
    key = scale.key if all(scale.is_closed(template.splitter(each)({}, "")) for each in spellings) else tuple
    found: dict[Hashable, list[Recipient]] = {}
    for each in recipients:
        # As the reader's language writes them, and as they stand in a link.
        written, plain = (values_of(each.values, language) for language in (each.language, ""))
        like = key(written), key(plain) if plain != written else None, each.language
        found.setdefault(like, []).append(each)
    return found


def _total(spelling: Spelling, like: Mapping[Hashable, list[Recipient]], clause: Clause) -> int:
    if not like:
        return text.count(clause.added_to(spelling.body)).segments
    ones = merged_for(spelling.body, [some[0] for some in like.values()], clause)
    return sum(one.count.segments * len(some) for one, some in zip(ones, like.values(), strict=True))
