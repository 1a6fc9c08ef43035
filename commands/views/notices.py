"""What is said when there is nothing left to fill in: short modals with one way out, and lines for one person."""

from datetime import datetime

from bot.i18n import Words
from bot.slack import labels
from bot.slack.blocks import Json, context, escape, plain, section
from commands.views import forms

CALLBACK_ID = "told"


def told(words: Words, title: str, *sentences: str) -> Json:
    """A modal that says the sentences, in which Slack reads nothing but emoji, and closes."""
    blocks = [_plain_section(sentence) for sentence in sentences]
    return forms.modal(CALLBACK_ID, title, blocks, close=words("Close"))


def leaving(words: Words, recipients: int, undo_seconds: int, channel_id: str | None) -> Json:
    """A campaign was confirmed for now: when it leaves and where it can still be undone."""
    whom = words("To *{recipients}*.", recipients=labels.recipients(recipients, words))
    where = _channel(channel_id, words)
    if undo_seconds:
        title = words("Leaves in {seconds} s", seconds=undo_seconds)
        then = words("Undo here, or from its card in {channel}.", channel=where)
    else:
        title = words("Leaving now")
        then = words("Stop it from its card in {channel}.", channel=where)
    return _marked(words, title, f":outbox_tray: {whom}", then)


def planned(words: Words, recipients: int, at: datetime, zone: str, channel_id: str | None) -> Json:
    """A campaign was confirmed for later: when it leaves, and where it can be changed."""
    first = words(
        "*Leaves {moment}* to {recipients}.",
        moment=words.moment(at, zone),
        recipients=labels.recipients(recipients, words),
    )
    then = words(
        "The group is looked up again when it leaves. Change or cancel it from its card in {channel}.",
        channel=_channel(channel_id, words),
    )
    return _marked(words, words("Scheduled"), f":calendar: {first}", then)


def rescheduled(words: Words, skipped_time: str, at: datetime, zone: str) -> Json:
    """A campaign was given a time that the clock skips: when it leaves instead."""
    return told(words, words("Scheduled"), skipped(words, skipped_time, at, zone))


def skipped(words: Words, time: str, at: datetime, zone: str) -> str:
    """The sentence for a time that the clock of the club's zone skips."""
    return words(
        "The clocks go forward: {time} does not exist that day. It leaves {moment}.",
        time=time,
        moment=words.moment(at, zone),
    )


def shifted(words: Words, zone: str, *, kept: int, passed: int) -> Json:
    """The club's clock became another one: what that did to its scheduled SMS."""
    said = [words("The club's clock is now that of {place}.", place=words.place(zone))]
    said += [_kept(words, kept)] if kept else []
    said += [_passed(words, passed)] if passed else []
    return told(words, words("Saved"), *said)


def _kept(words: Words, count: int) -> str:
    return words.plural(
        "{count} scheduled SMS leaves at the same time of day, on the new clock.",
        "{count} scheduled SMS leave at the same time of day, on the new clock.",
        count,
    )


def _passed(words: Words, count: int) -> str:
    return words.plural(
        "On the new clock the time of {count} scheduled SMS has passed: it leaves when it would have left before. "
        "Look at it in /sms scheduled.",
        "On the new clock the time of {count} scheduled SMS has passed: they leave when they would have left before. "
        "Look at them in /sms scheduled.",
        count,
    )


def already_sent(words: Words, by: str) -> Json:
    """The draft became a campaign before: by whom."""
    once = words("<@{user}> already sent this draft. It left once, not twice.", user=by)
    return _marked(words, words("Already sent"), once)


def refused(words: Words, sentence: str) -> Json:
    """What was asked for cannot be done: the plain reason."""
    return told(words, words("Not possible"), sentence)


def failed(words: Words, incident: str) -> Json:
    """Something broke: the number under which the log tells what."""
    return told(words, words("Something went wrong"), incident_line(words, incident))


def incident_line(words: Words, incident: str) -> str:
    """The sentence for something that broke."""
    return words(
        "Something went wrong on our side. Tell an admin this number: {incident}.", incident=incident
    )


def only_me(sentence: str) -> tuple[str, list[Json]]:
    """A line for one person: its text, and its blocks, in which Slack reads nothing."""
    return escape(sentence), [_plain_section(sentence)]


def not_staff(words: Words) -> tuple[str, list[Json]]:
    """Who may not use the bot is told who can change that."""
    sentence = words("Only the club's coaches can text members.")
    then = words("An admin of the workspace adds you in /sms-settings.")
    return f"{sentence} {then}", [section(sentence), context(then)]


def _marked(words: Words, title: str, *sentences: str) -> Json:
    return forms.modal(CALLBACK_ID, title, [section(one) for one in sentences], close=words("Close"))


def _plain_section(sentence: str) -> Json:
    return {"type": "section", "text": plain(sentence)}


def _channel(channel_id: str | None, words: Words) -> str:
    return f"<#{channel_id}>" if channel_id else words("the club's channel")
