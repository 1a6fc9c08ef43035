"""Short links that only appear once a text is merged: in what is filled in, or where that meets the text."""

import re
from collections.abc import Collection, Sequence
from functools import cache

from bot.rules import template
from bot.rules.audience import Audience, Recipient
from bot.rules.consent import LeftOut
from bot.rules.links import Shorteners, short_links

# Names and teams as people have them: no host can come of one that stands alone.
_PLAIN = re.compile(r"[\w ,'’-]*")
_ALONE = re.compile(r"[(«\"'“]*\{[^{}]*\}[,.;:!?)»\"'”…]*")


def without_short_links(
    body: str, audience: Audience, shorteners: Shorteners, allowed: Collection[str]
) -> Audience:
    """The audience without those whose own values would put a refused link into the text."""

    refused = linked(body, audience.recipients, shorteners, allowed)
    return audience.without(dict.fromkeys(refused, LeftOut.SHORT_LINK))


def linked(
    body: str, recipients: Sequence[Recipient], shorteners: Shorteners, allowed: Collection[str]
) -> set[str]:
    """The numbers of those whose own values would put a refused link into the text."""

    @cache
    def is_refused(merged: str) -> bool:
        return bool(short_links(merged, shorteners, allowed).refused)

    split = template.splitter(body)
    return {
        recipient.e164
        for recipient in _who_may_link(body, recipients)
        if is_refused("".join(split(recipient.values, recipient.language)))
    }


def _who_may_link(body: str, recipients: Sequence[Recipient]) -> Sequence[Recipient]:
    """For whom it is worth looking: most texts hold names alone, and looking takes longer than all the rest."""
    names = tuple({field.name for field in template.fields_in(body)})
    if any("{" in word and not _ALONE.fullmatch(word) for word in body.split()):
        return recipients
    every = {name: {each.values.get(name, "") for each in recipients} for name in names}
    odd = {name: {value for value in values if not _PLAIN.fullmatch(value)} for name, values in every.items()}
    if not any(odd.values()):
        return ()
    return [each for each in recipients if any(each.values.get(name, "") in odd[name] for name in names)]
