"""What somebody agreed to: how it stands, in plain words, and the window in which staff record more of it."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from bot.consents.facts import Agreed, Asked, Told, Worded
from bot.i18n import N_, Words
from bot.rules.consent import State, Why, how_of
from bot.rules.refusals import NOTED, Line
from bot.slack.blocks import Json, button, context, name, option, section
from commands.views import forms
from commands.views.forms import field
from storage.states import ConsentHow, Purpose

CALLBACK_ID = "consent"
EVIDENCE_MAX = 500
GIVEN, WITHDRAWN = "given", "withdrawn"
OTHER_WORDS = "other"
_QUOTED = 60
_SLACK_USER = re.compile(r"[UW][A-Z0-9]+")
_FROM_PHONE = frozenset({ConsentHow.SMS, ConsentHow.PAGE})

_PURPOSES: Mapping[Purpose, str] = MappingProxyType(
    {Purpose.ALERTS: N_("Alerts"), Purpose.MARKETING: N_("Advertising")}
)
_STATES: Mapping[Why, str] = MappingProxyType(
    {
        Why.AGREED: N_("yes, agreed on {date} ({how})"),
        Why.WITHDRAWN: N_("no, withdrawn on {date} ({how})"),
        Why.OPTED_OUT: N_("no, this number asked for no SMS at all"),
        Why.OPTED_OUT_MARKETING: N_("no, this number asked for none"),
        Why.MINOR: N_("no, minors get none, whatever anybody agrees to"),
    }
)
_NOTHING_SAID: Mapping[Purpose, str] = MappingProxyType(
    {
        Purpose.ALERTS: N_("yes, until somebody asks for none"),
        Purpose.MARKETING: N_("no, nobody has agreed to it"),
    }
)
_HOWS: Mapping[ConsentHow, str] = MappingProxyType(
    {
        ConsentHow.PAPER: N_("on paper"),
        ConsentHow.FORM: N_("by a form"),
        ConsentHow.SPOKEN: N_("spoken"),
        ConsentHow.IMPORT: N_("from an imported list"),
        ConsentHow.SMS: N_("by SMS"),
        ConsentHow.PAGE: N_("on their page"),
        ConsentHow.STAFF: N_("noted by staff"),
        ConsentHow.CARRIER: N_("said by the carrier"),
    }
)
_ASKED: Mapping[ConsentHow, str] = MappingProxyType(
    {
        ConsentHow.PAPER: N_("On paper"),
        ConsentHow.FORM: N_("By a form online"),
        ConsentHow.SPOKEN: N_("Spoken, in person or by phone"),
    }
)


def standing(agreed: Agreed | None, contact_id: str, words: Words) -> list[Json]:
    """How somebody's number stands, the last lines of its record, and the button to add one; nothing without a number."""
    if agreed is None or not agreed.states:
        return []
    add = button(words("Record consent"), "consent", contact_id)
    history = [_line(line, agreed.zone, words) for line in agreed.lines]
    if agreed.earlier:
        history += [words.plural("and {count} earlier line", "and {count} earlier lines", agreed.earlier)]
    return [
        section(_states(agreed, words), accessory=add, block_id="standing"),
        *([context("\n".join(history), block_id="history")] if history else []),
    ]


def view(asked: Asked, words: Words, about: Mapping[str, str]) -> Json:
    """The modal in which staff record what somebody said; `about` is kept for the window beneath."""
    return forms.modal(
        CALLBACK_ID,
        words("Record consent"),
        [
            section(f"*{name(asked.name)}*\n{_states(asked.agreed, words)}"),
            field("purpose", words("What is it about?"), _purposes(words)),
            field("given", words("What did they say?"), _answers(words)),
            field("how", words("How?"), forms.select([option(words(t), h) for h, t in _ASKED.items()], "")),
            field("on", words("On which day?"), forms.date_input(asked.today.isoformat())),
            _wordings(asked, words),
            field(
                "evidence",
                words("What shows it?"),
                forms.text_input(
                    placeholder=words("Registration form 2026, binder in the office"), most=EVIDENCE_MAX
                ),
                hint=words("Kept for good, with your name and the day. Needed where they agreed."),
                optional=True,
            ),
        ],
        submit=words("Save"),
        close=words("Cancel"),
        about=about,
    )


def read(payload: Mapping[str, Any]) -> Told:
    """What staff say of it."""
    version = forms.chosen(payload, "wording", OTHER_WORDS)
    return Told(
        purpose=Purpose(forms.chosen(payload, "purpose", Purpose.MARKETING)),
        given=forms.chosen(payload, "given", WITHDRAWN) == GIVEN,
        how=ConsentHow(forms.chosen(payload, "how", ConsentHow.STAFF)),
        on=forms.typed(payload, "on"),
        version=int(version) if version.isdecimal() else None,
        evidence=forms.typed(payload, "evidence"),
    )


def _states(agreed: Agreed, words: Words) -> str:
    return "\n".join(_state(state, agreed.zone, words) for state in agreed.states)


def _state(state: State, zone: str, words: Words) -> str:
    mark = ":white_check_mark:" if state.may else ":no_entry_sign:"
    if state.why is Why.NOTHING_SAID:
        said = words(_NOTHING_SAID[state.purpose])
    elif state.line and state.why in (Why.AGREED, Why.WITHDRAWN):
        date, how = words.date(state.line.at, zone), words(_HOWS[how_of(state.line)])
        said = words(_STATES[state.why], date=date, how=how)
    else:
        said = words(_STATES[state.why])
    return words("{mark} *{purpose}*: {said}", mark=mark, purpose=words(_PURPOSES[state.purpose]), said=said)


def _line(line: Line, zone: str, words: Words) -> str:
    said = words("agreed") if line.given else words("withdrawn")
    parts = [
        words.date(line.at, zone),
        words("{purpose}: {said}", purpose=words(_PURPOSES[line.purpose]), said=said),
        words(_HOWS[how_of(line)]),
    ]
    if line.words_version:
        parts.append(words("version {number} of the words", number=line.words_version))
    if quoted := name(_evidence(line), _QUOTED):
        parts.append(words("“{words}”", words=quoted))
    if _SLACK_USER.fullmatch(line.recorded_by):
        parts.append(f"<@{line.recorded_by}>")
    return " · ".join(parts)


def _evidence(line: Line) -> str:
    """What shows it, without what says how it came, which stands beside it."""
    how = how_of(line)
    if how is ConsentHow.CARRIER:
        return ""
    evidence = line.evidence.partition(": ")[2] if how in _FROM_PHONE else line.evidence.removeprefix(NOTED)
    return " ".join(evidence.split())


def _purposes(words: Words) -> Json:
    options = [
        option(words("Advertising"), Purpose.MARKETING, words("Offers, sales, sponsors, paid events.")),
        option(words("Alerts"), Purpose.ALERTS, words("Closures, changes, reminders. They need no consent.")),
    ]
    return forms.select(options, Purpose.MARKETING, "radio_buttons")


def _answers(words: Words) -> Json:
    options = [option(words("They agreed"), GIVEN), option(words("They withdrew it"), WITHDRAWN)]
    return forms.select(options, GIVEN, "radio_buttons")


def _wordings(asked: Asked, words: Words) -> Json:
    options = [
        option(_label(one, asked.agreed.zone, words), str(one.version), one.body) for one in asked.wordings
    ]
    other = option(words("Other words"), OTHER_WORDS, words("Say which, in the evidence."))
    menu = forms.select([*options, other], str(asked.wordings[0].version))
    newest = asked.wordings[0].body
    hint = words("For advertising. The club's words today: “{words}”", words=newest)
    return field("wording", words("Words they agreed to"), menu, hint=hint)


def _label(wording: Worded, zone: str, words: Words) -> str:
    if wording.since_at is None:
        return words("The first wording")
    since = words.date(wording.since_at, zone)
    return words("Version {number}, since {date}", number=wording.version, date=since)
