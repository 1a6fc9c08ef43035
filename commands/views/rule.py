"""A dynamic group built in a window: its conditions line by line, and right below who belongs now."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from bot.groups.facts import Belonging, Building, SavedGroup, fields_of
from bot.i18n import N_, Words
from bot.people.facts import OwnField
from bot.rules.asking import operators, with_field, with_operator
from bot.rules.filters import EVERYBODYS, Fields
from bot.rules.lines import BLOCKS_MAX, Block, Form, Line, changed, has_room, with_block, with_line, without
from bot.rules.sentence import asked, label, sentence
from bot.slack import labels
from bot.slack.blocks import Json, actions, alert, button, context, divider, name, option, plain, section
from commands.views import forms, values
from storage.conditions import OWN, Match, Operator

CALLBACK_ID = "rule"
OWN_FIELD = "own_"
"""Begins the value of a field of the club's own in a menu; its id follows."""
GONE = "gone"
"""The value of a field that the club no longer has."""
NAME_MAX = 80
FIELDS_SHOWN = 60 + len(EVERYBODYS)
"""As many as a club may make up, and what every club has."""
_SENTENCE_MAX = 2000
_MATCHES: Mapping[Match, str] = {Match.ALL: N_("All must hold"), Match.ANY: N_("One is enough")}


def view(
    building: Building, words: Words, *, page: int = 1, seen: Collection[str] = (), trouble: str = ""
) -> Json:
    """The modal; what was typed in blocks that were `seen` before is left to Slack."""
    form, show = building.form, partial(_line, building, words, seen)
    return forms.modal(
        CALLBACK_ID,
        words("New dynamic group") if building.is_new else words("Change the group"),
        [
            *([alert(trouble)] if trouble else []),
            _name(form, words, is_seen="name" in seen),
            *_match(form, words),
            *(block for line in form.lines for block in show(line)),
            *(block for inner in form.blocks for block in _inner(inner, form, words, show)),
            *_more(form, words),
            *_who(building.belonging, words),
        ],
        submit=words("Save"),
        close=words("Cancel"),
        about={"draft_id": building.draft_id, "page": str(page)},
    )


def draft_id_of(payload: Mapping[str, Any]) -> str:
    """The draft on which the modal works."""
    return forms.about(payload)["draft_id"]


def page_of(payload: Mapping[str, Any]) -> int:
    """The page of the list beneath."""
    return int(forms.about(payload).get("page", 1))


def seen_in(payload: Mapping[str, Any]) -> frozenset[str]:
    """The blocks that the modal shows."""
    return frozenset(block["block_id"] for block in payload["blocks"])


def is_outdated(payload: Mapping[str, Any], building: Building, words: Words) -> bool:
    """Whether the modal as told lacks a field that the form has by now."""
    asked = {block["block_id"] for block in view(building, words)["blocks"] if block["type"] == "input"}
    return not asked <= seen_in(payload)


def read(payload: Mapping[str, Any], form: Form, own: tuple[OwnField, ...]) -> Form:
    """The form with what the modal holds; what the modal does not show, or shows of a time before, stays as it is."""
    states = _States(payload)
    fields = fields_of(own)
    matched = replace(
        form,
        name=forms.typed(payload, "name", form.name)[:NAME_MAX],
        match=states.match("match", form.match),
        blocks=tuple(
            replace(block, match=states.match(f"match_{block.key}", block.match)) for block in form.blocks
        ),
    )
    return changed(matched, lambda line: _read_line(states, line, fields))


def act(action: Mapping[str, Any], form: Form, own: tuple[OwnField, ...]) -> Form:
    """The form once this button was pressed, or this field or operator chosen."""
    verb, _, key = action["action_id"].partition("_")
    match verb:
        case "drop":
            return without(form, key)
        case "more":
            return with_line(form, key)
        case "inner":
            return with_block(form)
        case "field" | "operator":
            chosen = str((action.get("selected_option") or {}).get("value", ""))
            return changed(form, lambda line: _chosen(line, verb, chosen, own) if line.key == key else line)
        case _:
            return form


def input_of(key: str) -> str:
    """The field under which it is said what is wrong with this line, or with the name."""
    return key if key == "name" else f"value_{key}"


def saved(group: SavedGroup, words: Words) -> str:
    """What is said on top of the list."""
    return words(
        "{group} is saved: {people} now.", group=group.name, people=labels.people(group.people, words)
    )


class _States:
    """What each element holds, by its action_id, and which revision of a line it belongs to."""

    def __init__(self, payload: Mapping[str, Any]) -> None:
        self._found = {
            action_id: (block_id, state)
            for block_id, elements in payload["state"]["values"].items()
            for action_id, state in elements.items()
        }

    def of(self, action_id: str, revision: int | None = None) -> Mapping[str, Any] | None:
        """The element's state, if it is shown (in this revision)."""
        block_id, state = self._found.get(action_id, ("", None))
        is_old = revision is not None and block_id.partition(".")[2] != str(revision)
        return None if is_old else state

    def match(self, action_id: str, known: Match) -> Match:
        """All or any."""
        chosen = ((self.of(action_id) or {}).get("selected_option") or {}).get("value")
        return Match(chosen) if chosen in list(Match) else known


def _read_line(states: _States, line: Line, fields: Fields) -> Line:
    operator = ((states.of(f"operator_{line.key}", line.revision) or {}).get("selected_option") or {}).get(
        "value"
    )
    if operator in list(Operator):
        line = with_operator(line, Operator(operator), fields)
    given = states.of(f"value_{line.key}", line.revision)
    if given is not None:
        line = replace(line, values=values.read(given))
    on = states.of(f"on_{line.key}", line.revision)
    return line if on is None else replace(line, on=on.get("selected_date") or "")


def _chosen(line: Line, verb: str, chosen: str, own: tuple[OwnField, ...]) -> Line:
    fields = fields_of(own)
    if verb == "operator":
        return with_operator(line, Operator(chosen), fields) if chosen in list(Operator) else line
    known = {f"{OWN_FIELD}{one.id}": f"{OWN}{one.name}" for one in own}
    return with_field(line, known.get(chosen, chosen), fields)


def _name(form: Form, words: Words, *, is_seen: bool) -> Json:
    box = forms.text_input(
        "" if is_seen else form.name, placeholder=words("Licences to renew"), most=NAME_MAX
    )
    return forms.field("name", words("Name of the group"), box)


def _match(form: Form, words: Words) -> list[Json]:
    """Asked only where it makes a difference."""
    if len(form.lines) + len(form.blocks) < 2:
        return []
    return [
        section(
            words("*Of these conditions*"), accessory=_matches("match", form.match, words), block_id="match"
        )
    ]


def _matches(action_id: str, chosen: Match, words: Words) -> Json:
    options = [option(words(said), match) for match, said in _MATCHES.items()]
    return forms.select(options, chosen) | {
        "action_id": action_id,
        "placeholder": plain(words("All, or one")),
    }


def _inner(inner: Block, form: Form, words: Words, show: Any) -> list[Json]:
    action_id = f"match_{inner.key}"
    menu = _matches(action_id, inner.match, words)
    return [
        divider(),
        section(words("*Of this block*"), accessory=menu, block_id=action_id),
        *(block for line in inner.lines for block in show(line)),
        *(
            [actions(button(words("+ Condition in this block"), f"more_{inner.key}", inner.key))]
            if has_room(form)
            else []
        ),
        divider(),
    ]


def _line(building: Building, words: Words, seen: Collection[str], line: Line) -> list[Json]:
    fields = fields_of(building.own)
    block_id = f"line_{line.key}.{line.revision}"
    chosen = [_fields(building, line, words), *_operators(line, fields, words)]
    is_only = sum(1 for _ in building.form.each()) == 1
    remove = [] if is_only else [button(words("Remove"), f"drop_{line.key}", line.key)]
    return [
        actions(*chosen, *remove, block_id=block_id),
        *values.inputs(building, line, words, seen),
    ]


def _fields(building: Building, line: Line, words: Words) -> Json:
    own = {f"{OWN}{one.name}": f"{OWN_FIELD}{one.id}" for one in building.own}
    fields = [name for name in fields_of(building.own) if name != line.field]
    first = [line.field] if line.field else []
    shown = [*first, *fields][:FIELDS_SHOWN]
    in_order = [name for name in fields_of(building.own) if name in shown]
    options = [option(_label(name, words), own.get(name, name)) for name in in_order]
    menu: Json = {
        "type": "static_select",
        "action_id": f"field_{line.key}",
        "placeholder": plain(words("Choose a field")),
    }
    if line.field and line.field not in in_order:
        options = [option(_label(line.field, words), GONE), *options]
    initial = next((one for one in options if one["value"] in (own.get(line.field, line.field), GONE)), None)
    return menu | {"options": options} | ({"initial_option": initial} if line.field and initial else {})


def _label(field: str, words: Words) -> str:
    """Begins like a line of a menu; what the club made up is as the club writes it."""
    said = label(field, words)
    return said if field.startswith(OWN) else said[:1].upper() + said[1:]


def _operators(line: Line, fields: Fields, words: Words) -> list[Json]:
    offered = operators(line, fields)
    if not offered:
        return []
    compared = fields[line.field].compared
    options = [option(asked(each, compared, words), each) for each in offered]
    menu = forms.select(options, line.operator)
    return [menu | {"action_id": f"operator_{line.key}", "placeholder": plain(words("Choose how"))}]


def _more(form: Form, words: Words) -> list[Json]:
    if not has_room(form):
        return [context(words("This is as many conditions as a group takes."))]
    inner = [button(words("+ Block"), "inner_", "new")] if len(form.blocks) < BLOCKS_MAX else []
    return [actions(button(words("+ Condition"), "more_", "new"), *inner)]


def _who(belonging: Belonging, words: Words) -> list[Json]:
    unfinished = (
        [context(words("A condition without a value does not count yet."))] if belonging.is_partial else []
    )
    if not belonging.rule.parts:
        return unfinished or [context(words("Choose a field: who belongs is counted right here."))]
    count = words.plural(
        "*{count} person of {total} belongs now*",
        "*{count} people of {total} belong now*",
        belonging.people,
        total=words.number(belonging.total),
    )
    said = name(sentence(belonging.rule, words), _SENTENCE_MAX)
    some = [context(_names(belonging, words))] if belonging.names else []
    return [section(f"{count}\n{said}", block_id="who"), *some, *unfinished]


def _names(belonging: Belonging, words: Words) -> str:
    shown = [name(each) for each in belonging.names]
    others = belonging.people - len(shown)
    if others > 0:
        shown.append(words.plural("{count} other", "{count} others", others))
    return words.all_of(shown)
