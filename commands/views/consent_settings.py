"""The part of the settings that says how the club asks for consent to advertising, and how long it keeps what it knows."""

from collections.abc import Mapping
from typing import Any

from bot.consents.facts import WORDING_MAX, ConsentSettings
from bot.i18n import Words
from bot.rules import retention
from bot.rules.optin import LONGEST
from bot.slack.blocks import Json
from commands.views import forms
from commands.views.forms import field


def fields(settings: ConsentSettings, words: Words) -> list[Json]:
    """The sentence that people agree to, the word by which they ask for it, and how long all of it is kept."""
    wording = settings.wording
    hint = words(
        "On your forms and in the SMS that asks. Each change is a new version, kept with what was agreed to."
    )
    if wording.version:
        hint += " " + words("This is version {number}.", number=wording.version)
    box = forms.text_input(wording.body, multiline=True, most=WORDING_MAX)
    return [
        field("wording", words("Words of consent to advertising"), box, hint=hint),
        _keyword(settings, words),
        *_months(settings, words),
    ]


def read(payload: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields hold."""
    keyword = forms.typed(payload, "optin_keyword").strip().upper()
    months = {name: _number(payload, name) for name in ("keep_texts_months", "keep_archived_months")}
    return {"wording": forms.typed(payload, "wording"), "optin_keyword": keyword, **months}


def _number(payload: Mapping[str, Any], name: str) -> int | None:
    typed = forms.typed(payload, name)
    return int(typed) if typed.isdecimal() else None


def _months(settings: ConsentSettings, words: Words) -> list[Json]:
    least, most = retention.SHORTEST, retention.LONGEST
    return [
        field(
            "keep_texts_months",
            words("Months to keep texts and answers"),
            forms.number_input(settings.keep_texts_months, least, most),
            hint=words(
                "Then their words and numbers are erased here. Counts stay, and so does what people agreed to."
            ),
        ),
        field(
            "keep_archived_months",
            words("Months to keep archived people"),
            forms.number_input(settings.keep_archived_months, least, most),
            hint=words("Then they are erased, as if an admin did it."),
        ),
    ]


def _keyword(settings: ConsentSettings, words: Words) -> Json:
    box = forms.text_input(settings.keyword, placeholder="PEPS", most=LONGEST)
    hint = words(
        "Members text it to your number to get advertising. They are asked in the words above, and agree by YES."
    )
    return field("optin_keyword", words("Keyword to opt in"), box, hint=hint, optional=True)
