"""The values of one condition: a calendar for days, a menu for choices, people's own words for the rest."""

from collections.abc import Collection, Mapping
from typing import Any

from bot.campaigns.values import Choice
from bot.groups.facts import Building, fields_of
from bot.i18n import Words
from bot.rules.asking import Widget, widget
from bot.rules.fields import LONGEST_CHOICE
from bot.rules.figures import LANGUAGES
from bot.rules.filters import AGE_MAX, DAYS_MAX, VALUE_MAX
from bot.rules.lines import Line
from bot.rules.sentence import asked, label
from bot.rules.several import VALUES_MAX
from bot.slack.blocks import Json, cut, option, plain
from commands.views import forms
from storage.conditions import Compared

LABEL_MAX = 150


def inputs(building: Building, line: Line, words: Words, seen: Collection[str]) -> list[Json]:
    """What the line's values are typed or chosen in; nothing where there are none."""
    fields = fields_of(building.own)
    kind = widget(line, fields)
    if kind is Widget.NOTHING:
        return []
    compared = fields[line.field].compared
    said = f"{label(line.field, words)} {asked(line.operator, compared, words)}"
    value = _input(
        f"value_{line.key}", cut(said, LABEL_MAX), line, _element(kind, building, line, words, seen)
    )
    if compared is not Compared.AGE:
        return [value]
    day = _input(f"on_{line.key}", words("Age on which day?"), line, forms.date_input(line.on))
    hint = plain(words("Without one, the day on which a text leaves."))
    return [value, day | {"optional": True, "hint": hint}]


def read(state: Mapping[str, Any]) -> tuple[str, ...]:
    """The values that an element holds."""
    if "selected_options" in state:
        return tuple(str(one["value"]) for one in state["selected_options"] or ())
    if option := state.get("selected_option"):
        return (str(option["value"]),)
    value = state.get("value") or state.get("selected_date") or ""
    return (str(value),) if value else ()


def _input(name: str, said: str, line: Line, element: Json) -> Json:
    return forms.field(name, said, element, dispatch=True, variant=str(line.revision))


def _element(kind: Widget, building: Building, line: Line, words: Words, seen: Collection[str]) -> Json:
    first = next(iter(line.values), "")
    typed = "" if f"value_{line.key}.{line.revision}" in seen else first
    picked = [Choice(value, value) for value in line.values]
    match kind:
        case Widget.KNOWN:
            box = forms.asked_select(picked, words("Choose one or more"))
            return box | {"max_selected_items": VALUES_MAX}
        case Widget.CHOICES:
            offered = _offered(building, line, words)
            return forms.multi_select(offered, picked, words("Choose one or more")) | {
                "max_selected_items": VALUES_MAX
            }
        case Widget.YES_NO:
            return forms.select([option(words("Yes"), "yes"), option(words("No"), "no")], first)
        case Widget.DATE:
            return forms.date_input(first)
        case Widget.WORDS:
            return forms.text_input(typed, live=True, most=VALUE_MAX)
        case _:
            return _number(kind, typed)


def _offered(building: Building, line: Line, words: Words) -> list[Choice]:
    """What can be chosen, and what is chosen and no longer can be."""
    asked = fields_of(building.own)[line.field]
    codes = sorted(LANGUAGES) if asked.compared is Compared.LANGUAGE else asked.choices
    shown = {code: words.tongue(code) if asked.compared is Compared.LANGUAGE else code for code in codes}
    gone = {each: each for each in line.values if each not in shown}
    return [Choice(each, said) for each, said in (shown | gone).items() if len(each) <= LONGEST_CHOICE]


def _number(kind: Widget, typed: str) -> Json:
    most = {Widget.DAYS: DAYS_MAX, Widget.YEARS: AGE_MAX}.get(kind)
    element: Json = {
        "type": "number_input",
        "is_decimal_allowed": most is None,
        "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]},
    }
    element |= {"min_value": "0", "max_value": str(most)} if most else {}
    return element | ({"initial_value": typed} if typed else {})
