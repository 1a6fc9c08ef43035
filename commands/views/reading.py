"""How the text reads: as one person gets it, whom one picks by name, and at its longest and shortest."""

from collections.abc import Mapping
from typing import Any

from bot.campaigns.values import Choice, Preview, Sample
from bot.i18n import Words
from bot.slack import labels
from bot.slack.blocks import Json, context, name, quote, section
from commands.views import forms

READER = "reader"


def sample(preview: Preview, words: Words) -> list[Json]:
    """The text as somebody gets it, and the menu to see it as somebody else does where texts differ."""
    if preview.sample is None:
        return []
    gone = (
        [words("The person you chose no longer gets this text: here is what somebody else gets.")]
        if preview.reader_is_gone
        else []
    )
    said = [_whose(preview, preview.sample, words)]
    return [context(*gone, *said), *quote(preview.sample.body), *_picker(preview, preview.sample, words)]


def extremes(preview: Preview, words: Words) -> list[Json]:
    """The longest and the shortest text, as far as the sample is neither."""
    others = [each for each in (preview.longest, preview.shortest) if each and each != preview.sample]
    return [block for each in others for block in (context(_whose(preview, each, words)), *quote(each.body))]


def reader_of(payload: Mapping[str, Any]) -> str:
    """The contact as whom the open preview shows the text; empty when nobody was picked."""
    return forms.about(payload).get(READER, "")


def read_pick(action: Mapping[str, Any]) -> str:
    """The contact picked from the menu; empty when the menu was cleared."""
    return str((action.get("selected_option") or {}).get("value", ""))


def _picker(preview: Preview, shown: Sample, words: Words) -> list[Json]:
    if not preview.is_personal or preview.recipients < 2:
        return []
    is_picked = bool(preview.reader) and not preview.reader_is_gone
    picked = Choice(shown.reader, shown.name) if is_picked else None
    menu = forms.asked_select_one(picked, words("Type a name"))
    # Slack keeps what was picked as long as both ids stay; who is gone must not stay picked.
    block_id = f"{READER}.gone" if preview.reader_is_gone else READER
    asked = words("See it as somebody else gets it")
    return [section(asked, accessory=menu | {"action_id": READER}, block_id=block_id)]


def _whose(preview: Preview, shown: Sample, words: Words) -> str:
    whose = words("{name} reads ({sms}):", name=name(shown.name), sms=labels.sms(shown.segments, words))
    if shown == preview.longest:
        return words("Longest: {whose}", whose=whose)
    return words("Shortest: {whose}", whose=whose) if shown == preview.shortest else whose
