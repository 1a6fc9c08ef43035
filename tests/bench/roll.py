"""A club's list as a file: so many rows, numbers in three spellings, and one row in fifty that something is wrong with."""

import csv
from collections.abc import Iterator
from pathlib import Path

from tests.bench.crowd import FIRST_NAMES, LAST_NAMES, TEAMS

HEADERS = ("Licence", "Nom", "Prénom", "Né(e) le", "Portable", "Catégorie")
SPELLINGS = ("06{0:02}{1:02}{2:02}{3:02}", "06 {0:02} {1:02} {2:02} {3:02}", "+336{0:02}{1:02}{2:02}{3:02}")
AMISS = (
    "01 42 {2:02} {0:02} {3:02}",
    "06 12 {1:02} {3:02}",
    "0612345678 / 0698765432",
    "+99 {0:02} {1:02} {2:02}",
)
"""A landline, too short a number, two of them, and one of no country."""
ONE_AMISS_IN = 50
SCATTER = 736_879


def write(path: Path, rows: int) -> Path:
    """The file, whose rows are the same each time."""
    with path.open("w", encoding="utf-8", newline="") as file:
        written = csv.writer(file, delimiter=";")
        written.writerow(HEADERS)
        written.writerows(map(_row, range(rows)))
    return path


def numbers(path: Path) -> Iterator[tuple[int, str]]:
    """The number of each row, with the row's place, as the csv module alone reads them."""
    with path.open(encoding="utf-8", newline="") as file:
        for place, row in enumerate(csv.reader(file, delimiter=";")):
            yield place, row[4]


def _row(n: int) -> list[str]:
    turn, which = divmod(n, len(LAST_NAMES))
    last_name = f"{LAST_NAMES[which]}-{LAST_NAMES[turn % len(LAST_NAMES)]}"
    born = f"{1 + n % 28:02}/{1 + n % 12:02}/{1950 + n % 70}"
    return [f"{n:08d}", last_name, FIRST_NAMES[n % len(FIRST_NAMES)], born, _number(n), TEAMS[n % len(TEAMS)]]


def _number(n: int) -> str:
    amiss, is_not = divmod(n, ONE_AMISS_IN)
    form = SPELLINGS[n % len(SPELLINGS)] if is_not else AMISS[amiss % len(AMISS)]
    # Far from the one before, as members' numbers are; and from 0610 to 0637, which are given to mobiles.
    scattered = n * SCATTER % 10**6
    return form.format(10 + n % 28, *(scattered // 100**place % 100 for place in (2, 1, 0)))
