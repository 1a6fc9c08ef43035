"""What an app may answer to a block_suggestion."""

from typing import Any

from bot.playground.workspace.validate import limits
from bot.playground.workspace.validate.checks import Field, Problem, at_least, many
from bot.playground.workspace.validate.objects import OPTION_GROUP, PLAIN_OPTION

Json = dict[str, Any]

# https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element#external_select
_ANSWER = at_least(
    {
        "options": Field(many(PLAIN_OPTION, limits.OPTIONS, 0)),
        "option_groups": Field(many(OPTION_GROUP, limits.OPTION_GROUPS, 0)),
    }
)


def problems_in_suggestions(answer: Json) -> list[Problem]:
    """What Slack could not use in the answer."""
    found = list(_ANSWER(answer, ""))
    if ("options" in answer) == ("option_groups" in answer):
        found.append(Problem("must define either `options` or `option_groups`", ""))
    return found


def options_of(answer: Json) -> tuple[tuple[Json, ...], tuple[Json, ...]]:
    """(options, option groups) of a right answer."""
    return tuple(answer.get("options") or ()), tuple(answer.get("option_groups") or ())
