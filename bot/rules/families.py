"""From which age on a club's members are texted themselves, and until which their guardians are."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Ages:
    """A club's rules, in years: below `own_texts_from` guardians get the text in a child's place, below `of_age` with it."""

    own_texts_from: int = 15
    of_age: int = 18


@dataclass(frozen=True, slots=True)
class Generations:
    """The same on one day. Birth dates are ISO texts, which are told apart as they are; empty where none is known."""

    young_after: str
    minor_after: str

    def is_young(self, born: str) -> bool:
        """Whether guardians get the text in this one's place."""
        return born > self.young_after

    def is_minor(self, born: str) -> bool:
        """Whether this one is known not to be of age."""
        return born > self.minor_after

    def is_of_age(self, born: str) -> bool:
        """Whether this one is known to be of age, so that nobody answers for them any more."""
        return "" < born <= self.minor_after


def generations(ages: Ages, today: date) -> Generations:
    """Who is how old on this day; whoever was born on the 29th of February has birthdays on the 1st of March too."""
    return Generations(_born_before(today, ages.own_texts_from), _born_before(today, ages.of_age))


def _born_before(today: date, years: int) -> str:
    """The last birth date of those who are so old today."""
    try:
        return today.replace(year=today.year - years).isoformat()
    except ValueError:  # today is a 29th of February, which their year did not have
        return date(today.year - years, 2, 28).isoformat()
