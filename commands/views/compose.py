"""The compose modal: who, what, how and when, with the live count right under the text."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.campaigns.values import Choice, ComposeFacts, Fields, SenderChoice, When
from bot.campaigns.weights import Counted
from bot.i18n import N_, Words
from bot.rules.text import count
from bot.slack import labels
from bot.slack.blocks import Json, alert, context, option, section
from commands.views import forms
from commands.views.count import cheaper_block, count_block
from commands.views.forms import field, field_errors
from commands.views.senders import unshown_lines
from storage.states import AudienceWay, Kind, Route

__all__ = ["CALLBACK_ID", "count_block", "draft_id_of", "field_errors", "read", "view"]

CALLBACK_ID = "compose"
TITLE_MAX = 80

_AUDIENCES = {
    AudienceWay.FIXED: N_("A group"),
    AudienceWay.DYNAMIC: N_("A dynamic group"),
    AudienceWay.CONTACTS: N_("People I choose"),
    AudienceWay.EVERYONE: N_("Everyone in the club"),
}
_KIND_DETAILS = {
    Kind.ALERT: N_("Closure, change, reminder, confirmation: nothing to sell."),
    Kind.MARKETING: N_("All the rest. Only to people who agreed to it."),
}
_ROUTE_DETAILS = {
    Route.DOMESTIC: N_("Numbers from abroad are left out."),
    Route.WORLD: N_("Abroad, an SMS costs more."),
}


def view(
    facts: ComposeFacts,
    fields: Fields,
    words: Words,
    *,
    counted: Counted | None = None,
    is_update: bool = False,
    is_rewritten: bool = False,
    trouble: str = "",
) -> Json:
    """The modal. An update leaves what was typed to Slack, unless the text `is_rewritten`: it takes the message's place.

    Without `counted` the message is counted as it stands; `trouble` is shown on top, for what belongs to no field.
    """
    counted = counted or Counted(count(fields.message))
    blocks = [
        *([alert(trouble)] if trouble else []),
        _audience(fields, words),
        *_picker(facts, fields, words),
        _message(facts, "" if is_update and not is_rewritten else fields.message, words, fields.revision),
        count_block(counted, words, facts.max_segments),
        *cheaper_block(counted, words),
        _kind(fields, words),
        _title(fields, words, is_update=is_update),
        _sender(facts, fields, words),
        *_unshown(facts, fields, counted, words),
        _route(fields, words),
        *_moment(facts, fields, words),
    ]
    return forms.modal(
        CALLBACK_ID,
        words("Send an SMS"),
        blocks,
        submit=words("Preview"),
        close=words("Cancel"),
        about={"draft_id": facts.draft_id},
    )


def read(payload: Mapping[str, Any], known: Fields | None = None) -> Fields:
    """What the modal holds; what it does not show is as it was known, from the draft."""
    known = known or Fields()
    audience = AudienceWay(forms.chosen(payload, "audience", known.audience))
    shown = forms.state_of(payload, "contacts") is not None
    fields = Fields(
        audience=audience,
        contacts=forms.picked(payload, "contacts") if shown else known.contacts,
        title=forms.typed(payload, "title", known.title).strip(),
        kind=Kind(forms.chosen(payload, "kind", known.kind)),
        route=Route(forms.chosen(payload, "route", known.route)),
        sender=forms.chosen(payload, "sender", known.sender),
        when=When(forms.chosen(payload, "when", known.when)),
        at_date=forms.typed(payload, "at_date", known.at_date),
        at_time=forms.typed(payload, "at_time", known.at_time),
    )
    return _with_groups(_with_message(fields, payload, known), payload, known)


def is_outdated(payload: Mapping[str, Any], known: Fields) -> bool:
    """Whether the modal as told still shows a message that the bot has replaced."""
    shown = forms.state_of(payload, "message") is not None
    return shown and _variant(known.revision) != forms.variant_of(payload, "message")


def _with_message(fields: Fields, payload: Mapping[str, Any], known: Fields) -> Fields:
    """The text as typed; of one that the bot has replaced meanwhile, what was typed on goes before the bot's words."""
    typed = forms.typed(payload, "message", known.message)
    if not is_outdated(payload, known):
        return replace(fields, message=typed, revision=known.revision, replaced=known.replaced)
    if typed == known.replaced:
        return replace(fields, message=known.message, revision=known.revision, replaced=typed)
    return replace(fields, message=typed, revision=known.revision + 1, replaced=known.message)


def draft_id_of(payload: Mapping[str, Any]) -> str:
    """The draft that the modal, or its preview, works on."""
    return forms.about(payload)["draft_id"]


def _with_groups(fields: Fields, payload: Mapping[str, Any], known: Fields) -> Fields:
    """The groups of the audience in force; what another picker held is kept for its return."""
    kept = {AudienceWay.FIXED: known.kept_fixed, AudienceWay.DYNAMIC: known.kept_dynamic}
    shown = forms.variant_of(payload, "groups")
    if shown:
        kept[AudienceWay(shown)] = forms.picked(payload, "groups")
    return replace(
        fields,
        groups=kept.get(fields.audience, ()),
        kept_fixed=kept[AudienceWay.FIXED],
        kept_dynamic=kept[AudienceWay.DYNAMIC],
    )


def _audience(fields: Fields, words: Words) -> Json:
    options = [option(words(label), way) for way, label in _AUDIENCES.items()]
    return field("audience", words("To"), forms.select(options, fields.audience), dispatch=True)


def _picker(facts: ComposeFacts, fields: Fields, words: Words) -> list[Json]:
    if fields.audience is AudienceWay.EVERYONE:
        return []
    if fields.audience is AudienceWay.CONTACTS:
        element = forms.asked_select(fields.contacts, words("Type a name"))
        return [field("contacts", words("People"), element, dispatch=True)]
    if fields.audience is AudienceWay.DYNAMIC:
        return [_groups("dynamic", facts.dynamic_groups, facts, fields, words)]
    return [_groups("fixed", facts.fixed_groups, facts, fields, words)]


def _groups(
    variant: str, offered: tuple[Choice, ...], facts: ComposeFacts, fields: Fields, words: Words
) -> Json:
    if not offered:
        return section(words("The club has no such group yet. Choose people or everyone above."))
    own = [group for group in offered if group.id in facts.own_groups][: forms.OPTIONS_MAX]
    others = [group for group in offered if group not in own]
    parts = [(words("Your groups"), own)] if own else []
    if own and len(others) <= forms.OPTIONS_MAX:
        parts, others = [*parts, (words("Other groups"), others)], []
    element = forms.multi_select(others, fields.groups, words("Choose one or more"), parts=parts)
    hint = _elsewhere(variant, facts, words)
    return field("groups", words("Groups"), element, hint=hint, dispatch=True, variant=variant)


def _elsewhere(variant: str, facts: ComposeFacts, words: Words) -> str:
    """Where the groups are that this picker does not offer."""
    if variant == "fixed" and facts.dynamic_groups:
        return words("Groups with a rule are under “A dynamic group” above.")
    return ""


def _message(facts: ComposeFacts, initial: str, words: Words, revision: int) -> Json:
    element = forms.text_input(
        initial, multiline=True, live=True, placeholder=words("The gym is closed tonight, no training.")
    )
    return field(
        "message",
        words("Message"),
        element,
        hint=_message_hint(facts, words),
        dispatch=True,
        variant=_variant(revision),
    )


def _variant(revision: int) -> str:
    return str(revision) if revision > 1 else ""


def _message_hint(facts: ComposeFacts, words: Words) -> str:
    if not facts.merge_fields:
        return ""
    known = " ".join("{" + name + "}" for name in facts.merge_fields)
    return words("Filled in for each person: {fields}", fields=known)


def _kind(fields: Fields, words: Words) -> Json:
    options = [option(words(labels.KINDS[kind]), kind, words(_KIND_DETAILS[kind])) for kind in Kind]
    return field(
        "kind",
        words("What is it?"),
        forms.select(options, fields.kind, "radio_buttons"),
        hint=words("Advertising sent as an alert can be fined."),
        dispatch=True,
    )


def _title(fields: Fields, words: Words, *, is_update: bool) -> Json:
    initial = "" if is_update else fields.title
    element = forms.text_input(initial, placeholder=words("Gym closed"), most=TITLE_MAX)
    hint = words("To find it again; members do not see it. Empty: the first words of the message.")
    return field("title", words("Title"), element, hint=hint, optional=True)


def _sender(facts: ComposeFacts, fields: Fields, words: Words) -> Json:
    if not facts.senders:
        return section(words("The club has no sender yet: an admin must set one up."))
    options = [_sender_option(sender, words) for sender in facts.senders]
    by_link = words("A name cannot be answered by SMS: people do so by the link. A number can.")
    by_nothing = words("Nobody can answer a name, or stop its texts: advertising needs a number.")
    hint = by_link if all(sender.has_link for sender in facts.senders) else by_nothing
    return field("sender", words("From"), forms.select(options, fields.sender), hint=hint, dispatch=True)


def _unshown(facts: ComposeFacts, fields: Fields, counted: Counted, words: Words) -> list[Json]:
    """Where the name chosen, or the one shown at first, may not show."""
    values = [sender.value for sender in facts.senders]
    sender = fields.sender if fields.sender in values else next(iter(values), "")
    lines = unshown_lines(counted.unshown, sender, words)
    return [context("\n".join(lines))] if lines else []


def _sender_option(sender: SenderChoice, words: Words) -> Json:
    return option(labels.sender(sender, words), sender.value)


def _route(fields: Fields, words: Words) -> Json:
    options = [option(words(labels.ROUTES[route]), route, words(_ROUTE_DETAILS[route])) for route in Route]
    return field("route", words("Numbers"), forms.select(options, fields.route), dispatch=True)


def _moment(facts: ComposeFacts, fields: Fields, words: Words) -> list[Json]:
    options = [option(words("Now"), When.NOW), option(words("Later"), When.LATER)]
    when = field("when", words("When"), forms.select(options, fields.when), dispatch=True)
    if fields.when is When.NOW:
        return [when]
    zone = words("The club's time ({zone}).", zone=facts.zone)
    return [
        when,
        field("at_date", words("Day"), forms.date_input(fields.at_date or facts.today)),
        field("at_time", words("Time"), forms.time_input(fields.at_time), hint=zone),
    ]
