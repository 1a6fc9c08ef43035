"""What becomes of a campaign's sender abroad, where it is a name."""

from collections.abc import Sequence

from bot.rules import phones, senders
from bot.rules.audience import Recipient
from bot.rules.senders import Unshown
from bot.runtime import Runtime
from storage.models import Club, Sender
from storage.states import Route, SenderKind


def unshown_for(
    rt: Runtime, club: Club, sender: Sender | None, route: Route, recipients: Sequence[Recipient]
) -> tuple[Unshown, ...]:
    """Where among the recipients the sender's name may not show; nowhere for a number."""
    if sender is None or sender.kind is not SenderKind.NAME:
        return ()
    if route is Route.DOMESTIC:
        # All are at home, and reading so many numbers takes time.
        return senders.unshown([club.country] * len(recipients), rt.countries)
    return senders.unshown((phones.region_of(each.e164) for each in recipients), rt.countries)
