"""One field asked for several values at once: any of them, or none; people see it as one condition."""

from collections.abc import Mapping

from storage.conditions import Condition, Match, Operator, Rule

HOW: Mapping[Operator, Match] = {Operator.IS: Match.ANY, Operator.IS_NOT: Match.ALL}
"""What can be asked of several values at once, and what then holds for the conditions."""
VALUES_MAX = 30


def is_several(rule: Rule) -> bool:
    """Whether the rule asks one field for any of several values, or for none of them."""
    if len({_asked(part) for part in rule.parts}) != 1 or len(rule.parts) > VALUES_MAX:
        return False
    first = rule.parts[0]
    return isinstance(first, Condition) and HOW.get(first.operator) is rule.match


def lines(rule: Rule) -> int:
    """How many conditions people see in it."""
    parts = rule.parts
    return sum(1 if isinstance(part, Condition) or is_several(part) else lines(part) for part in parts)


def _asked(part: Condition | Rule) -> object:
    return part if isinstance(part, Rule) else (part.field, part.compared, part.operator, part.on)
