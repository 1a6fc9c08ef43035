"""A file of people brought in: chosen, its columns and what would happen shown, and how far it is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.i18n import N_, Words
from bot.imports.choices import GUARDIANS, NOTHING, OF_GUARDIANS
from bot.imports.columns import OURS, Holds, folded
from bot.people.facts import OwnField
from bot.slack import imports as said
from bot.slack.blocks import (
    ALERT_MAX,
    TEXT_MAX,
    Json,
    actions,
    alert,
    button,
    context,
    cut,
    divider,
    escape,
    name,
    option,
    plain,
    section,
)
from bot.uploads.facts import COLUMNS_SHOWN, Counts, Progress, Shown
from commands.views import forms
from commands.views.forms import field

CHOOSE, CHECK = "import_file", "import_check"
KINDS = ("csv", "xlsx")
_SUBMIT_MAX = 24
_VALUE_MAX = 60
_NAMED_MAX = 5

_HOLDS: Mapping[Holds, str] = {
    Holds.FIRST_NAME: N_("First name"),
    Holds.LAST_NAME: N_("Last name"),
    Holds.FULL_NAME: N_("First and last name"),
    Holds.MOBILE: N_("Mobile number"),
    Holds.BIRTH_DATE: N_("Date of birth"),
    Holds.LANGUAGE: N_("Language"),
    Holds.ROLES: N_("Roles"),
    Holds.TAGS: N_("Tags"),
    Holds.REFERENCE: N_("Licence or member number"),
    Holds.CONSENT: N_("Agrees to advertising: yes or no"),
    Holds.EVIDENCE: N_("How and when they agreed"),
}
_GUARDIANS: Mapping[str, str] = {
    "mother": N_("Mother"),
    "father": N_("Father"),
    "guardian": N_("Guardian"),
}
_ENCODINGS: Mapping[str, str] = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "cp1252": "Windows (CP1252)",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
}
_SEPARATORS: Mapping[str, str] = {
    ";": N_("semicolons"),
    ",": N_("commas"),
    "\t": N_("tabs"),
    "|": N_("bars"),
}


@dataclass(frozen=True, slots=True)
class Beneath:
    """What the window of the club's people beneath needs in order to be shown again, and its id."""

    view_id: str = ""
    kept: Mapping[str, str] | None = None


def choose(words: Words, beneath: Beneath, *, trouble: str = "", variant: str = "") -> Json:
    """Asks for the file; another `variant` forgets the one that could not be taken."""
    element: Json = {"type": "file_input", "filetypes": list(KINDS), "max_files": 1}
    hint = words("The first row names the columns. You see what would happen before anything is stored.")
    file = field("file", words("A list of people, CSV or XLSX"), element, hint=hint, variant=variant)
    return forms.modal(
        CHOOSE,
        words("Import a file"),
        [*([_trouble(trouble)] if trouble else []), file],
        submit=words("Read it"),
        close=words("Back"),
        about=_about(beneath),
    )


def reading(words: Words, beneath: Beneath, progress: Progress | None = None) -> Json:
    """While the file is read."""
    rows = [context(said.how_far(progress, words))] if progress and progress.rows else []
    return _plain_modal(words, beneath, [section(words("Reading the file…")), *rows])


def bringing(file: str, progress: Progress, words: Words, beneath: Beneath) -> Json:
    """While its people are brought in."""
    _, blocks = said.progress(file, progress, words)
    later = words("You may close this window: what comes of it is told in your messages with Touchline.")
    return _plain_modal(words, beneath, [*blocks, context(later)])


def told(post: said.Post, words: Words, beneath: Beneath) -> Json:
    """What came of it."""
    return _plain_modal(words, beneath, post[1])


def check(shown: Shown, words: Words, beneath: Beneath) -> Json:
    """What would happen, and what the columns hold, each to be changed."""
    counts = shown.counts
    submit = _submit(counts, words) if counts and counts.people else None
    return forms.modal(
        CHECK,
        words("Import a file"),
        [
            section(f"*{name(shown.name, 100)}*\n{_written(shown, words)}"),
            *_outcome(shown, words),
            divider(),
            section(words("*What the columns hold*\nIf one is not right, choose what it holds.")),
            *_columns(shown, words),
        ],
        submit=submit,
        close=words("Back") if submit else words("Close"),
        about=_about(beneath) | {"import": shown.id},
    )


def choices_offered(fields: Sequence[OwnField], typed: str, words: Words) -> list[Json]:
    """The groups of options for a column that what was typed may mean."""
    groups = (_group(label, options, typed) for label, options in _offered(fields, words))
    return [group for group in groups if group["options"]]


def beneath(payload: Mapping[str, Any]) -> Beneath:
    """What the window beneath needs, as a window on top of it keeps it."""
    about = forms.about(payload)
    kept = {key: value for key, value in about.items() if key != "import"}
    return Beneath(payload.get("previous_view_id") or "", kept)


def import_id(payload: Mapping[str, Any]) -> str:
    """Which import the window speaks of."""
    return forms.about(payload).get("import", "")


def file_id(payload: Mapping[str, Any]) -> str:
    """The file that was chosen."""
    files = (forms.state_of(payload, "file") or {}).get("files") or [{}]
    return str(files[0].get("id") or "")


def choices(payload: Mapping[str, Any]) -> dict[int, str]:
    """What the columns hold, as the window shows it now."""
    found = {}
    for block_id, elements in payload["state"]["values"].items():
        picked = (elements.get("column") or {}).get("selected_option")
        if picked and picked["value"] != NOTHING:
            found[int(block_id.partition(".")[2])] = str(picked["value"])
    return found


def _plain_modal(words: Words, beneath: Beneath, blocks: list[Json]) -> Json:
    close = words("Close")
    return forms.modal("import", words("Import a file"), blocks, close=close, about=_about(beneath))


def _trouble(sentence: str) -> Json:
    return alert(sentence, "error") if len(sentence) <= ALERT_MAX else section(name(sentence, TEXT_MAX))


def _about(beneath: Beneath) -> dict[str, str]:
    return dict(beneath.kept or {})


def _submit(counts: Counts, words: Words) -> str:
    whole = words.plural("Import {count} person", "Import {count} people", counts.people)
    return whole if len(whole) <= _SUBMIT_MAX else words("Import them")


def _written(shown: Shown, words: Words) -> str:
    columns = shown.columns
    parts = []
    if shown.counts:
        parts.append(words.plural("{count} row", "{count} rows", shown.counts.rows))
    if columns.encoding == "xlsx":
        parts.append(words("first sheet of an Excel workbook"))
    else:
        parts.append(
            words("letters: {encoding}", encoding=_ENCODINGS.get(columns.encoding, columns.encoding))
        )
        by = words(_SEPARATORS[columns.separator]) if columns.separator in _SEPARATORS else columns.separator
        parts.append(words("columns parted by {separator}", separator=escape(by)))
    return " · ".join(parts)


def _outcome(shown: Shown, words: Words) -> Iterator[Json]:
    counts = shown.counts
    if counts is None:
        if shown.trouble:
            yield _trouble(words(shown.trouble.sentence(), **shown.trouble.values))
        return
    lines = [f"*{said.counted(counts, words)}*", *said.beside(counts, words)]
    lines += _left_out(shown, words)
    if not counts.people:
        lines.append(words("There is nothing to import."))
    yield section("\n".join(lines))
    if counts.is_reported:
        yield section(_amiss(shown, counts, words))
        yield actions(button(words("Send me the rows to correct"), "import_refused", shown.id))
        yield context(words("They come as a file in your messages with Touchline; an import sends them too."))


def _left_out(shown: Shown, words: Words) -> list[str]:
    """The columns that nothing is taken from: who is in a hurry does not look at each below."""
    headers = [
        _header(shown, at, words, _VALUE_MAX) for at in sorted(_positions(shown)) if at not in shown.choices
    ]
    if not headers:
        return []
    named, more = headers[:_NAMED_MAX], len(headers) - _NAMED_MAX
    others = [words.plural("{count} other", "{count} others", more)] if more > 0 else []
    columns = words.all_of([*named, *others])
    return [words("*Left out:* {columns}. Choose below what is to be imported too.", columns=columns)]


def _amiss(shown: Shown, counts: Counts, words: Words) -> str:
    more = counts.refused + counts.consents_refused - len(shown.examples)
    lines = [
        words("• line {line}: {why}", line=words.number(line), why=name(why, 300))
        for line, why in shown.examples
    ]
    if more > 0:
        lines.append(words.plural("and {count} more", "and {count} more", more))
    return cut("\n".join([words("*Not taken as they are:*"), *lines]), TEXT_MAX)


def _columns(shown: Shown, words: Words) -> Iterator[Json]:
    positions = _positions(shown)
    for position in sorted(positions[:COLUMNS_SHOWN]):
        yield _column(shown, position, words)
    hidden = len(positions) - COLUMNS_SHOWN
    if hidden > 0:
        yield context(
            words.plural("{count} more column is left out.", "{count} more columns are left out.", hidden)
        )


def _positions(shown: Shown) -> list[int]:
    """The columns worth a word, those that hold something first."""
    ours = set(map(folded, OURS))
    headers, samples = shown.columns.headers, shown.columns.samples
    told = [n for n, header in enumerate(headers) if (header or samples[n]) and folded(header) not in ours]
    return sorted(told, key=lambda position: position not in shown.choices)


def _column(shown: Shown, position: int, words: Words) -> Json:
    values = " · ".join(name(value, _VALUE_MAX) for value in shown.columns.samples[position])
    choice = shown.choices.get(position, NOTHING)
    menu = {
        "type": "external_select",
        "action_id": "column",
        "min_query_length": 0,
        "placeholder": plain(words("What it holds")),
        "initial_option": option(_label(choice, shown.fields, words), choice),
    }
    text = f"*{_header(shown, position, words)}*\n{values or words('nothing in the first rows')}"
    return section(text, accessory=menu, block_id=f"column.{position}")


def _header(shown: Shown, position: int, words: Words, limit: int = 100) -> str:
    return name(shown.columns.headers[position] or words("Column {number}", number=position + 1), limit)


def _label(choice: str, fields: Sequence[OwnField], words: Words) -> str:
    if choice.startswith("own:"):
        return next((one.name for one in fields if f"own:{one.id}" == choice), words("Leave it out"))
    what, _, guardian = choice.partition("@")
    if what not in tuple(_HOLDS):
        return words("Leave it out")
    label = words(_HOLDS[Holds(what)])
    return words("{whose}: {what}", whose=_whose(guardian, words), what=label) if guardian else label


def _whose(guardian: str, words: Words) -> str:
    which, _, number = guardian.partition(" ")
    label = words(_GUARDIANS.get(which, "Guardian"))
    return f"{label} {number}" if number else label


def _offered(fields: Sequence[OwnField], words: Words) -> Iterator[tuple[str, list[Json]]]:
    yield words("Nothing"), [option(words("Leave it out"), NOTHING)]
    yield words("The person"), [option(words(label), holds) for holds, label in _HOLDS.items()]
    yield words("The club's own fields"), [option(one.name, f"own:{one.id}") for one in fields]
    for guardian in GUARDIANS:
        values = [f"{holds}@{guardian}" for holds in OF_GUARDIANS]
        yield _whose(guardian, words), [option(_label(value, fields, words), value) for value in values]


def _group(label: str, options: list[Json], typed: str) -> Json:
    fitting = [one for one in options if folded(typed) in folded(f"{label} {one['text']['text']}")]
    return {"label": plain(label), "options": fitting[: forms.OPTIONS_MAX]}
