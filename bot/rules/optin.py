"""The club's own keyword by which members ask for its advertising, and the yes to the question that follows."""

from enum import StrEnum

from bot.rules.optout import Keyword, keyword_of, refuses_politely, words_of

SHORTEST, LONGEST = 3, 20
_YES = frozenset({"OUI", "YES", "SI", "JA", "SIM", "TAK", "DA"})
_THANKS = frozenset({"MERCI", "SVP", "PLEASE", "THANKS", "THANK", "YOU"})


class KeywordRefusal(StrEnum):
    """Why a word cannot be the club's keyword."""

    SHAPE = "shape"
    """Not one word of three to twenty letters and digits."""
    TAKEN = "taken"
    """It means something already: STOP, START, HELP, yes, or a refusal."""


def refuse_keyword(typed: str) -> KeywordRefusal | None:
    """Why the word cannot be the club's keyword; None when it can."""
    if not (typed.isalnum() and SHORTEST <= len(typed) <= LONGEST):
        return KeywordRefusal.SHAPE
    means = keyword_of(typed) is not Keyword.NONE or refuses_politely(typed) or is_yes(typed)
    return KeywordRefusal.TAKEN if means else None


def is_keyword(text: str, keyword: str) -> bool:
    """Whether the text is the club's keyword and nothing else, however it is written; never without a keyword."""
    return bool(keyword) and words_of(text) == words_of(keyword)


def is_yes(text: str) -> bool:
    """Whether the text is a plain yes: what says anything else, or asks, agrees to nothing."""
    first, *rest = words_of(text)
    return first in _YES and set(rest) <= _THANKS and "?" not in text
