"""The club's groups: how many people each has now, by which rule, and one taken away."""

from collections.abc import Mapping
from typing import Any

from bot.campaigns.facts import GroupRow, Groups
from bot.campaigns.values import Choice
from bot.i18n import Words
from bot.rules.sentence import sentence
from bot.slack.blocks import Json, actions, alert, button, context, name, option, overflow, section
from commands.views import forms, lists

CALLBACK_ID, REMOVAL = "groups", "group_removal"
_RULE_MAX = 600
_NAMED_MAX = 5
"""Of more groups in one, and of more coaches, how many more is said."""


def view(groups: Groups, words: Words, *, said: str = "") -> Json:
    """The modal; `said` stands on top, for what could not be done."""
    return forms.modal(
        CALLBACK_ID,
        words("Groups"),
        [
            *([alert(said, "info")] if said else []),
            section(_total(groups, words)),
            actions(
                button(words("New fixed group"), "fixed_add", "new"),
                button(words("New dynamic group"), "rule_add", "new"),
            ),
            *[_row(row, words) for row in groups.rows],
            *lists.pager(words, page=groups.page, pages=groups.pages, which="groups"),
            context(words("Groups with a rule are counted anew when a text leaves.")),
        ],
        close=words("Close"),
        about={"page": str(groups.page)},
    )


def removal(group: Choice, page: int, words: Words) -> Json:
    """The question before a group goes that has a menu, which asks none by itself."""
    question = words("{group} is no longer offered. Its people stay in the club.", group=name(group.label))
    return forms.modal(
        REMOVAL,
        words("Delete this group?"),
        [section(question)],
        submit=words("Delete"),
        close=words("Leave it"),
        about={"id": group.id, "page": str(page)},
    )


def page_of(payload: Mapping[str, Any]) -> int:
    """The page that the modal shows."""
    return int(forms.about(payload)["page"])


def _total(groups: Groups, words: Words) -> str:
    if not groups.total:
        return words("There are no groups yet.")
    return words.plural("The club has {count} group.", "The club has {count} groups.", groups.total)


def _row(row: GroupRow, words: Words) -> Json:
    people = words.plural("{count} person", "{count} people", row.people)
    beside = _rule_menu(row, words) if row.rule else _fixed_menu(row, words)
    text = f"*{name(row.name)}* · {people}\n{_how(row, words)}"
    return section(text, accessory=beside, block_id=f"group.{row.id}")


def _how(row: GroupRow, words: Words) -> str:
    """How people come into it, and whose it is."""
    said = [name(sentence(row.rule, words), _RULE_MAX) if row.rule else words("a fixed list")]
    if row.parts:
        said.append(words("with {groups}", groups=_several(list(map(name, row.parts)), words)))
    if row.staff:
        said.append(_several([f"<@{user}>" for user in row.staff], words))
    return " · ".join(said)


def _several(names: list[str], words: Words) -> str:
    more = len(names) - _NAMED_MAX
    others = [words.plural("{count} more", "{count} more", more)] if more > 0 else []
    return words.all_of([*names[:_NAMED_MAX], *others])


def _fixed_menu(row: GroupRow, words: Words) -> Json:
    verbs = {"change": words("Change"), "members": words("Who is in it"), "remove": words("Delete")}
    return overflow("fixed", [option(label, f"{verb}:{row.id}") for verb, label in verbs.items()])


def _rule_menu(row: GroupRow, words: Words) -> Json:
    verbs = {"change": words("Change"), "remove": words("Delete")}
    return overflow("group", [option(label, f"{verb}:{row.id}") for verb, label in verbs.items()])
