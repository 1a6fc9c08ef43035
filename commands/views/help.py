"""The answer to `/sms help`: what one can type, in one screen of a phone."""

from bot.i18n import Words
from bot.slack.blocks import Json, context, section


def answer(words: Words) -> tuple[str, list[Json]]:
    """The text, and the blocks."""
    lines = _lines(words)
    small = words("In a thread, what you type stays among staff: only the Reply button sends an SMS.")
    text = "\n".join([*lines, small])
    return text, [section("\n".join(lines)), context(small)]


def _lines(words: Words) -> list[str]:
    return [
        words("*Text the club's members from Slack*"),
        words("`/sms` writes an SMS: who, what, when; then a preview."),
        words("`/sms U13 Gym closed tonight` goes straight to the preview for the group U13."),
        words("`/sms sent` and `/sms scheduled` list what left and what will leave."),
        words("`/sms stops` lists who wants no more SMS, since when, and how they said so."),
        words("`/groups` lists the club's groups, and how many people each has now."),
        words("`/sms-settings` says who may text, where cards are posted, and your own number."),
    ]
