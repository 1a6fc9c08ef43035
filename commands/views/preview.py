"""The preview: who gets it, who does not and why, what it costs, how it reads; then one button."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.campaigns.values import Excluded, Preview
from bot.i18n import Words
from bot.slack import labels, openers
from bot.slack.blocks import Json, actions, button, context, cut, header, name, option, section
from commands.views import forms, reading
from commands.views.count import clause_line, pushed_line
from commands.views.forms import field
from commands.views.senders import unshown_lines
from commands.views.warnings import warnings
from storage.states import Kind, Route

CALLBACK_ID = "preview"
_NAMES_SHOWN = 8
_SAID_ABOVE = timedelta(minutes=1)
"""A campaign that has left sooner than that leaves at once, to a coach."""


def view(preview: Preview, words: Words, *, pushed: bool = True, said: str = "") -> Json:
    """The modal, pushed on compose or opened by itself; without anybody to text it has no submit button.

    `said` is a sentence under the test button, for what became of the test.
    """
    return forms.modal(
        CALLBACK_ID,
        words("Preview"),
        _blocks(preview, words, said) if preview.recipients else _nobody(preview, words),
        submit=_submit(preview, words) if preview.recipients else None,
        close=words("Back") if pushed else words("Cancel"),
        about={"draft_id": preview.draft_id, "mark": preview.mark, "reader": preview.reader},
    )


def mark_of(payload: Mapping[str, Any]) -> str:
    """Which preview of its draft the modal shows."""
    return forms.about(payload).get("mark", "")


def read_confirmation(payload: Mapping[str, Any]) -> str:
    """The number of people as typed; empty where none was asked for."""
    return forms.typed(payload, "confirm").strip()


def says_no_advertising(payload: Mapping[str, Any]) -> bool:
    """Whether somebody said that the alert is no advertising."""
    return bool(forms.picked(payload, "no_advertising"))


def _blocks(preview: Preview, words: Words, said: str) -> list[Json]:
    return [
        header(labels.recipients(preview.recipients, words)),
        section(_audience(preview, words)),
        *warnings(preview, words),
        *reading.sample(preview, words),
        section("\n".join(_facts(preview, words))),
        *reading.extremes(preview, words),
        *_left_out(preview, words),
        *_why(preview, words),
        *_test(preview, words, said),
        *_no_advertising(preview, words),
        *_confirmation(preview, words),
    ]


def _nobody(preview: Preview, words: Words) -> list[Json]:
    return [
        header(words("Nobody to text")),
        section(f"*{name(preview.audience_words, 500)}*"),
        *_left_out(preview, words),
        *_why(preview, words),
        context(words("Nothing was sent. Go back to choose somebody else.")),
    ]


def _submit(preview: Preview, words: Words) -> str:
    recipients = words.number(preview.recipients)
    if preview.release_at is None:
        return words("Send to {recipients}", recipients=recipients)
    return words("Schedule for {recipients}", recipients=recipients)


def _audience(preview: Preview, words: Words) -> str:
    audience = f"*{name(preview.audience_words, 500)}*"
    if preview.people == preview.recipients:
        return audience
    return words(
        "{audience}: {people}; one SMS for each number",
        audience=audience,
        people=labels.people(preview.people, words),
    )


def _facts(preview: Preview, words: Words) -> list[str]:
    return [
        ":moneybag: " + _cost(preview, words),
        *clause_line(preview.clause, words),
        *_dear(preview, words),
        ":bust_in_silhouette: " + words("From {sender}", sender=labels.sender(preview.sender, words)),
        *unshown_lines(preview.unshown, preview.sender.value, words),
        _kind(preview, words),
        ":clock3: " + _moment(preview, words),
        *_held(preview, words),
        *_time(preview, words),
        *_title(preview, words),
    ]


def _title(preview: Preview, words: Words) -> list[str]:
    if preview.sample and labels.is_only_the_beginning(preview.title, preview.sample.body):
        return []
    return [":memo: " + words("Title: {title}", title=name(preview.title, 100))]


def _cost(preview: Preview, words: Words) -> str:
    cost = f"*{labels.sms(preview.segments, words)}* · {_each(preview, words)}"
    if preview.credits == preview.segments:
        return cost
    return f"{cost} · " + words.plural("{count} credit", "{count} credits", preview.credits)


def _each(preview: Preview, words: Words) -> str:
    if preview.least == preview.worst:
        return words("{count} each", count=preview.usual)
    return words(
        "{least} to {worst} each, mostly {usual}",
        least=preview.least,
        worst=preview.worst,
        usual=preview.usual,
    )


def _dear(preview: Preview, words: Words) -> list[str]:
    return [*_costly(preview, words), *([pushed_line(preview.pushed, words)] if preview.pushed else [])]


def _costly(preview: Preview, words: Words) -> list[str]:
    letters = labels.letters(preview.costly, words)
    if preview.cheaper:
        total, less = words.number(preview.segments), labels.sms(preview.cheaper.total, words)
        said = words(
            "Because of {letters}: {total} instead of {less}.", letters=letters, total=total, less=less
        )
        return [":warning: " + said]
    if not preview.costly:
        return []
    said = words("Because of {letters}, an SMS holds less than half as much.", letters=letters)
    return [":warning: " + said]


def _kind(preview: Preview, words: Words) -> str:
    route = words(labels.ROUTES[preview.route])
    abroad = f" · {route}" if preview.route is Route.WORLD else ""
    if preview.kind is Kind.MARKETING:
        return ":mega: " + words("Marketing: only people who agreed to it get it.") + abroad
    return ":bell: " + words("Alert: advertising in it can be fined.") + abroad


def _moment(preview: Preview, words: Words) -> str:
    if preview.release_at is not None:
        moment = words.moment(preview.release_at, preview.zone)
        return words("Leaves {moment} ({zone})", moment=moment, zone=preview.zone)
    if not preview.undo_seconds:
        return words("Leaves at once")
    return words("Leaves {seconds} s after you send: time to undo", seconds=preview.undo_seconds)


def _held(preview: Preview, words: Words) -> list[str]:
    if preview.held is None:
        return []
    first, last = (words.moment(at, preview.zone) for at in (preview.held.first, preview.held.last))
    until = first if first == last else words("{first} to {last}", first=first, last=last)
    said = words.plural(
        "{count} person gets it only at legal hours: {until}",
        "{count} people get it only at legal hours: {until}",
        preview.held.people,
        until=until,
    )
    return [f":zzz: {said}"]


def _time(preview: Preview, words: Words) -> list[str]:
    if preview.takes <= _SAID_ABOVE:
        return []
    time, pace = words.duration(preview.takes), _pace(preview.segments_a_second, words)
    if not preview.waiting:
        said = words("Sending takes about {time}: this sender sends {pace}.", time=time, pace=pace)
        return [f":hourglass: {said}"]
    said = words(
        "Sending takes about {time}, with {queue} waiting before it: this sender sends {pace}.",
        time=time,
        queue=labels.sms(preview.waiting, words),
        pace=pace,
    )
    return [f":hourglass: {said}"]


def _pace(segments_a_second: float, words: Words) -> str:
    if segments_a_second >= 1:
        return words("{sms} a second", sms=labels.sms(int(segments_a_second), words))
    return words("{sms} a minute", sms=labels.sms(round(segments_a_second * 60), words))


def _left_out(preview: Preview, words: Words) -> list[Json]:
    if not preview.excluded:
        return []
    total = sum(excluded.total for excluded in preview.excluded)
    title = words.plural("{count} person left out", "{count} people left out", total)
    lines = [_reason(excluded, words) for excluded in preview.excluded]
    return [section("\n".join([f"*{title}*", *lines]))]


def _why(preview: Preview, words: Words) -> list[Json]:
    return [actions(openers.why(words, draft_id=preview.draft_id))]


def _reason(excluded: Excluded, words: Words) -> str:
    shown = [name(one, 40) for one in excluded.names[:_NAMES_SHOWN]]
    more = excluded.total - len(shown)
    rest = [words.plural("{count} more", "{count} more", more)] if shown and more > 0 else []
    line = f"• {labels.left_out_count(excluded.reason, excluded.total, words)}"
    return words("{reason}: {names}", reason=line, names=words.all_of(shown + rest)) if shown else line


def _test(preview: Preview, words: Words, said: str) -> list[Json]:
    if preview.my_phone is None:
        return [
            actions(button(words("Try it on my phone first"), "my_phone", preview.draft_id), block_id="test")
        ]
    test = button(words("Send it to my phone first"), "test", preview.draft_id)
    number = words("Your phone: {number}", number=preview.my_phone)
    return [actions(test, block_id="test"), context(cut(said, 500) or number)]


def _no_advertising(preview: Preview, words: Words) -> list[Json]:
    if not preview.signs:
        return []
    yes = option(words("It is no advertising"), "yes", words("Your name is kept with this answer."))
    element: Json = {"type": "checkboxes", "options": [yes]}
    return [field("no_advertising", words("Is it really an alert?"), element)]


def _confirmation(preview: Preview, words: Words) -> list[Json]:
    if preview.type_to_confirm is None:
        return []
    label = words("To be sure, type {count}", count=preview.type_to_confirm)
    hint = words("That is the number of recipients.")
    return [field("confirm", label, forms.text_input(most=10), hint=hint)]
