"""Short links that only appear once a text is merged: in what is filled in, or where that meets the text."""

import re
from collections.abc import Collection

from bot.campaigns.audience import Resolved, without
from bot.rules import template
from bot.rules.audience import Recipient
from bot.rules.consent import LeftOut
from bot.rules.links import Shorteners, short_links

# Names and teams as people have them: no host can come of one that stands alone.
_PLAIN = re.compile(r"[\w '’-]*")
_ALONE = re.compile(r"[(«\"'“]*\{[^{}]*\}[,.;:!?)»\"'”…]*")


def without_short_links(
    body: str, resolved: Resolved, shorteners: Shorteners, allowed: Collection[str]
) -> Resolved:
    """The audience without those whose own values would put a refused link into the text."""
    linked = {
        recipient.e164
        for recipient in resolved.audience.recipients
        if _may_link(body, recipient)
        and short_links(
            template.merge(body, recipient.values, recipient.language), shorteners, allowed
        ).refused
    }
    return without(resolved, dict.fromkeys(linked, LeftOut.SHORT_LINK))


def _may_link(body: str, recipient: Recipient) -> bool:
    """Whether it is worth looking: most texts hold names alone, and looking takes longer than all the rest."""
    fields = template.fields_in(body)
    if all(_PLAIN.fullmatch(recipient.values.get(field.name, "")) for field in fields):
        return any("{" in word and not _ALONE.fullmatch(word) for word in body.split())
    return bool(fields)
