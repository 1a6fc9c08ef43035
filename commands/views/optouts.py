"""Who wants no more SMS: since when, how that came, and what staff may note or take back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from bot.campaigns.facts import Stopped, Stops
from bot.i18n import N_, Words
from bot.rules.refusals import How
from bot.slack import labels
from bot.slack.blocks import Json, actions, alert, button, confirm, context, escape, name, option, section
from commands.views import forms, lists
from commands.views.forms import field
from storage.states import OptOutScope

CALLBACK_ID = "stops"
NOTE_CALLBACK_ID = "note_stop"
HOW_MAX = 200
_QUOTED = 100

_SCOPES = {OptOutScope.ALL: N_("no SMS at all"), OptOutScope.MARKETING: N_("no advertising")}
_CHOICES = {
    OptOutScope.ALL: (N_("No SMS at all"), N_("Nor alerts: not even that the gym is closed.")),
    OptOutScope.MARKETING: (N_("No advertising"), N_("Alerts still arrive.")),
}


def view(stops: Stops, words: Words, *, said: str = "") -> Json:
    """The modal; `said` stands on top, for what could not be done."""
    return forms.modal(
        CALLBACK_ID,
        words("Opt-outs"),
        [
            *([alert(said, "info")] if said else []),
            section(_total(stops, words)),
            actions(button(words("Note an opt-out"), "note_stop", "new")),
            *[_row(row, stops.zone, words) for row in stops.rows],
            *lists.pager(words, page=stops.page, pages=stops.pages, which="stops"),
            context(words("What members said themselves, they alone take back: by the word START.")),
        ],
        close=words("Close"),
        about={"page": str(stops.page)},
    )


def page_of(payload: Mapping[str, Any]) -> int:
    """The page that the modal shows."""
    return int(forms.about(payload)["page"])


def note_view(words: Words) -> Json:
    """The modal in which staff note what somebody told them."""
    options = [option(words(label), scope, words(detail)) for scope, (label, detail) in _CHOICES.items()]
    person = forms.asked_select((), words("Type a name")) | {"max_selected_items": 1}
    how = forms.text_input(placeholder=words("By phone, on Monday"), most=HOW_MAX)
    return forms.modal(
        NOTE_CALLBACK_ID,
        words("Note an opt-out"),
        [
            field("contacts", words("Who?"), person),
            field("scope", words("What do they want?"), forms.select(options, "", "radio_buttons")),
            field("how", words("How did they tell you?"), how, hint=words("Kept with your name.")),
        ],
        submit=words("Save"),
        close=words("Cancel"),
    )


def read_note(payload: Mapping[str, Any]) -> tuple[UUID | None, OptOutScope, str]:
    """Who it is, how far it reaches, and how they said it."""
    person = forms.picked(payload, "contacts")
    scope = OptOutScope(forms.chosen(payload, "scope", OptOutScope.ALL))
    return UUID(person[0].id) if person else None, scope, forms.typed(payload, "how")


def _total(stops: Stops, words: Words) -> str:
    if not stops.total:
        return words("Nobody has opted out.")
    return words.plural("{count} number is opted out.", "{count} numbers are opted out.", stops.total)


def _row(row: Stopped, zone: str, words: Words) -> Json:
    since = words("since {date}", date=words.date(row.since_at, zone))
    line = " · ".join([words(_SCOPES[row.scope]), since, _how(row, words)])
    undo = _undo(row, words) if row.told.note_id else None
    return section(f"{_who(row, words)}\n{line}", accessory=undo)


def _who(row: Stopped, words: Words) -> str:
    if not row.names:
        return words("*Somebody not in the contacts* ({number})", number=escape(row.number))
    return words("*{names}* ({number})", names=labels.whose(row.names, words), number=escape(row.number))


def _how(row: Stopped, words: Words) -> str:
    told, quoted = row.told, name(" ".join(row.told.words.split()), _QUOTED)
    match told.how:
        case How.ANSWERED:
            return words("answered “{words}”", words=quoted)
        case How.PAGE:
            return words("chose “{words}” on their page", words=quoted)
        case How.READ:
            return words("wrote so, read by <@{user}>", user=told.by)
        case How.NOTED:
            return words("noted by <@{user}>: “{words}”", user=told.by, words=quoted)
        case How.CARRIER:
            return words("said by the carrier (21610)")
        case How.OTHER:
            return words("on record: “{words}”", words=quoted)
        case _:
            return words("the record does not say how")


def _undo(row: Stopped, words: Words) -> Json:
    question = confirm(
        words("Noted by mistake?"),
        words(
            "{who} gets the club's SMS again. Do so only if they never asked for it to stop.",
            who=_plain_who(row),
        ),
        words("Take it back"),
        words("Leave it"),
    )
    return button(words("Take it back"), "take_back", str(row.told.note_id), confirm=question)


def _plain_who(row: Stopped) -> str:
    return row.names[0] if row.names else row.number
