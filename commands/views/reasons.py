"""Why somebody gets a text or does not, in words: for windows as Slack's markup, for files as they are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.campaigns.explained import Explained, Relative, Why
from bot.i18n import Words
from bot.rules.audience import LeftOut
from bot.rules.sentence import sentence
from bot.slack import blocks, labels
from commands.views import numbers
from storage.states import AudienceWay

NAME_MAX = 60
_GROUP_MAX, _GROUPS_MAX, _RULE_MAX = 80, 200, 300


@dataclass(frozen=True, slots=True)
class Written:
    """How other people's words are written: a name within so many characters, and several names."""

    name: Callable[[str, int], str]
    names: Callable[[Sequence[str], Words], str]


MARKUP = Written(blocks.name, labels.whose)
PLAIN = Written(lambda text, _: text, lambda names, words: words.all_of(names))


def rule(row: Explained, why: Why, words: Words, written: Written) -> str:
    """By which rule it is about this person."""
    rules = [_choice(row, why, words, written)] if row.is_chosen else []
    if row.wards:
        rules.append(words("guardian of {names}", names=written.names(row.wards, words)))
    elif not row.is_chosen and not row.along_with:
        rules.append(words("guardian of somebody chosen"))
    if row.along_with:
        rules.append(words("second adult for {names}", names=written.names(row.along_with, words)))
    return " · ".join(rules)


def reason(left_out: str, detail: str, words: Words) -> str:
    """What keeps a text from somebody."""
    if left_out == LeftOut.BAD_NUMBER and detail:
        return numbers.why(detail, words)
    return labels.left_out(left_out, words)


def fate(row: Explained, words: Words) -> str:
    """What became of the text of who gets it, or will."""
    return words(labels.MESSAGE_STATES[row.state]) if row.state else words("gets it")


def guardian(relative: Relative, words: Words, written: Written) -> str:
    """Whether this guardian gets it."""
    who = written.name(relative.name, NAME_MAX) or words("somebody who is no longer there")
    if not relative.left_out:
        return words("guardian {name}: gets it", name=who)
    why = reason(relative.left_out, relative.detail, words)
    return words("guardian {name}: {reason}", name=who, reason=why)


def _choice(row: Explained, why: Why, words: Words, written: Written) -> str:
    if why.way is AudienceWay.EVERYONE:
        return words("everyone was chosen")
    if why.way is AudienceWay.CONTACTS:
        return words("chosen by name")
    if row.group is None:
        groups = written.name(why.audience_words, _GROUPS_MAX)
        return words("in one of the groups {groups}", groups=groups)
    group = written.name(row.group.name, _GROUP_MAX)
    if row.group.rule is None:
        return words("in the group {group}", group=group)
    said = written.name(sentence(row.group.rule, words), _RULE_MAX)
    return words("in the group {group} ({rule})", group=group, rule=said)
