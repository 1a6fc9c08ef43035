"""Why a number cannot be texted, in a few words."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.i18n import N_, Words
from bot.rules.phones import PhoneRefusal

_REASONS: Mapping[str, str] = MappingProxyType(
    {
        PhoneRefusal.EMPTY: N_("no number"),
        PhoneRefusal.LETTERS: N_("letters in the number"),
        PhoneRefusal.TWO_NUMBERS: N_("two numbers in one"),
        PhoneRefusal.EXTENSION: N_("an extension, which no SMS reaches"),
        PhoneRefusal.LANDLINE: N_("a landline, which gets no SMS"),
        PhoneRefusal.PREMIUM: N_("a special-rate number, which gets no SMS"),
        PhoneRefusal.VOIP: N_("an internet number, which gets no SMS"),
        PhoneRefusal.SHORT: N_("a short number, which gets no SMS"),
        PhoneRefusal.COUNTRY_MISSING: N_("the country's code is missing"),
        PhoneRefusal.INVALID: N_("not a mobile number"),
    }
)


def why(refusal: str, words: Words) -> str:
    """'a landline, which gets no SMS'; a reason that is not known here stands for itself."""
    return words(_REASONS[refusal]) if refusal in _REASONS else refusal
