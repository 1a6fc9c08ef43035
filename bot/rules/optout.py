"""STOP, START and HELP in what members answer, and refusals that use none of these words."""

import re
import unicodedata
from enum import StrEnum
from itertools import dropwhile, takewhile

from bot.rules.optout_words import (
    ALONE_HELP,
    ALONE_START,
    ALONE_STOP,
    CLUB,
    EVERYDAY,
    GOVERNS,
    LISTS,
    MARKETING,
    ORDERS,
    POLITE,
    REFUSALS,
    STOP,
    TEXTS,
    UNSUBSCRIBE,
)


class Keyword(StrEnum):
    """What a member's text asks of the bot; NONE is a text for people."""

    STOP = "stop"
    STOP_MARKETING = "stop_marketing"
    START = "start"
    HELP = "help"
    JOIN = "join"
    """The club's own keyword: its writer is asked whether they agree to advertising."""
    AGREED = "agreed"
    """The yes to that question."""
    NONE = "none"


_ALONE: dict[str, Keyword] = {
    **dict.fromkeys(ALONE_STOP, Keyword.STOP),
    **dict.fromkeys(ALONE_START, Keyword.START),
    **dict.fromkeys(ALONE_HELP, Keyword.HELP),
}
# Numbers in a copied clause: short codes have four digits and more, numbers written in pairs eight and more. Fewer are
# an hour ("arrêt à 18").
_SHORTEST_CODE, _SHORTEST_NUMBER = 4, 8

_NOT_WORD = re.compile(r"[\W_]+")
# A key held down, or the zero for the O. "Stoop" is a word of its own.
_STOP_MISTYPED = re.compile(r"(?!STOOP$)S+T+[O0]+P+")
# What NFKD leaves as it is, and what a keyboard without it writes.
_PLAIN_LETTERS = str.maketrans({"Ł": "L", "Ø": "O", "Đ": "D", "Æ": "AE", "Œ": "OE", "·": None})


def keyword_of(text: str) -> Keyword:
    """What the text asks of the bot: a word of the table alone, or a sentence that begins with a STOP word.

    Case, accents, punctuation and emoji do not count, but for a question mark.
    """
    words = words_of(text)
    alone = _ALONE.get(" ".join(words))
    if alone is not None:
        return alone
    return _sentence(words[0], words[1:], is_question=_is_question(text))


def refuses_politely(text: str) -> bool:
    """Whether a sentence without a keyword asks for no more texts, so that a person should look at it."""
    if keyword_of(text) is not Keyword.NONE:
        return False
    words = words_of(text)
    if _refuses(words) or _is_courteous_stop(words):
        return True
    return not _is_question(text) and bool(ORDERS.search(" ".join(words)))


def _is_question(text: str) -> bool:
    return "?" in unicodedata.normalize("NFKD", text)


def words_of(text: str) -> list[str]:
    """The words without case, accents and punctuation; one empty word when there is none."""
    unmarked = "".join(
        char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char)
    )
    words = _NOT_WORD.sub(" ", unmarked.upper().translate(_PLAIN_LETTERS)).split()
    # "S.T.O.P" and "s t o p" are one word.
    spelt = list(takewhile(lambda word: len(word) == 1, words))
    if len(spelt) == len(words) or "".join(spelt) in STOP:
        words = ["".join(spelt), *words[len(spelt) :]]
    return _parted(["STOP" if _STOP_MISTYPED.fullmatch(word) else word for word in words])


def _parted(words: list[str]) -> list[str]:
    """STOPPUB as STOP PUB, and so with each word for advertising."""
    first, *rest = words
    for stop in ("STOP", "STOPP"):
        if first.startswith(stop) and first.removeprefix(stop) in MARKETING:
            return ["STOP", first.removeprefix(stop), *rest]
    return words


def _sentence(first: str, rest: list[str], *, is_question: bool) -> Keyword:
    if not (_is_stop(first) or first in CLUB):
        return Keyword.NONE
    if rest and _is_about_marketing(rest):
        return Keyword.STOP_MARKETING
    if first in CLUB:
        return Keyword.STOP if not rest or _is_only_about_texts(rest) else Keyword.NONE
    if _is_about_texts(rest) or _refuses([first, *rest]):
        return Keyword.STOP
    plain = first in STOP and not is_question and rest[0] not in GOVERNS
    return Keyword.STOP if plain else Keyword.NONE


def _is_stop(word: str) -> bool:
    return word in STOP | UNSUBSCRIBE | EVERYDAY


def _is_about_marketing(words: list[str]) -> bool:
    return any(word in MARKETING for word in words) and all(
        word in MARKETING or word in POLITE or word in TEXTS for word in words
    )


def _is_only_about_texts(words: list[str]) -> bool:
    return any(word in TEXTS for word in words) and all(word in POLITE or word in TEXTS for word in words)


def _is_about_texts(words: list[str]) -> bool:
    """Whether nothing but small words stands before the texts, or nothing but small words and the number at all.

    "Arrêt de bus: envoyez un message" speaks of the bus; "désinscription de la liste du tournoi" of another list.
    """
    telling = list(dropwhile(lambda word: word in POLITE or word.isdecimal(), words))
    if not telling:
        return _is_no_hour([word for word in words if word.isdecimal()])
    if telling[0] in LISTS:
        return all(word in POLITE or word in TEXTS for word in telling)
    return telling[0] in TEXTS


def _is_no_hour(numbers: list[str]) -> bool:
    if not numbers:
        return True
    return max(map(len, numbers)) >= _SHORTEST_CODE or len("".join(numbers)) >= _SHORTEST_NUMBER


def _refuses(words: list[str]) -> bool:
    return bool(REFUSALS.search(" ".join(words)))


def _is_courteous_stop(words: list[str]) -> bool:
    """Whether courtesy comes before the keyword: "please stop", "bonjour, merci d'arrêter les sms"."""
    telling = list(dropwhile(lambda word: word in POLITE, words))
    if len(telling) == len(words) or not telling or not _is_stop(telling[0]):
        return False
    first, rest = telling[0], telling[1:]
    # "Merci d'arrêter" and "merci de me désinscrire" may speak of a joke or of Saturday.
    if first in EVERYDAY:
        return any(word in TEXTS for word in rest) and _is_about_texts(rest)
    return _is_about_texts(rest) or _is_about_marketing(rest)
