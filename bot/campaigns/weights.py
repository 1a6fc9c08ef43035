"""What a text weighs for the people it goes to: for each of them, in all, and in its cheap spelling."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.rules import template, text
from bot.rules.audience import Recipient
from bot.rules.clause import NONE, Clause
from bot.rules.links import ShortLinks
from bot.rules.scale import likeness
from bot.rules.senders import Unshown
from bot.rules.spelling import Spelling, cheap
from bot.rules.text import Count

NAMES_TOLD = 8
NO_LINKS = ShortLinks()


@dataclass(frozen=True, slots=True)
class Alike:
    """Recipients whose texts weigh the same, one at least, in the order of choice."""

    count: Count
    recipients: Sequence[Recipient]

    @property
    def segments(self) -> int:
        """What all their texts take."""
        return self.count.segments * len(self.recipients)


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


def writer(body: str, clause: Clause = NONE) -> Callable[[Recipient], str]:
    """What gives a recipient's text, the clause of its reader's language at its end."""
    split = template.splitter(body)

    def write(recipient: Recipient) -> str:
        parts = split(recipient.values, recipient.language)
        return "".join(clause.added_to_parts(parts, recipient.language))

    return write


def weighed(body: str, recipients: Iterable[Recipient], clause: Clause = NONE) -> tuple[Alike, ...]:
    """The recipients by what their texts weigh, merged, the clause added; of those alike one text is counted.

    Those who are alike are so in the cheap spellings too.
    """
    alike = likeness([body, *(cheap(body, accents=accents).body for accents in (False, True))])
    readers: dict[str, list[Recipient]] = defaultdict(list)
    for each in recipients:
        readers[each.language].append(each)
    found: dict[object, list[Recipient]] = defaultdict(list)
    for language, some in readers.items():
        for key, each in zip(alike([each.values for each in some], language), some, strict=True):
            found[language, key].append(each)
    write = writer(body, clause)
    return tuple(Alike(text.count(write(some[0])), some) for some in found.values())


def weight(texts: Iterable[Alike]) -> int:
    """How many segments all the texts take."""
    return sum(alike.segments for alike in texts)


def people(texts: Iterable[Alike]) -> int:
    """How many texts there are."""
    return sum(len(alike.recipients) for alike in texts)


def heaviest(texts: Iterable[Alike]) -> Alike | None:
    """Those whose texts take the most segments, and the most units among those."""
    return max(texts, key=_by_weight, default=None)


def lightest(texts: Iterable[Alike]) -> Alike | None:
    """Those whose texts take the fewest segments, and the fewest units among those."""
    return min(texts, key=_by_weight, default=None)


def usual(texts: Sequence[Alike]) -> Count:
    """The weight in the middle: half of the texts weigh as much or more."""
    before, middle = 0, (people(texts) - 1) // 2
    for alike in sorted(texts, key=_by_weight):
        before += len(alike.recipients)
        if before > middle:
            return alike.count
    raise ValueError("Nobody gets a text")


def most_frequent(texts: Iterable[Alike]) -> int:
    """How many segments most texts take; 0 where there are none."""
    sizes: Counter[int] = Counter()
    for alike in texts:
        sizes[alike.count.segments] += len(alike.recipients)
    return sizes.most_common(1)[0][0] if sizes else 0


def pushed(texts: Sequence[Alike]) -> Pushed | None:
    """Those whose values cost an SMS more than the cheapest text takes; None when all take the same."""
    least = min((alike.count.segments for alike in texts), default=0)
    over = [alike for alike in texts if alike.count.segments > least]
    if not over:
        return None
    most = max(alike.count.segments for alike in over)
    values = (each.values for alike in over for each in alike.recipients)
    names = tuple(filter(None, dict.fromkeys(each.get("first_name", "") for each in values)))
    return Pushed(people(over), least, most, names[:NAMES_TOLD], more=len(names) > NAMES_TOLD)


def cheaper(body: str, texts: Sequence[Alike], clause: Clause = NONE) -> Cheaper | None:
    """The spelling of the text that takes the fewest SMS in all; accents stay where they cost none. None: none is saved."""
    if not text.count(body).costly:
        return None
    kept, without_accents = (cheap(body, accents=accents) for accents in (False, True))
    best = min((kept, without_accents), key=lambda one: _total(one, texts, clause))
    total = _total(best, texts, clause)
    if total >= _total(Spelling(body), texts, clause):
        return None
    segments = text.count(clause.added_to(best.body)).segments
    return Cheaper(best.swaps, best.swaps != kept.swaps, segments, total)


def _by_weight(alike: Alike) -> tuple[int, int]:
    return alike.count.segments, alike.count.units


def _total(spelling: Spelling, texts: Sequence[Alike], clause: Clause) -> int:
    if not texts:
        return text.count(clause.added_to(spelling.body)).segments
    write = writer(spelling.body, clause)
    return sum(text.count(write(alike.recipients[0])).segments * len(alike.recipients) for alike in texts)
