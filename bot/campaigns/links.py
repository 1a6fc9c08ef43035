"""Short links that only appear once a text is merged: in what is filled in, or where that meets the text."""

import re
from collections.abc import Collection
from dataclasses import replace

from bot.campaigns.audience import Resolved
from bot.rules import template
from bot.rules.audience import Audience, Recipient
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
        and short_links(template.merge(body, recipient.values), shorteners, allowed).refused
    }
    if not linked:
        return resolved
    audience = Audience(
        tuple(each for each in resolved.audience.recipients if each.e164 not in linked),
        tuple(
            replace(line, left_out=LeftOut.SHORT_LINK) if line.e164 in linked and not line.left_out else line
            for line in resolved.audience.lines
        ),
    )
    return replace(resolved, audience=audience)


def _may_link(body: str, recipient: Recipient) -> bool:
    """Whether it is worth looking: most texts hold names alone, and looking takes longer than all the rest."""
    fields = template.fields_in(body)
    if all(_PLAIN.fullmatch(recipient.values.get(field.name, "")) for field in fields):
        return any("{" in word and not _ALONE.fullmatch(word) for word in body.split())
    return bool(fields)
