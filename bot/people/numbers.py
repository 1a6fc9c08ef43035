"""Why a number that was typed cannot be texted, and what would do: each reason has its sentence."""

from bot.errors import BotError
from bot.rules.phones import PhoneRefusal


class NotANumber(BotError):
    """This is not a mobile number. Count its digits; from abroad it begins with + and the country's code."""


class Letters(BotError):
    """There are letters in this number. Type its digits alone."""


class TwoNumbers(BotError):
    """These are two numbers. Keep one; who has the other one may be a guardian."""


class Extension(BotError):
    """This number has an extension, which no SMS reaches. Type a mobile number, or leave it empty."""


class Landline(BotError):
    """This is a landline, which gets no SMS. Type a mobile number, or leave it empty."""


class Premium(BotError):
    """This is a special-rate number, which gets no SMS. Type a mobile number, or leave it empty."""


class Internet(BotError):
    """This is an internet number, which gets no SMS. Type a mobile number, or leave it empty."""


class Short(BotError):
    """This is a short number, which gets no SMS. Type all the digits of a mobile number."""


class CountryMissing(BotError):
    """The country's code is missing. Begin with + and the code, such as +44 for Britain."""


_REASONS: dict[PhoneRefusal, type[BotError]] = {
    PhoneRefusal.LETTERS: Letters,
    PhoneRefusal.TWO_NUMBERS: TwoNumbers,
    PhoneRefusal.EXTENSION: Extension,
    PhoneRefusal.LANDLINE: Landline,
    PhoneRefusal.PREMIUM: Premium,
    PhoneRefusal.VOIP: Internet,
    PhoneRefusal.SHORT: Short,
    PhoneRefusal.COUNTRY_MISSING: CountryMissing,
}


def refusal(reason: PhoneRefusal) -> BotError:
    """The sentence of this reason."""
    return _REASONS.get(reason, NotANumber)()
