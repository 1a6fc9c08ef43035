"""The eight rules of "nothing lost, nothing doubled", each a comparison of the carrier's ledger with the bot's books.

Pure: values in, violations out. Some rules hold at every moment, the others once the faults have stopped, the
grace has passed twice and everything has come to rest.
"""

from datetime import timedelta

from tests.proof.ledger import Books, Ledger
from tests.proof.rules import texts, wishes, words
from tests.proof.rules.texts import doubled
from tests.proof.rules.violation import Violation, Wrong

__all__ = ["Violation", "Wrong", "broken_at_any_moment", "broken_at_rest", "doubled"]

IN_FLIGHT = timedelta(milliseconds=500)
"""How long a request that had its last look may take to reach the carrier."""


def broken_at_any_moment(
    ledger: Ledger, books: Books, *, in_flight: timedelta = IN_FLIGHT
) -> list[Violation]:
    """What must never be so, not for a moment, however much is under way.

    The books must have been read before the ledger: what the carrier takes in between is not in them.
    """
    return [
        *texts.doubled(ledger),
        *texts.doubled_recipients(ledger, books),
        *texts.phantoms(ledger, books),
        *words.stored_twice(books),
        *words.miscounted(books),
        *wishes.after_stop(ledger, in_flight),
        *wishes.after_the_end(ledger, books, in_flight),
    ]


def broken_at_rest(
    ledger: Ledger, books: Books, *, in_flight: timedelta = IN_FLIGHT, is_asked_after: bool = True
) -> list[Violation]:
    """What must not be so once all has come to rest, and what must never be so.

    `is_asked_after`: the bot had the time to ask the carrier about every text whose last receipt it missed.
    """
    return [
        *broken_at_any_moment(ledger, books, in_flight=in_flight),
        *texts.unfrozen(books),
        *texts.misplaced(ledger, books),
        *texts.orphans(ledger, books),
        *words.misreported(ledger, books, is_asked_after=is_asked_after),
        *words.unstored(ledger, books),
        *words.unheard(ledger, books),
        *words.unequal_to_ledger(ledger, books),
        *wishes.unblocked(ledger, books),
    ]
