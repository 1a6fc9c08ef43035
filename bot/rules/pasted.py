"""A list that somebody pasted: the lines in it, what each may say, and whom of the club it means."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from itertools import pairwise
from uuid import UUID

from bot.rules.phones import Phone, PhoneRefusal
from storage.folding import folded

MOST_OFFERED = 20
"""Of more people with one name none is offered: their first name too must be typed."""
_MOST_WORDS = 8

_BETWEEN = re.compile(r"[\t;,]")
_BULLET = re.compile(r"^(?:[-–—•*·>]+\s*|\d{1,3}[.)]\s+)(?=\D*\w)")
_MAIL = re.compile(r"<?(?:mailto:)?([^\s<>@]+)@[^\s<>]+>?", re.I)
_NUMBER = re.compile(r"[+(]{0,2}\d(?:[\d\s().+/_-]*\d){5,}")
_EXTENSION = re.compile(r"(?:ext|poste|x|#)[\s.:]*\d{1,7}$", re.I)
_LABEL = re.compile(r"\b(?:t[eé]l(?:[eé]phone)?|mob(?:ile)?|port(?:able)?|gsm|sms)\b[.:\s]*", re.I)
_LETTER = re.compile(r"[^\W\d_]")
_BETWEEN_WORDS = re.compile(r"[^\w]+|_")
_HEADINGS = frozenset(
    [
        "nom",
        "prenom",
        "prenoms",
        "nomprenom",
        "nometprenom",
        "name",
        "firstname",
        "lastname",
        "surname",
        "telephone",
        "tel",
        "mobile",
        "portable",
        "phone",
        "numero",
        "number",
        "email",
        "mail",
        "courriel",
    ]
)


class Fate(StrEnum):
    """What came of a piece of the list."""

    FOUND = "found"
    ASKED = "asked"
    """Several may be meant, or one who has the number but not the name."""
    UNKNOWN = "unknown"
    TOO_MANY = "too_many"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Cell:
    """One value: a number as typed, the words beside it, or both."""

    number: str = ""
    words: tuple[str, ...] = ()
    mail: tuple[str, ...] = ()
    """The words before the @ of an address."""


@dataclass(frozen=True, slots=True)
class Line:
    """What stands between two line breaks; a row comes from a spreadsheet."""

    typed: str
    pieces: tuple[tuple[str, Cell], ...]
    is_row: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What the club has of what the list says; names by their keys, first or last names alone in `half`."""

    numbers: Mapping[str, Phone | PhoneRefusal] = field(default_factory=dict)
    """By how they were typed."""
    owners: Mapping[str, Collection[UUID]] = field(default_factory=dict)
    """By number in E.164."""
    full: Mapping[str, Collection[UUID]] = field(default_factory=dict)
    half: Mapping[str, Collection[UUID]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one piece; `ids` is who is meant, or who may be."""

    typed: str
    fate: Fate
    ids: tuple[UUID, ...] = ()
    why: PhoneRefusal | None = None

    @property
    def mark(self) -> str:
        """Tells what is asked about this piece from what is asked about others."""
        return sha256(folded(self.typed).encode()).hexdigest()[:12]


def lines(text: str) -> tuple[Line, ...]:
    """The lines that say something, headings left aside."""
    read = (_line(one) for one in text.splitlines())
    return tuple(line for line in read if line.pieces and not _is_heading(line))


def numbers_in(lines: Iterable[Line]) -> set[str]:
    """The numbers, as typed."""
    return {cell.number for line in lines for _, cell in line.pieces if cell.number}


def names_in(lines: Iterable[Line]) -> set[str]:
    """The keys of all that may be a name."""
    return {key for line in lines for words in _readings(line) for key in keys(words)}


def half_names_in(lines: Iterable[Line], known: Known) -> set[tuple[str, ...]]:
    """What may be a first or a last name alone, where the rest of what is known leaves that open."""
    alone = [
        Line(typed, ((typed, cell),))
        for line in lines
        for typed, cell in ([(line.typed, line.pieces[0][1])] if len(line.pieces) == 1 else line.pieces)
    ]
    left = (
        one for one in alone if not _by_full_name(one, known) and _meant(one, known).fate is not Fate.FOUND
    )
    return {cell.words for one in left for _, cell in one.pieces if 0 < len(cell.words) <= _MOST_WORDS}


def key_of(*names: str) -> str:
    """What these names are known by, written together."""
    return "".join(words_of(" ".join(names)))


def keys(words: Sequence[str]) -> list[str]:
    """What a name may be stored as, last name first: its words from each of them on, written together."""
    if not 0 < len(words) <= _MOST_WORDS:
        return []
    turned = ("".join((*words[n:], *words[:n])) for n in range(len(words)))
    return list(dict.fromkeys(turned))


def outcomes(lines: Iterable[Line], known: Known) -> list[Outcome]:
    """Whom each piece means; a piece that is there twice is told once."""
    told = (outcome for line in lines for outcome in _decided(line, known))
    return list({folded(outcome.typed): outcome for outcome in told}.values())


def words_of(text: str) -> tuple[str, ...]:
    """The words of a name in small letters, without accents, hyphens and apostrophes."""
    return tuple(filter(None, _BETWEEN_WORDS.split(folded(text))))


def _line(typed: str) -> Line:
    bare = typed.strip().strip('"').strip()
    bare = bare if not _LETTER.search(bare) else _BULLET.sub("", bare)
    split = [piece.strip().strip('"').strip() for piece in _BETWEEN.split(bare)]
    pieces = tuple((piece, _cell(piece)) for piece in split if any(map(str.isalnum, piece)))
    return Line(typed.strip(), pieces, is_row="\t" in typed.strip())


def _cell(text: str) -> Cell:
    mail = _MAIL.search(text)
    address = words_of(re.sub(r"\d", "", mail[1])) if mail else ()
    text = _MAIL.sub(" ", text)
    if not _LETTER.search(text):
        return Cell(text.strip() if any(map(str.isdecimal, text)) else "", (), address)
    number = _NUMBER.search(text)
    if number is None:
        return Cell("", words_of(text), address)
    if _EXTENSION.search(text):
        return Cell(text.strip())
    beside = f"{text[: number.start()]} {text[number.end() :]}"
    return Cell(number[0].strip(), words_of(_LABEL.sub(" ", beside)), address)


def _is_heading(line: Line) -> bool:
    return all("".join(cell.words) in _HEADINGS for _, cell in line.pieces)


def _readings(line: Line) -> Iterator[tuple[str, ...]]:
    """What may be a name: all words together, those of two cells side by side, those of one; then of an address."""
    cells = [cell.words for _, cell in line.pieces if cell.words]
    if len(cells) > 1:
        yield tuple(word for words in cells for word in words)
        yield from (one + other for one, other in pairwise(cells))
    yield from cells
    yield from (cell.mail for _, cell in line.pieces if cell.mail)


def _decided(line: Line, known: Known) -> list[Outcome]:
    if len(line.pieces) == 1 or _is_one_person(line, known):
        return [_meant(line, known)]
    alone = (Line(typed, ((typed, cell),)) for typed, cell in line.pieces)
    return [_meant(piece, known) for piece in alone]


def _is_one_person(line: Line, known: Known) -> bool:
    """Whether the cells belong together, "Martin, Léa, 06 12 34 56 78", and are not people one after the other."""
    cells = [cell.words for _, cell in line.pieces if cell.words]
    numbers = [cell for _, cell in line.pieces if cell.number]
    if sum(bool(_named(words, known.full)) for words in cells) > 1:
        return False
    if line.is_row or (len(cells), len(numbers)) == (1, 1):
        return True
    found = _by_full_name(line, known)
    return bool(found & _by_number(line, known)) if numbers else bool(found) and not _is_apart(cells, known)


def _is_apart(cells: Sequence[tuple[str, ...]], known: Known) -> bool:
    """Whether one of the cells is somebody's whole name already."""
    return any(_named(words, known.full) for words in cells)


def _meant(line: Line, known: Known) -> Outcome:
    """Who is meant by a number, by a name, or by both, of which each narrows the other."""
    owners, whole = _by_number(line, known), _by_full_name(line, known)
    named = whole or _by_half_a_name(line, known)
    has_words = any(cell.words for _, cell in line.pieces)
    if both := owners & named:
        return _of(line, both)
    if owners:
        # A number with another one's name: whoever is meant, a person decides.
        return _of(line, owners | whole, is_sure=not has_words)
    if named:
        return _of(line, named)
    refused = (known.numbers.get(cell.number) for _, cell in line.pieces if cell.number)
    why = next((each for each in refused if isinstance(each, PhoneRefusal)), None)
    return Outcome(line.typed, Fate.REFUSED if why else Fate.UNKNOWN, why=why)


def _of(line: Line, ids: Collection[UUID], *, is_sure: bool = True) -> Outcome:
    if len(ids) > MOST_OFFERED:
        return Outcome(line.typed, Fate.TOO_MANY, tuple(sorted(ids)))
    fate = Fate.FOUND if len(ids) == 1 and is_sure else Fate.ASKED
    return Outcome(line.typed, fate, tuple(sorted(ids)))


def _by_number(line: Line, known: Known) -> set[UUID]:
    read = (known.numbers.get(cell.number) for _, cell in line.pieces if cell.number)
    return {id for phone in read if isinstance(phone, Phone) for id in known.owners.get(phone.e164, ())}


def _by_full_name(line: Line, known: Known) -> set[UUID]:
    """Whom the first of the readings finds that finds anybody."""
    return next(filter(None, (_named(words, known.full) for words in _readings(line))), set())


def _by_half_a_name(line: Line, known: Known) -> set[UUID]:
    cells = [cell.words for _, cell in line.pieces if cell.words]
    return _named(cells[0], known.half) if len(cells) == 1 else set()


def _named(words: Sequence[str], known: Mapping[str, Collection[UUID]]) -> set[UUID]:
    return {id for key in keys(words) for id in known.get(key, ())}
