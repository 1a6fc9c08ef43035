"""From which age on a club's members are texted themselves, and until which their guardians are."""

from dataclasses import dataclass
from datetime import date

OF_AGE = 18
"""Years; below it nobody gets advertising, whatever a club wishes."""
OLDEST = 25
"""To which age a club may have guardians texted: some care for grown-ups."""


@dataclass(frozen=True, slots=True)
class Ages:
    """A club's rules, in years: below `own_texts_from` guardians get the text in a child's place, below `alone_from` with it."""

    own_texts_from: int = 15
    alone_from: int = OF_AGE
    second_adult_under: int = 0
    """Below it nobody is told anything without an adult who is told the same; 0 where the club does not ask for that."""

    @property
    def are_possible(self) -> bool:
        """Whether one age follows the other."""
        is_minor = 0 <= self.second_adult_under <= OF_AGE
        return is_minor and 0 <= self.own_texts_from <= self.alone_from <= OLDEST


@dataclass(frozen=True, slots=True)
class Generations:
    """The same on one day. Birth dates are ISO texts, which are told apart as they are; empty where none is known."""

    young_after: str
    answered_for_after: str
    minor_after: str
    accompanied_after: str

    def is_young(self, born: str) -> bool:
        """Whether guardians get the text in this one's place."""
        return born > self.young_after

    def is_minor(self, born: str) -> bool:
        """Whether this one is known not to be of age."""
        return born > self.minor_after

    def is_accompanied(self, born: str) -> bool:
        """Whether an adult is told whatever this one is told."""
        return born > self.accompanied_after

    def is_alone(self, born: str) -> bool:
        """Whether this one is known to be so old that nobody else gets their texts."""
        return "" < born <= self.answered_for_after


def generations(ages: Ages, today: date) -> Generations:
    """Who is how old on this day; whoever was born on the 29th of February has birthdays on the 1st of March too."""
    second = ages.second_adult_under
    borders = (ages.own_texts_from, max(ages.alone_from, second), OF_AGE, second)
    return Generations(*(_born_before(today, years) for years in borders))


def _born_before(today: date, years: int) -> str:
    """The last birth date of those who are so old today."""
    try:
        return today.replace(year=today.year - years).isoformat()
    except ValueError:  # today is a 29th of February, which their year did not have
        return date(today.year - years, 2, 28).isoformat()
