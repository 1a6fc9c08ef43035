"""The audit log: who did what, and when; the same as a table for spreadsheets."""

import json
from collections.abc import Mapping, Sequence

from bot.audit import AuditLog, Entry
from bot.i18n import N_, Words
from bot.slack.blocks import Json, actions, alert, button, context, escape, name, section
from commands.views import forms, lists, spreadsheet

CALLBACK_ID = "audit"
_NAME, _MORE = 80, 200

DONE = {
    "launch": N_("confirmed the SMS “{name}”"),
    "reschedule": N_("moved the SMS “{name}” to another time"),
    "call_off": N_("called off the SMS “{name}”"),
    "stop": N_("stopped the SMS “{name}”"),
    "resume": N_("let the SMS “{name}” go on"),
    "answer": N_("answered {name}"),
    "settings": N_("changed the settings"),
    "import": N_("imported the file {name}"),
    "consent": N_("recorded a consent of {name}"),
    "opt_out": N_("noted that {name} wants no more SMS"),
    "opt_out_taken_back": N_("took back a note that somebody wants no more SMS"),
    "contact_added": N_("added {name}"),
    "contact_changed": N_("changed {name}"),
    "contact_archived": N_("archived {name}"),
    "contact_taken_back": N_("brought {name} back"),
    "contact_erased": N_("erased a person"),
    "group_added": N_("made the group {name}"),
    "group_changed": N_("changed the group {name}"),
    "group_removed": N_("deleted a group"),
    "group_member_added": N_("put somebody on the list {name}"),
    "group_member_removed": N_("took somebody off the list {name}"),
    "field_added": N_("made the field {name}"),
    "field_changed": N_("changed the field {name}"),
    "field_removed": N_("removed a field"),
}
"""What each action of the log was, as a sentence whose subject is the person."""


def view(audit: AuditLog, words: Words, *, said: str = "") -> Json:
    """The modal; `said` stands on top, for what was done."""
    return forms.modal(
        CALLBACK_ID,
        words("Audit log"),
        [
            *([alert(said, "info")] if said else []),
            actions(button(words("As a file"), "audit_file", "all")),
            *[_row(row, audit.zone, words) for row in audit.rows],
            *([] if audit.rows else [section(words("Nobody did anything yet."))]),
            *lists.pager(words, page=audit.page, pages=audit.pages, which="audit"),
            context(words("Only admins see this. Lines are never changed nor removed.")),
        ],
        close=words("Close"),
        about={"page": str(audit.page)},
    )


def page_of(payload: Mapping[str, object]) -> int:
    """The page that the modal shows."""
    return int(forms.about(payload)["page"])


def _row(row: Entry, zone: str, words: Words) -> Json:
    actor = f"<@{row.actor}>" if row.is_person else f"_{escape(row.actor)}_"
    more = f" · {escape(row.more[:_MORE])}" if row.more else ""
    done = _done(row, name(row.name, _NAME) if row.name else "", words)
    return section(f"{actor} {done}{more}\n{words.moment(row.at, zone)}")


def _done(row: Entry, called: str, words: Words) -> str:
    if row.action not in DONE:
        return words("did “{action}”", action=row.action)
    return words(DONE[row.action], name=called or words("somebody or something that is no longer there"))


def table(audit: AuditLog, called: Mapping[str, str], words: Words) -> bytes:
    """The file, with a heading; no cell of it is computed by who opens it."""
    heading = (words("When"), words("Who"), words("What"), words("Details"))
    return spreadsheet.table(heading, (_cells(row, audit.zone, called, words) for row in audit.rows), words)


def _cells(row: Entry, zone: str, called: Mapping[str, str], words: Words) -> Sequence[str]:
    detail = json.dumps(row.detail, ensure_ascii=False) if row.detail else ""
    return (
        words.moment(row.at, zone),
        called.get(row.actor, row.actor),
        _done(row, row.name, words),
        "; ".join(filter(None, (row.more, detail))),
    )
