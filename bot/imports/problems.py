"""What can be wrong with a row: the reasons, and the words for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.i18n import N_, Words
from bot.rules.phones import PhoneRefusal


class Reason(StrEnum):
    """Why a row, or a consent in it, is not taken."""

    NO_NAME = "no_name"
    FORMULA = "formula"
    TOO_LONG = "too_long"
    TOO_MANY_CELLS = "too_many_cells"
    NO_DATE = "no_date"
    NOT_BORN = "not_born"
    NO_LANGUAGE = "no_language"
    NO_NUMBER = "no_number"
    NO_YES_NO = "no_yes_no"
    NO_CHOICE = "no_choice"
    TWICE = "twice"
    REFERENCE_TWICE = "reference_twice"
    SEVERAL = "several"
    ARCHIVED = "archived"
    NO_EVIDENCE = "no_evidence"
    NO_CONSENT_DATE = "no_consent_date"
    NOBODY_TO_AGREE = "nobody_to_agree"
    SAID_NO = "said_no"
    SAID_BOTH = "said_both"
    MINOR = "minor"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, in which column, and what stands there; for what another line says too, that line."""

    reason: Reason | PhoneRefusal
    header: str = ""
    value: str = ""


CONSENT_ALONE = frozenset(
    {
        Reason.NO_EVIDENCE,
        Reason.NO_CONSENT_DATE,
        Reason.NOBODY_TO_AGREE,
        Reason.SAID_NO,
        Reason.SAID_BOTH,
        Reason.MINOR,
    }
)
"""The person is taken, their consent to marketing is not."""

_WORDS: Mapping[Reason | PhoneRefusal, str] = {
    Reason.NO_NAME: N_("There is no name."),
    Reason.FORMULA: N_("{header}: “{value}” is a formula. Write what it should show."),
    Reason.TOO_LONG: N_("{header}: that is longer than anything of the kind. Look whether a quotation mark is missing."),
    Reason.TOO_MANY_CELLS: N_("This row has more cells than there are columns. Put a text with separators in quotes."),
    Reason.NO_DATE: N_("{header}: “{value}” is no date. Write 27/03/2014 or 2014-03-27."),
    Reason.NOT_BORN: N_("{header}: nobody of a club is born on {value}. Check the year."),
    Reason.NO_LANGUAGE: N_("{header}: “{value}” is no language that is known. Write fr, en or de-CH."),
    Reason.NO_NUMBER: N_("{header}: “{value}” is no number. Write 12 or 12.5."),
    Reason.NO_YES_NO: N_("{header}: “{value}” is neither yes nor no."),
    Reason.NO_CHOICE: N_("{header}: “{value}” is none of the choices of this field."),
    Reason.TWICE: N_("This person already stands in line {value}."),
    Reason.REFERENCE_TWICE: N_("This reference already stands in line {value}."),
    Reason.SEVERAL: N_("Several people of the club have this name and number. Give the reference of the one you mean."),
    Reason.ARCHIVED: N_("This person is archived. Bring them back before you change them."),
    Reason.NO_EVIDENCE: N_("Taken without the consent to marketing: say what shows it, such as the form."),
    Reason.NO_CONSENT_DATE: N_("Taken without the consent to marketing: say on which day it was given, as 27/03/2026. It is not to come."),
    Reason.NOBODY_TO_AGREE: N_("Taken without the consent to marketing: there is no mobile number that it could be for."),
    Reason.SAID_NO: N_("Taken without the consent to marketing: this number has refused it since. Only its owner can agree again."),
    Reason.SAID_BOTH: N_("Taken without the consent to marketing: line {value} refuses it for the same number."),
    Reason.MINOR: N_("Taken without the consent to marketing: no minor gets advertising."),
    PhoneRefusal.LETTERS: N_("{header}: “{value}” has letters in it. Write the digits alone."),
    PhoneRefusal.TWO_NUMBERS: N_("{header}: “{value}” is more than one number. Keep one."),
    PhoneRefusal.EXTENSION: N_("{header}: “{value}” has an extension, which no SMS reaches. Write a mobile number."),
    PhoneRefusal.LANDLINE: N_("{header}: “{value}” is a landline, which gets no SMS. Write a mobile number."),
    PhoneRefusal.PREMIUM: N_("{header}: “{value}” is a service number. Write a mobile number."),
    PhoneRefusal.VOIP: N_("{header}: “{value}” is a number of the internet, which gets no SMS. Write a mobile number."),
    PhoneRefusal.SHORT: N_("{header}: “{value}” is a short number. Write a mobile number."),
    PhoneRefusal.COUNTRY_MISSING: N_("{header}: “{value}” lacks its country. Begin it with + and the country's code."),
    PhoneRefusal.INVALID: N_("{header}: “{value}” is no mobile number. Check its digits."),
    PhoneRefusal.EMPTY: N_("{header}: there are no digits in “{value}”."),
}  # fmt: skip


def in_words(problem: Problem, words: Words) -> str:
    """What is wrong and what would do."""
    shown = problem.value if len(problem.value) <= 40 else problem.value[:39] + "…"
    return words(_WORDS[problem.reason], header=problem.header, value=shown)
