"""The STOP clause of a campaign, by what its club, its sender and its kind ask for."""

from bot.rules.clause import NONE, Clause, clause_for
from bot.runtime import Runtime
from storage.models import Club, Sender
from storage.states import Kind


def clause_of(rt: Runtime, club: Club, sender: Sender | None, kind: Kind, body: str) -> Clause:
    """What is added to each text of the campaign; nothing without a sender."""
    if sender is None:
        return NONE
    return clause_for(
        body,
        kind=kind,
        sender_kind=sender.kind,
        sender=sender.value,
        language=club.language,
        wordings=rt.clauses,
    )
