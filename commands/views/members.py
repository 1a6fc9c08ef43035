"""Who stands on a fixed group's list, page by page: looked for as one types, taken off and put back."""

from collections.abc import Mapping
from typing import Any

from bot.groups.sheets import Members
from bot.i18n import Words
from bot.people.facts import Person
from bot.slack import labels
from bot.slack.blocks import Json, actions, alert, button, context, cut, name, section
from commands.views import forms, numbers
from commands.views.forms import field

CALLBACK_ID = "members"
PAGES = "members"
"""Which list a page button turns."""
TYPED_MAX = 100
_NAME_MAX = 150


def view(
    shown: Members, words: Words, list_page: int, *, moved: tuple[str, str] | None = None, said: str = ""
) -> Json:
    """The modal; `moved` is the id and the name of who was just taken off, `said` what could not be done.

    `list_page` is the page of the list of groups beneath.
    """
    return forms.modal(
        CALLBACK_ID,
        words("Who is in it"),
        [
            *([alert(said, "info")] if said else []),
            *([_gone(*moved, shown, words)] if moved else []),
            section(_total(shown, words)),
            *_in_all(shown, words),
            _search(words),
            *[_row(person, words) for person in shown.rows],
            *_nobody(shown, words),
            *_pager(shown, words),
        ],
        submit=words("Search"),
        close=words("Close"),
        about={
            "id": shown.id,
            "typed": cut(shown.typed, TYPED_MAX),
            "page": str(shown.page),
            "list_page": str(list_page),
        },
    )


def read(payload: Mapping[str, Any]) -> tuple[str, str, int]:
    """The group, what is looked for now, and the page that is shown."""
    about = forms.about(payload)
    return about["id"], forms.typed(payload, "member_search", about["typed"]), int(about["page"])


def list_page_of(payload: Mapping[str, Any]) -> int:
    """The page of the list of groups beneath."""
    return int(forms.about(payload)["list_page"])


def _total(shown: Members, words: Words) -> str:
    return f"*{name(shown.name)}* · {labels.people(shown.people, words)}"


def _in_all(shown: Members, words: Words) -> list[Json]:
    if not shown.parts:
        return []
    groups = words.all_of(name(part) for part in shown.parts[:10])
    people = labels.people(shown.people_in_all, words)
    return [context(words("With the groups in it ({groups}): {people}.", groups=groups, people=people))]


def _search(words: Words) -> Json:
    box = forms.text_input(placeholder=words("Name, number…"), live=True, most=TYPED_MAX)
    return field("member_search", words("Who?"), box, optional=True, dispatch=True)


def _row(person: Person, words: Words) -> Json:
    who = person.name or words("without a name")
    number = [name(person.number, 60)] if person.number else []
    why = [f"*{numbers.why(person.refusal, words)}*"] if person.refusal else []
    line = " · ".join([*number, *why, *(name(each, 60) for each in person.details)])
    off = button(words("Take off"), "member_off", person.id)
    return section(f"*{name(who, _NAME_MAX)}*\n{line}", accessory=off, block_id=f"member.{person.id}")


def _gone(id: str, label: str, shown: Members, words: Words) -> Json:
    text = words("{name} is taken off {group}.", name=name(label, _NAME_MAX), group=name(shown.name))
    return section(text, accessory=button(words("Put back"), "member_back", id))


def _nobody(shown: Members, words: Words) -> list[Json]:
    if shown.rows:
        return []
    return [
        section(
            words("Nobody on the list is found by that.")
            if shown.typed.strip()
            else words("Nobody is on the list yet.")
        )
    ]


def _pager(shown: Members, words: Words) -> list[Json]:
    page = shown.page
    previous = [button(words("‹ Previous"), "page.previous", f"{PAGES}:{page - 1}")] if page > 1 else []
    following = [button(words("Next ›"), "page", f"{PAGES}:{page + 1}")] if shown.is_more else []
    if not previous and not following:
        return []
    return [context(words("Page {page}", page=page)), actions(*previous, *following)]
