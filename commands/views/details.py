"""Who did not get a campaign and why, for one coach's eyes, so that they can be phoned."""

from collections.abc import Sequence
from itertools import groupby

from bot.campaigns.facts import Missed
from bot.i18n import Words
from bot.slack import openers
from bot.slack.blocks import Json, actions, context, name, section
from commands.views import forms

CALLBACK_ID = "details"
# A name and a reason for each of so many people fill at most 84 of a modal's 100 blocks.
_SHOWN = 500
_LINES_IN_A_SECTION = 12


def view(
    words: Words, *, campaign_id: str, title: str, recipients: int, delivered: int, missed: Sequence[Missed]
) -> Json:
    """The modal, by reason; `missed` may come in any order."""
    summary = words(
        "{delivered} of {recipients} delivered",
        delivered=words.number(delivered),
        recipients=words.number(recipients),
    )
    return forms.modal(
        CALLBACK_ID,
        words("Who got it?"),
        [
            section(f"*{name(title, 150)}*\n{summary}"),
            actions(openers.why(words, campaign_id=campaign_id)),
            *_missed(missed, words),
        ],
        close=words("Close"),
    )


def _missed(missed: Sequence[Missed], words: Words) -> list[Json]:
    if not missed:
        return [context(words("Nobody was missed."))]
    lines = _lines(missed[:_SHOWN])
    starts = range(0, len(lines), _LINES_IN_A_SECTION)
    blocks = [section("\n".join(lines[start : start + _LINES_IN_A_SECTION])) for start in starts]
    more = max(len(missed) - _SHOWN, 0)
    return blocks + ([context(words.plural("{count} more", "{count} more", more))] if more else [])


def _lines(missed: Sequence[Missed]) -> list[str]:
    lines: list[str] = []
    by_reason = sorted(missed, key=lambda one: one.why)
    for why, people in groupby(by_reason, key=lambda one: one.why):
        lines.append(f"*{name(why, 150)}*")
        lines += [f"• {name(one.name, 60)} {name(one.number, 30)}" for one in people]
    return lines
