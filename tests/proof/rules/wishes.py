"""Rules 7 and 8: nothing is asked of the carrier after a STOP, nor after a campaign was called off."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from storage.models import Campaign
from storage.states import CampaignState
from tests.proof.ledger import Books, Ledger, Wish, Written
from tests.proof.rules.violation import Violation, Wrong


def after_stop(ledger: Ledger, in_flight: timedelta) -> Iterator[Violation]:
    """Rule 7: no request to a number whose STOP was answered, until its START."""
    spans = _silences(ledger.written)
    for request in ledger.requests:
        for since, until in spans.get(request.to, ()):
            if since + in_flight < request.at and (until is None or request.at < until):
                words = f"{request.to} was asked for at {request.at}, after its STOP of {since}"
                yield Violation(7, Wrong.AGAINST_WISH, words)


def unblocked(ledger: Ledger, books: Books) -> Iterator[Violation]:
    """Rule 7: a STOP that was answered is remembered."""
    blocked = {opt_out.e164 for opt_out in books.opt_outs}
    for e164, spans in _silences(ledger.written).items():
        if spans[-1][1] is None and e164 not in blocked:
            yield Violation(7, Wrong.LOST, f"the STOP of {e164} was answered and is not remembered")


def after_the_end(ledger: Ledger, books: Books, in_flight: timedelta) -> Iterator[Violation]:
    """Rule 8: no request of a campaign that was called off or stopped."""
    ended: dict[UUID | None, Campaign] = {
        campaign.id: campaign for campaign in books.campaigns if _is_called_off(campaign)
    }
    theirs = {str(message.id): ended.get(message.campaign_id) for message in books.messages}
    for request in ledger.requests:
        campaign = theirs.get(request.token)
        if campaign and campaign.over_at and request.at > campaign.over_at + in_flight:
            words = f"{request.to} was asked for at {request.at}, after campaign {campaign.id} was called off"
            yield Violation(8, Wrong.AGAINST_WISH, words)


def _silences(written: Iterable[Written]) -> dict[str, list[tuple[datetime, datetime | None]]]:
    """From when until when each number wanted nothing, as far as it was told so; None is until now."""
    spans: dict[str, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    for one in written:
        if one.answered_at is None:
            continue
        open_since = spans[one.e164][-1][0] if spans[one.e164] and spans[one.e164][-1][1] is None else None
        if one.wish is Wish.STOP and open_since is None:
            spans[one.e164].append((one.answered_at, None))
        elif one.wish is Wish.START and open_since is not None:
            spans[one.e164][-1] = (open_since, one.answered_at)
    return {e164: those for e164, those in spans.items() if those}


def _is_called_off(campaign: Campaign) -> bool:
    return campaign.state in (CampaignState.CANCELLED, CampaignState.STOPPED)
