"""What each column of a file holds, guessed from what it is called, in French or English."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from bot.imports.errors import HeadersTwice, NoNames
from bot.people.facts import OwnField
from storage import folding

OURS = ("Touchline: line", "Touchline: reason")
"""The columns that a file of refused rows has behind those of the file itself; read again, they say nothing."""


class Holds(StrEnum):
    """What a column holds of a person."""

    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    FULL_NAME = "full_name"
    MOBILE = "mobile"
    BIRTH_DATE = "birth_date"
    LANGUAGE = "language"
    ROLES = "roles"
    TAGS = "tags"
    REFERENCE = "reference"
    FIELD = "field"
    CONSENT = "consent"
    EVIDENCE = "evidence"
    CONSENT_DATE = "consent_date"


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is understood: where it stands, what it is called, what it holds, and of whom."""

    position: int
    header: str
    holds: Holds
    guardian: str = ""
    """Which of the row's guardians it speaks of, "mother" or "guardian 2"; of the person itself when empty."""
    field: OwnField | None = None


@dataclass(frozen=True, slots=True)
class Mapped:
    """The columns that are understood, and what the others are called."""

    columns: tuple[Column, ...]
    ignored: tuple[str, ...]

    def of(self, holds: Holds, guardian: str = "") -> tuple[Column, ...]:
        """The columns that hold this of the person, or of one of its guardians."""
        return tuple(one for one in self.columns if one.holds is holds and one.guardian == guardian)

    @property
    def guardians(self) -> tuple[str, ...]:
        """The guardians that columns speak of."""
        return tuple(dict.fromkeys(one.guardian for one in self.columns if one.guardian))


# What is left of a header once its small words are gone; of two columns that hold the same, the one listed first is taken.
_CALLED: Mapping[Holds, str] = {
    Holds.FIRST_NAME: "prenom|first name|firstname|given name|forename|prenom usuel|prenom usage|prenom membre"
    "|prenom adherent|prenom licencie|prenom enfant|prenom joueur",
    Holds.LAST_NAME: "nom famille|nom usage|nom|last name|lastname|surname|family name|name|nom naissance|nom membre"
    "|nom adherent|nom licencie|nom enfant|nom joueur",
    Holds.FULL_NAME: "nom complet|nom prenom|prenom nom|full name|fullname|nom et prenom|prenom et nom|membre|adherent"
    "|licencie|joueur|joueuse|player|member|enfant|child",
    Holds.MOBILE: "portable|mobile|telephone portable|telephone mobile|tel portable|tel mobile|tel port|gsm|sms|cell"
    "|cellphone|cell phone|mobile phone|phone mobile|tel mob|portable membre|portable adherent|portable licencie|natel"
    "|telephone|tel|phone|portable 1|mobile 1|telephone 1|tel 1|telephone membre|telephone adherent",
    Holds.BIRTH_DATE: "date naissance|naissance|nee|ne|ne nee|ne e|nee ne|birth date|birthdate|birthday|date birth|dob"
    "|anniversaire|born|date naiss|ddn",
    Holds.LANGUAGE: "langue|language|lang|langue maternelle|langue parlee|locale",
    Holds.ROLES: "role|roles|fonction|fonctions|qualite",
    Holds.TAGS: "tags|tag|etiquette|etiquettes|labels|label|mots cles|mot cle",
    Holds.REFERENCE: "reference|ref|licence|license|licence fff|licence ffbb|licence ffhb|licence fft|id|identifiant"
    "|matricule|member id|membership|adherent id|id adherent|id membre|licence id|key|cle",
    Holds.CONSENT: "consentement|consentement sms|consentement marketing|consentement publicite|accord sms"
    "|accord marketing|accord publicite|accord|consent|sms consent|marketing consent|consent marketing|consent sms"
    "|opt in|optin|opt in sms|sms opt in|publicite|marketing|newsletter|offres|offres partenaires",
    Holds.EVIDENCE: "preuve|preuve consentement|preuve accord|evidence|consent evidence|evidence consent|proof"
    "|proof consent|source consentement|origine consentement|consent source|formulaire|form|formulaire consentement"
    "|source opt in|preuve opt in",
    Holds.CONSENT_DATE: "date consentement|date accord|date consent|consent date|date opt in|opt in date|consentement le"
    "|accord le|date consentement marketing|date marketing consent|marketing consent date|date preuve|evidence date",
}
_KNOWN = {
    words: (holds, rank) for holds, called in _CALLED.items() for rank, words in enumerate(called.split("|"))
}
_SMALL = frozenset(
    [
        "de",
        "du",
        "des",
        "d",
        "la",
        "le",
        "les",
        "l",
        "un",
        "une",
        "a",
        "au",
        "numero",
        "num",
        "no",
        "n",
        "nb",
        "the",
        "of",
        "number",
        "nr",
        "pour",
        "for",
        "s",
        "son",
        "sa",
    ]
)
_GUARDIANS = {
    **dict.fromkeys(("mere", "maman", "mother", "mom", "mum"), "mother"),
    **dict.fromkeys(("pere", "papa", "father", "dad"), "father"),
    **dict.fromkeys(
        ("responsable", "resp", "parent", "tuteur", "tutrice", "guardian", "gestionnaire", "parents"),
        "guardian",
    ),
}
_BESIDE_GUARDIANS = frozenset(["legal", "legale", "legaux"])
_NO_LETTER = re.compile(r"[\W_]+")


def guess(headers: Sequence[str], own_fields: Iterable[OwnField] = ()) -> Mapped:
    """What the columns hold. Raises `HeadersTwice`, or `NoNames` where nothing names a person."""
    mapping = guess_any(headers, own_fields)
    refuse_nameless(mapping, headers)
    return mapping


def guess_any(headers: Sequence[str], own_fields: Iterable[OwnField] = ()) -> Mapped:
    """What the columns hold, whether or not they name people. Raises `HeadersTwice`."""
    _refuse_twice(headers)
    fields = {folded(field.name): field for field in own_fields}
    found = [_guessed(position, header, fields) for position, header in enumerate(headers)]
    best = _best(found)
    columns = tuple(column for column, rank in found if rank >= 0 and best[_what(column)] is column)
    understood = {column.position for column in columns}
    ours = set(map(folded, OURS))
    ignored = (
        header
        for n, header in enumerate(headers)
        if header and n not in understood and folded(header) not in ours
    )
    return _with_whole_names(Mapped(columns, tuple(ignored)))


def refuse_nameless(mapping: Mapped, headers: Sequence[str]) -> None:
    """Raises `NoNames` where nothing names a person."""
    if not any(mapping.of(holds) for holds in (Holds.FIRST_NAME, Holds.LAST_NAME, Holds.FULL_NAME)):
        raise NoNames(names=", ".join(filter(None, headers)))


@lru_cache(maxsize=2**16)
def folded(text: str) -> str:
    """The words of a text without accents and case, and without what is neither letter nor digit."""
    plain = folding.folded(text)
    if plain.replace(" ", "").isalnum():
        return plain
    return _NO_LETTER.sub(" ", plain).strip() or plain


def folded_name(first_name: str, last_name: str) -> str:
    """`folded` of both names with a space between, made of what is kept of each: many people share either."""
    first, last = folded(first_name), folded(last_name)
    if first[:1].isalnum() and last[:1].isalnum():
        return f"{first} {last}"
    return folded(f"{first_name} {last_name}")


def _refuse_twice(headers: Sequence[str]) -> None:
    seen: set[str] = set()
    for header in filter(None, headers):
        if folded(header) in seen:
            raise HeadersTwice(name=header)
        seen.add(folded(header))


def _guessed(position: int, header: str, fields: Mapping[str, OwnField]) -> tuple[Column, int]:
    """The column, and how sure its name is: 0 is surest, below 0 it is not understood."""
    field = fields.get(folded(header))
    if field:
        return Column(position, header, Holds.FIELD, field=field), 0
    words = folded(header).split()
    guardian = next((_GUARDIANS[word] for word in words if word in _GUARDIANS), "")
    if guardian:
        return _of_guardian(position, header, guardian, words)
    holds, rank = _KNOWN.get(" ".join(word for word in words if word not in _SMALL), (Holds.FIELD, -1))
    return Column(position, header, holds), rank


def _of_guardian(position: int, header: str, guardian: str, words: Sequence[str]) -> tuple[Column, int]:
    which = "".join(f" {word}" for word in words if word.isdecimal())
    kept = (
        word for word in words if not (word in _GUARDIANS or word in _BESIDE_GUARDIANS or word.isdecimal())
    )
    rest = " ".join(word for word in kept if word not in _SMALL)
    holds, rank = _KNOWN.get(rest, (Holds.FULL_NAME, 99) if not rest else (Holds.FIELD, -1))
    if holds not in (Holds.FIRST_NAME, Holds.LAST_NAME, Holds.FULL_NAME, Holds.MOBILE):
        rank = -1
    return Column(position, header, holds, f"{guardian}{which}"), rank


def _what(column: Column) -> tuple[object, ...]:
    # Evidence may stand in several columns, such as where and when.
    alone = column.position if column.holds is Holds.EVIDENCE else None
    return column.holds, column.guardian, column.field, alone


def _best(found: Sequence[tuple[Column, int]]) -> Mapping[tuple[object, ...], Column]:
    best: dict[tuple[object, ...], Column] = {}
    for column, rank in sorted(found, key=lambda one: one[1]):
        if rank >= 0:
            best.setdefault(_what(column), column)
    return best


def _with_whole_names(mapping: Mapped) -> Mapped:
    """A column called "Nom" holds the whole name where no other holds the first one."""
    whole = {
        of
        for of in ("", *mapping.guardians)
        if not mapping.of(Holds.FIRST_NAME, of) and not mapping.of(Holds.FULL_NAME, of)
    }
    columns = tuple(
        Column(one.position, one.header, Holds.FULL_NAME, one.guardian)
        if one.holds is Holds.LAST_NAME and one.guardian in whole
        else one
        for one in mapping.columns
    )
    return Mapped(columns, mapping.ignored)
