"""A list of a club's people as its secretary keeps it, to be imported: made anew each day, since licences end."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import count

NAME = "licencies.csv"
_HEADERS = (
    *("Nom", "Prénom", "Né(e) le", "Équipe", "Portable", "Licence"),
    *("Mère", "Portable mère", "Père", "Portable père"),
)
# Those of the seed are known to the club by name and number; the others have numbers right behind them.
_KNOWN = (
    ("Lefèvre", "Jade", "U13", 12, "06 12 34 56 21", 12),
    ("Moreau", "Loïc", "U13", 12, "06 12 34 56 22", 25),
    ("Garcia", "Maëlys", "U13", 11, "06 12 34 56 23", 210),
    ("Fontaine", "Hugo", "U13", 12, "06 12 34 56 24", -3),
    ("Dubois", "Manon", "U15", 14, "06 12 34 56 31", 9),
    ("Lambert", "Théo", "U15", 14, "06 12 34 56 32", 180),
    ("Faure", "Chloé", "U15", 14, "06 12 34 56 33", 17),
    ("Girard", "Nathan", "U15", 13, "06 12 34 56 34", 28),
    ("Hoarau", "Kylian", "U15", 14, "0692 12 34 56", 240),
    ("Mercier", "Julie", "Seniors", 27, "06 12 34 56 41", 150),
    ("Blanc", "Antoine", "Seniors", 31, "06 12 34 56 42", 20),
    ("Diallo", "Fatou", "Seniors", 24, "06 12 34 56 43", 300),
)
_CHILDREN = (
    ("Aubert", "Camille", "U11", 9, 14, "Claire Aubert", "Marc Aubert"),
    ("Aubert", "Jules", "U13", 12, 14, "Claire Aubert", "Marc Aubert"),
    ("Benali", "Sofia", "U11", 10, 200, "Samira Benali", ""),
    ("Benoît", "Lucas", "U11", 9, 33, "Anne Benoît", ""),
    ("Chevalier", "Rose", "U11", 10, 260, "", "Paul Chevalier"),
    ("Coulibaly", "Issa", "U13", 11, 6, "Mariam Coulibaly", "Seydou Coulibaly"),
    ("Da Costa", "Inès", "U13", 12, 27, "Paula Da Costa", ""),
    ("Delmas", "Gabin", "U13", 11, 95, "Sylvie Delmas", "Éric Delmas"),
    ("Évrard", "Louise", "U13", 12, 18, "Nathalie Évrard", ""),
    ("Ferreira", "Mia", "U15", 13, 29, "Ana Ferreira", "José Ferreira"),
    ("Guérin", "Maxence", "U15", 14, 120, "Isabelle Guérin", ""),
    ("Huet", "Clémence", "U15", 13, 2, "", "Olivier Huet"),
    ("Klein", "Noé", "U15", 14, 24, "Valérie Klein", "Thomas Klein"),
    ("Le Goff", "Maël", "U15", 13, 310, "Gwenaëlle Le Goff", ""),
    ("Nguyen", "Linh", "U15", 14, 45, "Thi Nguyen", ""),
    ("Œuvrard", "Zélie", "U11", 9, 16, "Emma Œuvrard", ""),
    ("Pélissier", "Tao", "U11", 10, 190, "", "Rémi Pélissier"),
    ("Rolland", "Anouk", "U13", 11, 22, "Sandrine Rolland", "Yves Rolland"),
)
_GROWN = (
    ("Schmitt", "Pauline", "Seniors", 29, 220),
    ("Tessier", "Mathis", "Seniors", 22, 11),
    ("Vasseur", "Élodie", "Seniors", 35, 270),
    ("Weiss", "Romain", "Seniors", 26, 80),
    ("Yilmaz", "Deniz", "Seniors", 23, 40),
)
_REFUSED = (
    ("Arnaud", "Lola", "12/05", "U13", "06 12 34 58 9", 60),
    ("Barbier", "Enzo", "03/09", "U15", "01 42 68 53 10", 21),
    ("Carpentier", "Nina", "21/11", "U13", "06 12 34 58 93 / 06 12 34 58 94", 60),
    ("Dumont", "Axel", "31/02", "U15", "06 12 34 58 95", 60),
    ("Fabre", "Léonie", "08/08", "U15", "06 12 34 58 96", "bientôt"),
)
_AGES = {"U13": 12, "U15": 14}


def csv_of(today: date) -> bytes:
    """The list as a French spreadsheet writes it: semicolons, Windows letters."""
    text = io.StringIO()
    written = csv.writer(text, delimiter=";", lineterminator="\r\n")
    written.writerow(_HEADERS)
    written.writerows([*row, *[""] * (len(_HEADERS) - len(row))] for row in _rows(today))
    return text.getvalue().encode("cp1252")


def handsets(today: date) -> Iterator[tuple[str, str]]:
    """Whoever has a mobile phone by the list, and its number as it stands there."""
    for row in _rows(today):
        last, first, _, _, mobile, _, *parents = row
        for name, number in ((f"{first} {last}", mobile), *zip(parents[::2], parents[1::2], strict=True)):
            if number:
                yield name, number


def _rows(today: date) -> Iterator[Sequence[str]]:
    numbers = (f"06 12 34 57 {n:02d}" for n in count(1))
    for last, first, team, age, mobile, days in _KNOWN:
        yield last, first, _born(today, age), team, mobile, _day(today, days)
    parents: dict[str, str] = {"": ""}
    for last, first, team, age, days, mother, father in _CHILDREN:
        for parent in (mother, father):
            parents[parent] = parents.get(parent) or (next(numbers) if parent else "")
        answering = mother, parents[mother], father, parents[father]
        yield last, first, _born(today, age), team, "", _day(today, days), *answering
    for last, first, team, age, days in _GROWN:
        yield last, first, _born(today, age), team, next(numbers), _day(today, days)
    for last, first, day, team, mobile, licence in _REFUSED:
        born = f"{day}/{today.year - _AGES[team]}"
        yield last, first, born, team, mobile, _day(today, licence) if isinstance(licence, int) else licence


def _born(today: date, age: int) -> str:
    # Half a year after the birthday, so that nobody is another age tomorrow.
    return f"{today.replace(day=15) - timedelta(days=age * 365 + age // 4 + 180):%d/%m/%Y}"


def _day(today: date, days: int) -> str:
    return f"{today + timedelta(days=days):%d/%m/%Y}"
