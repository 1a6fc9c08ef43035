"""How long what is known of people is kept."""

from datetime import datetime

SHORTEST, LONGEST = 1, 120
"""Months. Three years are what the CNIL takes for the usual longest, since the last contact:
https://www.cnil.fr/fr/les-durees-de-conservation-des-donnees"""


def months_before(now: datetime, months: int) -> datetime:
    """The same moment so many months ago; on the last day of a month that has no such day."""
    years, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    for day in range(now.day, 27, -1):
        try:
            return now.replace(year=years, month=month + 1, day=day)
        except ValueError:  # the month is shorter
            continue
    return now.replace(year=years, month=month + 1)


def is_possible(months: int) -> bool:
    """Whether a club may keep something for so many months."""
    return SHORTEST <= months <= LONGEST
