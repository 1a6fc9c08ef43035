"""A fixed group to be made or changed: its name, people to be put on its list, the groups in it, and its coaches."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from bot.campaigns.values import Choice
from bot.groups.sheets import NAME_MAX, FixedForm, FixedSheet, Kept, Report
from bot.i18n import Words
from bot.slack import labels
from bot.slack.blocks import Json, section
from commands.views import forms, pasted
from commands.views.forms import field

CALLBACK_ID = "fixed_group"
PARTS_MAX, STAFF_MAX = 40, 40
"""Those who were shown are kept beside the window, where Slack takes 3,000 characters."""
_ID_LENGTH = 32
# https://docs.slack.dev/reference/objects/user-object
_USER = re.compile(r"[UW][A-Z0-9]{2,14}")


def view(
    shown: FixedSheet,
    words: Words,
    page: int,
    *,
    form: FixedForm | None = None,
    report: Report | None = None,
    round: int = 0,
) -> Json:
    """The modal; `page` is that of the list beneath. A report comes with the form that it answers."""
    form = form or FixedForm(shown.name, parts=shown.parts, staff=shown.staff)
    lines = pasted.report(report, words, round) if report else pasted.first(words)
    name_box = forms.text_input(form.name, placeholder=words("U13, Parents, Committee…"), most=NAME_MAX)
    return forms.modal(
        CALLBACK_ID,
        words("New fixed group") if shown.is_new else words("Change a group"),
        [
            *([] if shown.is_new or report else [_standing(shown, words)]),
            field("name", words("Name"), name_box),
            *(lines if report else []),
            _joiners(form, words),
            *([] if report else lines),
            _parts(form, words),
            _staff(form, words),
        ],
        submit=words("Save"),
        close=words("Cancel"),
        about=_about(shown, page, round) | {"seen": report.mark if report else ""},
    )


def read(payload: Mapping[str, Any]) -> tuple[FixedSheet, FixedForm]:
    """The group as it was shown, as far as it can be changed here, and what was typed and picked."""
    about = forms.about(payload)
    ids = [about["parts"][n : n + _ID_LENGTH] for n in range(0, len(about["parts"]), _ID_LENGTH)]
    shown = FixedSheet(
        about["id"],
        bool(about["new"]),
        about["name"],
        parts=tuple(Choice(str(UUID(id)), "") for id in ids),
        staff=tuple(about["staff"].split()),
    )
    form = FixedForm(
        forms.typed(payload, "name"),
        forms.picked(payload, "joiners"),
        pasted.typed(payload),
        pasted.picks(payload),
        forms.picked(payload, "subgroups"),
        tuple(user for user in forms.users(payload, "coaches") if _USER.fullmatch(user)),
        about["seen"],
    )
    return shown, form


def page_of(payload: Mapping[str, Any]) -> int:
    """The page of the list beneath."""
    return int(forms.about(payload)["page"])


def round_of(payload: Mapping[str, Any]) -> int:
    """How many reports were shown."""
    return int(forms.about(payload)["round"])


def id_of(payload: Mapping[str, Any]) -> str:
    """The group that the modal is about."""
    return forms.about(payload)["id"]


def saved(kept: Kept, words: Words) -> str:
    """What is said on top of the list."""
    if not kept.added and not kept.already:
        return words("{group} is saved.", group=kept.name)
    added = words.plural("{count} person was added.", "{count} people were added.", kept.added)
    said = words("{group} is saved.", group=kept.name)
    if not kept.already:
        return f"{said} {added}"
    there = words.plural(
        "{count} was on the list already.", "{count} were on the list already.", kept.already
    )
    return f"{said} {added} {there}"


def _about(shown: FixedSheet, page: int, round: int) -> dict[str, str]:
    return {
        "id": shown.id,
        "new": "yes" if shown.is_new else "",
        "name": shown.name,
        "parts": "".join(UUID(part.id).hex for part in shown.parts[:PARTS_MAX]),
        "staff": " ".join(shown.staff[:STAFF_MAX]),
        "page": str(page),
        "round": str(round),
    }


def _standing(shown: FixedSheet, words: Words) -> Json:
    return section(words("*{people}* on its list.", people=labels.people(shown.people, words)))


def _joiners(form: FixedForm, words: Words) -> Json:
    element = forms.asked_select(form.people, words("Type a name"))
    return field("joiners", words("Add people"), element, optional=True)


def _parts(form: FixedForm, words: Words) -> Json:
    element = forms.asked_select(form.parts, words("Type a group's name"), most=PARTS_MAX)
    hint = words("Whoever is in them when a text leaves gets it too, each person once.")
    return field("subgroups", words("Groups in this group"), element, hint=hint, optional=True)


def _staff(form: FixedForm, words: Words) -> Json:
    element = forms.users_select(form.staff, words("Choose one or more"), most=STAFF_MAX)
    hint = words("Their own groups are offered to them first.")
    return field("coaches", words("Its coaches"), element, hint=hint, optional=True)
