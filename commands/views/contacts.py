"""The club's people: looked for as one types, a line and a menu each, and how the whole list stands."""

from collections.abc import Mapping
from typing import Any

from bot.i18n import Words
from bot.people.facts import Found, Looked, Person
from bot.slack import labels
from bot.slack.blocks import Json, actions, alert, button, context, cut, name, option, overflow, section
from commands.views import forms, numbers
from commands.views.forms import field
from storage.states import OptOutScope, Role

CALLBACK_ID = "people"
PAGES = "people"
"""Which list a page button turns."""
TYPED_MAX = 100
_DETAIL_MAX = 150


def view(found: Found, words: Words, *, first: str = "", role: Role = Role.COACH, said: str = "") -> Json:
    """The modal; `first` is what it was opened with, `said` stands on top for what was or could not be done."""
    return forms.modal(
        CALLBACK_ID,
        words("Contacts"),
        [
            *([alert(said, "info")] if said else []),
            _search(words, first),
            actions(*_buttons(found, words, role)),
            *_standing(found, words),
            *_ruled(found, words),
            *[_row(person, words) for person in found.rows],
            *_pager(found.looked.page, words, is_more=found.is_more),
        ],
        submit=words("Search"),
        close=words("Close"),
        about={"first": cut(first, TYPED_MAX)} | kept(found.looked),
    )


def moved(verb: str, name: str, words: Words) -> str:
    """What is said once somebody was archived, or taken back."""
    if verb == "archive":
        return words("{name} is archived, and gets no SMS any more.", name=name)
    return words("{name} is taken back.", name=name)


def kept(looked: Looked) -> dict[str, str]:
    """What was looked for, for a view that comes back to the list."""
    return {
        "typed": cut(looked.typed, TYPED_MAX),
        "page": str(looked.page),
        "archived": "yes" if looked.is_archived else "",
    }


def looked_in(about: Mapping[str, str]) -> Looked:
    """What was looked for, as `kept` keeps it."""
    return Looked(about.get("typed", ""), int(about.get("page", 1)), bool(about.get("archived")))


def read(payload: Mapping[str, Any]) -> tuple[Looked, str]:
    """What is looked for now, on the page that is shown, and what the modal was opened with."""
    about = forms.about(payload)
    known = looked_in(about)
    return Looked(forms.typed(payload, "search"), known.page, known.is_archived), about.get("first", "")


def _search(words: Words, first: str) -> Json:
    box = forms.text_input(
        first, placeholder=words("Name, number, group, licence…"), live=True, most=TYPED_MAX
    )
    return field("search", words("Who?"), box, optional=True, dispatch=True)


def _buttons(found: Found, words: Words, role: Role) -> list[Json]:
    other = words("Back to the list") if found.looked.is_archived else words("Archived")
    return [
        button(words("Add a person"), "person_add", "new"),
        button(words("Import a file"), "import_open", "new"),
        button(other, "people_archived", "" if found.looked.is_archived else "yes"),
    ]


def _standing(found: Found, words: Words) -> list[Json]:
    if found.looked.is_archived:
        return [context(words("Archived: they get no SMS until they are taken back."))]
    if found.looked.typed.strip():
        return [] if found.rows else [section(words("Nobody is found by that."))]
    if not found.total:
        return [section(words("There is nobody yet."))]
    return [section(_total(found, words)), *_without(found, words)]


def _ruled(found: Found, words: Words) -> list[Json]:
    if not found.ruled:
        return []
    groups = words.all_of(f"*{name(group)}*" for group in found.ruled)
    return [context(words("Dynamic groups: {groups}. Type a whole name to see who is in it.", groups=groups))]


def _total(found: Found, words: Words) -> str:
    said = f"*{labels.people(found.total, words)}*"
    if not found.archived:
        return said
    gone = words("{count} archived", count=words.number(found.archived))
    return f"{said} · {gone}"


def _without(found: Found, words: Words) -> list[Json]:
    if not found.unreachable:
        return []
    missing = labels.people(sum(count for _, count in found.unreachable), words)
    each = [
        words("{reason} ({count})", reason=numbers.why(why, words), count=words.number(count))
        for why, count in found.unreachable
    ]
    return [context(words("Without a number of their own: {people}.", people=missing), " · ".join(each))]


def _row(person: Person, words: Words) -> Json:
    line = " · ".join([_number(person, words), *(name(each, 60) for each in person.details)])
    who = person.name or words("without a name")
    text = f"*{name(who, _DETAIL_MAX)}*\n{line}"
    return section(text, accessory=overflow("person", _menu(person, words)), block_id=f"person.{person.id}")


def _number(person: Person, words: Words) -> str:
    said = [name(person.number, 60)] if person.number else []
    if person.opted_out:
        said.append(_opted_out(person.opted_out, words))
    if person.refusal:
        said.append(f"*{numbers.why(person.refusal, words)}*")
    if person.refusal and person.guardians:
        said.append(words("SMS go to {names}", names=labels.whose(person.guardians, words)))
    return " · ".join(said)


def _opted_out(scope: OptOutScope, words: Words) -> str:
    return words("*asked for no more SMS*") if scope is OptOutScope.ALL else words("*no advertising*")


def _menu(person: Person, words: Words) -> list[Json]:
    if person.is_archived:
        return [option(words("Take back"), f"back:{person.id}")]
    return [
        option(words("Change"), f"change:{person.id}"),
        option(words("Archive"), f"archive:{person.id}"),
    ]


def _pager(page: int, words: Words, *, is_more: bool) -> list[Json]:
    previous = [button(words("‹ Previous"), "page.previous", f"{PAGES}:{page - 1}")] if page > 1 else []
    following = [button(words("Next ›"), "page", f"{PAGES}:{page + 1}")] if is_more else []
    if not previous and not following:
        return []
    return [context(words("Page {page}", page=page)), actions(*previous, *following)]
