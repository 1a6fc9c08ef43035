"""Who did not get a campaign and why, for one coach's eyes, so that they can be phoned."""

from collections.abc import Sequence
from itertools import groupby

from bot.campaigns.values import Missed
from bot.i18n import Words
from bot.slack.blocks import Json, context, name, section
from commands.views import forms

CALLBACK_ID = "details"
# Fifteen people of at most 150 characters each stay under the 3,000 of a section; 80 sections under a modal's 100.
_IN_A_SECTION = 15
_SHOWN = 600


def view(words: Words, *, title: str, recipients: int, delivered: int, missed: Sequence[Missed]) -> Json:
    """The modal, by reason; `missed` may come in any order."""
    summary = words(
        "{delivered} of {recipients} delivered",
        delivered=words.number(delivered),
        recipients=words.number(recipients),
    )
    return forms.modal(
        CALLBACK_ID,
        words("Who got it?"),
        [section(f"*{name(title, 150)}*\n{summary}"), *_missed(missed, words)],
        close=words("Close"),
    )


def _missed(missed: Sequence[Missed], words: Words) -> list[Json]:
    if not missed:
        return [context(words("Nobody was missed."))]
    shown = sorted(missed[:_SHOWN], key=lambda one: one.why)
    blocks = []
    for why, group in groupby(shown, key=lambda one: one.why):
        blocks += _reason(why, list(group))
    more = len(missed) - len(shown)
    rest = [context(words.plural("{count} more", "{count} more", more))] if more else []
    return blocks[:90] + rest


def _reason(why: str, group: list[Missed]) -> list[Json]:
    lines = [f"• {name(one.name, 60)} {name(one.number, 30)}" for one in group]
    starts = range(0, len(lines), _IN_A_SECTION)
    parts = ["\n".join(lines[start : start + _IN_A_SECTION]) for start in starts]
    return [section(f"*{name(why, 200)}*\n{parts[0]}"), *(section(part) for part in parts[1:])]
