"""What single cells say: dates, yes and no, languages, names, and what a club's own field may hold."""

import re
import unicodedata
from datetime import date
from functools import lru_cache

from bot.imports.columns import folded
from bot.imports.problems import Reason
from bot.people.facts import OwnField
from storage.states import FieldKind

MARK = "'"
"""What spreadsheets write before a text that would be a formula without it."""
BEGINS_FORMULA = ("=", "@")
_EXECUTED = (*BEGINS_FORMULA, "+", "-", "\t", "\r")
_JOINERS = ("\u200c", "\u200d")
LONGEST = 1000

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_FRENCH = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})")
_IN_LETTERS = re.compile(r"(\d{1,2})(?:er|st|nd|rd|th)? ([a-z]+) (\d{4}|\d{2})")
_AT_TIME = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?Z?$")
_MONTHS = (
    "janvier janv january jan|fevrier fevr fev february feb|mars march mar|avril avr april apr|mai may|juin june jun"
    "|juillet juil july jul|aout august aug|septembre september sept sep|octobre october oct|novembre november nov"
    "|decembre december dec"
)
_MONTH = {name: number for number, names in enumerate(_MONTHS.split("|"), 1) for name in names.split()}
_OLDEST = 1900
_YEARS_AHEAD = 50
"""What a club's own fields speak of lies behind as often as ahead: a licence that ends, a medical check."""
_YES = frozenset(
    {
        *["oui", "yes", "o", "y", "x", "vrai", "true", "1", "ok", "ja", "si", "accepte"],
        "j accepte",
        "d accord",
    }
)
_NO = frozenset({*["non", "no", "n", "faux", "false", "0", "nein", "refuse"], "je refuse"})
_LANGUAGES = (
    "fr francais french|en anglais english|de allemand german deutsch|es espagnol spanish espanol|it italien italian"
    " italiano|pt portugais portuguese|nl neerlandais dutch nederlands|ar arabe arabic|tr turc turkish|pl polonais polish"
    "|ro roumain romanian|ru russe russian|uk ukrainien ukrainian|zh chinois chinese|br breton|ca catalan|eu basque"
)
_LANGUAGE = {name: names.split()[0] for names in _LANGUAGES.split("|") for name in names.split()}
_CODE = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{2}))?")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_BETWEEN_TAGS = re.compile(r"[,;|/\n]")


def tidy(cell: str) -> str:
    """The cell without what cannot be seen, and without the mark that keeps it from being a formula."""
    if cell.startswith(MARK) and cell[1:].startswith(_EXECUTED):
        cell = cell[1:]
    if not cell.isprintable():
        cell = "".join(_visible(char) for char in cell)
    return " ".join(cell.split()) if "  " in cell else cell.strip()


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet would compute it. A sign alone does not make one here: "+33 6..." is a number."""
    return cell.startswith(BEGINS_FORMULA)


def harmless(cell: str) -> str:
    """The cell so that no spreadsheet computes it; `tidy` reads it back."""
    return MARK + cell if cell.startswith(_EXECUTED) else cell


@lru_cache(maxsize=2**16)
def read_date(typed: str, today: date, years_ahead: int = 0) -> date | Reason:
    """The date, in ISO or the day first. A year in two digits is the latest one that is no further ahead than that."""
    text = _AT_TIME.sub("", typed)
    if found := _ISO.fullmatch(text):
        year, month, day = found.groups()
    elif found := _FRENCH.fullmatch(text):
        day, month, year = found.groups()
    elif (found := _IN_LETTERS.fullmatch(folded(text))) and found[2] in _MONTH:
        day, month, year = found[1], str(_MONTH[found[2]]), found[3]
    else:
        return Reason.NO_DATE
    try:
        return date(_whole(year, today.year + years_ahead), int(month), int(day))
    except ValueError:
        return Reason.NO_DATE


def read_birth_date(typed: str, today: date) -> date | Reason:
    """The day somebody was born."""
    found = read_date(typed, today)
    if isinstance(found, date) and not (found.year >= _OLDEST and found <= today):
        return Reason.NOT_BORN
    return found


@lru_cache(maxsize=2**10)
def read_yes_no(typed: str) -> bool | Reason:
    """Whether it says yes."""
    said = folded(typed)
    if said in _YES or said in _NO:
        return said in _YES
    return Reason.NO_YES_NO


@lru_cache(maxsize=2**10)
def read_language(typed: str) -> str | Reason:
    """The language's code, "fr" or "de-CH"."""
    named = _LANGUAGE.get(folded(typed))
    if named:
        return named
    code = _CODE.fullmatch(typed)
    if not code:
        return Reason.NO_LANGUAGE
    return f"{code[1].lower()}-{code[2].upper()}" if code[2] else code[1].lower()


def read_words(typed: str) -> tuple[str, ...]:
    """Tags or roles, each once."""
    words = (" ".join(word.split()) for word in _BETWEEN_TAGS.split(typed))
    return tuple(dict.fromkeys(filter(None, words)))


def read_own(field: OwnField, typed: str, today: date) -> str | Reason:
    """The value as the field's kind is written (`ContactField`)."""
    if field.kind is FieldKind.NUMBER:
        return _read_number(typed)
    if field.kind is FieldKind.DATE:
        found = read_date(typed, today, _YEARS_AHEAD)
        return found.isoformat() if isinstance(found, date) else found
    if field.kind is FieldKind.YES_NO:
        said = read_yes_no(typed)
        return said if isinstance(said, Reason) else ("yes" if said else "no")
    if field.kind is FieldKind.CHOICE:
        return next((one for one in field.choices if folded(one) == folded(typed)), Reason.NO_CHOICE)
    return typed


def split_name(whole: str, *, last_name_first: bool) -> tuple[str, str]:
    """First and last name: the last one is in capitals, else where it is said to be, else behind the first word."""
    words = whole.replace(",", " ").split()
    capitals = [word for word in words if len(word) > 1 and word.isupper()]
    if capitals and len(capitals) < len(words):
        return " ".join(word for word in words if word not in capitals), " ".join(capitals)
    if "," in whole or last_name_first:
        return " ".join(words[1:]), " ".join(words[:1])
    return " ".join(words[:1]), " ".join(words[1:])


def _read_number(typed: str) -> str | Reason:
    plain = typed.replace("\u202f", "").replace(" ", "").removesuffix("€").replace(",", ".")
    return plain if _NUMBER.fullmatch(plain) else Reason.NO_NUMBER


def _whole(year: str, latest: int) -> int:
    if len(year) > 2:
        return int(year)
    same_century = latest // 100 * 100 + int(year)
    return same_century if same_century <= latest else same_century - 100


def _visible(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Cf":
        return char if char in _JOINERS else ""
    return " " if category[0] in "CZ" else char
