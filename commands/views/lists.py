"""Campaigns as lists: what left and what will leave, a line and a menu each, page by page."""

from collections.abc import Sequence

from bot.campaigns.facts import Row
from bot.i18n import Words
from bot.slack import labels
from bot.slack.blocks import Json, actions, button, context, name, option, overflow, section
from storage.states import CampaignState

ROW_ACTION = "row"
# Two blocks a row and a few around them: below the 50 blocks of a message and the 100 of a Home.
PAGE_SIZE = 10


def sent(rows: Sequence[Row], words: Words, *, zone: str, page: int, pages: int) -> tuple[str, list[Json]]:
    """The answer to `/sms sent`: its text and its blocks."""
    return _answer(
        words("Sent SMS"), sent_rows(rows, words, zone), words, page=page, pages=pages, which="sent"
    )


def scheduled(
    rows: Sequence[Row], words: Words, *, zone: str, page: int, pages: int
) -> tuple[str, list[Json]]:
    """The answer to `/sms scheduled`: its text and its blocks."""
    blocks = scheduled_rows(rows, words, zone)
    return _answer(words("Scheduled SMS"), blocks, words, page=page, pages=pages, which="scheduled")


def pager(words: Words, *, page: int, pages: int, which: str) -> list[Json]:
    """Which page this is and the way to its neighbours; a button's value is like "sent:2"."""
    if pages < 2:
        return []
    previous = button(words("‹ Previous"), "page.previous", f"{which}:{page - 1}")
    following = button(words("Next ›"), "page", f"{which}:{page + 1}")
    buttons = ([previous] if page > 1 else []) + ([following] if page < pages else [])
    return [context(words("Page {page} of {pages}", page=page, pages=pages)), actions(*buttons)]


def read_row(option_value: str) -> tuple[str, str]:
    """What a row's menu asks for and of which campaign: ("cancel", its id)."""
    verb, _, campaign_id = option_value.partition(":")
    return verb, campaign_id


def read_page(value: str) -> tuple[str, int]:
    """Which list a page button turns, and to which page."""
    which, _, page = value.partition(":")
    return which, max(int(page), 1)


def _answer(
    title: str, rows: list[Json], words: Words, *, page: int, pages: int, which: str
) -> tuple[str, list[Json]]:
    blocks = [section(f"*{title}*"), *rows, *pager(words, page=page, pages=pages, which=which)]
    text = "\n".join([title, *(row["text"]["text"] for row in rows if row["type"] == "section")])
    return text, blocks


def sent_rows(rows: Sequence[Row], words: Words, zone: str) -> list[Json]:
    """The campaigns that left, a block each."""
    if not rows:
        return [context(words("Nothing was sent yet."))]
    return [_row(row, _sent_line(row, zone, words), _sent_menu(row, words)) for row in rows]


def scheduled_rows(rows: Sequence[Row], words: Words, zone: str) -> list[Json]:
    """The campaigns that will leave, a block each."""
    if not rows:
        return [context(words("Nothing is waiting to leave."))]
    return [_row(row, _scheduled_line(row, zone, words), _scheduled_menu(row, words)) for row in rows]


def _row(row: Row, line: str, menu: list[Json]) -> Json:
    text = f"*{name(row.title, 150)}*\n{line}"
    return section(text, accessory=overflow(ROW_ACTION, menu), block_id=f"row.{row.campaign_id}")


def _sent_line(row: Row, zone: str, words: Words) -> str:
    parts = [
        words("{moment} by <@{user}>", moment=words.moment(row.at, zone), user=row.created_by),
        name(row.audience_words, 200),
        _outcome(row, words),
    ]
    if row.failed:
        parts.append(words.plural("{count} not delivered", "{count} not delivered", row.failed))
    if row.replies:
        parts.append(words.plural("{count} reply", "{count} replies", row.replies))
    return " · ".join(parts)


def _outcome(row: Row, words: Words) -> str:
    delivered = words(
        "{delivered} of {recipients} delivered",
        delivered=words.number(row.delivered),
        recipients=words.number(row.recipients),
    )
    if row.state is CampaignState.DONE:
        return delivered
    state = words(labels.CAMPAIGN_STATES[row.state])
    return state if row.state is CampaignState.CANCELLED else f"{state}, {delivered}"


def _scheduled_line(row: Row, zone: str, words: Words) -> str:
    return " · ".join(
        [
            words("Leaves {moment}", moment=words.moment(row.at, zone)),
            name(row.audience_words, 200),
            labels.recipients(row.recipients, words),
            words("by <@{user}>", user=row.created_by),
        ]
    )


def _sent_menu(row: Row, words: Words) -> list[Json]:
    menu = [_entry(words("Who got it?"), "details", row)]
    if row.state is CampaignState.PAUSED:
        menu.append(_entry(words("Resume"), "resume", row))
    if row.state in {CampaignState.SENDING, CampaignState.PAUSED}:
        menu.append(_entry(words("Stop"), "stop", row))
    return menu


def _scheduled_menu(row: Row, words: Words) -> list[Json]:
    return [
        _entry(words("Who gets it, and why"), "why", row),
        _entry(words("Change the time"), "reschedule", row),
        _entry(words("Cancel the SMS"), "cancel", row),
    ]


def _entry(label: str, verb: str, row: Row) -> Json:
    return option(label, f"{verb}:{row.campaign_id}")
