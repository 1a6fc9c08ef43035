"""A pasted list: each way in which coaches write names and numbers, and whom of the club it means."""

from dataclasses import replace
from uuid import UUID

import pytest

from bot.rules import pasted, phones
from bot.rules.pasted import (
    Fate,
    Known,
    half_names_in,
    key_of,
    keys,
    lines,
    names_in,
    numbers_in,
    outcomes,
    words_of,
)
from bot.rules.phones import Phone, PhoneRefusal

PEOPLE = {
    "lea": ("Léa", "Martin", "+33612345601"),
    "tom": ("Tom", "Martin", "+33612345601"),
    "jp": ("Jean-Pierre", "d’Arc", "+33612345602"),
    "eloise": ("Éloïse", "de la Tour", "+33612345603"),
    "hugo": ("Hugo", "Fontaine", "+33612345604"),
    "hugo2": ("Hugo", "Petit", "+33612345605"),
    "cher": ("Cher", "", "+33612345606"),
    "noel": ("Noël", "Hugo", ""),
}
IDS = {key: UUID(int=n) for n, key in enumerate(PEOPLE)}
KEYS = {id: key for key, id in IDS.items()}
DUPONDS = {UUID(int=100 + n) for n in range(21)}


def known(read):
    """What the club above has of what was read."""
    owners, full, half = {}, {}, {"dupond": DUPONDS}
    for key, (first, last, e164) in PEOPLE.items():
        owners.setdefault(e164, set()).add(IDS[key])
        full.setdefault(key_of(last, first), set()).add(IDS[key])
        for name in (first, last):
            half.setdefault(key_of(name), set()).add(IDS[key])
    numbers = {typed: phones.parse(typed, "FR") for typed in numbers_in(read)}
    most = Known(numbers, owners, full)
    asked = {key for words in half_names_in(read, most) for key in keys(words)}
    return replace(most, half={key: ids for key, ids in half.items() if key in asked})


def told(text):
    """What came of each piece: what it was, and whom it means."""
    read = lines(text)
    return [
        (one.typed, one.fate, sorted(KEYS.get(id, "?") for id in one.ids) if len(one.ids) < 9 else [])
        for one in outcomes(read, known(read))
    ]


FOUND = [
    ("Léa Martin", "lea", "first name first"),
    ("MARTIN Léa", "lea", "last name first"),
    ("lea martin", "lea", "without accents"),
    ("Le\u0301a Martin", "lea", "an accent that stands alone"),
    ("Martin, Léa", "lea", "with a comma between"),
    ("jean pierre d'arc", "jp", "without the hyphen, another apostrophe"),
    ("D’ARC Jean-Pierre", "jp", "as it is stored"),
    ("Eloise de la tour", "eloise", "a name of several words"),
    ("De La Tour Éloïse", "eloise", "the same, last name first"),
    ("  • Léa   Martin ", "lea", "a bullet and blanks"),
    ("12. Léa Martin", "lea", "numbered"),
    ("- Léa Martin", "lea", "a dash"),
    ('"Léa Martin"', "lea", "quoted"),
    ("cher", "cher", "one name alone"),
    ("Fontaine", "hugo", "a last name that one has"),
    ("06 12 34 56 04", "hugo", "a number"),
    ("06.12.34.56.04", "hugo", "with dots"),
    ("+33 (0)6 12 34 56 04", "hugo", "from abroad"),
    ("0033612345604", "hugo", "dialled from abroad"),
    ("06-12-34-56-04", "hugo", "with hyphens"),
    ("tél. 06 12 34 56 04", "hugo", "with a label"),
    ("Hugo Fontaine 06 12 34 56 04", "hugo", "both"),
    ("Hugo Fontaine : 06 12 34 56 04", "hugo", "both, a colon between"),
    ("Hugo Fontaine, 0612345604", "hugo", "both, a comma between"),
    ("06 12 34 56 04 Hugo", "hugo", "the number says which Hugo"),
    ("Hugo Fontaine 06 99 99 99 99", "hugo", "a number that nobody has, beside a name"),
    ("Léa Martin 06 12 34 56 01", "lea", "the name says which of a family"),
    ("Léa Martin tél. 01 42 68 53 00", "lea", "a landline beside a name"),
    ("Léa Martin <lea@example.org>", "lea", "an address behind the name"),
    ("lea.martin@example.org", "lea", "an address that says the name"),
    ("Martin\tLéa\tU11\t06 12 34 56 01\tlea@example.org", "lea", "a row of a spreadsheet"),
    ("U11\tLéa\tMartin", "lea", "a row that begins with something else"),
    ("Léa Martin\tU11", "lea", "a row with the whole name in one cell"),
    ("Martin;Léa;06 12 34 56 01", "lea", "a row of a CSV file"),
    ("Martin\tLéa\t06 12 34 56 02\t06 12 34 56 01", "lea", "a row with two numbers"),
    ("U13\t\t06 12 34 56 01\tTom\tMartin", "tom", "an empty cell"),
]


@pytest.mark.parametrize(("typed", "who", "why"), FOUND, ids=[case[-1] for case in FOUND])
def test_one_person_is_found_however_they_are_written(typed, who, why):
    assert told(typed) == [(typed.strip(), Fate.FOUND, [who])]


SPLIT = [
    ("Léa Martin, Tom Martin; Hugo Fontaine", ["lea", "tom", "hugo"], "commas and semicolons"),
    ("Léa Martin\tTom Martin", ["lea", "tom"], "two people in one row"),
    ("Léa Martin, Fontaine", ["lea", "hugo"], "a whole name and half a one"),
    ("0612345604;0612345605", ["hugo", "hugo2"], "numbers"),
    ("Léa Martin\r\nTom Martin\n\n \n", ["lea", "tom"], "line breaks of any kind"),
    ("Léa Martin <a@b.fr>, Tom Martin <c@d.fr>", ["lea", "tom"], "as a mail's To"),
    ("Nom\tPrénom\tTéléphone\nMartin\tLéa\t06 12 34 56 01", ["lea"], "headings left aside"),
    ("Léa Martin\nlea martin\nLÉA MARTIN", ["lea"], "one person once"),
    ("06 12 34 56 04, Hugo Petit, 06 12 34 56 02", ["hugo", "hugo2", "jp"], "mixed"),
]


@pytest.mark.parametrize(("typed", "who", "why"), SPLIT, ids=[case[-1] for case in SPLIT])
def test_several_people_are_found_in_what_stands_together(typed, who, why):
    found = told(typed)
    assert {fate for _, fate, _ in found} == {Fate.FOUND}
    assert [one for _, _, (one,) in found] == who


ASKED = [
    ("Hugo", ["hugo", "hugo2", "noel"], "a first name of two, and a last name"),
    ("06 12 34 56 01", ["lea", "tom"], "a number of two"),
    ("Hugo Fontaine 06 12 34 56 05", ["hugo", "hugo2"], "another one's number"),
    ("06 12 34 56 04 (maman)", ["hugo"], "a number with words that are no name of theirs"),
    ("Cher 06 12 34 56 04", ["cher", "hugo"], "a name and another one's number"),
]


@pytest.mark.parametrize(("typed", "who", "why"), ASKED, ids=[case[-1] for case in ASKED])
def test_where_several_may_be_meant_one_is_asked(typed, who, why):
    assert told(typed) == [(typed, Fate.ASKED, who)]


NOBODY = [
    ("Jean Dupont", Fate.UNKNOWN, None, "a name that nobody has"),
    ("Dupond", Fate.TOO_MANY, None, "a name of too many"),
    ("06 12 34 56 99", Fate.UNKNOWN, None, "a number that nobody has"),
    ("06 12", Fate.REFUSED, PhoneRefusal.INVALID, "half a number"),
    ("01 42 68 53 00", Fate.REFUSED, PhoneRefusal.LANDLINE, "a landline"),
    ("3631", Fate.REFUSED, PhoneRefusal.SHORT, "a short number"),
    ("0899 12 34 56", Fate.REFUSED, PhoneRefusal.PREMIUM, "a special-rate number"),
    ("06 12 34 56 26 poste 12", Fate.REFUSED, PhoneRefusal.EXTENSION, "an extension"),
    ("0612345604 0612345605", Fate.REFUSED, PhoneRefusal.TWO_NUMBERS, "two numbers in one"),
    ("Jean Dupont 01 42 68 53 00", Fate.REFUSED, PhoneRefusal.LANDLINE, "a stranger with a landline"),
    ("a b c d e f g h i", Fate.UNKNOWN, None, "a sentence"),
    ("jean@example.org", Fate.UNKNOWN, None, "an address alone"),
    ("U13\tSamedi\t14 h", Fate.UNKNOWN, None, "a row about something else"),
]


@pytest.mark.parametrize(("typed", "fate", "refusal", "why"), NOBODY, ids=[case[-1] for case in NOBODY])
def test_what_means_nobody_says_why_and_stays_as_typed(typed, fate, refusal, why):
    (one,) = outcomes(lines(typed), known(lines(typed)))
    assert (one.typed, one.fate, one.why) == (typed, fate, refusal)


def test_pieces_of_a_line_fail_one_by_one():
    assert told("Léa Martin, Jean Dupont") == [
        ("Léa Martin", Fate.FOUND, ["lea"]),
        ("Jean Dupont", Fate.UNKNOWN, []),
    ]


@pytest.mark.parametrize("typed", ["", " \n\t\n", "---", "Nom;Prénom;E-mail", "•"])
def test_lines_that_say_nothing_are_none(typed):
    assert lines(typed) == ()


def test_what_is_asked_about_a_piece_is_told_from_others_whatever_the_accents():
    marks = [outcomes(lines(typed), Known())[0].mark for typed in ("Léa", "LEA", "Tom")]
    assert marks[0] == marks[1] != marks[2]


def test_a_name_is_looked_for_from_each_of_its_words_on():
    assert words_of("De La-Tour, Éloïse") == ("de", "la", "tour", "eloise")
    assert {"delatoureloise", "eloisedelatour", "delatour"} < names_in(
        lines("De La-Tour, Éloïse\n0612345604")
    )
    assert key_of("Lesœur", "Ana-Maria") == "lesoeuranamaria"
    assert keys(("a", "b", "c")) == ["abc", "bca", "cab"]
    assert keys(("a", "a")) == ["aa"]
    assert keys(()) == []
    assert keys(("a",) * 9) == []


def test_half_a_name_is_looked_for_only_where_nothing_else_says_who_is_meant():
    read = lines("Léa Martin\n06 12 34 56 04\nHugo\nHugo 06 12 34 56 04")
    assert half_names_in(read, replace(known(read), half={})) == {("hugo",)}
    whole = lines("Léa Martin\n06 12 34 56 04")
    assert half_names_in(whole, known(whole)) == set()


def test_a_thousand_lines_are_read_at_once():
    text = "\n".join(f"{n % 100:02}" for n in range(1000))
    assert len(lines(text)) == 1000
    assert len(outcomes(lines(text), Known())) == 100


def test_numbers_are_read_once_however_often_they_stand_there():
    read = lines("06 12 34 56 04\n06 12 34 56 04\nHugo 06 12 34 56 04")
    assert numbers_in(read) == {"06 12 34 56 04"}
    assert phones.parse(*numbers_in(read)) == Phone("+33612345604", "FR")
    assert pasted.MOST_OFFERED < 21
