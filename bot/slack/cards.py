"""The living post of a campaign: what leaves to whom, how far it is, and the buttons of the moment."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from bot.campaigns.facts import Card
from bot.i18n import Words
from bot.slack import labels, openers
from bot.slack.blocks import Json, actions, button, confirm, context, cut, escape, name, quote, section
from bot.slack.replies import reply_post
from storage.states import CampaignState, MessageState

__all__ = ["card", "escape", "question", "reply_post"]

# https://docs.slack.dev/reference/methods/chat.update: its text has at most 4,000 characters
TEXT_MAX = 3900
TITLE_MAX = 150
_BODY_IN_TEXT = 1000
_REASONS_SHOWN = 8

_EMOJI: Mapping[CampaignState, str] = MappingProxyType(
    {
        CampaignState.AWAITING_APPROVAL: ":raised_hand:",
        CampaignState.SCHEDULED: ":hourglass_flowing_sand:",
        CampaignState.SENDING: ":outbox_tray:",
        CampaignState.PAUSED: ":double_vertical_bar:",
        CampaignState.DONE: ":white_check_mark:",
        CampaignState.CANCELLED: ":wastebasket:",
        CampaignState.STOPPED: ":octagonal_sign:",
    }
)
_RELEASED = frozenset(
    {CampaignState.SENDING, CampaignState.PAUSED, CampaignState.DONE, CampaignState.STOPPED}
)
_WAITING = frozenset({MessageState.QUEUED, MessageState.HELD})
_HELD = frozenset({MessageState.HELD})
_MOVING = frozenset({MessageState.ACCEPTED, MessageState.SENT})
_MISSED = frozenset({MessageState.UNDELIVERED, MessageState.FAILED})


def card(campaign: Card, words: Words) -> tuple[str, list[Json]]:
    """The post as text, which holds all that matters to who cannot see the blocks, and as blocks."""
    blocks = [
        section(_head(campaign, words)),
        *quote(campaign.body),
        section(
            "\n".join([f"{_EMOJI[campaign.state]} *{_state(campaign, words)}*", *_lines(campaign, words)])
        ),
        context(_small_print(campaign, words)),
    ]
    buttons = _buttons(campaign, words)
    return _text(campaign, words), blocks + ([actions(*buttons)] if buttons else [])


def question(campaign: Card, words: Words) -> tuple[str, list[Json]]:
    """What the author of a paused campaign is asked, with the buttons that its card has too."""
    title = f"*{name(campaign.title, TITLE_MAX)}*"
    lines = "\n".join([title, *_pause(campaign, words)])
    return cut(lines, TEXT_MAX), [section(lines), actions(*_buttons(campaign, words))]


def _text(campaign: Card, words: Words) -> str:
    lines = [
        f"{name(campaign.title, TITLE_MAX)} · {_audience(campaign, words)}",
        _state(campaign, words),
        *_lines(campaign, words),
        words("Message: {body}", body=escape(cut(campaign.body, _BODY_IN_TEXT))),
        _small_print(campaign, words),
    ]
    return cut("\n".join(lines), TEXT_MAX)


def _head(campaign: Card, words: Words) -> str:
    audience = _audience(campaign, words)
    if labels.is_only_the_beginning(campaign.title, campaign.body):
        return f"*{audience}*"
    return f"*{name(campaign.title, TITLE_MAX)}*\n{audience}"


def _audience(campaign: Card, words: Words) -> str:
    return words("To {audience}", audience=name(campaign.audience_words, 500))


def _small_print(campaign: Card, words: Words) -> str:
    by = words("Written by <@{user}>", user=campaign.created_by)
    sender = words("From {sender}", sender=escape(campaign.sender.value))
    parts = [by, words(labels.KINDS[campaign.kind]), sender]
    if campaign.segments:
        parts.append(labels.sms(campaign.segments, words))
    if campaign.over_at:
        parts.append(_finished(campaign, campaign.over_at, words))
    return " · ".join(parts)


def _finished(campaign: Card, over_at: datetime, words: Words) -> str:
    zone = ZoneInfo(campaign.zone)
    if over_at.astimezone(zone).date() == campaign.release_at.astimezone(zone).date():
        return words("finished at {time}", time=words.time(over_at, campaign.zone))
    return words("finished {moment}", moment=words.moment(over_at, campaign.zone))


def _state(campaign: Card, words: Words) -> str:
    expected = labels.recipients(campaign.previewed_recipients, words)
    match campaign.state:
        case CampaignState.AWAITING_APPROVAL:
            return words("Waiting for somebody to approve it, for {recipients}", recipients=expected)
        case CampaignState.SCHEDULED:
            return _scheduled(campaign, expected, words)
        case CampaignState.CANCELLED:
            return words("Cancelled: nothing was sent")
        case _:
            return _released(campaign, words)


def _scheduled(campaign: Card, expected: str, words: Words) -> str:
    if campaign.undo:
        return words("Leaves in a moment to {recipients}: there is time to undo", recipients=expected)
    if campaign.is_later:
        moment = words.moment(campaign.release_at, campaign.zone)
        return words("Leaves {moment} to some {recipients}", moment=moment, recipients=expected)
    return words("Leaving now to {recipients}", recipients=expected)


def _released(campaign: Card, words: Words) -> str:
    if not campaign.recipients:
        return words("Nobody left to text: nothing was sent")
    recipients = labels.recipients(campaign.recipients, words)
    if campaign.state is CampaignState.DONE:
        return words("Sent to {recipients}", recipients=recipients)
    left = words.number(campaign.recipients - _sum(campaign, _WAITING | {MessageState.SKIPPED}))
    if campaign.state is CampaignState.SENDING:
        return words("Sending: {left} of {recipients}", left=left, recipients=recipients)
    if campaign.state is CampaignState.PAUSED:
        return words("Paused: {left} of {recipients}", left=left, recipients=recipients)
    return words("Stopped: {left} of {recipients}", left=left, recipients=recipients)


def _lines(campaign: Card, words: Words) -> list[str]:
    if campaign.state not in _RELEASED:
        return []
    changed = [_changed(campaign, words)] if campaign.recipients != campaign.previewed_recipients else []
    return [
        *_pause(campaign, words),
        *_progress(campaign, words),
        *_held(campaign, words),
        *_failures(campaign, words),
        *_left_out(campaign, words),
        *changed,
        *_replies(campaign, words),
    ]


def _pause(campaign: Card, words: Words) -> list[str]:
    if campaign.pause_words is None:
        return []
    return [words(campaign.pause_words, moment=words.moment(campaign.release_at, campaign.zone))]


def _progress(campaign: Card, words: Words) -> list[str]:
    delivered, moving = _sum(campaign, {MessageState.DELIVERED}), _sum(campaign, _MOVING)
    asked, waiting = _sum(campaign, {MessageState.SENDING}), _sum(campaign, _WAITING)
    if campaign.held_until:
        waiting -= _sum(campaign, _HELD)
    missed, unsure = _sum(campaign, _MISSED), _sum(campaign, {MessageState.UNKNOWN})
    skipped = _sum(campaign, {MessageState.SKIPPED})
    told = (
        (delivered, words.plural("{count} delivered", "{count} delivered", delivered)),
        (moving, words.plural("{count} on its way", "{count} on their way", moving)),
        (asked, words.plural("{count} leaving", "{count} leaving", asked)),
        (waiting, words.plural("{count} waiting", "{count} waiting", waiting)),
        (missed, words.plural("{count} not delivered", "{count} not delivered", missed)),
        (unsure, words.plural("{count} being checked", "{count} being checked", unsure)),
        (skipped, words.plural("{count} not sent", "{count} not sent", skipped)),
    )
    parts = [part for amount, part in told if amount]
    return [" · ".join(parts)] if parts else []


def _held(campaign: Card, words: Words) -> list[str]:
    held = _sum(campaign, _HELD)
    if not held or campaign.held_until is None:
        return []
    moment = words.moment(campaign.held_until, campaign.zone)
    return [
        words.plural(
            "{count} held until {moment}: advertising leaves only at legal hours, by each person's clock.",
            "{count} held until {moment}: advertising leaves only at legal hours, by each person's clock.",
            held,
            moment=moment,
        )
    ]


def _failures(campaign: Card, words: Words) -> list[str]:
    shown = campaign.failures[:_REASONS_SHOWN]
    more = sum(amount for _, amount in campaign.failures[_REASONS_SHOWN:])
    lines = [words("• {count}: {why}", count=amount, why=words(sentence)) for sentence, amount in shown]
    return lines + ([words.plural("• {count} more", "• {count} more", more)] if more else [])


def _left_out(campaign: Card, words: Words) -> list[str]:
    if not campaign.left_out:
        return []
    reasons = [labels.left_out_count(reason, amount, words) for reason, amount in campaign.left_out]
    return [words("Left out: {reasons}", reasons=", ".join(reasons))]


def _changed(campaign: Card, words: Words) -> str:
    return words(
        "The preview said {before}: since then somebody joined, left or opted out.",
        before=words.number(campaign.previewed_recipients),
    )


def _replies(campaign: Card, words: Words) -> list[str]:
    if not campaign.replies:
        return []
    return [":speech_balloon: " + words.plural("{count} reply", "{count} replies", campaign.replies)]


def _buttons(campaign: Card, words: Words) -> list[Json]:
    value = campaign.campaign_id
    match campaign.state:
        case CampaignState.SCHEDULED if campaign.undo:
            return [button(words("Undo"), "undo", value, style="danger")]
        case CampaignState.SCHEDULED if campaign.is_later:
            return [button(words("Change the time"), "reschedule", value), _cancel(value, words)]
        case CampaignState.AWAITING_APPROVAL:
            return [_cancel(value, words)]
        case CampaignState.SENDING:
            return [_why(value, words), _stop(value, words)]
        case CampaignState.PAUSED:
            resume = button(words("Resume"), "resume", value, style="primary")
            return [resume, _why(value, words), _stop(value, words)]
        case CampaignState.DONE | CampaignState.STOPPED:
            return [*_details(campaign, words), _why(value, words)]
        case _:
            return []


def _why(value: str, words: Words) -> Json:
    return openers.why(words, campaign_id=value)


def _details(campaign: Card, words: Words) -> list[Json]:
    if not (campaign.left_out or _sum(campaign, _MISSED)):
        return []
    return [button(words("Who did not get it?"), "details", campaign.campaign_id)]


def _cancel(value: str, words: Words) -> Json:
    question = confirm(
        words("Cancel this SMS?"),
        words("Nobody will get it."),
        words("Cancel the SMS"),
        words("Keep it"),
    )
    return button(words("Cancel"), "cancel", value, confirm=question)


def _stop(value: str, words: Words) -> Json:
    question = confirm(
        words("Stop sending?"),
        words("What already left cannot be called back. The rest will not be sent."),
        words("Stop"),
        words("Keep sending"),
    )
    return button(words("Stop"), "stop", value, style="danger", confirm=question)


def _sum(campaign: Card, states: frozenset[MessageState] | set[MessageState]) -> int:
    return sum(campaign.states.get(state, 0) for state in states)
