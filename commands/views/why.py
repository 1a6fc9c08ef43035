"""Who gets a campaign and why, who does not, and whom nobody reaches: looked for as one types, and mended."""

from collections.abc import Mapping, Sequence
from typing import Any
from zlib import crc32

from bot.campaigns.explained import Asked, Explained, Show, Why
from bot.i18n import Words
from bot.rules.audience import LeftOut
from bot.slack import labels
from bot.slack.blocks import Json, actions, alert, button, context, cut, name, option, section
from commands.views import forms, reasons
from commands.views.forms import field
from commands.views.reasons import MARKUP, NAME_MAX

CALLBACK_ID = "why"
PAGES = "why"
"""Which list a page button turns."""
TYPED_MAX = 100
_GUARDIANS_SHOWN = 4


def asked_of(value: str) -> Asked:
    """What the opening button asks for."""
    kind, _, id = value.partition(":")
    return Asked(campaign_id=id) if kind == "campaign" else Asked(draft_id=id)


def view(why: Why, words: Words, *, reader: str = "", said: str = "", first: str = "") -> Json:
    """The modal; `said` stands on top, `first` is what the search was shown with, `reader` is the preview's beneath."""
    return forms.modal(
        CALLBACK_ID,
        words("Who gets it, and why"),
        [
            *([alert(said, "info")] if said else []),
            section(_head(why, words)),
            _search(words, first),
            actions(_filter(why, words), _file(words), block_id=_filter_id(why)),
            *_nobody(why, words),
            *[block for row in why.rows for block in _row(row, why, words)],
            *_pager(why, words),
        ],
        submit=words("Search"),
        close=words("Back") if why.asked.draft_id else words("Close"),
        about=kept(why.asked, reader) | {"first": cut(first, TYPED_MAX)},
    )


def kept(asked: Asked, reader: str = "") -> dict[str, str]:
    """What is asked for, for a window that comes back to this one."""
    return {
        "campaign_id": asked.campaign_id,
        "draft_id": asked.draft_id,
        "typed": cut(asked.typed, TYPED_MAX),
        "show": asked.show,
        "page": str(asked.page),
        "reader": reader,
    }


def asked_in(about: Mapping[str, str]) -> Asked | None:
    """What was asked for, as `kept` keeps it; None where something else was kept."""
    if "show" not in about:
        return None
    typed, show, page = about["typed"], about["show"], int(about["page"])
    return Asked(about["campaign_id"], about["draft_id"], typed, show, page)


def read(payload: Mapping[str, Any]) -> Asked:
    """What the window asks for now, on the page that it shows."""
    about = forms.about(payload)
    typed = forms.typed(payload, "why_search", about["typed"])
    show = forms.chosen(payload, "why_show", about["show"])
    return Asked(about["campaign_id"], about["draft_id"], typed, show, int(about["page"]))


def first_of(payload: Mapping[str, Any]) -> str:
    """What the search was shown with."""
    return forms.about(payload).get("first", "")


def reader_of(about: Mapping[str, str]) -> str:
    """Whose text the preview beneath shows."""
    return about.get("reader", "")


def _head(why: Why, words: Words) -> str:
    as_of = words("As it was when it left.") if why.is_frozen else words("As things are now.")
    return f"*{name(why.title, 150)}* · {name(why.audience_words, 200)}\n{as_of}"


def _search(words: Words, first: str) -> Json:
    box = forms.text_input(
        first, placeholder=words("Name, or the last digits of a number"), live=True, most=TYPED_MAX
    )
    return field("why_search", words("Who?"), box, optional=True, dispatch=True)


def _file(words: Words) -> Json:
    return button(words("Send me all as a file"), "why_file", "file")


def _shows(why: Why, words: Words) -> list[tuple[str, str]]:
    """What may be shown, with its label: what there is of it, and what is shown now."""
    known = {
        Show.ALL: words("Everybody"),
        Show.IN: words("Who gets it"),
        Show.GUARDIANS: words("Guardians get it in their place"),
        Show.LOST: words("Not delivered, or not sent"),
        Show.OUT: words("Who does not"),
        Show.UNREACHED: words("Families nobody reaches"),
    } | {reason: labels.left_out(reason, words) for reason in LeftOut}
    is_asked = {Show.ALL, why.asked.show}
    return [
        (show, words("{reason} ({count})", reason=label, count=words.number(why.counts.get(show, 0))))
        for show, label in known.items()
        if why.counts.get(show) or show in is_asked
    ]


def _filter(why: Why, words: Words) -> Json:
    options = [option(label, show) for show, label in _shows(why, words)]
    return forms.select(options, why.asked.show) | {"action_id": "why_show"}


def _filter_id(why: Why) -> str:
    """Another one for other counts: Slack keeps what was chosen as it was written then, as long as the id stays."""
    return f"why_show.{crc32(repr(sorted(why.counts.items())).encode()):08x}"


def _nobody(why: Why, words: Words) -> list[Json]:
    if why.rows:
        return []
    if why.asked.typed.strip():
        return [section(words("Nobody is found by that."))]
    return [section(words("Nobody."))]


def _row(row: Explained, why: Why, words: Words) -> list[Json]:
    lines = [_first_line(row, words), reasons.rule(row, why, words, MARKUP), *_guardians(row, words)]
    text = "\n".join(filter(None, lines))
    change = button(words("Change"), "why_person", row.id)
    if why.asked.show != Show.UNREACHED or not row.name:
        return [section(text, accessory=change if row.name else None)]
    people = [(row.id, row.name), *((each.id, each.name) for each in row.guardians[:_GUARDIANS_SHOWN])]
    return [section(text), actions(*_menders(people, words), block_id=f"mend.{row.id}")]


def _menders(people: Sequence[tuple[str, str]], words: Words) -> list[Json]:
    return [
        button(words("Change {name}", name=cut(who, NAME_MAX)), f"why_person.{number}", id)
        for number, (id, who) in enumerate(people)
        if who
    ]


def _first_line(row: Explained, words: Words) -> str:
    who = name(row.name, NAME_MAX) or words("somebody who is no longer there")
    return " · ".join(filter(None, [f"*{who}*", row.number, _fate(row, words)]))


def _fate(row: Explained, words: Words) -> str:
    if row.left_out:
        return f"*{reasons.reason(row.left_out, row.detail, words)}*"
    return f"*{row.trouble}*" if row.trouble else reasons.fate(row, words)


def _guardians(row: Explained, words: Words) -> list[str]:
    """Of who does not get it: whether each guardian does."""
    if not row.left_out:
        return []
    shown = [reasons.guardian(each, words, MARKUP) for each in row.guardians[:_GUARDIANS_SHOWN]]
    more = len(row.guardians) - len(shown)
    return shown + ([words.plural("{count} more", "{count} more", more)] if more else [])


def _pager(why: Why, words: Words) -> list[Json]:
    page = why.asked.page
    previous = [button(words("‹ Previous"), "page.previous", f"{PAGES}:{page - 1}")] if page > 1 else []
    following = [button(words("Next ›"), "page", f"{PAGES}:{page + 1}")] if why.is_more else []
    if not previous and not following:
        return []
    return [context(words("Page {page}", page=page)), actions(*previous, *following)]
