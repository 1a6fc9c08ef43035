"""What came of a pasted list: who is found, who is asked about, and the lines that mean nobody, kept to be corrected."""

from collections.abc import Sequence
from typing import Any

from bot.campaigns.values import Choice
from bot.groups.sheets import ALL, NOBODY, Asked, Report, Wrong
from bot.i18n import Words
from bot.rules.pasted import Fate
from bot.slack import labels
from bot.slack.blocks import TEXT_MAX, Json, alert, context, cut, name, option, plain, section
from commands.views import forms, numbers
from commands.views.forms import field

PASTED, UNDERSTOOD, WHICH = "pasted", "understood", "which"
_WRONG_SHOWN, _NAME_SHOWN, _TYPED_SHOWN = 20, 60, 60
_SECTIONS = 5
_ROOM = TEXT_MAX - 200


def first(words: Words) -> list[Json]:
    """The empty field."""
    hint = words("A name or a number in each line, as it comes: from a message, a spreadsheet, a paper list.")
    return _lines(PASTED, words("Paste names or numbers"), "", "", hint)


def report(found: Report, words: Words, round: int) -> list[Json]:
    """The report, and the fields that hold all that was pasted: what is to be corrected, and what is understood."""
    return [
        alert(words("Nothing of the list is stored yet. Look it over, then save again."), "info"),
        *_people(_found_title(found, words), found.found),
        *_already(found, words),
        *_wrong(found, words),
        *_to_correct(found, words, str(round)),
        *[_which(asked, words) for asked in found.asked],
        *_understood(found, words, str(round)),
    ]


def typed(payload: Any) -> str:
    """All that stands in the fields of the list."""
    held = payload["state"]["values"].items()
    every = [
        elements[name].get("value") or ""
        for name in (PASTED, UNDERSTOOD)
        for block_id, elements in held
        if forms.field_of(block_id) == name and name in elements
    ]
    return "\n".join(filter(None, every))


def picks(payload: Any) -> dict[str, str]:
    """Who was chosen where several may be meant, by the marks of what was pasted."""
    chosen = {
        block_id.partition(".")[2]: elements[WHICH].get("selected_option")
        for block_id, elements in payload["state"]["values"].items()
        if forms.field_of(block_id) == WHICH and WHICH in elements
    }
    return {mark: option["value"] for mark, option in chosen.items() if option}


def _found_title(found: Report, words: Words) -> str:
    if not found.found:
        return words("*Nobody new is found.*")
    return words("*To be added: {people}*", people=labels.people(len(found.found), words))


def _people(title: str, people: Sequence[Choice]) -> list[Json]:
    """Everybody by name, in as many paragraphs as that takes."""
    names = [name(one.label, _NAME_SHOWN) for one in people]
    return [section(text) for text in _packed(title, names)]


def _packed(title: str, names: Sequence[str]) -> list[str]:
    texts, room = [title], _ROOM
    for n, one in enumerate(names):
        if len(texts[-1]) + len(one) > room:
            if len(texts) == _SECTIONS:
                return [*texts[:-1], f"{texts[-1]}, … (+{len(names) - n})"]
            texts.append(one)
        else:
            texts[-1] += f"\n{one}" if texts[-1] is title else f", {one}"
    return texts


def _already(found: Report, words: Words) -> list[Json]:
    if not found.already:
        return []
    title = words("On the list already: {count}", count=words.number(len(found.already)))
    return [context(_packed(title, [name(one.label, _NAME_SHOWN) for one in found.already])[0])]


def _wrong(found: Report, words: Words) -> list[Json]:
    if not found.wrong:
        return []
    title = words.plural("*{count} line means nobody*", "*{count} lines mean nobody*", len(found.wrong))
    shown = [
        words("• “{typed}”: {why}", typed=name(one.typed, _TYPED_SHOWN), why=_why(one, words))
        for one in found.wrong[:_WRONG_SHOWN]
    ]
    more = len(found.wrong) - _WRONG_SHOWN
    rest = [words.plural("{count} more", "{count} more", more)] if more > 0 else []
    return [section("\n".join([title, *shown, *rest]))]


def _why(wrong: Wrong, words: Words) -> str:
    if wrong.why:
        return numbers.why(wrong.why, words)
    if wrong.fate is Fate.TOO_MANY:
        return words("many people have this name, so write first and last name")
    return words("nobody of the club has this name or number")


def _to_correct(found: Report, words: Words, round: str) -> list[Json]:
    if not found.to_correct:
        return []
    hint = words("Correct them here. Whoever is to be left out: delete the line.")
    later = words.plural(
        "{count} line may mean several people: you are asked about it next.",
        "{count} lines may mean several people: you are asked about them next.",
        found.asked_later,
    )
    hint = f"{hint} {later}" if found.asked_later else hint
    return _lines(PASTED, words("To be corrected"), found.to_correct, round, hint)


def _understood(found: Report, words: Words, round: str) -> list[Json]:
    if not found.understood:
        return []
    hint = words("As you pasted them. Delete a line to leave somebody out.")
    return _lines(UNDERSTOOD, words("Understood"), found.understood, round, hint)


def _which(asked: Asked, words: Words) -> Json:
    known = forms.choices(asked.people)
    every = [option(words("All of them"), ALL)] if len(known) > 1 else []
    options = [*known, *every, option(words("None of them") if every else words("Not this person"), NOBODY)]
    element: Json = {
        "type": "static_select",
        "options": options,
        "placeholder": plain(words("Who is meant?")),
    }
    picked = [one for one in options if one["value"] == asked.picked]
    element |= {"initial_option": picked[0]} if picked else {}
    label = words("Who is “{typed}”?", typed=cut(asked.typed, _TYPED_SHOWN))
    return field(WHICH, label, element, variant=asked.mark)


def _lines(field_name: str, label: str, value: str, variant: str, hint: str) -> list[Json]:
    """The lines in as many fields as they need: what is pasted anew each time adds up to more than one takes."""
    some = _parted(value)
    variants = [variant, *(f"{variant}.{n}" for n in range(2, len(some) + 1))]
    return [
        field(
            field_name,
            label,
            forms.text_input(part, multiline=True),
            hint=hint,
            optional=True,
            variant=one,
        )
        for part, one in zip(some, variants, strict=True)
    ]


def _parted(value: str) -> list[str]:
    parts = [""]
    for line in value.splitlines():
        grown = f"{parts[-1]}\n{line}" if parts[-1] else line
        if len(grown) > forms.INPUT_MAX:
            parts.append(line)
        else:
            parts[-1] = grown
    return parts
