"""What is said of an import of people in a direct message, and the words its windows share with that. Pure."""

from typing import Protocol

from bot.i18n import Words
from bot.slack.blocks import Json, actions, button, name, section

Post = tuple[str, list[Json]]


class Counted(Protocol):
    """What became of the rows, or would."""

    @property
    def new(self) -> int: ...
    @property
    def changed(self) -> int: ...
    @property
    def unchanged(self) -> int: ...
    @property
    def refused(self) -> int: ...
    @property
    def guardians(self) -> int: ...
    @property
    def consents(self) -> int: ...
    @property
    def consents_refused(self) -> int: ...
    @property
    def is_reported(self) -> bool: ...


class Going(Protocol):
    """How far an import is."""

    @property
    def step(self) -> str: ...
    @property
    def rows(self) -> int: ...


def progress(file: str, going: Going, words: Words) -> Post:
    """While it goes on."""
    said = words("Importing *{file}*…", file=name(file))
    return said, [section(f"{said}\n{how_far(going, words)}")]


def how_far(going: Going, words: Words) -> str:
    """What is done of the step that it is at."""
    rows = words.number(going.rows)
    if going.step == "storing":
        return words("{count} people stored; they count once all are.", count=rows)
    return words("{count} rows read.", count=rows)


def finished(
    import_id: str,
    file: str,
    counts: Counted,
    shown: Counted | None,
    words: Words,
    *,
    are_sent: bool = False,
) -> Post:
    """Once it is done: what it did, and where that is not what was shown before.

    The rows to correct can be asked for, unless they `are_sent` along.
    """
    said = words("*{file}* is imported.", file=name(file))
    lines = [said, counted(counts, words), *beside(counts, words)]
    if shown is not None and counted(shown, words) != counted(counts, words):
        before = counted(shown, words)
        lines.append(words("People were changed since you looked, which showed: {before}.", before=before))
    if counts.is_reported and are_sent:
        lines.append(words("The rows to correct are in your messages with Touchline, as a file."))
    blocks = [section("\n".join(lines))]
    if counts.is_reported and not are_sent:
        blocks.append(actions(button(words("Send me the rows to correct"), "import_refused", import_id)))
    return f"{said} {counted(counts, words)}", blocks


def failed(import_id: str, file: str, why: str, words: Words) -> Post:
    """When it could not be done."""
    said = words("*{file}* is not imported: nothing was stored.", file=name(file))
    again = button(words("Import it again"), "import_again", import_id, style="primary")
    return f"{said} {why}", [section(f"{said}\n{why}"), actions(again)]


def interrupted(import_id: str, file: str, words: Words) -> Post:
    """When whoever did it is no longer there."""
    return failed(import_id, file, words("Touchline was stopped in the middle of it."), words)


def to_correct(file: str, words: Words) -> Post:
    """Above the file of refused rows."""
    said = words(
        "The rows of *{file}* that something is wrong with, each with the reason at its end."
        " Correct them in that file, and import it as it is.",
        file=name(file),
    )
    return said, [section(said)]


def counted(counts: Counted, words: Words) -> str:
    """'38 new people, 2 changed, 5 as before, 4 refused'."""
    said = (
        (counts.new, words.plural("{count} new person", "{count} new people", counts.new)),
        (counts.changed, words.plural("{count} changed", "{count} changed", counts.changed)),
        (counts.unchanged, words.plural("{count} as before", "{count} as before", counts.unchanged)),
        (counts.refused, words.plural("{count} refused", "{count} refused", counts.refused)),
    )
    return ", ".join(one for count, one in said if count) or words("nobody")


def beside(counts: Counted, words: Words) -> list[str]:
    """What comes beside the rows: guardians, and consent to advertising."""
    lines = []
    if counts.guardians:
        lines.append(
            words.plural(
                "{count} guardian added beside them", "{count} guardians added beside them", counts.guardians
            )
        )
    if counts.consents or counts.consents_refused:
        noted, refused = words.number(counts.consents), words.number(counts.consents_refused)
        lines.append(
            words("Consent to advertising: {noted} noted, {refused} not taken", noted=noted, refused=refused)
        )
    return lines
