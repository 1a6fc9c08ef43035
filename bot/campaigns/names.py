"""What becomes of a campaign's sender abroad, where it is a name."""

from collections import Counter
from collections.abc import Mapping, Sequence

from bot.rules import phones, senders
from bot.rules.audience import Recipient
from bot.rules.senders import Unshown
from bot.runtime import Runtime
from storage.models import Club, Sender
from storage.states import Route, SenderKind


def regions_of(club: Club, route: Route, recipients: Sequence[Recipient]) -> Counter[str]:
    """How many of them are where; at home nobody's number is read again, since that takes time."""
    if route is Route.DOMESTIC:
        return Counter({club.country: len(recipients)})
    regions: Counter[str] = Counter()
    for place, some in Counter(phones.alike(each.e164) for each in recipients).items():
        regions[phones.region_of(place)] += some
    return regions


def unshown_for(rt: Runtime, sender: Sender | None, regions: Mapping[str, int]) -> tuple[Unshown, ...]:
    """Where among these regions the sender's name may not show; nowhere for a number."""
    if sender is None or sender.kind is not SenderKind.NAME:
        return ()
    return senders.unshown(regions, rt.countries)
