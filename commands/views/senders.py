"""What a coach is told about the sender: where its name may not show."""

from bot.i18n import Words
from bot.rules.countries import NameThere
from bot.rules.senders import Unshown
from bot.slack import labels
from bot.slack.blocks import name

_PLACES_SHOWN = 6


def unshown_lines(unshown: tuple[Unshown, ...], sender: str, words: Words) -> list[str]:
    """A line for each reason for which the name may not show, with the places and how many are there."""
    return [f":identification_card: {_line(one, name(sender), words)}" for one in unshown]


def _line(unshown: Unshown, sender: str, words: Words) -> str:
    places, recipients = _places(unshown, words), labels.recipients(unshown.recipients, words)
    match unshown.why:
        case NameThere.IMPOSSIBLE:
            return words(
                "*{places}* ({recipients}): the name {sender} does not show there. Another sender shows, or nothing arrives.",
                places=places,
                recipients=recipients,
                sender=sender,
            )
        case NameThere.REGISTERED:
            return words(
                "*{places}* ({recipients}): the name {sender} must be registered there. Until then another sender or a warning"
                " shows, or nothing arrives.",
                places=places,
                recipients=recipients,
                sender=sender,
            )
        case _:
            return words(
                "*{places}* ({recipients}): nobody has checked whether the name {sender} shows there.",
                places=places,
                recipients=recipients,
                sender=sender,
            )


def _places(unshown: Unshown, words: Words) -> str:
    shown = [words.country(code) for code in unshown.places[:_PLACES_SHOWN]]
    more = len(unshown.places) - len(shown)
    rest = [words.plural("{count} more", "{count} more", more)] if more else []
    return words.all_of(shown + rest)
