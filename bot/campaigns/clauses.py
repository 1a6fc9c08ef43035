"""What is added to a text, by what its club, its sender and its kind ask for: how to stop it, how to answer it."""

from bot.rules.clause import NONE, Clause, clause_for
from bot.rules.senders import can_answer
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
        pages=rt.settings.pages,
    )


def link_characters(rt: Runtime, club: Club, sender: Sender) -> int:
    """How many characters the link takes by which people answer a sender that cannot be; 0 for others, and without links."""
    if can_answer(sender.kind) or not rt.settings.is_reached:
        return 0
    return max(len(" " + clause_of(rt, club, sender, kind, "").usual) for kind in Kind)
