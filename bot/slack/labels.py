"""The short words that cards and views share: amounts, senders, kinds, reasons, states."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from bot.campaigns.values import SenderChoice
from bot.i18n import N_, Words
from bot.rules.consent import LeftOut
from bot.slack.blocks import escape, name
from storage.states import CampaignState, Kind, MessageState, Route, SenderKind

_LETTERS_SHOWN = 6
_NAMES_SHOWN = 4

KINDS: Mapping[Kind, str] = MappingProxyType({Kind.ALERT: N_("Alert"), Kind.MARKETING: N_("Marketing")})

ROUTES: Mapping[Route, str] = MappingProxyType(
    {Route.DOMESTIC: N_("Our country only"), Route.WORLD: N_("Abroad too")}
)

CAMPAIGN_STATES: Mapping[CampaignState, str] = MappingProxyType(
    {
        CampaignState.AWAITING_APPROVAL: N_("Waiting for approval"),
        CampaignState.SCHEDULED: N_("Scheduled"),
        CampaignState.SENDING: N_("Sending"),
        CampaignState.PAUSED: N_("Paused"),
        CampaignState.DONE: N_("Sent"),
        CampaignState.CANCELLED: N_("Cancelled"),
        CampaignState.STOPPED: N_("Stopped"),
    }
)

MESSAGE_STATES: Mapping[MessageState, str] = MappingProxyType(
    {
        MessageState.HELD: N_("waiting"),
        MessageState.QUEUED: N_("waiting"),
        MessageState.SENDING: N_("sending"),
        MessageState.UNKNOWN: N_("to be checked with the carrier"),
        MessageState.ACCEPTED: N_("on its way"),
        MessageState.SENT: N_("on its way"),
        MessageState.DELIVERED: N_("delivered"),
        MessageState.UNDELIVERED: N_("not delivered"),
        MessageState.FAILED: N_("not delivered"),
        MessageState.SKIPPED: N_("not sent"),
    }
)

_LEFT_OUT: Mapping[str, str] = MappingProxyType(
    {
        LeftOut.NO_NUMBER: N_("no mobile number"),
        LeftOut.BAD_NUMBER: N_("number cannot get SMS"),
        LeftOut.OPTED_OUT: N_("asked for no more SMS"),
        LeftOut.OPTED_OUT_MARKETING: N_("asked for no more advertising"),
        LeftOut.NO_CONSENT: N_("never agreed to advertising"),
        LeftOut.ABROAD: N_("number from abroad"),
        LeftOut.NO_HOUR: N_("no hour at which advertising may leave there"),
        LeftOut.UNCHECKED: N_("country whose rules for advertising nobody checked"),
        LeftOut.SHORT_LINK: N_("short link in what is filled in"),
        LeftOut.TOO_YOUNG: N_("too young: guardians get the text instead"),
        LeftOut.MINOR: N_("under age: no advertising"),
    }
)


def characters(amount: int, words: Words) -> str:
    """'142 characters'."""
    return words.plural("{count} character", "{count} characters", amount)


def sms(amount: int, words: Words) -> str:
    """'3 SMS'."""
    return words.plural("{count} SMS", "{count} SMS", amount)


def recipients(amount: int, words: Words) -> str:
    """'38 recipients'."""
    return words.plural("{count} recipient", "{count} recipients", amount)


def people(amount: int, words: Words) -> str:
    """'41 people'."""
    return words.plural("{count} person", "{count} people", amount)


def sender(choice: SenderChoice, words: Words) -> str:
    """The name or number, and how it can be answered."""
    if choice.answerable:
        return words("{sender} · can be answered", sender=choice.value)
    if choice.kind is not SenderKind.NAME:
        return words("{sender} · cannot be answered in our country", sender=choice.value)
    if not choice.has_link:
        return words("{sender} · a name, nobody can answer it", sender=choice.value)
    if not choice.link_characters:
        return words("{sender} · a name, with a link to answer", sender=choice.value)
    count = choice.link_characters
    return words.plural(
        "{sender} · a name, with a link to answer: {count} character",
        "{sender} · a name, with a link to answer: {count} characters",
        count,
        sender=choice.value,
    )


def whose(names: Sequence[str], words: Words) -> str:
    """'Léa Martin, Tom Martin and 2 more': whose a number is."""
    shown = [name(one, 60) for one in names[:_NAMES_SHOWN]]
    more = len(names) - len(shown)
    rest = [words.plural("{count} more", "{count} more", more)] if more else []
    return words.all_of(shown + rest)


def is_only_the_beginning(title: str, body: str) -> bool:
    """Whether the title, as one made of the text's first words, says nothing that the text does not.

    The text may be merged, so the words before the first field have to do.
    """
    beginning = title.removesuffix("…").split("{")[0]
    return " ".join(body.split()).startswith(" ".join(beginning.split()))


def left_out(reason: str, words: Words) -> str:
    """Why somebody gets no text; a reason that is not known here stands for itself."""
    return words(_LEFT_OUT[reason]) if reason in _LEFT_OUT else reason


def left_out_count(reason: str, amount: int, words: Words) -> str:
    """'no mobile number (2)'."""
    return words("{reason} ({count})", reason=left_out(reason, words), count=words.number(amount))


def letters(costly: Sequence[str], words: Words) -> str:
    """'“î”, “ç” and “…”' for mrkdwn; what does not show on a screen is named."""
    shown = [_letter(letter, words) for letter in costly[:_LETTERS_SHOWN]]
    more = len(costly) - len(shown)
    rest = [words.plural("{count} more", "{count} more", more)] if more else []
    return words.all_of(list(dict.fromkeys(shown)) + rest)


def _letter(letter: str, words: Words) -> str:
    if len(letter) == 1 and not letter.isprintable():
        return words("an invisible character")
    return words("“{letter}”", letter=escape(letter))
