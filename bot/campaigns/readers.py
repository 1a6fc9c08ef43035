"""The text as somebody gets it: whose is shown in the preview, and who else may be looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from bot.campaigns.values import Choice, Sample
from bot.campaigns.weights import Alike, heaviest, lightest, writer
from bot.i18n import Words
from bot.rules import page, text
from bot.rules.audience import Audience, Recipient
from bot.rules.clause import Clause
from storage.folding import folded


@dataclass(frozen=True, slots=True)
class Samples:
    """The texts that a preview shows; the longest and the shortest where they are not equally long.

    `is_gone` says that the person who was asked for gets the text no more, and somebody else's is shown.
    """

    shown: Sample | None
    longest: Sample | None = None
    shortest: Sample | None = None
    is_gone: bool = False


def samples(
    body: str, audience: Audience, texts: Sequence[Alike], clause: Clause, reader: UUID | None
) -> Samples:
    """The text of this reader, else the first; and what the texts are like at their longest and shortest."""
    write = writer(body, clause)

    def sample(recipient: Recipient) -> Sample:
        owner, written = recipient.owner_ids[0], write(recipient)
        shown = clause.with_token(written, page.UNSEEN)
        return Sample(audience.name_of(owner), shown, text.count(written).segments, str(UUID(owner)))

    longest, shortest = heaviest(texts), lightest(texts)
    if not (audience.recipients and longest and shortest):
        return Samples(None)
    asked = recipient_of(audience, reader) if reader else audience.recipients[0]
    shown = sample(asked or audience.recipients[0])
    if longest.count.units == shortest.count.units and longest.count.segments == shortest.count.segments:
        return Samples(shown, is_gone=asked is None)
    most, least = (sample(alike.recipients[0]) for alike in (longest, shortest))
    return Samples(shown, most, least, is_gone=asked is None)


def recipient_of(audience: Audience, reader: UUID) -> Recipient | None:
    """The recipient that is this person's phone; None when it gets nothing."""
    return next((each for each in audience.recipients if reader.hex in each.owner_ids), None)


def readers_named(audience: Audience, typed: str, words: Words, *, limit: int) -> list[Choice]:
    """The first who get a text and in whose names, or those of whom they get it for, each typed word occurs."""
    wanted = folded(typed).split()
    found = (
        each
        for each in audience.recipients
        if not wanted or all(word in folded(_names(each, audience)) for word in wanted)
    )
    return [_choice(each, audience, words) for each in islice(found, limit)]


def _choice(recipient: Recipient, audience: Audience, words: Words) -> Choice:
    reader = recipient.owner_ids[0]
    others = [audience.name_of(id) for id in recipient.for_ids if id != reader]
    detail = words("for {names}", names=words.all_of(others)) if others else ""
    return Choice(str(UUID(reader)), audience.name_of(reader), detail)


def _names(recipient: Recipient, audience: Audience) -> str:
    concerned = dict.fromkeys((*recipient.owner_ids, *recipient.for_ids))
    return " ".join(map(audience.name_of, concerned))
